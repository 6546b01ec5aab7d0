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
class Weight:
    """A tensor of the graph."""

    key: str
    tensor: Any

    @property
    def dtype(self) -> str:
        onnx = require("onnx", "onnx")
        return _DTYPES[onnx.TensorProto.DataType.Name(self.tensor.data_type)]

    @property
    def shape(self) -> list[int]:
        return list(self.tensor.dims)

    @property
    def data(self) -> bytes:
        if self.tensor.HasField("raw_data"):
            return self.tensor.raw_data
        onnx = require("onnx", "onnx")
        return numpy.ascontiguousarray(onnx.numpy_helper.to_array(self.tensor)).tobytes()


def quote(text: str) -> str:
    """A string literal of MLIR."""
    plain = (chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:02X}" for byte in text.encode())
    return '"' + "".join(plain) + '"'


def _is_large(tensor: Any) -> bool:
    onnx = require("onnx", "onnx")
    name = onnx.TensorProto.DataType.Name(tensor.data_type)
    if name not in _DTYPES:
        return False
    width = numpy.dtype(onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)).itemsize
    return int(numpy.prod(tensor.dims, dtype=numpy.int64)) * width >= EXTERNAL_BYTES


def take_weights(model: Any) -> list[Weight]:
    """Makes large initializers, and constants, the last inputs of the graph; inputs
    that have an initializer are none otherwise."""
    onnx, graph = require("onnx", "onnx"), model.graph
    for node in list(graph.node):
        value = [a.t for a in node.attribute if node.op_type == "Constant" and a.name == "value"]
        if value and _is_large(value[0]):
            tensor = graph.initializer.add()
            tensor.CopyFrom(value[0])
            tensor.name = node.output[0]
            graph.node.remove(node)
    initialized = {tensor.name for tensor in graph.initializer}
    for value in [value for value in graph.input if value.name in initialized]:
        graph.input.remove(value)
    weights = []
    for tensor in [tensor for tensor in graph.initializer if _is_large(tensor)]:
        taken = onnx.TensorProto()
        taken.CopyFrom(tensor)
        weights.append(Weight(tensor.name, taken))
        graph.initializer.remove(tensor)
        graph.input.append(onnx.helper.make_tensor_value_info(taken.name, taken.data_type, list(taken.dims)))
    return weights


def write_weights(path: Path, weights: Iterable[Weight]) -> None:
    """Writes a safetensors file, which appears when it is complete."""
    _compress.write_safetensors(
        str(path), [(weight.key, weight.dtype, weight.shape, weight.data) for weight in weights]
    )
