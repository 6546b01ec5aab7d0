# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""From programs of torch.export to linalg on tensors, by torch-mlir."""

from __future__ import annotations

import os
from typing import Any

from .errors import ImportModelError, require


def export(model: Any, arguments: tuple[Any, ...], dynamic_shapes: Any) -> Any:
    """The program of a torch.nn.Module or of a .pt2 file, or one that is there."""
    torch = require("torch", "torch")
    if isinstance(model, (str, os.PathLike)):
        try:
            return torch.export.load(model)
        except Exception as error:  # Of torch, of several kinds.
            raise ImportModelError(
                f"{os.fspath(model)}: cannot be read as a program of torch.export: "
                f"{error}"
            ) from error
    if isinstance(model, torch.export.ExportedProgram):
        return model
    if not isinstance(model, torch.nn.Module):
        raise ImportModelError(
            "expected a torch.nn.Module or a program of torch.export, found "
            f"{type(model).__name__}"
        )
    return torch.export.export(model, arguments, dynamic_shapes=dynamic_shapes)


def lower(program: Any, entry: str) -> str:
    """The text of the program's module, with parameters and buffers as resources of
    their names."""
    torch = require("torch", "torch")
    ir = require("torch_mlir.ir", "torch-mlir")
    fx = require("torch_mlir.fx", "torch-mlir")
    importer: Any = require("torch_mlir.extras.fx_importer", "torch-mlir")

    names = {
        (value.data_ptr(), value.shape): name
        for name, value in {**program.state_dict, **program.constants}.items()
        if isinstance(value, torch.Tensor)
    }

    class Hooks(importer.FxImporterHooks):  # type: ignore[name-defined,misc]
        """Keeps the names of weights, which torch-mlir replaces by their shapes."""

        def resolve_literal(self, gni: Any, literal: Any, info: Any) -> Any:
            if not isinstance(literal, torch.Tensor) or literal.numel() < 2:
                return None
            name = names.get((literal.data_ptr(), literal.shape))
            if name is None or not literal.is_contiguous():
                return None
            data = literal.detach().cpu().flatten().view(torch.uint8).numpy()
            kind = importer.create_mlir_tensor_type(literal)
            attribute = ir.DenseResourceElementsAttr.get_from_buffer(
                data, name, kind, alignment=8
            )
            return ir.Operation.create(
                "torch.vtensor.literal",
                results=[gni._cc.tensor_to_vtensor_type(literal)],
                attributes={"value": attribute},
            ).result

    inputs = program.graph_signature.user_inputs
    try:
        module = fx.export_and_import(
            program, output_type="linalg-on-tensors", func_name=entry, hooks=Hooks()
        )
    except Exception as error:  # Of torch-mlir's importer, of several kinds.
        raise ImportModelError(
            f"torch-mlir cannot lower the program: {error}"
        ) from error
    with module.context:
        for operation in module.body.operations:
            attributes = operation.attributes
            if attributes["sym_name"] == ir.StringAttr.get(entry):
                attributes["arg_attrs"] = ir.ArrayAttr.get(
                    [
                        ir.DictAttr.get({"compress.name": ir.StringAttr.get(name)})
                        for name in inputs
                    ]
                )
        return module.operation.get_asm(enable_debug_info=True)
