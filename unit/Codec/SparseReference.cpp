//===- SparseReference.cpp - Counted sparsities, item by item -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseReference.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {
/// What is kept or left out as a whole: the elements of a block, or one.
struct Item {
  double sum = 0;
  std::vector<KeptValue> values;
};
} // namespace

bool test::isCounted(const Format &format) {
  return !std::holds_alternative<DenseSparsity>(format.sparsity) &&
         !std::holds_alternative<NMSparsity>(format.sparsity);
}

static int64_t getCount(const Format &format) {
  if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity))
    return blocks->count;
  if (auto *bitmap = std::get_if<BitmapSparsity>(&format.sparsity))
    return bitmap->count;
  return std::get<CSRSparsity>(format.sparsity).count;
}

std::vector<KeptValue> test::getCounted(const Format &format,
                                        const std::vector<float> &dense) {
  Index shape(format.shape.begin(), format.shape.end());
  auto *blocks = std::get_if<BlockSparsity>(&format.sparsity);
  std::vector<Item> items;
  std::map<Index, size_t> numbers;
  // The blocks in row-major order, or the elements.
  Index grid = shape;
  if (blocks)
    for (size_t i = 0; i < shape.size(); ++i)
      grid[i] = (shape[i] + blocks->block[i] - 1) / blocks->block[i];
  if (blocks)
    forEachIndex(grid, [&](const Index &at) {
      numbers[at] = items.size();
      items.push_back({});
    });
  else
    items.resize(dense.size());
  forEachIndex(shape, [&](const Index &index) {
    size_t offset = getOffset(shape, index);
    Index at, within;
    if (blocks)
      for (size_t i = 0; i < index.size(); ++i) {
        at.push_back(index[i] / blocks->block[i]);
        within.push_back(index[i] % blocks->block[i]);
      }
    Item &item = items[blocks ? numbers[at] : offset];
    item.sum += std::fabs(double(dense[offset]));
    item.values.push_back({index, within, 0});
  });

  std::vector<std::pair<double, size_t>> ranked;
  for (size_t i = 0; i < items.size(); ++i)
    ranked.push_back({-items[i].sum, i});
  std::sort(ranked.begin(), ranked.end());
  std::vector<size_t> ranks;
  for (int64_t k = 0; k < getCount(format); ++k)
    ranks.push_back(ranked[k].second);
  std::sort(ranks.begin(), ranks.end());
  std::vector<KeptValue> kept;
  for (size_t k = 0; k < ranks.size(); ++k)
    for (KeptValue value : items[ranks[k]].values) {
      value.kept.insert(value.kept.begin(), k);
      value.position = ranks[k];
      kept.push_back(value);
    }
  return kept;
}

static void putI32(Bytes &bytes, int64_t i, int32_t value) {
  std::memcpy(&bytes[i * sizeof(value)], &value, sizeof(value));
}

void test::putCounted(const Format &format, const std::vector<KeptValue> &kept,
                      std::vector<Bytes> &components) {
  if (std::holds_alternative<BlockSparsity>(format.sparsity)) {
    for (const KeptValue &value : kept)
      putI32(components.back(), value.kept.front(), value.position);
    return;
  }
  Index shape(format.shape.begin(), format.shape.end());
  bool csr = std::holds_alternative<CSRSparsity>(format.sparsity);
  Bytes &positions = components[components.size() - 2];
  int64_t columns = shape.back(), rows = components.back().size() / 4 - 1;
  std::vector<int32_t> perRow(rows, 0);
  for (const KeptValue &value : kept) {
    int64_t row = getOffset(shape, value.dense) / columns;
    int64_t column = value.dense.back();
    ++perRow[row];
    if (csr)
      putI32(positions, value.kept.front(), column);
    else
      positions[row * ((columns + 7) / 8) + column / 8] |=
          char(1 << (column % 8));
  }
  int32_t before = 0;
  for (int64_t row = 0; row <= rows; ++row) {
    putI32(components.back(), row, before);
    before += row < rows ? perRow[row] : 0;
  }
}

std::vector<float> test::pruneCounted(const Format &format,
                                      const std::vector<float> &dense) {
  Index shape(format.shape.begin(), format.shape.end());
  std::vector<float> result(dense.size(), 0.0f);
  for (const KeptValue &value : getCounted(format, dense)) {
    int64_t at = getOffset(shape, value.dense);
    result[at] = dense[at];
  }
  return result;
}

void test::describeCounted(const Format &format, llvm::raw_ostream &os) {
  if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity)) {
    os << " blocks ";
    llvm::interleave(blocks->block, os, "x");
    os << " count " << blocks->count;
  } else if (isCounted(format)) {
    bool csr = std::holds_alternative<CSRSparsity>(format.sparsity);
    os << (csr ? " csr" : " bitmap") << " count " << getCount(format);
  }
}
