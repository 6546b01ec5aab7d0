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
/// dimensions of buffers in any order. Several loops may make up M, N or K, the
/// last of them the fastest: so a convolution is a product too, with the
/// positions of its output as the rows, and the window and channels as K
/// (implicit GEMM; Chellapilla et al., High Performance Convolutional Neural
/// Networks for Document Processing, 2006).
struct Matmul {
  MatmulOperand a, b;
  OpOperand *c;
  /// The loops, by number; of those of M, N and K that have one step, none but
  /// where there is no other.
  SmallVector<unsigned> batch, m, n, k;

  /// The dimension of a buffer that a loop is the index of; none where the
  /// buffer does not depend on it, or not on it alone.
  static std::optional<unsigned> getDim(OpOperand &buffer, unsigned loop);
};

/// Matches an op that multiplies two values, which may be extended to a wider
/// float type, and adds the product to its output.
std::optional<Matmul> matchMatmul(linalg::GenericOp op);

/// Whether tensor cores can compute it: the operands are both f16 or both bf16,
/// or with `tf32` both f32, and the result is f32 or the same type.
bool isForTensorCores(const Matmul &matmul, bool tf32);

/// The address of an element of a buffer is a linear function of the loops:
/// what a step along each of them adds, in elements, ShapedType::kDynamic where
/// that is not static. The last entry is the offset.
SmallVector<int64_t> getLoopStrides(OpOperand &buffer);

/// Whether neighbours along some loops, the last of them the fastest, lie side
/// by side in a buffer, but where that loop ends.
bool isContiguous(OpOperand &buffer, ArrayRef<unsigned> loops);

/// The most elements, a power of two up to `most`, that lie side by side at a
/// multiple of their number, from every multiple of it along `loops`, beginning
/// at 0, to the end of all of them. The buffer is contiguous along the loops.
int64_t getLineAlignment(OpOperand &buffer, ArrayRef<unsigned> loops,
                         int64_t most);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMUL_H
