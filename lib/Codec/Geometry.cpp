//===- Geometry.cpp - The index arithmetic of a format --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Geometry.h"
#include "llvm/Support/MathExtras.h"
#include <numeric>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::SmallVector;

/// The least common multiple, or `limit` where it is greater.
static int64_t lcmUpTo(int64_t a, int64_t b, int64_t limit) {
  int64_t product = 0;
  if (llvm::MulOverflow(a / std::gcd(a, b), b, product))
    return limit;
  return std::min(product, limit);
}

static int64_t ceilDiv(int64_t a, int64_t b) { return (a - 1) / b + 1; }

/// The row-major strides of `extents`, the innermost being `unit`.
static Extents getStrides(ArrayRef<int64_t> extents, int64_t unit) {
  Extents strides(extents.size(), unit);
  for (int i = int(extents.size()) - 2; i >= 0; --i)
    strides[i] = strides[i + 1] * extents[i + 1];
  return strides;
}

int64_t Chunk::getNumElements() const {
  int64_t count = 1;
  for (size_t i = 0; i < begin.size(); ++i)
    count *= end[i] - begin[i];
  return count;
}

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

Geometry::Geometry(const Format &format)
    : shape(format.shape), block(format.shape) {
  valueBits = getValueWidth(format.storage);
  if (const Scaling *scaling = getBlocking(format.storage))
    for (auto [extent, blockExtent] : llvm::zip_equal(block, scaling->block))
      extent = blockExtent == 0 ? extent : std::min(extent, blockExtent);
  axis = int64_t(getRank()) - 1;
  if (auto *nm = std::get_if<NMSparsity>(&format.sparsity)) {
    n = nm->n;
    m = nm->m;
    axis = nm->axis;
    sparse = true;
    indexBits = getIndexWidth(*nm);
  }
  if (auto *tiled = std::get_if<TiledLayout>(&format.layout))
    tile = tiled->tile;
  else
    merge();
  computeStrides();
}

Geometry::Geometry(ArrayRef<int64_t> shape, const Sparsity &sparsity)
    : Geometry(Format{Extents(shape), ElementType::F32, sparsity,
                      FloatStorage{ElementType::F32}, RowMajorLayout{}}) {}

/// Whether dimensions `i` and `i + 1` can become one.
bool Geometry::canMerge(unsigned i) const {
  int64_t outer = shape[i], inner = shape[i + 1];
  // Positions of one group must stay neighbours.
  if (sparse && axis == int64_t(i) && inner != 1)
    return false;
  // A block is whole along the inner dimension, or there are whole blocks of
  // it for each index of the outer one.
  bool blocks = block[i + 1] == inner || outer == 1 ||
                (block[i] == 1 && inner % block[i + 1] == 0);
  if (!blocks)
    return false;
  // Packed rows begin at a byte.
  if (i + 2 < getRank() || outer == 1)
    return true;
  int64_t keptInner = sparse && axis == int64_t(i) + 1 ? inner / m * n : inner;
  return keptInner * valueBits % 8 == 0 && keptInner * indexBits % 8 == 0;
}

void Geometry::merge() {
  for (int i = int(getRank()) - 2; i >= 0; --i) {
    if (!canMerge(i))
      continue;
    block[i] =
        block[i + 1] == shape[i + 1] ? block[i] * block[i + 1] : block[i + 1];
    shape[i] *= shape[i + 1];
    block.erase(block.begin() + i + 1);
    shape.erase(shape.begin() + i + 1);
    if (axis > i)
      --axis;
  }
}

void Geometry::computeStrides() {
  unsigned rank = getRank();
  kept = shape;
  kept[axis] = kept[axis] / m * n;
  strides = getStrides(shape, 1);
  for (unsigned i = 0; i < rank; ++i)
    grid.push_back(ceilDiv(shape[i], block[i]));
  gridStrides = getStrides(grid, 1);
  aligned = block[axis] % m == 0 || block[axis] == shape[axis];

  if (tile.empty()) {
    tile.assign(rank, 1);
    tile.back() = kept.back();
  }
  Extents tiles;
  for (unsigned i = 0; i < rank; ++i) {
    tiles.push_back(ceilDiv(kept[i], tile[i]));
    padded |= kept[i] % tile[i] != 0;
  }
  rowsPerTile = 1;
  for (unsigned i = 0; i + 1 < rank; ++i)
    rowsPerTile *= tile[i];
  rowStrides = getStrides(ArrayRef<int64_t>(tile).drop_back(), 1);
  tileStrides = getStrides(ArrayRef<int64_t>(tiles).drop_back(),
                           tiles.back() * rowsPerTile);
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

int64_t Geometry::getStep(unsigned i, bool wholeBlocks) const {
  int64_t step = axis == int64_t(i) ? m : 1;
  if (i + 1 == getRank()) {
    // Eight values of any width fill bytes; a tile begins at a byte anyway.
    int64_t values = tile[i] < kept[i] ? tile[i] : 8;
    if (llvm::MulOverflow(step, values, step))
      return shape[i];
  }
  if (wholeBlocks)
    step = lcmUpTo(step, block[i], shape[i]);
  return std::min(step, shape[i]);
}

SmallVector<Chunk, 0> Geometry::getChunks(int64_t elements,
                                          bool wholeBlocks) const {
  // Short lines cost more time for their bookkeeping than for their elements.
  constexpr int64_t minColumns = 256;
  int rank = getRank();
  Extents steps, extents;
  int64_t size = 1;
  for (int i = 0; i < rank; ++i) {
    steps.push_back(getStep(i, wholeBlocks));
    extents.push_back(steps.back());
    size *= extents.back();
  }
  // Grow from the innermost dimension outwards.
  for (int i = rank - 1; i >= 0; --i) {
    int64_t others = size / extents[i];
    int64_t wanted =
        std::max(elements / others, i == rank - 1 ? minColumns : 1);
    int64_t count = std::max<int64_t>(wanted / steps[i], 1);
    extents[i] =
        count >= ceilDiv(shape[i], steps[i]) ? shape[i] : count * steps[i];
    size = others * extents[i];
  }

  SmallVector<Chunk, 0> chunks;
  Chunk chunk{Extents(rank, 0), Extents(rank, 0)};
  for (int i = rank; i >= 0;) {
    for (int j = 0; j < rank; ++j)
      chunk.end[j] = std::min(chunk.begin[j] + extents[j], shape[j]);
    chunks.push_back(chunk);
    for (i = rank - 1; i >= 0; --i) {
      chunk.begin[i] += extents[i];
      if (chunk.begin[i] < shape[i])
        break;
      chunk.begin[i] = 0;
    }
  }
  return chunks;
}

Chunk Geometry::getBlocks(const Chunk &chunk) const {
  Chunk blocks;
  for (unsigned i = 0; i < getRank(); ++i) {
    blocks.begin.push_back(chunk.begin[i] / block[i]);
    blocks.end.push_back(ceilDiv(chunk.end[i], block[i]));
  }
  return blocks;
}

void Geometry::forEachGroup(
    const Chunk &chunk, llvm::function_ref<void(const Group &)> visit) const {
  int last = int(getRank()) - 1;
  Chunk blocks = getBlocks(chunk);
  Extents blockStrides(getRank(), 0);
  int64_t blockStride = 1;
  for (int i = last - 1; i >= 0; --i) {
    blockStrides[i] = blockStride;
    blockStride *= blocks.end[i] - blocks.begin[i];
  }

  Group group;
  group.rows.resize(getKeptLines());
  Extents index = chunk.begin;
  while (true) {
    group.dense = index[last];
    group.blockRow = group.axisOffset = 0;
    int64_t row = 0;
    for (int i = 0; i < last; ++i) {
      group.dense += index[i] * strides[i];
      if (i == axis) {
        group.axisOffset = index[i] - blocks.begin[i] * block[i];
        if (!aligned)
          continue;
      }
      group.blockRow +=
          (index[i] / block[i] - blocks.begin[i]) * blockStrides[i];
      if (i != axis)
        row += index[i] / tile[i] * tileStrides[i] +
               index[i] % tile[i] * rowStrides[i];
    }
    for (int64_t k = 0; k < int64_t(group.rows.size()); ++k) {
      group.rows[k] = row;
      if (!hasOuterAxis())
        continue;
      int64_t line = index[axis] / m * n + k;
      group.rows[k] += line / tile[axis] * tileStrides[axis] +
                       line % tile[axis] * rowStrides[axis];
    }
    visit(group);

    int i = last - 1;
    for (; i >= 0; --i) {
      index[i] += i == axis ? m : 1;
      if (index[i] < chunk.end[i])
        break;
      index[i] = chunk.begin[i];
    }
    if (i < 0)
      return;
  }
}

void Geometry::forEachGridLine(
    const Chunk &blocks,
    llvm::function_ref<void(int64_t, int64_t, int64_t)> visit) const {
  int last = int(getRank()) - 1;
  int64_t count = blocks.end[last] - blocks.begin[last];
  Extents index = blocks.begin;
  for (int64_t local = 0;; local += count) {
    int64_t offset = 0;
    for (int i = 0; i <= last; ++i)
      offset += index[i] * gridStrides[i];
    visit(offset, local, count);
    int i = last - 1;
    for (; i >= 0; --i) {
      if (++index[i] < blocks.end[i])
        break;
      index[i] = blocks.begin[i];
    }
    if (i < 0)
      return;
  }
}
