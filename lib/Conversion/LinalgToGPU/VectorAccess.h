//===- VectorAccess.h - Neighbouring elements of a buffer -------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_VECTORACCESS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_VECTORACCESS_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::compress {

/// The most bytes that one instruction of a thread moves.
constexpr int64_t kVectorBytes = 16;

/// Bytes of an element in memory; an i1 has one.
int64_t getElementBytes(Type type);

/// The most elements, a power of two up to `most`, that can be moved at once
/// along a loop whose extent is `extent`: they lie side by side, begin at a
/// multiple of their size wherever the loop is at a multiple of their number,
/// and divide the extent.
int64_t getVectorWidth(OpOperand &buffer, unsigned loop, int64_t extent,
                       int64_t most);

/// Loads `width` elements of a buffer of a kernel that begin at the indices.
SmallVector<Value> loadVector(OpBuilder &b, Location loc, Value buffer,
                              ValueRange indices, int64_t width);

void storeVector(OpBuilder &b, Location loc, ValueRange values, Value buffer,
                 ValueRange indices);

/// What `load` builds where the condition, if there is one, holds; zeros
/// elsewhere.
SmallVector<Value> loadIf(OpBuilder &b, Location loc, Value condition,
                          llvm::function_ref<SmallVector<Value>()> load);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_VECTORACCESS_H
