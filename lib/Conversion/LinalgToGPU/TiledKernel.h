//===- TiledKernel.h - Tiles that threads bring to shared memory -*- C++
//-*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_TILEDKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_TILEDKERNEL_H

#include "ContractionKernel.h"

namespace mlir::compress {

/// A tile of one operand in shared memory: `rows` lines of `columns` elements,
/// which are contiguous in global memory too. Lines may be cut into boxes of
/// columns, which follow one another.
///
/// A line of a box is a whole number of chunks of 16 bytes, and chunk c of line
/// r lies at place c ^ (r % 8) of it: eight lanes that read, or write, the same
/// chunk of eight consecutive lines then use all 32 banks once. With lines of
/// 128 bytes that is the swizzle of 128 bytes of tensor maps and wgmma. Where
/// lines of f32 lie across K, `ldmatrix` cannot turn them: lanes read single
/// words instead, eight neighbours, which are two chunks, of each of four
/// lines. At place c ^ 2 (r % 4) these are four different pairs of places, and
/// so all 32 banks.
struct TileLayout {
  int64_t rows, columns;
  /// Whether K runs along the lines.
  bool isKContiguous;
  int64_t elementBytes;
  /// Columns of a box.
  int64_t boxColumns = columns;

  static constexpr int64_t kChunkBytes = 16;
  static constexpr int64_t kSwizzle = 8;
  int64_t getChunkElements() const { return kChunkBytes / elementBytes; }
  int64_t getTileK() const { return isKContiguous ? columns : rows; }
  int64_t getLineBytes() const { return boxColumns * elementBytes; }
  int64_t getBytes() const { return rows * columns * elementBytes; }
  bool isReadByWords() const { return !isKContiguous && elementBytes == 4; }
};

/// An operand, and where its tiles lie in shared memory.
struct TileOperand {
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

/// Whether elements are computed that lie side by side along loops in some
/// buffer that they are computed from.
bool isComputedAlong(linalg::GenericOp op, const MatmulOperand &operand,
                     ArrayRef<unsigned> loops);

/// A matrix product whose threads, or some of them, copy tiles of operands to
/// shared memory or compute them there.
class TiledKernel : public ContractionKernel {
protected:
  using ContractionKernel::ContractionKernel;

  /// How many threads bring tiles, which are the first of the block.
  virtual int64_t getNumCopying() const { return getNumThreads(); }

  /// Finds how the operand is copied.
  void prepare(TileOperand &operand);
  /// The byte of shared memory where an element of the tile of a stage lies.
  Value getSharedByte(const TileOperand &operand, Value stage, Value row,
                      Value column);
  /// Starts the copies of a tile, whose first element along K is given, to the
  /// stage that begins at byte `stage` of shared memory.
  void copyTile(const TileOperand &operand, Value stage, Value firstK);
  /// Computes a tile, whose first element along K is given, and writes it to a
  /// stage.
  void computeTile(const TileOperand &operand, Value stage, Value firstK);

  /// The number of this thread, and the address of shared memory.
  Value thread, shared;

private:
  void startCopy(const TileOperand &operand, Value stage, Value firstK,
                 Value row, Value column);
  Value computeElement(const TileOperand &operand);
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_TILEDKERNEL_H
