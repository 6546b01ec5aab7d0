//===- WarpgroupKernel.h - Matrix products by warpgroups --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPKERNEL_H

#include "ContractionKernel.h"
#include "WarpgroupPipeline.h"

namespace mlir::compress {

/// A matrix product with f32 accumulators, of f16 or bf16, or of f32 that
/// become tf32: `wgmma.mma_async` on tiles that bulk copies bring to shared
/// memory (sm_90a).
///
/// A block stays for several tiles of the result. Its pipeline's stages have a
/// tile of both operands; a consumer starts the products of a stage, and when
/// those of the stage before have ended, says that it is empty. So copies go on
/// while results are written. What lies outside of an operand is copied as
/// zeros, so that any extents will do.
class WarpgroupKernel : public ContractionKernel {
public:
  /// What the operands of a product for tensor cores allow.
  static void setLimits(const Matmul &matmul, MatmulLimits &limits);
  /// The kernel of such a product, or null where bulk copies cannot bring the
  /// schedule's tiles.
  static std::unique_ptr<WarpgroupKernel>
  match(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul,
        kernel::WgmmaAttr schedule, const Chip &chip);

  StringRef getSuffix() const override { return "wgmma"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override { return schedule.getSharedBytes(); }
  Attribute getSchedule() const override { return schedule; }

private:
  WarpgroupKernel(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul,
                  kernel::WgmmaAttr schedule, const Chip &chip)
      : ContractionKernel(op, initial, std::move(matmul)), chip(chip),
        schedule(schedule),
        pipeline(schedule.getStages(), schedule.getStageBytes(),
                 schedule.getConsumers()) {}

  /// An operand of the instruction.
  struct Operand {
    OpOperand *buffer = nullptr;
    /// The loop that is not K, and the tile's extent along it.
    unsigned loop = 0;
    int64_t extent = 0;
    /// Whether K runs along the lines of 128 bytes.
    bool isKContiguous = true;
    /// Where its part of a stage begins.
    int64_t stageOffset = 0;
    /// The host's tensor map.
    Value map = {};
    /// In the kernel, the pointer to it, and what wgmma is told of the first
    /// stage.
    Value mapPointer = {}, descriptor = {};
  };
  using Position = WarpgroupPipeline::Position;

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

  Value makeDescriptor(const Operand &operand, Value firstRow);
  void copyTile(const Operand &operand, Value stage, Value full, Value firstK,
                Value first);
  void produce();
  void consume();
  SmallVector<Value> multiply(const Position &position, ValueRange sums);
  void storeAccumulators(const Tile &tile, ValueRange accumulators);

  /// The instruction's extent along M, and bytes of one along K.
  static constexpr int64_t kMmaM = 64, kMmaBytes = 32;

  const Chip &chip;
  kernel::WgmmaAttr schedule;
  Operand lhs, rhs;
  WarpgroupPipeline pipeline;
  Value steps;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPKERNEL_H
