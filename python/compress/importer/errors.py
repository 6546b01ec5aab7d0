# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Errors of importing, and packages that it alone needs."""

from __future__ import annotations

import importlib
from types import ModuleType


class ImportModelError(RuntimeError):
    """Why a model cannot be imported."""


def require(name: str, package: str) -> ModuleType:
    """The Python module of that name, or an error that says how to install it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        # PyTorch is large, and only its own models need it.
        wanted = package if package == "torch" else "'compress-mlir[import]'"
        raise ImportModelError(
            f"importing models needs the package {package}, found: {error}; "
            f"install it with: pip install {wanted}"
        ) from error
