//===- MatmulKernel.h - Matrix products on tensor cores ----------- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H

#include "Kernel.h"
#include "Matmul.h"

namespace mlir::compress {

/// How a matrix product is spread over blocks, warps and time.
struct MatmulSchedule {
  /// What one block computes, and how much of K it holds at a time.
  int64_t tileM = 128, tileN = 128, tileK = 64;
  /// Warps along either dimension of the block's tile.
  int64_t warpsM = 2, warpsN = 4;
  /// Tiles of K in shared memory, of which all but one are on their way.
  int64_t stages = 3;
};

/// A tile of one operand in shared memory: `rows` lines of `columns` elements,
/// which are contiguous in global memory too.
///
/// A line is a whole number of chunks of 16 bytes, and chunk c of line r lies
/// at place c ^ (r % 8) of it: eight lanes that read, or write, the same chunk
/// of eight consecutive lines then use all 32 banks once.
struct TileLayout {
  int64_t rows, columns;
  /// Whether K runs along the lines.
  bool isKContiguous;

  static constexpr int64_t kChunkBytes = 16;
  static constexpr int64_t kElementBytes = 2;
  static constexpr int64_t kChunkElements = kChunkBytes / kElementBytes;
  static constexpr int64_t kSwizzle = 8;
  int64_t getLineBytes() const { return columns * kElementBytes; }
  int64_t getBytes() const { return rows * getLineBytes(); }
};

/// A matrix product of f16 or bf16 with f32 accumulators: `mma.sync.m16n8k16`
/// on tiles that `cp.async` brings to shared memory, several stages ahead of
/// their use (sm_80 and later).
///
/// In each step of K the block waits for the oldest stage, passes one barrier,
/// which also says that all warps are done with the stage before it, starts the
/// copies into that one, and multiplies. Elements beyond the edges of the
/// operands are copied as zeros, so that any extents will do.
class MatmulKernel : public Kernel {
public:
  /// The kernel of an op, or null where it is no product of two values that are
  /// both f16 or both bf16, into f32 or the same type.
  static std::unique_ptr<MatmulKernel> match(linalg::GenericOp op,
                                             ArrayRef<Value> initial);

  StringRef getSuffix() const override { return "mma"; }
  int64_t getNumThreads() const override {
    return schedule.warpsM * schedule.warpsN * kWarpSize;
  }
  int64_t getSharedBytes() const override {
    return schedule.stages * (layoutA.getBytes() + layoutB.getBytes());
  }

private:
  MatmulKernel(linalg::GenericOp op, ArrayRef<Value> initial, Matmul matmul)
      : Kernel(op, initial), matmul(std::move(matmul)) {}

  /// An operand, and where its tiles lie in shared memory.
  struct Operand {
    const MatmulOperand *operand = nullptr;
    /// The loop that is not K.
    unsigned loop = 0;
    TileLayout layout = {};
    /// The first row or column of the block's tile.
    Value origin;
    /// Where its part of a stage begins.
    int64_t stageOffset = 0;

    /// Of a buffer: elements that one copy moves, of which every address is a
    /// multiple; the first element of the block's batch; bytes from line to
    /// line.
    int64_t copyWidth = 1;
    Value base = {}, lineStride = {};
  };

  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;

  Value getStride(OpOperand &buffer, unsigned loop);
  Value getBatchOffset(OpOperand &buffer);
  void prepare(Operand &operand);
  Value getSharedByte(const Operand &operand, Value stage, Value row,
                      Value column);
  void copyTile(const Operand &operand, Value stage, Value firstK);
  void copyElements(const Operand &operand, Value to, Value from, Value count);
  void computeTile(const Operand &operand, Value stage, Value firstK);
  Value computeElement(const Operand &operand);
  SmallVector<Value> loadFragment(const Operand &operand, Value stage,
                                  Value first, int64_t k);
  SmallVector<Value> multiply(Value stage, ValueRange accumulators);
  bool storesPairs();
  void storeResults(ValueRange accumulators);

  int64_t getNumTilesM() const { return schedule.tileM / schedule.warpsM / 16; }
  int64_t getNumTilesN() const { return schedule.tileN / schedule.warpsN / 8; }

  Matmul matmul;
  MatmulSchedule schedule;
  TileLayout layoutA, layoutB;
  Operand a, b;
  /// The indices of the batch, and of an element that is being computed.
  Point point;
  Value thread, lane, warpM, warpN, shared;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_MATMULKERNEL_H
