# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From StableHLO, which JAX prints, to linalg on tensors, by the passes that
torch-mlir brings."""

from __future__ import annotations

import re
from typing import Any

from .errors import ImportModelError, require

_PIPELINE = (
    "builtin.module(inline,symbol-dce,func.func(stablehlo-legalize-to-linalg),"
    "canonicalize,cse)"
)


def lower(text: str, entry: str) -> str:
    """The text of a module with one public function, lowered, whose inputs and
    results have the names that JAX gave them."""
    ir = require("torch_mlir.ir", "torch-mlir")
    passes = require("torch_mlir.passmanager", "torch-mlir")
    stablehlo = require("torch_mlir._mlir_libs._stablehlo", "torch-mlir")
    context = ir.Context()
    require("torch_mlir.dialects.torch", "torch-mlir").register_dialect(context)
    stablehlo.register_dialect(context)
    stablehlo.register_stablehlo_passes()
    with context, ir.Location.unknown():
        try:
            module = ir.Module.parse(text)
            passes.PassManager.parse(_PIPELINE).run(module.operation)
        except ir.MLIRError as error:
            lines = [f"{d.location}: {d.message}" for d in error.error_diagnostics]
            raise ImportModelError(
                "\n  ".join(
                    ["torch-mlir cannot lower the StableHLO:"]
                    + [line[:300] for line in lines or [str(error)]]
                )
            ) from error
        functions = [
            operation
            for operation in module.body.operations
            if operation.operation.name == "func.func"
            and "sym_visibility" not in operation.attributes
            or '"public"' in str(operation.attributes["sym_visibility"])
        ]
        if len(functions) != 1:
            raise ImportModelError(
                f"expected one public function, found {len(functions)}"
            )
        _name(ir, module, functions[0], entry)
        return module.operation.get_asm(enable_debug_info=True)


def _name(ir: Any, module: Any, function: Any, entry: str) -> None:
    for name in list(module.operation.attributes):
        if name.startswith("mhlo."):
            del module.operation.attributes[name]
    attributes = function.attributes
    attributes["sym_name"] = ir.StringAttr.get(entry)
    arguments = function.regions[0].blocks[0].arguments
    inputs = [re.fullmatch(r'loc\("([^"]+)"\)', str(a.location)) for a in arguments]
    results = []
    for index in range(len(function.type.results)):
        # Such as result['p'][0], a path into what the function returns.
        attribute = (
            str(attributes["res_attrs"][index]) if "res_attrs" in attributes else ""
        )
        match = re.search(r'jax\.result_info = "(.*?)"[,}]', attribute)
        info = match[1].removeprefix("result") if match else ""
        results.append(".".join(re.findall(r"\w+", info)))
    for key, names in (
        ("arg_attrs", [match[1] if match else "" for match in inputs]),
        ("res_attrs", results),
    ):
        # Names are keys: where they are not all different, none is taken.
        distinct = len(set(names)) == len(names)
        attributes[key] = ir.ArrayAttr.get(
            [
                ir.DictAttr.get(
                    {"compress.name": ir.StringAttr.get(name)}
                    if name and distinct
                    else {}
                )
                for name in names
            ]
        )
