//===- MatmulKernel.h - Matrix products on tensor cores ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H

#include "TensorMma.h"
#include "TiledKernel.h"

namespace mlir::compress {

/// A matrix product with f32 accumulators, of f16 or bf16, or of f32 that are
/// rounded to tf32: `mma.sync.m16n8k16` or `m16n8k8` on tiles that `cp.async`
/// brings to shared memory, several stages ahead of their use (sm_80 and
/// later).
///
/// In each step of K the block waits for the oldest stage, passes one barrier,
/// which also says that all warps are done with the stage before it, starts the
/// copies into that one, and multiplies. Elements beyond the edges of the
/// operands are copied as zeros, so that any extents will do.
class MatmulKernel : public TiledKernel {
public:
  /// The kernel of an op, or null where it is no product of two values that are
  /// both f16 or both bf16, or with `tf32` both f32, into f32 or the same type.
  /// The schedule is the op's own, or what the cost model chooses for the chip;
  /// null too where lines of its tiles are too short.
  static std::unique_ptr<MatmulKernel> match(linalg::GenericOp op,
                                             ArrayRef<Value> initial,
                                             const Chip &chip, bool tf32);

  StringRef getSuffix() const override { return "mma"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override {
    return schedule.getSharedBytes(
        matmul.a.getElementType().getIntOrFloatBitWidth());
  }
  Attribute getSchedule() const override { return schedule; }

private:
  MatmulKernel(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul)
      : TiledKernel(op, initial, std::move(matmul)) {}

  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;

  SmallVector<Value> loadFragment(const TileOperand &operand, Value stage,
                                  Value first, int64_t offset, int64_t k);
  SmallVector<Value> loadMatrices(const TileOperand &operand, Value stage,
                                  Value first, int64_t k);
  SmallVector<Value> loadWords(const TileOperand &operand, Value stage,
                               Value first, int64_t offset, int64_t k);
  SmallVector<Value> multiply(Value stage, ValueRange accumulators);
  void storeAccumulators(ValueRange accumulators);

  /// The instruction's extents.
  static constexpr int64_t kMmaM = TensorMma::kM, kMmaN = TensorMma::kN;
  int64_t getTile(unsigned dim) const { return schedule.getTile()[dim]; }
  /// Instructions of a warp along M and N.
  int64_t getNumTilesM() const {
    return getTile(0) / schedule.getWarps()[0] / kMmaM;
  }
  int64_t getNumTilesN() const {
    return getTile(1) / schedule.getWarps()[1] / kMmaN;
  }

  kernel::MmaSyncAttr schedule;
  TileOperand lhs, rhs;
  Value lane, warpM, warpN;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H
