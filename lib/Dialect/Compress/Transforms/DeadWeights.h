//===- DeadWeights.h - Weights that nothing reads -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_DEADWEIGHTS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_DEADWEIGHTS_H

#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::compress {

/// Erases private ml_program globals that nothing refers to.
inline void eraseDeadGlobals(ModuleOp module) {
  SymbolTableCollection symbols;
  SymbolUserMap users(symbols, module);
  for (auto global :
       llvm::make_early_inc_range(module.getOps<ml_program::GlobalOp>()))
    if (global.isPrivate() && users.useEmpty(global))
      global.erase();
}

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_DEADWEIGHTS_H
