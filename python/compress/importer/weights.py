# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Large tensors of an ONNX graph, on their way to a safetensors file."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy

from .. import _compress
from .errors import require

# Tensors of fewer bytes are written into the module.
EXTERNAL_BYTES = 257

# The element types that weights files and torch-mlir share, by safetensors' names.
_DTYPES = {
    "FLOAT": "F32", "DOUBLE": "F64", "FLOAT16": "F16", "BFLOAT16": "BF16",
    "INT64": "I64", "INT32": "I32", "INT16": "I16", "INT8": "I8",
}  # fmt: skip


@dataclass
class Tensor:
    """An entry of the file."""

    key: str
    dtype: str
    shape: list[int]
    data: bytes


@dataclass
class Weight:
    """A large tensor of the graph, by its name there."""

    name: str
    tensor: Any

    def entry(self) -> Tensor:
        onnx = require("onnx", "onnx")
        dtype = _DTYPES[onnx.TensorProto.DataType.Name(self.tensor.data_type)]
        data = self.tensor.raw_data
        if not self.tensor.HasField("raw_data"):
            data = numpy.ascontiguousarray(
                onnx.numpy_helper.to_array(self.tensor)
            ).tobytes()
        return Tensor(self.name, dtype, list(self.tensor.dims), data)


def _is_large(tensor: Any) -> bool:
    onnx = require("onnx", "onnx")
    if onnx.TensorProto.DataType.Name(tensor.data_type) not in _DTYPES:
        return False
    width = numpy.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)).itemsize
    return int(numpy.prod(tensor.dims, dtype=numpy.int64)) * width >= EXTERNAL_BYTES


def pop_initializers(graph: Any) -> None:
    """Removes initializers and constants that no node reads any more."""
    read = {name for node in graph.node for name in node.input} | {
        value.name for value in graph.output
    }
    if any(
        attribute.HasField("g") or attribute.graphs
        for node in graph.node
        for attribute in node.attribute
    ):
        return  # Graphs of branches and loops read by name too.
    for tensor in [tensor for tensor in graph.initializer if tensor.name not in read]:
        graph.initializer.remove(tensor)
    for node in [
        node
        for node in graph.node
        if node.op_type == "Constant" and node.output[0] not in read
    ]:
        graph.node.remove(node)


def drop_initialized_inputs(graph: Any) -> None:
    """Inputs that have an initializer are none otherwise, as of old versions of the
    format."""
    initialized = {tensor.name for tensor in graph.initializer}
    for value in [value for value in graph.input if value.name in initialized]:
        graph.input.remove(value)


def take_weights(model: Any) -> list[Weight]:
    """Makes large initializers and constants inputs of the graph."""
    onnx, graph = require("onnx", "onnx"), model.graph
    for node in list(graph.node):
        value = [
            a.t
            for a in node.attribute
            if node.op_type == "Constant" and a.name == "value"
        ]
        if value and _is_large(value[0]):
            tensor = graph.initializer.add()
            tensor.CopyFrom(value[0])
            tensor.name = node.output[0]
            graph.node.remove(node)
    weights = []
    for tensor in [tensor for tensor in graph.initializer if _is_large(tensor)]:
        taken = onnx.TensorProto()
        taken.CopyFrom(tensor)
        weights.append(Weight(taken.name, taken))
        graph.initializer.remove(tensor)
        graph.input.append(
            onnx.helper.make_tensor_value_info(
                taken.name, taken.data_type, list(taken.dims)
            )
        )
    return weights


def write_weights(path: Path, tensors: Iterable[Tensor]) -> None:
    """Writes a safetensors file, which appears when it is complete."""
    _compress.write_safetensors(
        str(path),
        [(tensor.key, tensor.dtype, tensor.shape, tensor.data) for tensor in tensors],
    )
