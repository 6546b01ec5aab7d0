# Part of the Compress project, under the Apache License v2.0 with LLVM
# Exceptions. See LICENSE for license information.
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Compresses models in MLIR, and compiles and runs them.

    import compress

    model = compress.Module.parse("model.mlir")
    small = model.compress(quantize="w4a16", prune="2:4")
    print(small.report())
    run = compress.compile(small)
    logits = run(x)

docs/Python.md describes the package, docs/CommandLine.md the rules of
compression, which are the same as for compress-opt.
"""

from ._compress import CompressError, set_threads
from ._function import Function, TensorSpec, compile
from ._module import CompressWarning, Module, run_pipeline
from ._report import Report

__all__ = [
    "CompressError",
    "CompressWarning",
    "Function",
    "Module",
    "Report",
    "TensorSpec",
    "compile",
    "run_pipeline",
    "set_threads",
]
