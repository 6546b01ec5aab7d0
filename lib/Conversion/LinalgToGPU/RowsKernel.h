//===- RowsKernel.h - Kernels whose threads share rows ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_ROWSKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_ROWSKERNEL_H

#include "Kernel.h"
#include "RowProgram.h"
#include "SplitReduction.h"

namespace mlir::compress {

/// How rows are spread over threads.
struct RowsSchedule {
  /// Threads that share a row, a power of two: lanes of a warp, or a block.
  int64_t threads;
  /// Neighbouring elements that a thread moves at once.
  int64_t vector = 1;
  /// Elements of a row that a thread holds in registers; 0 where it reads them
  /// again for each reduction.
  int64_t slots = 0;
  /// The lengths of rows that it is for: those longer than the first and no
  /// longer than the second, which has no limit where it is 0. Both are 0 for
  /// all.
  int64_t above = 0, limit = 0;
  /// Blocks that share a row.
  int64_t splits = 1;

  /// Threads of a block whose warps have rows of their own.
  static constexpr int64_t kBlockThreads = 256;
};

/// The schedules of a row program or reduction, one after another for longer
/// rows.
SmallVector<RowsSchedule> chooseRowsSchedules(linalg::GenericOp op,
                                              ArrayRef<unsigned> rowLoops,
                                              const Chip &chip);

inline bool isFunctionOf(AffineMap map, ArrayRef<unsigned> loops) {
  return llvm::any_of(loops,
                      [&](unsigned loop) { return map.isFunctionOfDim(loop); });
}

/// The extent of a loop, or ShapedType::kDynamic.
inline int64_t getExtent(linalg::GenericOp op, unsigned loop) {
  return op.getStaticLoopRanges()[loop];
}

/// A row program: threads load elements of a row, combine what they have by
/// shuffles and, where a block has a row, through shared memory, and go on.
/// Every thread of a row gets the result, so that what follows from it is
/// computed by each.
class RowsKernel : public Kernel {
public:
  /// The kernels of a row program or reduction, each for the lengths of rows of
  /// its schedule; none for other ops.
  static SmallVector<std::unique_ptr<Kernel>>
  match(linalg::GenericOp op, ArrayRef<Value> initial, const Chip &chip);

  StringRef getSuffix() const override { return "rows"; }
  int64_t getNumThreads() const override;
  linalg::GenericOp buildRest(OpBuilder &host) override;

private:
  RowsKernel(linalg::GenericOp op, ArrayRef<Value> initial,
             RowsSchedule schedule);

  /// An element of the row that a thread has.
  struct Slot {
    Point point;
    /// Null where it is sure to exist.
    Value inside;
    IRMapping values;
  };
  using Slots = SmallVector<Slot>;

  LogicalResult checkOutputs() override;
  LogicalResult passMore(OpBuilder &host, KernelArguments &arguments) override;
  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;
  void buildInRegisters();
  void buildInPasses();

  bool isElement(Value value) const { return elements.contains(value); }
  bool isReduction(Operation *nested) const;
  unsigned getPass(Value value) const { return passes.lookup(value); }
  void classify();
  /// Ops of the body that compute elements which the values depend on.
  SmallVector<Operation *> getElementOps(ValueRange values);

  void enterRow();
  Slots makeSlots(Value first, int64_t count, bool isSure);
  void loadElements(BlockArgument argument, MutableArrayRef<Slot> slots);
  void run(Operation *nested, MutableArrayRef<Slot> slots);
  void runOnce(Operation *nested);
  void storeElements(MutableArrayRef<Slot> slots);
  void storeOnce();

  arith::AtomicRMWKind getKind(Operation *reduction) const;
  Value getReduced(Operation *reduction) const;
  Value getNeutral(Operation *reduction);
  Value fold(Operation *reduction, Value accumulator,
             MutableArrayRef<Slot> slots);
  Value shuffle(Value value, int64_t distance);
  void finish(Operation *reduction, Value partial);

  RowsSchedule schedule;
  std::optional<Combiner> combiner;
  SmallVector<unsigned> rowLoops, outerLoops;
  llvm::DenseSet<Value> elements;
  /// How many reductions, one after the other, a value needs.
  llvm::DenseMap<Value, unsigned> passes;
  unsigned numPasses = 0;

  /// What all threads of a row have.
  IRMapping once;
  Point rowPoint;
  Value length, thread, isRow, isFirst;
  /// Of the row's parts, the block's, and where it begins.
  std::optional<Partials> partials;
  Value part, begin;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_ROWSKERNEL_H
