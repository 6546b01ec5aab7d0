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
  // By the index of the block, which sorts like its position.
  std::map<Index, Item> items;
  forEachIndex(shape, [&](const Index &index) {
    Index at = index, within;
    if (blocks)
      for (size_t i = 0; i < index.size(); ++i) {
        at[i] = index[i] / blocks->block[i];
        within.push_back(index[i] % blocks->block[i]);
      }
    Item &item = items[at];
    item.sum += std::fabs(double(dense[getOffset(shape, index)]));
    item.values.push_back({index, within, 0});
  });

  std::vector<Item> order;
  for (auto &[index, item] : items)
    order.push_back(item);
  std::vector<std::pair<double, int64_t>> ranked;
  for (auto [i, item] : llvm::enumerate(order))
    ranked.push_back({-item.sum, i});
  std::sort(ranked.begin(), ranked.end());
  std::vector<int64_t> ranks;
  for (auto [sum, i] : ranked)
    ranks.push_back(i);
  ranks.resize(getCount(format));
  std::sort(ranks.begin(), ranks.end());
  std::vector<KeptValue> kept;
  for (auto [k, rank] : llvm::enumerate(ranks))
    for (KeptValue value : order[rank].values) {
      value.kept.insert(value.kept.begin(), k);
      value.position = rank;
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
