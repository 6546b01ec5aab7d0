"""Imports the example models that are ONNX files, and compares them with onnxruntime.

Usage: imported_models.py TOOLS SCRATCH, with the models and the package on PYTHONPATH.
A part of each task will do, which the models solve nearly without errors.
"""

import sys
from pathlib import Path

import numpy as np

import filetypes.prepare
import ppocr.prepare
import run_models
from minilm import wordnet


def check(tools, directory, name, prepared):
    """The dense model within the tolerance of the table, and the metric of int8
    within what one more wrong answer in twenty would make it."""
    model = run_models.MODELS[name]
    labels = dict(np.load(directory / "labels.npz"))
    inputs = directory / "inputs.npz"
    outputs = tools.outputs(directory / "dense.mlir", inputs)
    expected = dict(np.load(directory / "reference.npz"))
    run_models.check(outputs, expected, model.tolerance, name)
    small = directory / "small.mlir"
    tools.run("compress-opt", "--quantize", directory / "dense.mlir", "-o", small)
    found = model.metrics(tools.outputs(small, inputs), labels)
    for metric, value in prepared.items():
        assert (
            found[metric] >= value - 0.05
        ), f"{name}: {metric} {found[metric]} after {value}"


def main():
    tools, scratch = run_models.Tools(Path(sys.argv[1])), Path(sys.argv[2])
    for name, prepare in (
        ("magika", lambda at: filetypes.prepare.prepare(at, None, ("bisect",))),
        ("ppocr", lambda at: ppocr.prepare.prepare(at, wordnet.DICTIONARY, 12)),
    ):
        directory = scratch / name
        directory.mkdir()
        metrics = prepare(directory)
        assert max(metrics.values()) >= 0.9, f"{name}: {metrics}"
        check(tools, directory, name, metrics)


if __name__ == "__main__":
    main()
