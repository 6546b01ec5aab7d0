//===- WarpgroupKernel.h - Matrix products by warpgroups --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPKERNEL_H

#include "TiledKernel.h"
#include "WarpgroupPipeline.h"

namespace mlir::compress {

/// A matrix product with f32 accumulators, of f16 or bf16, or of f32 that
/// become tf32: `wgmma.mma_async` on tiles in shared memory (sm_90a).
///
/// A block stays for several tiles of the result. Its pipeline's stages have a
/// tile of both operands; a consumer starts the products of a stage, and when
/// those of the stage before have ended, says that it is empty. So copies go on
/// while results are written. An operand that bulk copies can read comes by
/// these. Of another one, such as the windows of a convolution, the threads of
/// the producer gather pieces, and one that the body computes they compute, to
/// the same places. What lies outside of an operand becomes zeros, so that any
/// extents will do.
class WarpgroupKernel : public TiledKernel {
public:
  /// The kernel of an op, or null where it is no product of two values that are
  /// both f16 or both bf16, or with `tf32` both f32 along K, into f32 or the
  /// same type. The schedule is the op's own, or what the cost model chooses;
  /// with neither there is no kernel.
  static std::unique_ptr<WarpgroupKernel> match(linalg::GenericOp op,
                                                ArrayRef<Value> initial,
                                                const Chip &chip, bool tf32);

  StringRef getSuffix() const override { return "wgmma"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override { return schedule.getSharedBytes(); }
  Attribute getSchedule() const override { return schedule; }

private:
  /// An operand of the instruction.
  struct Operand : TileOperand {
    /// Finds how it is brought; false where wgmma cannot read it so.
    bool find(linalg::GenericOp op, MatmulOperand &of, ArrayRef<unsigned> along,
              ArrayRef<unsigned> k);
    /// Finds whether bulk copies can bring it.
    void findMap(ArrayRef<unsigned> k);
    /// What the cost model is told of it.
    OperandWork getWork() const;
    /// Says what tiles there are, of an extent along the loops that are not K.
    /// False where lines across K would be too short.
    bool setTile(int64_t extent, int64_t tileK);

    /// Of one that bulk copies read, the dimensions of its buffer, of which
    /// those that the same tile goes along are one; none of another.
    SmallVector<ReassociationIndices> dims;
    /// The first loop of each.
    SmallVector<unsigned> dimLoops;
    /// The host's tensor map.
    Value map = {};
    /// In the kernel, the pointer to it, and what wgmma is told of the first
    /// stage.
    Value mapPointer = {}, descriptor = {};

    bool isBulk() const { return !dims.empty(); }
    bool isComputed() const { return !operand->buffer; }
    bool isGathered() const { return !isBulk() && !isComputed(); }
    /// The tile's extent along the loops that are not K.
    int64_t getExtent() const {
      return layout.isKContiguous ? layout.rows : layout.columns;
    }
  };

  WarpgroupKernel(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul,
                  const Chip &chip)
      : TiledKernel(op, initial, std::move(matmul)), chip(chip) {}

  using Position = WarpgroupPipeline::Position;

  int64_t getNumCopying() const override {
    return kernel::WgmmaAttr::kWarpgroup;
  }
  bool passesBuffer(Value buffer) override;
  LogicalResult passMore(OpBuilder &host, KernelArguments &arguments) override;
  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;

  int64_t getTile(unsigned dim) const { return schedule.getTile()[dim]; }
  /// Rows of one consumer, and instructions over them.
  int64_t getConsumerRows() const {
    return getTile(0) / schedule.getConsumers();
  }
  int64_t getNumParts() const { return getConsumerRows() / kMmaM; }
  Type getElementType() const { return matmul.a.getElementType(); }
  int64_t getElementBytes() const {
    return getElementType().getIntOrFloatBitWidth() / 8;
  }

  WarpgroupPipeline::Producer getProducer() const;
  Value makeDescriptor(const Operand &operand, Value firstRow);
  void copyBoxes(const Operand &operand, Value stage, Value full, Value firstK);
  void copyStage(Value step, Value stage, Value full);
  void produce();
  void consume();
  SmallVector<Value> multiply(const Position &position, ValueRange sums);
  void storeAccumulators(const Tile &tile, ValueRange accumulators);

  /// The instruction's extent along M, and bytes of one along K.
  static constexpr int64_t kMmaM = 64, kMmaBytes = 32;

  const Chip &chip;
  kernel::WgmmaAttr schedule;
  Operand lhs, rhs;
  std::optional<WarpgroupPipeline> pipeline;
  Value steps;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPKERNEL_H
