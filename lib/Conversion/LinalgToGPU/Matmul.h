//===- Matmul.h - Matrix products among linalg ops ---------------- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::compress {

/// An op that computes C[b, m, n] += sum over k of A[b, m, k] * B[b, k, n],
/// with any number of batch loops, and dimensions of the operands in any order.
struct Matmul {
  OpOperand *a, *b, *c;
  /// The loops, by number.
  SmallVector<unsigned> batch;
  unsigned m, n, k;

  /// The dimension of an operand that a loop is the index of; none where the
  /// operand does not depend on it.
  static std::optional<unsigned> getDim(OpOperand &operand, unsigned loop);
};

/// Matches an op on buffers that multiplies elements of its two inputs, which
/// may be extended to a wider float type, and adds the product to its output.
std::optional<Matmul> matchMatmul(linalg::GenericOp op);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H
