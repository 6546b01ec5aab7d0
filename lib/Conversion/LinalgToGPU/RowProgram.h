//===- RowProgram.h - Reductions along rows ---------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A row program is a linalg.generic with parallel loops whose body has
// `compress_kernel.row_reduce`, or a linalg.generic that reduces by one known
// op. Both say the same of their loops: some make a row, the others say which.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_ROWPROGRAM_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_ROWPROGRAM_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::compress {

/// How an op with reduction loops combines an element with its accumulator.
struct Combiner {
  Operation *op;
  arith::AtomicRMWKind kind;
  /// What is combined with the accumulator.
  Value element;
};

/// The combiner of an op with one output, where partial results can be combined
/// in any order.
std::optional<Combiner> getCombiner(linalg::GenericOp op);

/// An operand that is read at every point of all loops by their plain indices;
/// null where there is none, as for a product of matrices.
OpOperand *getFullOperand(linalg::GenericOp op);

/// The loops that make a row: those that `row_reduce` names, or those that the
/// op reduces. Empty for other ops.
SmallVector<unsigned> getRowLoops(linalg::GenericOp op);

/// The values of the body that an op of it reads, in its regions too.
SmallVector<Value> getBodyOperands(Operation &nested);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_ROWPROGRAM_H
