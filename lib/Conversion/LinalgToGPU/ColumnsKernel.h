//===- ColumnsKernel.h - Reductions across rows -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_COLUMNSKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_COLUMNSKERNEL_H

#include "Kernel.h"
#include "SplitReduction.h"

namespace mlir::compress {

/// A reduction that keeps the innermost dimension of its operand, such as the
/// sums of a matrix's columns. Lanes have neighbouring columns, the rest of a
/// block some of the rows; shared memory brings them together. Several blocks
/// share the rows where there are few columns.
class ColumnsKernel : public Kernel {
public:
  /// The kernel of such a reduction, null for other ops.
  static std::unique_ptr<Kernel>
  match(linalg::GenericOp op, ArrayRef<Value> initial, const Chip &chip);

  StringRef getSuffix() const override { return "columns"; }
  int64_t getNumThreads() const override { return lanes * rows; }
  linalg::GenericOp buildRest(OpBuilder &host) override;

private:
  ColumnsKernel(linalg::GenericOp op, ArrayRef<Value> initial,
                Combiner combiner)
      : Kernel(op, initial), combiner(combiner) {}

  LogicalResult passMore(OpBuilder &host, KernelArguments &arguments) override;
  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;
  SmallVector<Value> reduce(Value begin, Value end, Value step, Point point);
  SmallVector<Value> computeElements(ArrayRef<Point> points);

  Combiner combiner;
  /// The loop of neighbours, the other parallel ones, and those of a column.
  unsigned column = 0;
  SmallVector<unsigned> outer, reduced;
  /// A block's threads, and the columns that each has.
  int64_t lanes = kWarpSize, rows = 8, vector = 1;
  int64_t splits = 1;
  std::optional<Partials> partials;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_COLUMNSKERNEL_H
