# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Quantization that an ONNX graph states by QuantizeLinear and DequantizeLinear
(QDQ), in this package's terms.

ONNX defines dequantizing as (q - z) * s, and quantizing as saturate(rint(x / s) + z)
to the range of the 8-bit type. Unsigned bytes become signed ones, with zero points
less by 128, which changes neither.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy

from .errors import require
from .weights import pop_initializers


@dataclass
class Quantizer:
    """Scales and zero points, in the shape of a grid of blocks over a tensor."""

    scales: numpy.ndarray
    zero_points: numpy.ndarray | None
    # Extents of a block, * for all of a dimension; empty for the whole tensor.
    block: str

    @property
    def scheme(self) -> str:
        """The scheme's text."""
        words = ["i8", *([f"block = {self.block}"] if self.block else [])]
        words += ["asymmetric"] if self.zero_points is not None else []
        return f"#compress.scheme<storage = #compress.affine<{', '.join(words)}>>"


@dataclass
class QuantizedWeight:
    """An 8-bit weight: the name of the value that it dequantizes to, and what it is
    called in the weights file."""

    name: str
    key: str
    values: numpy.ndarray
    quantizer: Quantizer


@dataclass
class FakeQuantization:
    """An activation that is quantized and dequantized: the name that its last node
    has been given, and how."""

    node: str
    quantizer: Quantizer


class _Graph:
    """Initializers and nodes of a graph by what they are called."""

    def __init__(self, graph: Any):
        numpy_helper = require("onnx", "onnx").numpy_helper
        self.graph = graph
        self.initializers = {tensor.name: tensor for tensor in graph.initializer}
        self.producers = {output: node for node in graph.node for output in node.output}
        for node in graph.node:
            if (
                node.op_type == "Constant"
                and node.attribute
                and node.attribute[0].name == "value"
            ):
                self.initializers[node.output[0]] = node.attribute[0].t
        self._to_array = numpy_helper.to_array

    def array(self, name: str) -> numpy.ndarray | None:
        tensor = self.initializers.get(name)
        return None if tensor is None else self._to_array(tensor)


def _attribute(node: Any, name: str, default: int) -> int:
    return next(
        (attribute.i for attribute in node.attribute if attribute.name == name), default
    )


def _read_quantizer(
    graph: _Graph, node: Any, shape: tuple[int, ...], weight: bool
) -> Quantizer | None:
    """What a node quantizes or dequantizes by; None for what this package lacks:
    other types than 8 bits with scales in f32, and parameters that are computed."""
    scales = graph.array(node.input[1])
    if scales is None or scales.dtype != numpy.float32 or not shape:
        return None
    zeros: numpy.ndarray | None = numpy.zeros(scales.shape, numpy.uint8)
    if len(node.input) > 2 and node.input[2]:
        zeros = graph.array(node.input[2])
    if (
        zeros is None
        or zeros.dtype not in (numpy.int8, numpy.uint8)
        or zeros.shape != scales.shape
    ):
        return None
    if zeros.dtype == numpy.uint8:
        zeros = (zeros.astype(numpy.int16) - 128).astype(numpy.int8)
    rank, block = len(shape), _attribute(node, "block_size", 0)
    axis = _attribute(node, "axis", 1) % rank
    if scales.ndim == 0 or (scales.size == 1 and not block):
        grid, text = (1,) * rank, ""
    elif block:
        if scales.ndim != rank or shape[axis] % block:
            return None
        grid = scales.shape
        text = (
            "[" + ", ".join(str(block) if i == axis else "1" for i in range(rank)) + "]"
        )
    else:
        if scales.shape != (shape[axis],):
            return None
        grid = tuple(shape[i] if i == axis else 1 for i in range(rank))
        text = "[" + ", ".join("1" if i == axis else "*" for i in range(rank)) + "]"
    # Symmetric weights have no zero points; symmetric activations would saturate
    # at -127, where ONNX does at -128.
    symmetric = weight and not zeros.any()
    return Quantizer(
        scales.reshape(grid), None if symmetric else zeros.reshape(grid), text
    )


def take_quantized_weights(model: Any) -> list[QuantizedWeight]:
    """Makes dequantized weights inputs of the graph."""
    onnx, graph = require("onnx", "onnx"), model.graph
    known, weights = _Graph(graph), []
    for node in [node for node in graph.node if node.op_type == "DequantizeLinear"]:
        values = known.array(node.input[0])
        if values is None:
            continue
        if values.dtype == numpy.int32:
            _dequantize_bias(known, node)
            continue
        if values.dtype not in (numpy.int8, numpy.uint8):
            continue
        quantizer = _read_quantizer(known, node, values.shape, weight=True)
        if quantizer is None:
            continue
        if values.dtype == numpy.uint8:
            values = (values.astype(numpy.int16) - 128).astype(numpy.int8)
        weights.append(
            QuantizedWeight(node.output[0], node.input[0], values, quantizer)
        )
        graph.node.remove(node)
        graph.input.append(
            onnx.helper.make_tensor_value_info(
                node.output[0], onnx.TensorProto.FLOAT, list(values.shape)
            )
        )
    pop_initializers(graph)
    return weights


def _dequantize_bias(graph: _Graph, node: Any) -> None:
    """Biases of 32 bits are computed with in f32: they become that."""
    values, scales = graph.array(node.input[0]), graph.array(node.input[1])
    zeros = (
        graph.array(node.input[2])
        if len(node.input) > 2 and node.input[2]
        else numpy.zeros((), numpy.int32)
    )
    if values is None or scales is None or zeros is None or values.ndim != 1:
        return
    result = ((values - zeros).astype(scales.dtype) * scales).astype(scales.dtype)
    graph.graph.initializer.append(
        require("onnx", "onnx").numpy_helper.from_array(result, node.output[0])
    )
    graph.graph.node.remove(node)


def mark_activations(model: Any) -> list[FakeQuantization]:
    """Names the nodes that dequantize what a node before has just quantized, with
    the same parameters for the whole tensor."""
    graph = _Graph(model.graph)
    found: list[FakeQuantization] = []
    shapes = {
        value.name: value.type.tensor_type.shape
        for value in (*model.graph.value_info, *model.graph.input, *model.graph.output)
    }
    for node in model.graph.node:
        if node.op_type != "DequantizeLinear":
            continue
        before = graph.producers.get(node.input[0])
        if (
            before is None
            or before.op_type != "QuantizeLinear"
            or before.input[0] not in shapes
        ):
            continue
        rank = len(shapes[before.input[0]].dim)
        quantizers = [
            _read_quantizer(graph, at, (0,) * rank, weight=False)
            for at in (before, node)
        ]
        first, second = quantizers
        if first is None or second is None or first.block or second.block:
            continue
        if first.scales != second.scales or first.zero_points != second.zero_points:
            continue
        node.name = f"compress.qdq.{len(found)}"
        found.append(FakeQuantization(node.name, first))
    return found
