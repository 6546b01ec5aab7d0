# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Imports ONNX models as MLIR that this package and compress-opt read.

    compress-import model.onnx -o model.mlir

The weights go to a safetensors file beside the module. Inputs and results keep
their names. docs/Importing.md says what is imported, and how.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path

from .._compress import CompressError
from .._module import Module
from .errors import ImportModelError
from .lowering import Lowering
from .onnx_model import Shape, load, parse_shape
from .weights import write_weights

__all__ = ["ImportModelError", "import_onnx", "main"]


def import_onnx(
    model: str | os.PathLike[str],
    output: str | os.PathLike[str],
    *,
    weights: str | os.PathLike[str] | None = None,
    shapes: Mapping[str, Shape] | None = None,
    entry: str = "main",
) -> Module:
    """Writes the module of an ONNX model to `output`, and its weights to a
    safetensors file beside it, and returns the module.

    shapes: extents of inputs by name, None where dynamic, instead of the model's.
    entry: the name of the function.

    Raises ImportModelError.
    """
    output = Path(output)
    weights = (
        Path(weights) if weights is not None else output.with_suffix(".safetensors")
    )
    if weights.parent.resolve() != output.parent.resolve():
        raise ImportModelError(
            f"the weights must lie beside the module, found '{weights}' and '{output}'"
        )
    lowering = Lowering(load(Path(model), shapes or {}), weights.name, entry)
    text = lowering.run()
    try:
        write_weights(weights, lowering.tensors.values())
    except CompressError as error:
        raise ImportModelError(str(error)) from error
    try:
        module = Module.parse(text, weights_dirs=[weights.parent])
    except CompressError as error:
        raise ImportModelError(
            f"LLVM 22.1 cannot read what torch-mlir {version('torch-mlir')} wrote:\n{error}"
        ) from error
    try:
        module.save(output, locations=True)
    except CompressError as error:
        raise ImportModelError(str(error)) from error
    return module


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="compress-import", description="Imports an ONNX model as MLIR."
    )
    parser.add_argument("model", help="an ONNX file")
    parser.add_argument(
        "-o", "--output", required=True, help="the module to write, such as model.mlir"
    )
    parser.add_argument(
        "--weights-out",
        metavar="FILE",
        help="the safetensors file (default: named after the module)",
    )
    parser.add_argument(
        "--shape",
        action="append",
        default=[],
        metavar="NAME=EXTENTS",
        help="extents of an input, such as x=1x128; ? is dynamic; may be repeated",
    )
    parser.add_argument(
        "--entry",
        default="main",
        metavar="NAME",
        help="the name of the function (default: main)",
    )
    arguments = parser.parse_args(argv)
    try:
        shapes = dict(parse_shape(text) for text in arguments.shape)
        import_onnx(
            arguments.model,
            arguments.output,
            weights=arguments.weights_out,
            shapes=shapes,
            entry=arguments.entry,
        )
    except ImportModelError as error:
        print(f"compress-import: error: {error}", file=sys.stderr)
        return 1
    return 0
