//===- RowsSchedule.cpp - How threads share rows --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowsKernel.h"
#include "VectorAccess.h"

using namespace mlir;
using namespace mlir::compress;

/// A thread that holds more has no registers left for what it computes: an
/// input, what becomes of it, and addresses are live at once.
static constexpr int64_t kWarpSlots = 32, kBlockSlots = 16;
/// Each access of a thread has an address and a condition, too.
static constexpr int64_t kMostAccesses = 16;
/// Threads of a block that has a row longer than its registers hold.
static constexpr int64_t kLongRowThreads = 512;

/// Elements of a row below which sharing it costs more than it gains.
static constexpr int64_t kLeastPart = 8192;

/// Neighbouring elements of a row that each access of the widest operand can
/// move in one instruction. A narrower operand is then moved in fewer bytes, so
/// that the lanes of a warp still cover whole sectors.
static int64_t chooseVector(linalg::GenericOp op, ArrayRef<unsigned> rowLoops) {
  int64_t mostBytes = 1;
  SmallVector<OpOperand *> operands;
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()) &&
        isFunctionOf(op.getMatchingIndexingMap(&operand), rowLoops)) {
      operands.push_back(&operand);
      mostBytes = std::max(
          mostBytes, getElementBytes(getElementTypeOrSelf(operand.get())));
    }
  int64_t vector = 1;
  for (OpOperand *operand : operands)
    vector = std::max(
        vector, getVectorWidth(*operand, rowLoops.back(),
                               getExtent(op, rowLoops.back()),
                               std::max<int64_t>(1, kVectorBytes / mostBytes)));
  return vector;
}

/// Blocks that share a row of a reduction.
static int64_t chooseRowSplits(linalg::GenericOp op,
                               ArrayRef<unsigned> rowLoops, const Chip &chip) {
  int64_t length = 1, results = 1;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    int64_t &product = llvm::is_contained(rowLoops, loop) ? length : results;
    int64_t extent = getExtent(op, loop);
    product = ShapedType::isDynamic(product) || ShapedType::isDynamic(extent)
                  ? ShapedType::kDynamic
                  : product * extent;
  }
  return chooseSplits(results, length, kLeastPart, chip);
}

SmallVector<RowsSchedule>
compress::chooseRowsSchedules(linalg::GenericOp op, ArrayRef<unsigned> rowLoops,
                              const Chip &chip) {
  if (op.getNumReductionLoops() > 0)
    if (int64_t splits = chooseRowSplits(op, rowLoops, chip); splits > 1)
      return {{RowsSchedule::kBlockThreads, chooseVector(op, rowLoops), 0, 0, 0,
               splits}};
  int64_t length = 1;
  for (unsigned loop : rowLoops) {
    int64_t extent = getExtent(op, loop);
    if (ShapedType::isDynamic(extent)) {
      int64_t warp = kWarpSize * kMostAccesses;
      int64_t block = kLongRowThreads * kBlockSlots;
      return {{kWarpSize, 1, kMostAccesses, 0, warp},
              {kLongRowThreads, 1, kBlockSlots, warp, block},
              {kLongRowThreads, 1, 0, block, 0}};
    }
    length *= extent;
  }
  int64_t vector = chooseVector(op, rowLoops);
  auto getSlots = [&](int64_t threads) -> int64_t {
    return llvm::divideCeil(std::max<int64_t>(length, 1), threads * vector) *
           vector;
  };
  int64_t vectors = llvm::divideCeil(std::max<int64_t>(length, 1), vector);
  int64_t threads = std::min<int64_t>(kWarpSize, llvm::PowerOf2Ceil(vectors));
  if (getSlots(threads) <= std::min(kWarpSlots, kMostAccesses * vector))
    return {{threads, vector, getSlots(threads)}};
  for (threads = 128; threads <= kLongRowThreads; threads *= 2)
    if (getSlots(threads) <= kBlockSlots)
      return {{threads, vector, getSlots(threads)}};
  return {{kLongRowThreads, vector, 0}};
}
