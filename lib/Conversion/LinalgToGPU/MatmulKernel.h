//===- MatmulKernel.h - Matrix products on tensor cores ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H

#include "ContractionKernel.h"
#include "TensorMma.h"

namespace mlir::compress {

/// A tile of one operand in shared memory: `rows` lines of `columns` elements,
/// which are contiguous in global memory too.
///
/// A line is a whole number of chunks of 16 bytes, and chunk c of line r lies
/// at place c ^ (r % 8) of it: eight lanes that read, or write, the same chunk
/// of eight consecutive lines then use all 32 banks once. Where lines of f32
/// lie across K, `ldmatrix` cannot turn them: lanes read single words instead,
/// eight neighbours, which are two chunks, of each of four lines. At place c ^
/// 2 (r % 4) these are four different pairs of places, and so all 32 banks.
struct TileLayout {
  int64_t rows, columns;
  /// Whether K runs along the lines.
  bool isKContiguous;
  int64_t elementBytes;

  static constexpr int64_t kChunkBytes = 16;
  static constexpr int64_t kSwizzle = 8;
  int64_t getChunkElements() const { return kChunkBytes / elementBytes; }
  int64_t getLineBytes() const { return columns * elementBytes; }
  int64_t getBytes() const { return rows * getLineBytes(); }
  bool isReadByWords() const { return !isKContiguous && elementBytes == 4; }
};

/// A matrix product with f32 accumulators, of f16 or bf16, or of f32 that are
/// rounded to tf32: `mma.sync.m16n8k16` or `m16n8k8` on tiles that `cp.async`
/// brings to shared memory, several stages ahead of their use (sm_80 and
/// later).
///
/// In each step of K the block waits for the oldest stage, passes one barrier,
/// which also says that all warps are done with the stage before it, starts the
/// copies into that one, and multiplies. Elements beyond the edges of the
/// operands are copied as zeros, so that any extents will do.
class MatmulKernel : public ContractionKernel {
public:
  /// What the operands of a product for tensor cores allow.
  static void setLimits(const Matmul &matmul, MatmulLimits &limits);
  /// The kernel of such a product, or null where lines of the schedule's tiles
  /// are too short.
  static std::unique_ptr<MatmulKernel> match(linalg::GenericOp op,
                                             ArrayRef<Value> initial,
                                             Matmul matmul,
                                             kernel::MmaSyncAttr schedule);

  StringRef getSuffix() const override { return "mma"; }
  int64_t getNumThreads() const override { return schedule.getNumThreads(); }
  int64_t getSharedBytes() const override {
    return schedule.getSharedBytes(
        matmul.a.getElementType().getIntOrFloatBitWidth());
  }
  Attribute getSchedule() const override { return schedule; }

private:
  MatmulKernel(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul)
      : ContractionKernel(op, initial, std::move(matmul)) {}

  /// An operand, and where its tiles lie in shared memory.
  struct Operand {
    const MatmulOperand *operand = nullptr;
    /// The loops that are not K, the last of them the fastest.
    ArrayRef<unsigned> loops;
    TileLayout layout = {};
    /// The first row or column of the block's tile.
    Value origin;
    /// Where its part of a stage begins.
    int64_t stageOffset = 0;

    /// Of a buffer: elements that one copy moves, of which every address is a
    /// multiple.
    int64_t copyWidth = 1;
  };

  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;

  void prepare(Operand &operand);
  Value getSharedByte(const Operand &operand, Value stage, Value row,
                      Value column);
  void startCopy(const Operand &operand, Value stage, Value firstK, Value copy);
  void copyTile(const Operand &operand, Value stage, Value firstK);
  void computeTile(const Operand &operand, Value stage, Value firstK);
  Value computeElement(const Operand &operand);
  SmallVector<Value> loadFragment(const Operand &operand, Value stage,
                                  Value first, int64_t offset, int64_t k);
  SmallVector<Value> loadMatrices(const Operand &operand, Value stage,
                                  Value first, int64_t k);
  SmallVector<Value> loadWords(const Operand &operand, Value stage, Value first,
                               int64_t offset, int64_t k);
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
  Operand lhs, rhs;
  Value thread, lane, warpM, warpN, shared;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H
