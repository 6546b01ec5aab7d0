# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Writes magika's model of file types, with files of known types as its task.

The package `magika` holds the model and the names of its types. What it computes
from is the beginning and the end of a file, as its documentation describes them.
"""

import json

import numpy as np

import onnx_models
from filetypes import files

PACKAGE = "magika"
MODEL = "models/standard_v3_3"
TIMED_FILES = 1


def features(data, config):
    """Bytes from both ends, without white space there, and padding where the file
    is shorter."""
    block, padding = config["block_size"], config["padding_token"]
    begin = list(data[:block].lstrip()[: config["beg_size"]])
    end = list(data[-block:].rstrip()[-config["end_size"] :])
    begin += [padding] * (config["beg_size"] - len(begin))
    end = [padding] * (config["end_size"] - len(end)) + end
    return begin + end


def metrics(outputs, labels):
    found = outputs["target_label"].argmax(axis=1)
    return {"accuracy": float((found == labels["type"]).mean())}


def prepare(directory, source, modules=files.MODULES):
    model = onnx_models.package_directory(PACKAGE) / MODEL
    config = json.loads((model / "config.min.json").read_text())
    names = config["target_labels_space"]
    made = files.make(modules)
    labels = {"type": np.array([names.index(kind) for kind, _ in made])}
    inputs = {"bytes": np.array([features(d, config) for _, d in made], np.int32)}
    task = (
        f"{len(made)} files of {len(files.WRITERS)} types; a timed call has "
        f"{TIMED_FILES}.\n"
    )
    reference = onnx_models.prepare(
        directory, model / "model.onnx", inputs, labels, TIMED_FILES, task
    )
    return metrics(reference, labels)
