# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Imports ONNX models of Python packages, for the models whose graphs are not
printed here."""

import importlib.util
from pathlib import Path

import numpy as np

from failure import Failure


def package_directory(name):
    """Where a package is installed, without importing it and what it needs."""
    spec = importlib.util.find_spec(name)
    if spec is None:
        raise Failure(f"no Python package '{name}'; install requirements.txt")
    return Path(next(iter(spec.submodule_search_locations)))


def prepare(directory, model, inputs, labels, timed, task, shapes=None):
    """Writes the graph, the task, and the outputs of onnxruntime as the reference.

    `inputs` are the arrays of one input by its name; the first `timed` rows are those
    of a timed call.
    """
    try:
        import onnxruntime
        from compress.importer import ImportModelError, import_onnx
    except ImportError as error:
        raise Failure(
            f"{error}; importing a model needs requirements.txt and this "
            "project's Python package, see docs/Python.md"
        ) from error
    try:
        import_onnx(model, directory / "dense.mlir", shapes=shapes)
    except ImportModelError as error:
        raise Failure(str(error)) from error
    session = onnxruntime.InferenceSession(str(model))
    names = [value.name for value in session.get_outputs()]
    reference = dict(zip(names, session.run(None, inputs)))
    np.savez(directory / "inputs.npz", **inputs)
    np.savez(directory / "labels.npz", **labels)
    np.savez(directory / "reference.npz", **reference)
    rows = {name: array[:timed] for name, array in inputs.items()}
    np.savez(directory / "bench.npz", **rows)
    (directory / "task.txt").write_text(task)
    return reference
