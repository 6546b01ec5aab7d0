//===- Geometry.h - The index arithmetic of a format ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Encoding, decoding and pruning see a tensor as lines along its innermost
// dimension, and cut it into chunks: boxes of lines that fit into the cache.
// Neighbouring dimensions are merged where that changes no byte, so that most
// formats come down to one or two dimensions with long lines.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_GEOMETRY_H
#define COMPRESS_LIB_CODEC_GEOMETRY_H

#include "compress/Codec/Format.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::compress::codec {

using Extents = llvm::SmallVector<int64_t, 4>;

/// A box of the dense index space.
struct Chunk {
  Extents begin, end;

  int64_t getNumElements() const;
};

/// The lines that are encoded together: the m dense lines of an N:M group
/// along an outer axis and its n kept lines, or one dense and one kept line.
struct Group {
  /// Offset of the first element of the first dense line.
  int64_t dense = 0;
  /// The blocks' index without the innermost dimension, relative to the chunk;
  /// the N:M axis contributes nothing where blocks and groups are not aligned.
  int64_t blockRow = 0;
  /// Dense coordinate along an outer N:M axis, relative to the first block of
  /// the chunk; 0 otherwise.
  int64_t axisOffset = 0;
  /// The packed row of each kept line (see Geometry::getRow).
  llvm::SmallVector<int64_t, 4> rows;
};

/// A format with its dimensions merged and its strides computed. No extent may
/// be 0.
class Geometry {
public:
  explicit Geometry(const Format &format);
  /// For pruning, which has a sparsity and no storage.
  Geometry(llvm::ArrayRef<int64_t> shape, const Sparsity &sparsity);

  Extents shape, kept, strides;
  /// Blocks of the parameters, their extents clipped to the shape, and their
  /// number along each dimension.
  Extents block, grid, gridStrides;
  /// Tiles of the kept shape; a row-major layout has tiles of one line.
  Extents tile;
  /// N:M sparsity; 1:1 along the innermost dimension when there is none.
  int64_t n = 1, m = 1, axis = 0;
  bool sparse = false;
  /// Bits of a value and of an index as they are stored.
  unsigned valueBits = 0, indexBits = 0;
  /// No N:M group lies in two blocks.
  bool aligned = true;
  /// Some tile is padded.
  bool padded = false;

  unsigned getRank() const { return shape.size(); }
  bool hasOuterAxis() const { return axis + 1 < int64_t(getRank()); }
  /// Dense and kept lines in a group.
  int64_t getDenseLines() const { return hasOuterAxis() ? m : 1; }
  int64_t getKeptLines() const { return hasOuterAxis() ? n : 1; }
  /// The kept positions along the innermost dimension before dense column
  /// `column`.
  int64_t getKeptColumn(int64_t column) const {
    return hasOuterAxis() ? column : column / m * n;
  }
  int64_t getBytesPerRow(unsigned bits) const {
    return (tile.back() * bits + 7) / 8;
  }
  /// Rows between the same line of neighbouring tiles of the last dimension.
  int64_t getRowsPerTile() const { return rowsPerTile; }

  /// Cuts the tensor into chunks of about `elements` elements. No chunk divides
  /// a group or a byte of packed values, nor a block if `wholeBlocks`.
  llvm::SmallVector<Chunk, 0> getChunks(int64_t elements,
                                        bool wholeBlocks) const;

  /// The blocks that a chunk touches: a box of the grid.
  Chunk getBlocks(const Chunk &chunk) const;

  /// Visits the groups of a chunk in row-major order.
  void forEachGroup(const Chunk &chunk,
                    llvm::function_ref<void(const Group &)> visit) const;

  /// Visits the lines of a box of blocks: the offset in the grid, the offset in
  /// the box, and the length of each.
  void forEachGridLine(
      const Chunk &blocks,
      llvm::function_ref<void(int64_t offset, int64_t local, int64_t count)>
          visit) const;

private:
  void merge();
  bool canMerge(unsigned dimension) const;
  void computeStrides();
  /// The least step by which a chunk may be cut along a dimension.
  int64_t getStep(unsigned dimension, bool wholeBlocks) const;

  int64_t rowsPerTile = 1;
  Extents rowStrides, tileStrides;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_GEOMETRY_H
