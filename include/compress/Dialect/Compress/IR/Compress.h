//===- Compress.h - The dialect -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_COMPRESS_H
#define COMPRESS_DIALECT_COMPRESS_IR_COMPRESS_H

#include "compress/Dialect/Compress/IR/Interfaces.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace mlir::compress {
class ExternalStore;
} // namespace mlir::compress

#include "compress/Dialect/Compress/IR/CompressDialect.h.inc"
#include "compress/Dialect/Compress/IR/CompressEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compress/Dialect/Compress/IR/CompressAttrs.h.inc"

#define GET_TYPEDEF_CLASSES
#include "compress/Dialect/Compress/IR/CompressTypes.h.inc"

#define GET_OP_CLASSES
#include "compress/Dialect/Compress/IR/CompressOps.h.inc"

#endif // COMPRESS_DIALECT_COMPRESS_IR_COMPRESS_H
