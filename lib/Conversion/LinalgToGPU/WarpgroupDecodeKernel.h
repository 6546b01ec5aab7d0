//===- WarpgroupDecodeKernel.h - Packed weights for wgmma -------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPDECODEKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPDECODEKERNEL_H

#include "PackedKernel.h"
#include "TileOrder.h"
#include "WarpgroupPipeline.h"
#include "compress/Target/Chip.h"

namespace mlir::compress {

/// A product of many rows of activations with a packed weight
/// (`compress_kernel.wgmma_decode` describes the schedule).
///
/// The weight is the instruction's operand A, from registers: a warp of a
/// consumer has 16 of the 64 channels, in the very fragments that the packed
/// layout has for `mma.sync`, and neighbouring ones for each instruction. A
/// stage has a box of the activations, then the tiles of the weight. While the
/// products of 16 positions of K are on their way, the fragments of the next 16
/// are decoded to other registers.
class WarpgroupDecodeKernel : public PackedKernel {
public:
  WarpgroupDecodeKernel(kernel::ContractOp op, Value initial,
                        kernel::WgmmaDecodeAttr schedule, const Chip &chip);

  /// Whether bulk copies can read the activations: contiguous along K, the
  /// other stride and the offset static multiples of 16 bytes.
  static bool canCopy(MemRefType inputs);

  FailureOr<Value> buildHost(OpBuilder &host,
                             KernelArguments &arguments) override;
  StringRef getSuffix() const override { return "wgmma_decode"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override {
    return schedule.getSharedBytes(weight.width);
  }
  Attribute getSchedule() const override { return schedule; }

private:
  using Position = WarpgroupPipeline::Position;
  /// A tile of the results: its first row, its first tile of the layout along
  /// N, and how many of these it has; the part of K, its first step, and how
  /// many it has.
  struct Tile {
    Value row, tileN, tilesN;
    Value part, firstStep, steps;
  };

  void buildBody() override;
  Value countTiles(OpBuilder &b, Value rows);
  Tile enterTile(Value number);
  /// Of the whole K, a step of the tile's part.
  Value getStepOfK(const Tile &tile, Value step);
  void produce();
  void copyStage(const Tile &tile, Value step, Value stage, Value full);
  void consume();
  SmallVector<Value> loadWeights(const Tile &tile, Value step, Value stage,
                                 int64_t part);
  SmallVector<Value> multiply(const Tile &tile, Value step,
                              const Position &position, ValueRange parameters,
                              ValueRange sums, Value previousStage);
  void release(Value condition, Value stage);
  void storeSums(const Tile &tile, ValueRange sums);

  /// Of one part of K.
  int64_t getNumSteps() const {
    return llvm::divideCeil(getNumSlices(), schedule.getSplits());
  }
  int64_t getTileM() const { return schedule.getTile()[0]; }
  int64_t getTileN() const { return schedule.getTile()[1]; }
  /// Tiles of the layout, of a block's tile and of a warp: one for each
  /// instruction.
  int64_t getTilesN() const { return getTileN() / kMmaN; }
  int64_t getNumParts() const { return schedule.getWarpColumns() / kMmaN; }
  int64_t getNumTilesN() const {
    return llvm::divideCeil(weight.n, getTileN());
  }
  /// Whether tiles of the layout go along N first, in memory and in a stage.
  bool goesAlongN() const { return weight.reduced == 0; }
  /// Where a tile of the layout lies in a stage's, in bytes.
  Number getTileByte(Number tileN, Value tileK);
  /// Tiles along K that a step has; a constant but where the last has fewer.
  Value countTilesK(Value step);

  const Chip &chip;
  kernel::WgmmaDecodeAttr schedule;
  WarpgroupPipeline pipeline;
  /// The host's tensor map, and in the kernel the pointer to it.
  Value map, mapPointer;
  Value weights, descriptor;
  /// The warp's first tile of the layout in the block's, and in all.
  Value ownTileN;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPDECODEKERNEL_H
