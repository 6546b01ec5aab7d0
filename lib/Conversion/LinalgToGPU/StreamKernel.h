//===- StreamKernel.h - Products with packed weights ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMKERNEL_H

#include "Epilogue.h"
#include "Kernel.h"
#include "KernelArithmetic.h"
#include "TensorMma.h"
#include "WeightDecode.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Target/Chip.h"

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
class StreamKernel : public KernelBuilder {
public:
  /// With the schedule of the op, or what the cost model chooses for the chip
  /// without splits, which change the type of the accumulator.
  StreamKernel(kernel::ContractOp op, Value initial, const Chip &chip);

  /// Whether the results of an op are whole sums, which an epilogue can take.
  static bool hasWholeSums(kernel::ContractOp op) {
    return !op.getSchedule() || op.getSchedule().getSplits() == 1;
  }
  /// Computes the epilogue too, in whose place the kernel is then launched.
  void fuse(const Epilogue &fused) { epilogue = fused; }

  FailureOr<Value> buildHost(OpBuilder &host,
                             KernelArguments &arguments) override;
  void buildKernel(OpBuilder &kernel, const KernelArguments &arguments,
                   ValueRange blockArguments) override;
  StringRef getSuffix() const override { return "stream"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override {
    return schedule.getSharedBytes(weight.width);
  }
  Attribute getSchedule() const override { return schedule; }

private:
  void buildBody();
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
  SmallVector<Value> getOwnBlock(int64_t tileN, int64_t row, int64_t extentN);
  void loadConstantParameters();
  SmallVector<Value> loadParameters(Value step);
  WeightDecode::Channel getChannel(ValueRange parameters, int64_t tileN,
                                   int64_t row, int64_t k);

  Value getSlice(Value step);
  SmallVector<Value> multiply(Value stage, ValueRange parameters,
                              ValueRange accumulators);
  SmallVector<Value> multiplyRows(Value stage, int64_t firstRow, int64_t k,
                                  ArrayRef<SmallVector<Value, 4>> fragments,
                                  ValueRange accumulators);
  void addSums(ValueRange accumulators);
  void storeResult(Value row, Value column, Value sum);

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(*builder, loc, value);
  }
  Number number(Value value) { return {builder, loc, value}; }
  Number toIndex(Value value) {
    return compress::toIndex(*builder, loc, value);
  }

  /// The instruction's extents along the channels, the rows, and K.
  static constexpr int64_t kMmaN = TensorMma::kM, kMmaM = TensorMma::kN,
                           kMmaK = TensorMma::getK(16);
  static constexpr int64_t kStepK = kernel::StreamAttr::kStepK;
  /// Bytes of a line of activations, as wide as all banks.
  static constexpr int64_t kLineBytes = kStepK * 2;

  int64_t getTileM() const { return schedule.getTile()[0]; }
  int64_t getTileN() const { return schedule.getTile()[1]; }
  int64_t getWarpsN() const { return schedule.getWarps()[0]; }
  int64_t getWarpsK() const { return schedule.getWarps()[1]; }
  /// Tiles of the layout: of a warp along N, and of a step along K.
  int64_t getWarpTilesN() const { return schedule.getWarpColumns() / kMmaN; }
  int64_t getStepTilesK() const {
    return kStepK / getMmaTileDepth(weight.width);
  }
  int64_t getNumTilesM() const { return getTileM() / kMmaM; }
  /// Sets of parameters that a channel has in a step.
  int64_t getNumGroups() const;
  /// Steps of K in all, and of one warp.
  int64_t getNumSlices() const;
  int64_t getNumSlicesPerSplit() const;
  int64_t getNumSteps() const;
  int64_t getNumBlocksN() const;

  kernel::ContractOp op;
  Value initial;
  Epilogue epilogue;
  kernel::StreamedWeight weight;
  kernel::StreamAttr schedule;
  Location loc;

  OpFoldResult rows;
  OpBuilder *builder = nullptr;
  IRMapping mapping;
  /// The number of rows, in the kernel.
  Value m;
  Value thread, lane, warpN, warpK, shared, policy;
  /// The lane's entry of the weight's table, null without one.
  Value entry;
  /// The block's first row and column, its part of K, and the warp's first tile
  /// of the layout along N.
  Value originM, originN, split, firstTileN;
  Value firstSlice, endSlice;
  Value inputs, inputStride, inputStep, weights;
  /// What stays for all of K, for each of the lane's two channels of each tile
  /// along N: scales of scales, and tables.
  SmallVector<Value> superScales;
  SmallVector<WeightDecode::Channel> tables;
  int64_t inputWidth = 1;
};

/// The schedule whose predicted time is the least, with or without splits. The
/// number of rows may be ShapedType::kDynamic.
kernel::StreamAttr chooseStream(const kernel::StreamedWeight &weight,
                                int64_t rows, const Chip &chip, bool maySplit);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_STREAMKERNEL_H
