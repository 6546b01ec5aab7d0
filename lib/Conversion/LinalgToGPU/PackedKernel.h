//===- PackedKernel.h - Products with packed weights ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_PACKEDKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_PACKEDKERNEL_H

#include "Epilogue.h"
#include "Kernel.h"
#include "KernelArithmetic.h"
#include "WeightDecode.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"

namespace mlir::compress {

/// The weight of a product, as its verifier has seen it.
kernel::StreamedWeight getWeight(kernel::ContractOp op);

/// Builds the kernel of a `compress_kernel.contract` on buffers: what does not
/// depend on how it multiplies.
class PackedKernel : public KernelBuilder {
public:
  /// Computes the epilogue too, in whose place the kernel is then launched.
  /// What it takes are whole sums.
  void fuse(const Epilogue &fused) { epilogue = fused; }
  void buildKernel(OpBuilder &kernel, const KernelArguments &arguments,
                   ValueRange blockArguments) override;

protected:
  /// `initial` is the value that the accumulator is known to hold, or null.
  PackedKernel(kernel::ContractOp op, Value initial)
      : op(op), initial(initial), weight(getWeight(op)), loc(op.getLoc()) {}

  virtual void buildBody() = 0;

  /// Passes the operands, but the activations only where a kernel reads them
  /// by their address.
  LogicalResult passOperands(KernelArguments &arguments, bool passesInputs);

  /// Sets of parameters that a channel has in 64 positions of K.
  int64_t getNumGroups() const;
  /// Loads what stays in registers for all of K, of some tiles of the layout
  /// along N.
  void loadConstantParameters(Value firstTileN, int64_t tiles);
  /// The stored parameters of 64 positions of K, number `slice`, of those
  /// tiles, in the registers of a warp.
  SmallVector<Value> loadParameters(Value slice, Value firstTileN,
                                    int64_t tiles);
  /// What decodes the lane's channel in row 0 or 1 of a fragment of those
  /// tiles, at a position of K in the slice.
  WeightDecode::Channel getChannel(ValueRange parameters, int64_t tileN,
                                   int64_t row, int64_t k);
  /// The decoded registers of a tile's fragment at a position of K in the
  /// slice, from the lane's words of the whole slice.
  SmallVector<Value, 4> decodeFragment(ArrayRef<Value> words, int64_t k,
                                       const WeightDecode::Channel &even,
                                       const WeightDecode::Channel &odd);
  /// The lane's words of a tile, from its address in shared memory.
  SmallVector<Value, 4> loadWords(Value address);

  /// Adds what the output holds to a sum, computes the epilogue, and writes it.
  /// With `part` the
  /// accumulator has a leading dimension.
  void storeResult(Value row, Value column, Value sum, Value part = {});

  Value constant(int64_t value) {
    return arith::ConstantIndexOp::create(*builder, loc, value);
  }
  Number number(Value value) { return {builder, loc, value}; }
  Number toIndex(Value value) {
    return compress::toIndex(*builder, loc, value);
  }

  /// Positions of K that share a stage, and a fragment's extents along the
  /// channels and along K.
  static constexpr int64_t kStepK = kernel::StreamAttr::kStepK;
  static constexpr int64_t kMmaN = 16, kMmaK = 16;
  /// Tiles of the layout in a step along K.
  int64_t getStepTilesK() const {
    return kStepK / getMmaTileDepth(weight.width);
  }
  int64_t getNumSlices() const { return llvm::divideCeil(weight.k, kStepK); }

  kernel::ContractOp op;
  Value initial;
  kernel::StreamedWeight weight;
  Location loc;
  Epilogue epilogue;
  OpFoldResult rows;
  OpBuilder *builder = nullptr;
  IRMapping mapping;
  /// The number of rows, in the kernel.
  Value m;
  /// The thread's lane, and its entry of the weight's table, null without one.
  Value lane, entry;

private:
  /// Where the parameters of one of the lane's channels lie that hold for all
  /// of K and for `extentN` channels together.
  SmallVector<Value> getOwnBlock(Value tileN, int64_t row, int64_t extentN);

  /// What stays for all of K, for each of the lane's two channels of each tile
  /// along N: scales of scales, and tables.
  SmallVector<Value> superScales;
  SmallVector<WeightDecode::Channel> tables;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_PACKEDKERNEL_H
