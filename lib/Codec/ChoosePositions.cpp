//===- ChoosePositions.cpp - Choose what a sparse tensor keeps ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePositions.h"
#include "BlockSelection.h"
#include "Parallel.h"
#include "Selection.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

static Error makeViolation(const Format &format, int64_t offset,
                           const char *what, int64_t count, int64_t found) {
  return llvm::make_error<ElementError>(
      getIndex(format.shape, offset),
      llvm::formatv("expected at most {0} nonzero {1}, found {2}, and here the "
                    "first one too many; prune the tensor first",
                    count, what, found)
          .str());
}

/// The first nonzero element of a block.
static int64_t findNonzero(const BlockGrid &grid, const LineReader &reader,
                           int64_t block) {
  int64_t columns = grid.shape.back(), width = grid.block.back();
  int64_t begin = block % grid.grid.back() * width;
  int64_t end = std::min(columns, begin + width), found = -1;
  forEachRow(grid, block / grid.grid.back(), [&](int64_t row) {
    float scratch;
    for (int64_t i = row * columns + begin, e = row * columns + end;
         found < 0 && i < e; ++i)
      if (*reader.read(i, 1, &scratch) != 0)
        found = i;
  });
  return found;
}

static Error chooseBlocks(const Format &format, const BlockSparsity &sparsity,
                          ConstBytes dense, const EncodeOptions &options,
                          MutableBytes indices) {
  LineReader reader(format.expressed, dense, options.nonFinite);
  BlockGrid grid(format.shape, sparsity);
  BlockSums sums =
      sumBlocks(grid, reader, /*magnitudes=*/true, options.threads);
  if (!sums.finite)
    return findNonFinite(format.shape, format.expressed, dense);
  int64_t nonzero = sums.countNonzero();
  if (nonzero > sparsity.count && !options.select) {
    int64_t block = -1;
    for (int64_t left = sparsity.count; left >= 0; left -= sums.sums[block] > 0)
      ++block;
    return makeViolation(format, findNonzero(grid, reader, block), "blocks",
                         sparsity.count, nonzero);
  }
  int64_t next = 0;
  for (int32_t block : sums.getGreatest(sparsity.count))
    storeI32(indices, next++, block);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Unstructured
//===----------------------------------------------------------------------===//

/// The error at the first nonzero element beyond the first `count`.
static Error findViolation(const Format &format, const Pieces &pieces,
                           const Selection &nonzeros, int64_t count) {
  size_t piece = pieces.size() - 1;
  while (nonzeros.getKeptBefore(piece) > count)
    --piece;
  int64_t left = count - nonzeros.getKeptBefore(piece), offset = -1;
  nonzeros.forEachWord(
      piece, [&](int64_t row, int64_t column, int64_t, uint64_t bits) {
        for (; bits != 0 && offset < 0; bits &= bits - 1)
          if (left-- == 0)
            offset =
                row * pieces.getNumColumns() + column + llvm::countr_zero(bits);
      });
  return makeViolation(format, offset, "elements", count,
                       nonzeros.getNumAbove());
}

/// Writes the positions of one piece.
static void writePositions(const Selection &selection, const Pieces &pieces,
                           size_t piece, MutableBytes bitmap,
                           MutableBytes columnOf, MutableBytes offsets) {
  int64_t kept = selection.getKeptBefore(piece);
  int64_t rowBytes = (pieces.getNumColumns() + 7) / 8;
  selection.forEachWord(
      piece, [&](int64_t row, int64_t column, int64_t count, uint64_t bits) {
        if (column == 0)
          storeI32(offsets, row, kept);
        if (!bitmap.empty()) {
          std::memcpy(bitmap.data() + row * rowBytes + column / 8, &bits,
                      size_t(count + 7) / 8);
          kept += llvm::popcount(bits);
          return;
        }
        for (; bits != 0; bits &= bits - 1)
          storeI32(columnOf, kept++, column + llvm::countr_zero(bits));
      });
}

static Error chooseElements(const Format &format, int64_t count,
                            ConstBytes dense, const EncodeOptions &options,
                            MutableBytes bitmap, MutableBytes columnOf,
                            MutableBytes offsets) {
  KeyReader keys(format.expressed, dense, options.nonFinite);
  Pieces pieces(format.shape);
  Selection selection =
      options.select
          ? Selection::getGreatest(keys, pieces, count, options.threads)
          : Selection::getNonzero(keys, pieces, count, options.threads);
  if (!selection.isFinite())
    return findNonFinite(format.shape, format.expressed, dense);
  // A selection has as many elements as it should.
  if (selection.getNumAbove() > count)
    return findViolation(format, pieces, selection, count);
  parallelFor(options.threads, pieces.size(), [&](NextIndex next) {
    for (size_t i; next(i);)
      writePositions(selection, pieces, i, bitmap, columnOf, offsets);
  });
  storeI32(offsets, pieces.getNumRows(), count);
  return Error::success();
}

Error mlir::compress::codec::choosePositions(
    const Format &format, ConstBytes dense, const EncodeOptions &options,
    ArrayRef<MutableBytes> components) {
  if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity))
    return chooseBlocks(format, *blocks, dense, options, components[0]);
  if (auto *bitmap = std::get_if<BitmapSparsity>(&format.sparsity))
    return chooseElements(format, bitmap->count, dense, options, components[0],
                          {}, components[1]);
  return chooseElements(format, std::get<CSRSparsity>(format.sparsity).count,
                        dense, options, {}, components[0], components[1]);
}
