//===- StreamKernel.h - Products with packed weights ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMKERNEL_H

#include "PackedKernel.h"
#include "TensorMma.h"

namespace mlir::compress {

/// A product of a few rows of activations with a packed weight, bound by the
/// bytes of the weight (`compress_kernel.stream` describes the schedule).
///
/// In each step a warp waits for its copies of the oldest stage, starts those
/// of the newest, and multiplies 64 positions of K: it decodes fragments of the
/// weight from its own bytes, which nobody else reads, and loads fragments of
/// the activations from a tile that it shares with the warps beside it. A
/// barrier is needed only where there are such warps. What lies beyond the
/// edges of K is zero in both operands, so that any extents will do.
class StreamKernel : public PackedKernel {
public:
  StreamKernel(kernel::ContractOp op, Value initial,
               kernel::StreamAttr schedule)
      : PackedKernel(op, initial), schedule(schedule) {}

  FailureOr<Value> buildHost(OpBuilder &host,
                             KernelArguments &arguments) override;
  StringRef getSuffix() const override { return "stream"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override {
    return schedule.getSharedBytes(weight.width);
  }
  Attribute getSchedule() const override { return schedule; }

private:
  void buildBody() override;
  void prepare();
  void prepareOperands();

  // Copies and loads (StreamTiles.cpp).
  void copyStage(Value stage, Value step);
  void copyWeights(Value stage, Value slice);
  void copyInputs(Value stage, Value slice);
  Value getWeightOffset();
  Value getInputByte(Value stage, Value row, Value k);
  void copyInput(Value stage, Value slice, Value copy);
  SmallVector<Value> loadWeights(Value stage, int64_t tileN);
  SmallVector<Value> loadInputs(Value stage, int64_t row, int64_t k);
  Value getSlice(Value step);
  SmallVector<Value> multiply(Value stage, ValueRange parameters,
                              ValueRange accumulators);
  SmallVector<Value> multiplyRows(Value stage, int64_t firstRow, int64_t k,
                                  ArrayRef<SmallVector<Value, 4>> fragments,
                                  ValueRange accumulators);
  void addSums(ValueRange accumulators);

  /// The instruction's extent along the rows.
  static constexpr int64_t kMmaM = TensorMma::kN;
  /// Bytes of a line of activations, as wide as all banks.
  static constexpr int64_t kLineBytes = kStepK * 2;

  int64_t getTileM() const { return schedule.getTile()[0]; }
  int64_t getTileN() const { return schedule.getTile()[1]; }
  int64_t getWarpsN() const { return schedule.getWarps()[0]; }
  int64_t getWarpsK() const { return schedule.getWarps()[1]; }
  /// Tiles of the layout of a warp along N.
  int64_t getWarpTilesN() const { return schedule.getWarpColumns() / kMmaN; }
  int64_t getNumTilesM() const { return getTileM() / kMmaM; }
  /// Steps of K in a split, and of one warp.
  int64_t getNumSlicesPerSplit() const;
  int64_t getNumSteps() const;
  int64_t getNumBlocksN() const;

  kernel::StreamAttr schedule;
  Value thread, warpN, warpK, shared, policy;
  /// The block's first row and column, its part of K, and the warp's first tile
  /// of the layout along N.
  Value originM, originN, split, firstTileN;
  Value firstSlice, endSlice;
  Value inputs, inputStride, inputStep, weights;
  int64_t inputWidth = 1;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMKERNEL_H
