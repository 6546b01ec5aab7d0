# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Modules: reading, compressing, passes, writing."""

from __future__ import annotations

import json
import os
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal, Union

from . import _compress
from ._report import Report

Rule = Union[bool, str, Mapping[str, Any], None]
Source = Union["Module", str, "os.PathLike[str]"]


class CompressWarning(UserWarning):
    """What passes warn of or remark, with locations."""


def _rule(rule: Rule) -> str | None:
    """The text of a rule, whose default is empty; None for no stage."""
    if rule is None or rule is False:
        return None
    if rule is True:
        return ""
    # JSON is a flow map of YAML.
    return rule if isinstance(rule, str) else json.dumps(dict(rule))


def _recipe(recipe: Any) -> str | None:
    if recipe is None:
        return None
    if isinstance(recipe, Mapping):
        return json.dumps(dict(recipe))
    if isinstance(recipe, str) and "\n" in recipe:
        return recipe
    try:
        with open(recipe, encoding="utf-8") as file:
            return file.read()
    except OSError as error:
        raise _compress.CompressError(f"cannot read the recipe: {error}") from error


class Module:
    """An MLIR module, which does not change: methods that compute give new ones."""

    def __init__(self, handle: _compress.Module):
        self._handle = handle

    @staticmethod
    def parse(
        source: str | os.PathLike[str],
        *,
        weights_dirs: Sequence[str | os.PathLike[str]] = (),
    ) -> Module:
        """Reads a file of text or bytecode, or text: a string with a line break.

        External weights are looked up in the directory of the file, then in
        `weights_dirs`, then in the current one. Raises CompressError with the
        diagnostics.
        """
        directories = [os.fspath(directory) for directory in weights_dirs]
        if isinstance(source, str) and "\n" in source:
            return Module(_compress.Module.parse(source, "<module>", directories))
        return Module(_compress.Module.load(os.fspath(source), directories))

    def compress(
        self,
        quantize: Rule = None,
        prune: Rule = None,
        recipe: str | os.PathLike[str] | Mapping[str, Any] | None = None,
        *,
        non_finite: Literal["error", "clamp"] = "error",
    ) -> Module:
        """Does what compress-opt's flags of these names do.

        `quantize` and `prune` are True for the default, a preset or pattern, a
        flow map as text, or the same map as a dictionary. `recipe`, instead of
        them, is a file, text with line breaks, or a dictionary with `stages`.
        """
        if recipe is not None and (quantize or prune):
            raise ValueError("a recipe cannot be given together with quantize or prune; write them as its stages")
        if recipe is None and not quantize and not prune:
            raise ValueError("nothing to do: give quantize, prune or recipe")
        if non_finite not in ("error", "clamp"):
            raise ValueError(f"non_finite: expected 'error' or 'clamp', found {non_finite!r}")
        return self._made(
            *self._handle.compress(_rule(quantize), _rule(prune), _recipe(recipe), non_finite)
        )

    def run_pipeline(self, pipeline: str) -> Module:
        """Runs passes, written as for --pass-pipeline, on a copy."""
        return self._made(*self._handle.run_pipeline(pipeline))

    def report(self) -> Report:
        """What was decided for every weight; empty before a stage has run."""
        return Report(self._handle.report(False), self._handle.report(True))

    def save(
        self,
        path: str | os.PathLike[str],
        *,
        weights: str | os.PathLike[str] | None = None,
        bytecode: bool | None = None,
    ) -> None:
        """Writes the module as text, or as bytecode (by default where the name
        ends in .mlirbc), and with `weights` its weights to that safetensors
        file: both appear, or none. The module finds the file beside itself."""
        path = os.fspath(path)
        if bytecode is None:
            bytecode = path.endswith(".mlirbc")
        self._handle.save(path, None if weights is None else os.fspath(weights), bytecode)

    def __str__(self) -> str:
        return self._handle.text()

    @staticmethod
    def _made(handle: _compress.Module, remarks: str) -> Module:
        if remarks:
            warnings.warn(remarks.rstrip(), CompressWarning, stacklevel=3)
        return Module(handle)


def as_module(source: Source) -> Module:
    return source if isinstance(source, Module) else Module.parse(source)


def run_pipeline(module: Source, pipeline: str) -> Module:
    """Runs passes on a copy of a module, a file, or text with line breaks."""
    return as_module(module).run_pipeline(pipeline)
