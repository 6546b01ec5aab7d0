//===- Positions.h - Where kept values lie ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The sparsities that keep a given number of items, as the components describe
// them: blocks, bitmaps and CSR.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_POSITIONS_H
#define COMPRESS_LIB_CODEC_POSITIONS_H

#include "Geometry.h"
#include "compress/Codec/Codec.h"
#include "llvm/ADT/bit.h"
#include <cstring>
#include <vector>

namespace mlir::compress::codec {

/// Whether the sparsity keeps a given number of items.
bool isCounted(const Sparsity &sparsity);

/// Element `i` of an I32 component, which need not be aligned.
inline int32_t loadI32(ConstBytes component, int64_t i) {
  int32_t value;
  std::memcpy(&value, component.data() + i * sizeof(value), sizeof(value));
  return value;
}
inline void storeI32(MutableBytes component, int64_t i, int64_t value) {
  int32_t narrow = int32_t(value);
  std::memcpy(component.data() + i * sizeof(narrow), &narrow, sizeof(narrow));
}

/// The grid of blocks of block sparsity.
struct BlockGrid {
  BlockGrid(llvm::ArrayRef<int64_t> shape, const BlockSparsity &sparsity);

  /// The part of a row along the innermost dimension: the position of its
  /// first block in the grid, and the offset of the row in each of them.
  struct Row {
    int64_t block, offset;
  };
  Row getRow(int64_t row) const;

  Extents shape, block, grid;
  /// Blocks in the grid, and elements of a block.
  int64_t blocks = 1, elements = 1;
};

/// The kept positions of a tensor whose sparsity is counted.
class Positions {
public:
  /// Checks the sparsity's components. The error names the element, or the
  /// first one of the row or block, that they are wrong about.
  static llvm::Expected<Positions> get(const Format &format,
                                       llvm::ArrayRef<ConstBytes> components,
                                       llvm::ThreadPoolInterface *threads);

  /// Visits what is kept of the elements [begin, end), in order, in runs of
  /// neighbours: their offset in the dense tensor, their offset in the
  /// row-major kept shape, and their number.
  template <typename Visit>
  void forEachRun(int64_t begin, int64_t end, Visit visit) const {
    for (int64_t at = begin; at < end;) {
      int64_t row = at / columns, column = at % columns;
      int64_t last = std::min(columns, column + end - at);
      if (grid)
        forEachBlockRun(row, column, last, visit);
      else if (!bitmap.empty())
        forEachBit(row, column, last, visit);
      else
        forEachColumn(row, column, last, visit);
      at += last - column;
    }
  }

private:
  explicit Positions(const Format &format);
  llvm::Error checkBlocks() const;
  llvm::Error checkOffsets(llvm::ThreadPoolInterface *threads);
  bool isValidRow(int64_t row) const;

  /// The kept values before element (row, column) of a bitmap.
  int64_t getKeptBefore(int64_t row, int64_t column) const;
  /// The kept values of a row in the columns [begin, end) of a bitmap.
  int64_t countBits(int64_t row, int64_t begin, int64_t end) const;
  /// At most 64 bits of a row from `column`, which is a multiple of 8.
  uint64_t getBits(int64_t row, int64_t column, int64_t count) const {
    uint64_t bits = 0;
    std::memcpy(&bits, bitmap.data() + row * rowBytes + column / 8,
                size_t(count + 7) / 8);
    return count < 64 ? bits & ((uint64_t(1) << count) - 1) : bits;
  }

  template <typename Visit>
  void forEachBlockRun(int64_t row, int64_t begin, int64_t end,
                       Visit visit) const;
  template <typename Visit>
  void forEachBit(int64_t row, int64_t begin, int64_t end, Visit visit) const;
  template <typename Visit>
  void forEachColumn(int64_t row, int64_t begin, int64_t end,
                     Visit visit) const;

  /// Columns between the samples of the kept values in long rows of bitmaps.
  static constexpr int64_t sampleColumns = int64_t(1) << 16;

  Extents shape;
  int64_t rows = 1, columns, count = 0;
  ConstBytes indices, bitmap, columnOf, offsets;
  std::optional<BlockGrid> grid;
  int64_t rowBytes = 0;
  /// The kept values of a row before each sample, row by row.
  std::vector<int64_t> samples;
};

template <typename Visit>
void Positions::forEachBlockRun(int64_t row, int64_t begin, int64_t end,
                                Visit visit) const {
  BlockGrid::Row place = grid->getRow(row);
  int64_t width = grid->block.back();
  int64_t first = place.block + begin / width;
  int64_t last = place.block + (end - 1) / width;
  // The first kept block that is not before the row's first one.
  int64_t low = 0, high = count;
  while (low < high) {
    int64_t middle = low + (high - low) / 2;
    if (loadI32(indices, middle) < first)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < count; ++low) {
    int64_t block = loadI32(indices, low);
    if (block > last)
      return;
    int64_t left = (block - place.block) * width;
    int64_t from = std::max(begin, left), to = std::min(end, left + width);
    visit(row * columns + from,
          low * grid->elements + place.offset + (from - left), to - from);
  }
}

template <typename Visit>
void Positions::forEachBit(int64_t row, int64_t begin, int64_t end,
                           Visit visit) const {
  constexpr int64_t word = 64;
  int64_t kept = getKeptBefore(row, begin);
  for (int64_t column = begin / 8 * 8; column < end; column += word) {
    uint64_t bits = getBits(row, column, std::min(word, end - column));
    if (column < begin)
      bits = bits >> (begin - column) << (begin - column);
    for (; bits != 0; bits &= bits - 1)
      visit(row * columns + column + llvm::countr_zero(bits), kept++, 1);
  }
}

template <typename Visit>
void Positions::forEachColumn(int64_t row, int64_t begin, int64_t end,
                              Visit visit) const {
  int64_t low = loadI32(offsets, row), last = loadI32(offsets, row + 1);
  for (int64_t high = last; begin > 0 && low < high;) {
    int64_t middle = low + (high - low) / 2;
    if (loadI32(columnOf, middle) < begin)
      low = middle + 1;
    else
      high = middle;
  }
  for (; low < last; ++low) {
    int64_t column = loadI32(columnOf, low);
    if (column >= end)
      return;
    visit(row * columns + column, low, 1);
  }
}

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_POSITIONS_H
