# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Reads Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017, arXiv:1708.07747)."""

import gzip
from pathlib import Path

import numpy as np

DATA = Path("/usr/share/datasets/fashion-mnist")


def read_idx(path):
    """An array from a gzipped IDX file of unsigned bytes."""
    if not path.exists():
        raise SystemExit(
            f"error: {path}: no such file; install the Debian package "
            "dataset-fashion-mnist or pass the folder of the IDX files with --data"
        )
    data = gzip.decompress(path.read_bytes())
    if data[:3] != b"\0\0\x08":
        raise SystemExit(f"error: {path}: expected IDX data of unsigned bytes")
    rank = data[3]
    shape = np.frombuffer(data, ">u4", rank, 4)
    return np.frombuffer(data, np.uint8, offset=4 + 4 * rank).reshape(shape)


def load(data, part):
    """Images as [n, 28, 28] floats in [0, 1], and their labels."""
    images = read_idx(data / f"{part}-images-idx3-ubyte.gz")
    labels = read_idx(data / f"{part}-labels-idx1-ubyte.gz")
    return images.astype(np.float32) / 255, labels


def metrics(outputs, labels):
    hits = outputs["logits"].argmax(axis=1) == labels["label"]
    return {"accuracy": float(hits.mean())}
