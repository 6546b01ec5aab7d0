# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Imports ONNX models, and functions of PyTorch and JAX, as MLIR that this package
and compress-opt read.

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
from typing import Any

from .._compress import CompressError
from .._module import Module
from . import pytorch, stablehlo
from .errors import ImportModelError
from .lowering import Lowering
from .onnx_model import Shape, load, parse_shape
from .weights import write_weights

__all__ = [
    "ImportModelError",
    "import_onnx",
    "import_stablehlo",
    "import_torch",
    "main",
]

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


def _externalize(text: str, output: Path, weights: PathLike | None) -> Module:
    """Writes a module whose weights are in its text, and these to their file."""
    place = _place_weights(output, weights)
    module = _parse(text, place)
    _write(lambda: module.save(output, weights=place, locations=True))
    return Module.parse(output)


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
    return _externalize(stablehlo.lower(text, entry), Path(output), weights)


def import_torch(
    model: Any,
    arguments: tuple[Any, ...],
    output: PathLike,
    *,
    dynamic_shapes: Any = None,
    weights: PathLike | None = None,
    entry: str = "main",
) -> Module:
    """Likewise of a torch.nn.Module called with `arguments`, or of a program of
    torch.export or its .pt2 file, which have their own. `dynamic_shapes` are
    torch.export's. Inputs are called what the parameters are, weights what the
    state is.

    Raises ImportModelError, and what torch.export raises.
    """
    program = pytorch.export(model, arguments, dynamic_shapes)
    return _externalize(pytorch.lower(program, entry), Path(output), weights)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(
        prog="compress-import",
        description="Imports a model of ONNX, PyTorch or JAX.",
    )
    parser.add_argument(
        "model",
        help="an ONNX file, a .pt2 file of torch.export, or StableHLO in a .mlir file",
    )
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
        kind = Path(arguments.model).suffix
        if kind not in (".mlir", ".pt2"):
            import_onnx(arguments.model, arguments.output, shapes=shapes, **options)
            return 0
        if shapes:
            raise ImportModelError(
                f"--shape: a {kind} file has the shapes it was made for"
            )
        if kind == ".pt2":
            import_torch(arguments.model, (), arguments.output, **options)
            return 0
        try:
            text = Path(arguments.model).read_text(encoding="utf-8")
        except OSError as error:
            raise ImportModelError(str(error)) from error
        import_stablehlo(text, arguments.output, **options)
    except ImportModelError as error:
        print(f"compress-import: error: {error}", file=sys.stderr)
        return 1
    return 0
