//===- Mini.h - A small dialect and its lowering ----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef MINI_H
#define MINI_H

#include "compress/Dialect/Compress/IR/Interfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Dialect.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Pass/Pass.h"
#include <memory>

#include "MiniOpsDialect.h.inc"

#define GET_OP_CLASSES
#include "MiniOps.h.inc"

namespace mini {

/// Lowers the dialect to linalg on tensors.
std::unique_ptr<mlir::Pass> createLowerMiniPass();

} // namespace mini

#endif // MINI_H
