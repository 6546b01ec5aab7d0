//===- Transpose.cpp - Permuting dimensions -------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Geometry.h"
#include "Parallel.h"
#include "compress/Codec/Codec.h"
#include <cassert>
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;

namespace {

/// One dimension of the result: its extent, and the distance of neighbours in
/// the source and in the result.
struct Dimension {
  int64_t extent, source, result;
};

} // namespace

/// The dimensions of the result, without those of extent 1, and with those
/// merged that stay neighbours.
static llvm::SmallVector<Dimension, 4>
getDimensions(ArrayRef<int64_t> shape, ArrayRef<int64_t> permutation) {
  Extents strides(shape.size(), 1);
  for (int i = int(shape.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * shape[i + 1];
  llvm::SmallVector<Dimension, 4> dimensions;
  for (int64_t from : permutation) {
    if (shape[from] == 1)
      continue;
    if (!dimensions.empty() &&
        dimensions.back().source == strides[from] * shape[from])
      dimensions.back() = {dimensions.back().extent * shape[from],
                           strides[from], 1};
    else
      dimensions.push_back({shape[from], strides[from], 1});
  }
  for (int i = int(dimensions.size()) - 2; i >= 0; --i)
    dimensions[i].result = dimensions[i + 1].result * dimensions[i + 1].extent;
  return dimensions;
}

/// Copies a rows x columns tile; columns are neighbours in the result, rows in
/// the source.
template <typename T>
static void transposeTile(const char *source, char *result, int64_t rows,
                          int64_t columns, int64_t sourceStride,
                          int64_t resultStride) {
  for (int64_t i = 0; i < rows; ++i)
    for (int64_t j = 0; j < columns; ++j)
      std::memcpy(result + (i * resultStride + j) * sizeof(T),
                  source + (j * sourceStride + i) * sizeof(T), sizeof(T));
}

void mlir::compress::codec::transpose(ArrayRef<int64_t> shape,
                                      ArrayRef<int64_t> permutation,
                                      unsigned elementBytes, ConstBytes source,
                                      MutableBytes result,
                                      llvm::ThreadPoolInterface *threads) {
  assert(shape.size() == permutation.size() && "one entry per dimension");
  assert(source.size() == result.size() && "the same number of elements");
  if (source.empty())
    return;
  auto dimensions = getDimensions(shape, permutation);
  if (dimensions.size() <= 1) {
    std::memcpy(result.data(), source.data(), source.size());
    return;
  }

  // The plane of the two innermost dimensions: of the result (columns) and of
  // the source (rows). They are the same where lines are copied whole.
  Dimension columns = dimensions.back(), rows = dimensions.front();
  size_t rowDimension = 0;
  bool wholeLines = columns.source == 1;
  for (size_t i = 0; i + 1 < dimensions.size(); ++i)
    if (dimensions[i].source == 1 || (wholeLines && i + 2 == dimensions.size()))
      rows = dimensions[rowDimension = i];
  llvm::SmallVector<Dimension, 4> outer;
  for (size_t i = 0; i + 1 < dimensions.size(); ++i)
    if (i != rowDimension)
      outer.push_back(dimensions[i]);

  // Tiles of 32 lines of the cache on either side.
  constexpr int64_t tile = 32;
  int64_t tileRows = tile, tileColumns = wholeLines ? columns.extent : tile;
  int64_t rowTiles = (rows.extent - 1) / tileRows + 1;
  int64_t planes = 1;
  for (const Dimension &dimension : outer)
    planes *= dimension.extent;

  auto copy = [&](int64_t index) {
    int64_t plane = index / rowTiles, row = index % rowTiles * tileRows;
    int64_t from = row * rows.source, to = row * rows.result;
    for (const Dimension &dimension : llvm::reverse(outer)) {
      from += plane % dimension.extent * dimension.source;
      to += plane % dimension.extent * dimension.result;
      plane /= dimension.extent;
    }
    int64_t rowCount = std::min(tileRows, rows.extent - row);
    for (int64_t column = 0; column < columns.extent; column += tileColumns) {
      int64_t count = std::min(tileColumns, columns.extent - column);
      const char *sourceTile =
          source.data() + (from + column * columns.source) * elementBytes;
      char *resultTile = result.data() + (to + column) * elementBytes;
      if (wholeLines) {
        for (int64_t i = 0; i < rowCount; ++i)
          std::memcpy(resultTile + i * rows.result * elementBytes,
                      sourceTile + i * rows.source * elementBytes,
                      count * elementBytes);
        continue;
      }
      switch (elementBytes) {
      case 1:
        transposeTile<uint8_t>(sourceTile, resultTile, rowCount, count,
                               columns.source, rows.result);
        break;
      case 2:
        transposeTile<uint16_t>(sourceTile, resultTile, rowCount, count,
                                columns.source, rows.result);
        break;
      case 4:
        transposeTile<uint32_t>(sourceTile, resultTile, rowCount, count,
                                columns.source, rows.result);
        break;
      case 8:
        transposeTile<uint64_t>(sourceTile, resultTile, rowCount, count,
                                columns.source, rows.result);
        break;
      }
    }
  };
  parallelFor(threads, planes * rowTiles, [&](NextIndex next) {
    for (size_t i; next(i);)
      copy(i);
  });
}
