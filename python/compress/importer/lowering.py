# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From ONNX to linalg on tensors, by torch-mlir.

torch-mlir carries an MLIR of its own, newer than the one that this package reads:
what comes out is text. Large tensors do not pass through it: they are arguments
of the function while it lowers, and become constants of a weights file then.
Activations that are quantized are calls of functions without a body meanwhile,
since torch-mlir would compute with what they say.
"""

from __future__ import annotations

import re
from typing import Any

import numpy

from .errors import ImportModelError, require
from .quantization import (
    FakeQuantization,
    QuantizedWeight,
    Quantizer,
    mark_activations,
    take_quantized_weights,
)
from .weights import (
    EXTERNAL_BYTES,
    Tensor,
    Weight,
    drop_initialized_inputs,
    take_weights,
)

_PIPELINES = (
    "torch-onnx-to-torch-backend-pipeline",
    "torch-backend-to-linalg-on-tensors-backend-pipeline",
)
# It knows no calls; the reader of the text finds what has not been lowered.
_VERIFICATION = ",torch-verify-linalg-on-tensors-backend-contract"


def _quote(text: str) -> str:
    """A string literal of MLIR."""
    plain = (
        chr(byte) if 32 <= byte < 127 and byte not in b'"\\' else f"\\{byte:02X}"
        for byte in text.encode()
    )
    return '"' + "".join(plain) + '"'


class Lowering:
    """One model on its way, which it uses up."""

    def __init__(self, model: Any, weights_file: str, entry: str):
        self.ir = require("torch_mlir.ir", "torch-mlir")
        self.importer = require("torch_mlir.extras.onnx_importer", "torch-mlir")
        self.passes = require("torch_mlir.passmanager", "torch-mlir")
        self.model, self.weights_file, self.entry = model, weights_file, entry
        drop_initialized_inputs(model.graph)
        self.inputs = [value.name for value in model.graph.input]
        self.activations: list[FakeQuantization] = mark_activations(model)
        # What the arguments behind the inputs stand for.
        self.weights: list[Weight | QuantizedWeight] = [
            *take_quantized_weights(model),
            *take_weights(model),
        ]
        # What the weights file has to hold, by key.
        self.tensors: dict[str, Tensor] = {}

    def run(self) -> str:
        """The text of the module."""
        context = self.ir.Context()
        context.allow_unregistered_dialects = True
        require("torch_mlir.dialects.torch", "torch-mlir").register_dialect(context)
        with context, self.ir.Location.unknown():
            module = self._import(context)
            self._hide_activations(module)
            for pipeline in _PIPELINES:
                self._run_passes(module, pipeline)
            self._restore_activations(module)
            (function,) = module.body.operations
            self._bind_weights(function)
            self._name(function)
            # Attributes and ops of compress are no part of this context.
            return module.operation.get_asm(
                enable_debug_info=True, assume_verified=True
            )

    def _import(self, context: Any) -> Any:
        info = self.importer.ModelInfo(self.model, config=self.importer.Config())
        module = info.create_module(context=context)
        try:
            self.importer.NodeImporter.define_function(
                info.main_graph, module.operation
            ).import_all()
        except self.importer.OnnxImportError as error:
            raise ImportModelError(f"the graph cannot be imported: {error}") from error
        return module

    def _run_passes(self, module: Any, pipeline: str) -> None:
        passes = str(
            self.passes.PassManager.parse(f"builtin.module({pipeline})")
        ).replace(_VERIFICATION, "")
        try:
            self.passes.PassManager.parse(passes).run(module.operation)
        except self.ir.MLIRError as error:
            lines = [f"{d.location}: {d.message}" for d in error.error_diagnostics] or [
                str(error)
            ]
            found = sorted(
                {name for line in lines for name in re.findall(r"onnx\.\w+", line)}
            )
            what = ", ".join(found) if found else "the model"
            text = "\n  ".join(
                [f"torch-mlir cannot lower {what}:", *(line[:300] for line in lines)]
            )
            raise ImportModelError(text) from error

    def _walk(self, module: Any, name: str) -> list[Any]:
        found = []

        def visit(operation: Any) -> Any:
            if operation.name == name:
                found.append(operation)
            return self.ir.WalkResult.ADVANCE

        module.operation.walk(visit)
        return found

    def _create(
        self,
        name: str,
        results: list[Any],
        operands: list[Any],
        attributes: dict[str, Any],
        at: Any,
        loc: Any,
    ) -> Any:
        return self.ir.Operation.create(
            name,
            results=results,
            operands=operands,
            attributes=attributes,
            loc=loc,
            ip=at,
        ).result

    # Activations.

    def _hide_activations(self, module: Any) -> None:
        """Makes a call of each pair of QuantizeLinear and DequantizeLinear."""
        ir = self.ir
        by_location = {
            f'loc("{activation.node}")': activation for activation in self.activations
        }
        (function,) = module.body.operations
        versions = {
            name: function.attributes[name]
            for name in function.attributes
            if name.startswith("torch.")
        }
        for dequantize in self._walk(module, "torch.operator"):
            activation = by_location.get(str(dequantize.location))
            if activation is None:
                continue
            quantize = dequantize.operands[0].owner
            source, result = quantize.operands[0], dequantize.results[0]
            kind = ir.FunctionType.get([source.type], [source.type])
            name = ir.StringAttr.get(activation.node)
            ir.Operation.create(
                "func.func",
                regions=1,
                attributes={
                    **versions,
                    "sym_name": name,
                    "function_type": ir.TypeAttr.get(kind),
                    "sym_visibility": ir.StringAttr.get("private"),
                },
                ip=ir.InsertionPoint(module.body),
            )
            callee, at = ir.FlatSymbolRefAttr.get(activation.node), ir.InsertionPoint(
                dequantize
            )
            called = self._create(
                "func.call",
                [source.type],
                [source],
                {"callee": callee},
                at,
                quantize.location,
            )
            if source.type != result.type:
                called = self._create(
                    "torch.tensor_static_info_cast",
                    [result.type],
                    [called],
                    {},
                    at,
                    quantize.location,
                )
            result.replace_all_uses_with(called)
            dequantize.erase()
            if not list(quantize.results[0].uses):
                quantize.erase()

    def _restore_activations(self, module: Any) -> None:
        """Makes encode and decode of the calls."""
        by_name = {activation.node: activation for activation in self.activations}
        for call in self._walk(module, "func.call"):
            activation = by_name[
                self.ir.FlatSymbolRefAttr(call.attributes["callee"]).value
            ]
            source, at, loc = (
                call.operands[0],
                self.ir.InsertionPoint(call),
                call.location,
            )
            parameters = self._parameters(
                activation.node, activation.quantizer, at, loc
            )
            kind = self._compressed(source.type, activation.quantizer)
            encoded = self._create(
                "compress.encode", [kind], [source, *parameters], {}, at, loc
            )
            decoded = self._create(
                "compress.decode", [source.type], [encoded], {}, at, loc
            )
            call.results[0].replace_all_uses_with(decoded)
            call.erase()
        for operation in list(module.body.operations):
            if self.ir.StringAttr(operation.attributes["sym_name"]).value in by_name:
                operation.operation.erase()

    def _compressed(self, dense: Any, quantizer: Quantizer) -> Any:
        extents = str(dense).removeprefix("tensor<").removesuffix(">")
        return self.ir.Type.parse(f"!compress.tensor<{extents}, {quantizer.scheme}>")

    def _parameters(
        self, key: str, quantizer: Quantizer, at: Any, loc: Any
    ) -> list[Any]:
        arrays = [(f"{key}.scales", quantizer.scales)]
        if quantizer.zero_points is not None:
            arrays.append((f"{key}.zero_points", quantizer.zero_points))
        return [self._constant_array(name, array, at, loc) for name, array in arrays]

    # Weights.

    def _bind_weights(self, function: Any) -> None:
        """Makes constants of the arguments that stand for weights, which come last."""
        ir, block = self.ir, function.regions[0].blocks[0]
        arguments = list(block.arguments)[len(self.inputs) :]
        for weight, argument in reversed(list(zip(self.weights, arguments))):
            at, loc = ir.InsertionPoint.at_block_begin(block), ir.Location.name(
                weight.name
            )
            if isinstance(weight, Weight):
                value = self._constant(weight.entry(), argument.type, at, loc)
            else:
                values = self._constant_array(weight.key, weight.values, at, loc)
                at = ir.InsertionPoint.after(values.owner)
                parameters = self._parameters(weight.key, weight.quantizer, at, loc)
                at = ir.InsertionPoint.after(parameters[-1].owner)
                kind = self._compressed(argument.type, weight.quantizer)
                assembled = self._create(
                    "compress.assemble", [kind], [values, *parameters], {}, at, loc
                )
                value = self._create(
                    "compress.decode", [argument.type], [assembled], {}, at, loc
                )
            argument.replace_all_uses_with(value)
            block.erase_argument(argument.arg_number)
        results = ir.FunctionType(
            ir.TypeAttr(function.attributes["function_type"]).value
        ).results
        kind = ir.FunctionType.get(
            [argument.type for argument in block.arguments], results
        )
        function.attributes["function_type"] = ir.TypeAttr.get(kind)

    def _constant_array(self, key: str, array: numpy.ndarray, at: Any, loc: Any) -> Any:
        """A constant of f32 or i8."""
        ir = self.ir
        element, dtype = (
            (ir.F32Type.get(), "F32")
            if array.dtype == numpy.float32
            else (ir.IntegerType.get_signless(8), "I8")
        )
        kind = ir.RankedTensorType.get(list(array.shape), element)
        array = numpy.ascontiguousarray(array)
        if array.nbytes >= EXTERNAL_BYTES:
            return self._constant(
                Tensor(key, dtype, list(array.shape), array.tobytes()), kind, at, loc
            )
        value = ir.DenseElementsAttr.get(array, type=kind)
        return self._create("arith.constant", [kind], [], {"value": value}, at, loc)

    def _constant(self, tensor: Tensor, kind: Any, at: Any, loc: Any) -> Any:
        self.tensors[tensor.key] = tensor
        text = f"#compress.external<{_quote(self.weights_file)}, {_quote(tensor.key)}> : {kind}"
        return self._create(
            "arith.constant",
            [kind],
            [],
            {"value": self.ir.Attribute.parse(text)},
            at,
            loc,
        )

    def _name(self, function: Any) -> None:
        ir, attributes = self.ir, function.attributes
        for name in [name for name in attributes if name.startswith("torch.")]:
            del attributes[name]
        attributes["sym_name"] = ir.StringAttr.get(self.entry)
        outputs = [value.name for value in self.model.graph.output]
        for key, names in (("arg_attrs", self.inputs), ("res_attrs", outputs)):
            attributes[key] = ir.ArrayAttr.get(
                [
                    ir.DictAttr.get({"compress.name": ir.StringAttr.get(name)})
                    for name in names
                ]
            )
