//===- HalfMma.h - mma.sync of 16-bit floats --------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_HALFMMA_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_HALFMMA_H

#include "mlir/IR/Builders.h"

namespace mlir::compress {

/// `mma.sync.m16n8k16` of f16 or bf16, which `element` is, with f32
/// accumulators.
struct HalfMma {
  static constexpr int64_t kM = 16, kN = 8, kK = 16;

  /// Adds the product of a fragment of A, four registers, and one of B, two, to
  /// the four sums. Registers are i32, or pairs of f16.
  static void add(OpBuilder &builder, Location loc, Type element,
                  ArrayRef<Value> a, ArrayRef<Value> b,
                  MutableArrayRef<Value> sums);
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_HALFMMA_H
