# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compiled functions."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

import numpy

from . import _compress
from ._module import Source, as_module

# What NumPy lacks, by safetensors' names; ml_dtypes has them.
_ML_DTYPES = {"BF16": "bfloat16", "F8_E4M3": "float8_e4m3fn", "F8_E5M2": "float8_e5m2"}


class TensorSpec(NamedTuple):
    """An input or a result. `dtype` is in safetensors' spelling ("F32", "BF16",
    "BOOL", ...); an extent is None where it is known only when called."""

    name: str
    dtype: str
    shape: tuple[int | None, ...]


def _specs(specs: list[tuple[str, str, list[int]]]) -> tuple[TensorSpec, ...]:
    return tuple(
        TensorSpec(name, dtype, tuple(None if extent < 0 else extent for extent in shape))
        for name, dtype, shape in specs
    )


def _exposed(value: Any) -> Any:
    """Arrays of ml_dtypes as integers, which other libraries can read."""
    if isinstance(value, numpy.ndarray) and value.dtype.name in _ML_DTYPES.values():
        return value.view(f"uint{8 * value.dtype.itemsize}")
    return value


class Function:
    """A compiled function. Made by `compile`; may be called from several threads."""

    def __init__(self, program: _compress.Program):
        self._program = program
        self.inputs = _specs(program.inputs())
        self.outputs = _specs(program.outputs())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Runs on arrays of NumPy, or of any library with DLPack, in memory of the
        host, by position or by name. They are read in place, and so have to be
        row-major.

        A single result is returned as an array of NumPy, several as a dictionary
        by name. Their memory is what the function allocated. Types that NumPy
        lacks come as those of ml_dtypes, or where that is not installed, as
        unsigned integers of their width.

        Raises TypeError or ValueError with the signature when the arrays do not
        fit, and CompressError when the function fails.
        """
        if len(args) > len(self.inputs):
            raise TypeError(
                f"expected at most {len(self.inputs)} arrays, found {len(args)}\n"
                f"the function takes:\n{self._program.signature()}"
            )
        named = {spec.name: _exposed(value) for spec, value in zip(self.inputs, args)}
        for name, value in kwargs.items():
            if name in named:
                raise TypeError(f"input '{name}' is given by position and by name")
            named[name] = _exposed(value)
        results = self._program.run(named)
        results = {spec.name: self._restored(results[spec.name], spec.dtype) for spec in self.outputs}
        return next(iter(results.values())) if len(results) == 1 else results

    @staticmethod
    def _restored(array: numpy.ndarray, dtype: str) -> numpy.ndarray:
        if dtype in _ML_DTYPES:
            try:
                import ml_dtypes
            except ImportError:
                return array
            return array.view(getattr(ml_dtypes, _ML_DTYPES[dtype]))
        return array

    def __repr__(self) -> str:
        return f"<compress.Function\n{self._program.signature()}>"


def compile(
    module: Source,
    recipe: str | os.PathLike[str] | Mapping[str, Any] | None = None,
    target: Literal["cpu", "emulated", "cuda"] = "cpu",
    *,
    entry: str | None = None,
    chip: str = "sm_90a",
    tf32: bool = False,
    device: int = 0,
    checks: bool = True,
) -> Function:
    """Compiles a function of a module, a file, or text with line breaks.

    recipe: stages to compress by first, as of Module.compress.
    target: this processor, an emulated GPU, or a GPU.
    entry: the function; not needed when one is public.
    chip, tf32: whose kernels a GPU or the emulator runs, and whether products of
        f32 may be rounded to tf32 there.
    device: the driver's number of the GPU.
    checks: whether the emulator checks every access.

    Raises CompressError with the diagnostics.
    """
    if target not in ("cpu", "emulated", "cuda"):
        raise ValueError(f"target: expected 'cpu', 'emulated' or 'cuda', found {target!r}")
    parsed = as_module(module)
    if recipe is not None:
        parsed = parsed.compress(recipe=recipe)
    return Function(_compress.Program(parsed._handle, entry or "", target, chip, tf32, device, checks))
