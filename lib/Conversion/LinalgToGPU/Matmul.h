//===- Matmul.h - Matrix products among linalg ops --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "llvm/ADT/SmallBitVector.h"

namespace mlir::compress {

/// An operand of a matrix product: elements of a buffer, or values that the
/// op's body computes, as it does where the decoding of a weight was fused into
/// it.
struct MatmulOperand {
  /// What is multiplied, before it is extended.
  Value element;
  /// The op's operand that `element` is read from, null where it is computed.
  OpOperand *buffer = nullptr;
  /// The body's ops that compute it, in their order.
  SmallVector<Operation *> computation;
  /// The loops that it depends on.
  llvm::SmallBitVector loops;

  Type getElementType() const { return element.getType(); }
};

/// An op that computes C[b, m, n] += sum over k of A[b, m, k] * B[b, k, n],
/// with any number of batch loops, which either operand may lack, and
/// dimensions of buffers in any order.
struct Matmul {
  MatmulOperand a, b;
  OpOperand *c;
  /// The loops, by number.
  SmallVector<unsigned> batch;
  unsigned m = 0, n = 0, k = 0;

  /// The dimension of a buffer that a loop is the index of; none where the
  /// buffer does not depend on it.
  static std::optional<unsigned> getDim(OpOperand &buffer, unsigned loop);
};

/// Matches an op on buffers that multiplies two values, which may be extended
/// to a wider float type, and adds the product to its output.
std::optional<Matmul> matchMatmul(linalg::GenericOp op);

/// Whether neighbours along a loop lie side by side in a buffer.
bool isContiguous(OpOperand &buffer, unsigned loop);

/// The most elements, a power of two up to `most`, that every line of a buffer
/// begins at a multiple of.
int64_t getLineAlignment(OpOperand &buffer, int64_t most);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H
