# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From ONNX to linalg on tensors, by torch-mlir.

torch-mlir carries an MLIR of its own, newer than the one that this package reads:
what comes out is text. Large tensors do not pass through it: they are arguments
of the function while it lowers, and become constants of a weights file then.
"""

from __future__ import annotations

import re
from typing import Any

from .errors import ImportModelError, require
from .weights import Weight, quote, take_weights

PIPELINES = (
    "torch-onnx-to-torch-backend-pipeline",
    "torch-backend-to-linalg-on-tensors-backend-pipeline",
)


class Lowering:
    """One model on its way."""

    def __init__(self, model: Any):
        self.ir = require("torch_mlir.ir", "torch-mlir")
        self.importer = require("torch_mlir.extras.onnx_importer", "torch-mlir")
        self.passes = require("torch_mlir.passmanager", "torch-mlir")
        self.model = model
        self.weights: list[Weight] = take_weights(model)

    def run(self, weights_file: str, entry: str) -> str:
        """The text of the module, whose large tensors are in `weights_file`."""
        context = self.ir.Context()
        context.allow_unregistered_dialects = True
        require("torch_mlir.dialects.torch", "torch-mlir").register_dialect(context)
        with context, self.ir.Location.unknown():
            module = self._import(context)
            for pipeline in PIPELINES:
                self._run_passes(module, pipeline)
            function = module.body.operations[0]
            self._bind_weights(function, weights_file)
            self._name(function, entry)
            # Attributes and ops of compress are no part of this context.
            return module.operation.get_asm(enable_debug_info=True, assume_verified=True)

    def _import(self, context: Any) -> Any:
        info = self.importer.ModelInfo(self.model, config=self.importer.Config())
        module = info.create_module(context=context)
        try:
            self.importer.NodeImporter.define_function(info.main_graph, module.operation).import_all()
        except self.importer.OnnxImportError as error:
            raise ImportModelError(f"the graph cannot be imported: {error}") from error
        return module

    def _run_passes(self, module: Any, pipeline: str) -> None:
        try:
            self.passes.PassManager.parse(f"builtin.module({pipeline})").run(module.operation)
        except self.ir.MLIRError as error:
            lines = [f"{d.location}: {d.message}" for d in error.error_diagnostics] or [str(error)]
            found = sorted({name for line in lines for name in re.findall(r"onnx\.\w+", line)})
            what = ", ".join(found) if found else "the model"
            raise ImportModelError("\n  ".join([f"torch-mlir cannot lower {what}:", *(line[:300] for line in lines)])) from error

    def _bind_weights(self, function: Any, weights_file: str) -> None:
        """Makes constants of the arguments that stand for weights, which come last."""
        ir, block = self.ir, function.regions[0].blocks[0]
        first = len(block.arguments) - len(self.weights)
        for weight, argument in reversed(list(zip(self.weights, list(block.arguments)[first:]))):
            constant = ir.Operation.create(
                "arith.constant",
                results=[argument.type],
                attributes={
                    "value": ir.Attribute.parse(
                        f"#compress.external<{quote(weights_file)}, {quote(weight.key)}> : {argument.type}"
                    )
                },
                loc=ir.Location.name(weight.key),
                ip=ir.InsertionPoint.at_block_begin(block),
            )
            argument.replace_all_uses_with(constant.result)
            block.erase_argument(argument.arg_number)
        results = ir.FunctionType(ir.TypeAttr(function.attributes["function_type"]).value).results
        kind = ir.FunctionType.get([argument.type for argument in block.arguments], results)
        function.attributes["function_type"] = ir.TypeAttr.get(kind)

    def _name(self, function: Any, entry: str) -> None:
        ir, attributes, graph = self.ir, function.attributes, self.model.graph
        for name in [name for name in attributes if name.startswith("torch.")]:
            del attributes[name]
        attributes["sym_name"] = ir.StringAttr.get(entry)
        count = len(graph.input) - len(self.weights)
        for key, values in (("arg_attrs", graph.input[:count]), ("res_attrs", graph.output)):
            attributes[key] = ir.ArrayAttr.get(
                [ir.DictAttr.get({"compress.name": ir.StringAttr.get(value.name)}) for value in values]
            )
