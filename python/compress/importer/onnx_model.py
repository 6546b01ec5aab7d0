# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""ONNX models, read and prepared for lowering."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .errors import ImportModelError, require

# What most of torch-mlir's conversions are written for; older models are upgraded.
OPSET = 18

Shape = Sequence["int | None"]


def parse_shape(text: str) -> tuple[str, tuple[int | None, ...]]:
    """The name and extents of `name=1x128`, in which `?` is a dynamic extent; a
    name alone with `=` is a scalar."""
    name, equals, extents = text.rpartition("=")
    if (
        not equals
        or not name
        or not re.fullmatch(r"((\?|[0-9]+)(x(\?|[0-9]+))*)?", extents)
    ):
        raise ImportModelError(
            f"--shape: expected NAME=EXTENTxEXTENT..., such as x=1x128 or x=?x128, found '{text}'"
        )
    parts = extents.split("x") if extents else []
    return name, tuple(None if part == "?" else int(part) for part in parts)


def _set_shapes(graph: Any, shapes: Mapping[str, Shape]) -> None:
    initialized = {tensor.name for tensor in graph.initializer}
    inputs = {
        value.name: value for value in graph.input if value.name not in initialized
    }
    for name, shape in shapes.items():
        if name not in inputs:
            raise ImportModelError(
                f"--shape: the model has no input '{name}'; its inputs are: {', '.join(inputs)}"
            )
        tensor = inputs[name].type.tensor_type
        if tensor.HasField("shape") and len(tensor.shape.dim) != len(shape):
            raise ImportModelError(
                f"--shape: input '{name}' has {len(tensor.shape.dim)} dimensions, found {len(shape)} extents"
            )
        tensor.ClearField("shape")
        tensor.shape.SetInParent()
        for number, extent in enumerate(shape):
            dim = tensor.shape.dim.add()
            if extent is None:
                dim.dim_param = f"{name}_{number}"
            else:
                dim.dim_value = extent
    if shapes:
        # Extents that followed from the old ones are inferred anew.
        graph.ClearField("value_info")
        for value in graph.output:
            value.type.tensor_type.ClearField("shape")


def load(path: Path, shapes: Mapping[str, Shape]) -> Any:
    """The model of a file, with extents of inputs replaced, in a version of the
    operator set that the lowering knows, with the shapes of all its values."""
    onnx = require("onnx", "onnx")
    require("onnx.version_converter", "onnx")
    try:
        model = onnx.load(str(path))
    except FileNotFoundError as error:
        raise ImportModelError(f"{path}: no such file") from error
    except Exception as error:  # protobuf's decoder, and missing external data
        raise ImportModelError(
            f"{path}: cannot be read as an ONNX model: {error}"
        ) from error
    if not model.graph.node:
        raise ImportModelError(
            f"{path}: expected an ONNX model, found one without nodes"
        )
    _set_shapes(model.graph, shapes)
    versions = {entry.domain: entry.version for entry in model.opset_import}
    try:
        if versions.get("", OPSET) < OPSET:
            model = onnx.version_converter.convert_version(model, OPSET)
        return onnx.shape_inference.infer_shapes(model, data_prop=True)
    except Exception as error:  # the converter, and inference, of C++
        raise ImportModelError(
            f"{path}: the operator set {versions.get('')} cannot be upgraded to {OPSET}, or shapes do not agree: {error}"
        ) from error
