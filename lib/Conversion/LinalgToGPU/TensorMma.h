//===- TensorMma.h - mma.sync of floats -------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_TENSORMMA_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_TENSORMMA_H

#include "mlir/IR/Builders.h"

namespace mlir::compress {

/// `mma.sync` with f32 accumulators: m16n8k16 of f16 or bf16, m16n8k8 of f32,
/// of which it takes the bits of tf32. All have fragments of the same
/// registers.
struct TensorMma {
  static constexpr int64_t kM = 16, kN = 8;
  /// The extent along K, 32 bytes, of elements of `width` bits.
  static constexpr int64_t getK(unsigned width) { return 256 / width; }

  /// Adds the product of a fragment of A, four registers, and one of B, two, to
  /// the four sums. Registers are i32, or pairs of f16.
  static void add(OpBuilder &builder, Location loc, Type element,
                  ArrayRef<Value> a, ArrayRef<Value> b,
                  MutableArrayRef<Value> sums);

  /// The bits of an f32 that become the nearest tf32, ties away from zero; mma
  /// itself would cut them off.
  static Value roundToTF32(OpBuilder &builder, Location loc, Value bits);
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_TENSORMMA_H
