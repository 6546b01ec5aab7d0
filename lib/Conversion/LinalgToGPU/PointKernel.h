//===- PointKernel.h - Elementwise kernels ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_POINTKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_POINTKERNEL_H

#include "Kernel.h"

namespace mlir::compress {

struct Chip;

/// An op without reductions. Its threads move as many neighbouring elements as
/// fit into 16 bytes; a grid that fills the chip passes over all of them.
class PointKernel : public Kernel {
public:
  /// The kernel of an op with parallel loops only, null for others.
  static std::unique_ptr<Kernel>
  match(linalg::GenericOp op, ArrayRef<Value> initial, const Chip &chip);

  StringRef getSuffix() const override { return "point"; }
  int64_t getNumThreads() const override;

private:
  PointKernel(linalg::GenericOp op, ArrayRef<Value> initial, int64_t vector,
              bool isFlat, const Chip &chip);

  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;
  void buildFlat(Value vector);
  void buildLine(Value vector);
  /// The body at some points, whose inputs `load` gives and whose results go to
  /// `store`.
  void compute(ArrayRef<Point> points,
               llvm::function_ref<SmallVector<Value>(OpOperand &)> load,
               llvm::function_ref<void(OpOperand &, ValueRange)> store);

  /// Elements of a thread.
  int64_t vector;
  /// Whether all buffers have the same elements in the same order, without
  /// gaps, so that their dimensions do not matter.
  bool isFlat;
  const Chip &chip;
};

/// An op without reductions that reads a buffer across the order in which it
/// writes: square tiles of such inputs go through shared memory, so that both
/// sides touch whole sectors.
class TransposeKernel : public Kernel {
public:
  /// The kernel of such an op, null for others.
  static std::unique_ptr<Kernel> match(linalg::GenericOp op,
                                       ArrayRef<Value> initial);

  StringRef getSuffix() const override { return "transpose"; }
  int64_t getNumThreads() const override;

private:
  using Kernel::Kernel;

  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;
  Value makeTile(OpOperand &operand);

  /// The loop of neighbours in the output, and in the inputs.
  unsigned column = 0, row = 0;
  SmallVector<unsigned> outer;
  SmallVector<OpOperand *> inputs;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_POINTKERNEL_H
