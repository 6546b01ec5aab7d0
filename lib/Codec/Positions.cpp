//===- Positions.cpp - Where kept values lie ------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Positions.h"
#include "Lines.h"
#include "Parallel.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <atomic>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;

bool mlir::compress::codec::isCounted(const Sparsity &sparsity) {
  return std::holds_alternative<BlockSparsity>(sparsity) ||
         std::holds_alternative<BitmapSparsity>(sparsity) ||
         std::holds_alternative<CSRSparsity>(sparsity);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

BlockGrid::BlockGrid(ArrayRef<int64_t> shape, const BlockSparsity &sparsity)
    : shape(shape), block(sparsity.block) {
  for (size_t i = 0; i < shape.size(); ++i) {
    grid.push_back(llvm::divideCeil(uint64_t(shape[i]), uint64_t(block[i])));
    blocks *= grid.back();
    elements *= block[i];
  }
}

BlockGrid::Row BlockGrid::getRow(int64_t row) const {
  Row place{0, 0};
  int64_t blockStride = grid.back(), offsetStride = block.back();
  for (int i = int(shape.size()) - 2; i >= 0; --i) {
    int64_t index = row % shape[i];
    row /= shape[i];
    place.block += index / block[i] * blockStride;
    place.offset += index % block[i] * offsetStride;
    blockStride *= grid[i];
    offsetStride *= block[i];
  }
  return place;
}

Error Positions::checkBlocks() const {
  int64_t before = -1;
  for (int64_t i = 0; i < count; ++i) {
    int64_t block = loadI32(indices, i);
    if (block > before && block < grid->blocks) {
      before = block;
      continue;
    }
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        llvm::formatv("expected the indices of blocks to ascend and to be less "
                      "than {0}, found {1} after {2} at position {3}; the "
                      "component 'indices' is corrupt",
                      grid->blocks, block, before, i)
            .str());
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Unstructured
//===----------------------------------------------------------------------===//

int64_t Positions::countBits(int64_t row, int64_t begin, int64_t end) const {
  constexpr int64_t word = 64;
  int64_t bits = 0;
  for (int64_t column = begin; column < end; column += word)
    bits += llvm::popcount(getBits(row, column, std::min(word, end - column)));
  return bits;
}

int64_t Positions::getKeptBefore(int64_t row, int64_t column) const {
  int64_t kept = loadI32(offsets, row), begin = 0;
  if (!samples.empty()) {
    int64_t perRow = (columns - 1) / sampleColumns + 1;
    begin = column / sampleColumns * sampleColumns;
    kept += samples[row * perRow + column / sampleColumns];
  }
  return kept + countBits(row, begin, column);
}

bool Positions::isValidRow(int64_t row) const {
  int64_t begin = loadI32(offsets, row), end = loadI32(offsets, row + 1);
  if (!bitmap.empty())
    return countBits(row, 0, columns) == end - begin;
  int64_t before = -1;
  for (int64_t i = begin; i < end; ++i) {
    int64_t column = loadI32(columnOf, i);
    if (column <= before || column >= columns)
      return false;
    before = column;
  }
  return true;
}

Error Positions::checkOffsets(llvm::ThreadPoolInterface *threads) {
  Extents leading(shape.begin(), shape.end() - 1);
  auto makeError = [&](int64_t row, std::string text) {
    Extents index = getIndex(leading, row);
    index.push_back(0);
    return llvm::make_error<ElementError>(index, std::move(text));
  };
  int64_t before = 0;
  for (int64_t row = 0; row <= rows; ++row) {
    int64_t offset = loadI32(offsets, row);
    bool valid = row == 0      ? offset == 0
                 : row == rows ? offset == count
                               : offset >= before && offset <= count;
    if (!valid)
      return makeError(
          std::max<int64_t>(row - 1, 0),
          llvm::formatv("expected the offsets to ascend from 0 to {0}, found "
                        "{1} after {2} for the row that begins here; the "
                        "component 'offsets' is corrupt",
                        count, offset, before)
              .str());
    before = offset;
  }

  // Ten thousand short rows are a task, or one long row.
  constexpr int64_t share = int64_t(1) << 16;
  int64_t rowsPerShare = std::max<int64_t>(share / (columns + 1), 1);
  std::atomic<int64_t> firstBad{rows};
  size_t shares = llvm::divideCeil(uint64_t(rows), uint64_t(rowsPerShare));
  parallelFor(threads, shares, [&](NextIndex next) {
    for (size_t i; next(i);) {
      int64_t row = int64_t(i) * rowsPerShare;
      int64_t end = std::min(rows, row + rowsPerShare);
      while (row < end && isValidRow(row))
        ++row;
      int64_t known = firstBad;
      while (row < end && row < known &&
             !firstBad.compare_exchange_weak(known, row))
        ;
    }
  });
  if (firstBad < rows)
    return makeError(
        firstBad,
        bitmap.empty()
            ? llvm::formatv("expected the columns of the row that begins here "
                            "to ascend and to be less than {0}; the component "
                            "'columns' is corrupt",
                            columns)
                  .str()
            : llvm::formatv("expected as many bits in the row that begins here "
                            "as its offsets say, {0}, found {1}; the component "
                            "'bitmap' or 'offsets' is corrupt",
                            loadI32(offsets, firstBad + 1) -
                                loadI32(offsets, firstBad),
                            countBits(firstBad, 0, columns))
                  .str());

  if (bitmap.empty() || columns <= sampleColumns)
    return Error::success();
  for (int64_t row = 0; row < rows; ++row) {
    int64_t kept = 0;
    for (int64_t at = 0; at < columns; at += sampleColumns) {
      samples.push_back(kept);
      kept += countBits(row, at, std::min(columns, at + sampleColumns));
    }
  }
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

Positions::Positions(const Format &format)
    : shape(format.shape), columns(format.shape.back()) {
  for (int64_t extent : ArrayRef<int64_t>(shape).drop_back())
    rows *= extent;
  rowBytes = llvm::divideCeil(uint64_t(columns), uint64_t(8));
}

Expected<Positions> Positions::get(const Format &format,
                                   ArrayRef<ConstBytes> components,
                                   llvm::ThreadPoolInterface *threads) {
  Positions positions(format);
  if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity)) {
    positions.count = blocks->count;
    positions.indices = components[0];
    positions.grid.emplace(format.shape, *blocks);
    if (Error error = positions.checkBlocks())
      return error;
    return positions;
  }
  if (auto *bitmap = std::get_if<BitmapSparsity>(&format.sparsity)) {
    positions.count = bitmap->count;
    positions.bitmap = components[0];
  } else {
    positions.count = std::get<CSRSparsity>(format.sparsity).count;
    positions.columnOf = components[0];
  }
  positions.offsets = components[1];
  if (Error error = positions.checkOffsets(threads))
    return error;
  return positions;
}
