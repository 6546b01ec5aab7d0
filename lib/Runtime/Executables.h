//===- Executables.h - What kinds of executables share ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EXECUTABLES_H
#define COMPRESS_LIB_RUNTIME_EXECUTABLES_H

#include "compress/Runtime/Executable.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::compress::runtime {

/// Lowers dense ops to linalg, compressed tensors by the passes that
/// `addDecompression` adds, and finds the function to compile, as
/// Executable::compile says; every other symbol becomes private.
llvm::Expected<func::FuncOp>
selectEntry(ModuleOp module, llvm::StringRef name,
            function_ref<void(OpPassManager &)> addDecompression);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_EXECUTABLES_H
