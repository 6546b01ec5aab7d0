# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Imports ONNX models and JAX functions as MLIR that this package and compress-opt
read.

    compress-import model.onnx -o model.mlir

The weights go to a safetensors file beside the module. Inputs and results keep
their names. docs/Importing.md says what is imported, and how.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from importlib.metadata import version
from pathlib import Path

from .._compress import CompressError
from .._module import Module
from . import stablehlo
from .errors import ImportModelError
from .lowering import Lowering
from .onnx_model import Shape, load, parse_shape
from .weights import write_weights

__all__ = ["ImportModelError", "import_onnx", "import_stablehlo", "main"]

PathLike = str | os.PathLike[str]


def _place_weights(output: Path, weights: PathLike | None) -> Path:
    place = Path(weights) if weights is not None else output.with_suffix(".safetensors")
    if place.parent.resolve() != output.parent.resolve():
        raise ImportModelError(
            f"the weights must lie beside the module, found '{place}' and '{output}'"
        )
    return place


def _parse(text: str, weights: Path) -> Module:
    """The module that torch-mlir has printed."""
    try:
        return Module.parse(text, weights_dirs=[weights.parent])
    except CompressError as error:
        raise ImportModelError(
            f"LLVM 22.1 cannot read what torch-mlir {version('torch-mlir')} wrote:\n"
            f"{error}"
        ) from error


def _write(write: Callable[[], None]) -> None:
    try:
        write()
    except CompressError as error:
        raise ImportModelError(str(error)) from error


def import_onnx(
    model: PathLike,
    output: PathLike,
    *,
    weights: PathLike | None = None,
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
    place = _place_weights(output, weights)
    lowering = Lowering(load(Path(model), shapes or {}), place.name, entry)
    text = lowering.run()
    _write(lambda: write_weights(place, lowering.tensors.values()))
    module = _parse(text, place)
    _write(lambda: module.save(output, locations=True))
    return module


def import_stablehlo(
    text: str,
    output: PathLike,
    *,
    weights: PathLike | None = None,
    entry: str = "main",
) -> Module:
    """Likewise of a module of StableHLO, as jax.jit(function).lower(...).as_text(
    debug_info=True) gives it. Arguments and results keep the names that JAX gave
    them. Constants are the weights.

    Raises ImportModelError.
    """
    output = Path(output)
    place = _place_weights(output, weights)
    module = _parse(stablehlo.lower(text, entry), place)
    _write(lambda: module.save(output, weights=place, locations=True))
    return Module.parse(output)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="compress-import",
        description="Imports an ONNX model, or a function that JAX has printed.",
    )
    parser.add_argument("model", help="an ONNX file, or StableHLO in a .mlir file")
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
        help="extents of an input of an ONNX model, such as x=1x128; ? is dynamic; "
        "may be repeated",
    )
    parser.add_argument(
        "--entry",
        default="main",
        metavar="NAME",
        help="the name of the function (default: main)",
    )
    arguments = parser.parse_args(argv)
    options = {"weights": arguments.weights_out, "entry": arguments.entry}
    try:
        shapes = dict(parse_shape(text) for text in arguments.shape)
        if not arguments.model.endswith(".mlir"):
            import_onnx(arguments.model, arguments.output, shapes=shapes, **options)
            return 0
        if shapes:
            raise ImportModelError("--shape: StableHLO has the shapes it was made for")
        try:
            text = Path(arguments.model).read_text(encoding="utf-8")
        except OSError as error:
            raise ImportModelError(str(error)) from error
        import_stablehlo(text, arguments.output, **options)
    except ImportModelError as error:
        print(f"compress-import: error: {error}", file=sys.stderr)
        return 1
    return 0
