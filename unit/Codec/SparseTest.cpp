//===- SparseTest.cpp - Blocks, bitmaps and CSR ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include "SparseReference.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <limits>
#include <numeric>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Extents = llvm::SmallVector<int64_t, 4>;

int64_t getSize(llvm::ArrayRef<int64_t> shape) {
  return std::accumulate(shape.begin(), shape.end(), int64_t(1),
                         std::multiplies<int64_t>());
}

/// Every sparsity, with nothing, some and everything kept.
std::vector<Sparsity> getSparsities(llvm::ArrayRef<int64_t> shape) {
  int64_t size = getSize(shape);
  std::vector<Sparsity> sparsities;
  for (int64_t count : {int64_t(0), int64_t(1), size * 2 / 5, size}) {
    sparsities.push_back(BitmapSparsity{count});
    sparsities.push_back(CSRSparsity{count});
  }
  Extents small(shape.size(), 2), ragged(shape.size(), 3), wide(shape);
  wide.back() += 3;
  for (const Extents &block : {small, ragged, wide}) {
    int64_t blocks = 1;
    for (size_t i = 0; i < shape.size(); ++i)
      blocks *= (shape[i] + block[i] - 1) / block[i];
    for (int64_t count : {int64_t(0), (blocks + 1) / 2, blocks})
      sparsities.push_back(BlockSparsity{block, count});
  }
  return sparsities;
}

std::vector<Storage> getStorages(unsigned rank) {
  Extents whole(rank, 0), odd(rank, 3), group(rank, 1), column(rank, 0);
  group.front() = 4;
  column.back() = 1;
  return {AffineStorage{4, false, ElementType::F16, odd},
          AffineStorage{3, true, ElementType::F32, group},
          AffineStorage{8, false, ElementType::BF16, column},
          AffineStorage{8, true, ElementType::F32, whole},
          FloatStorage{ElementType::BF16},
          FloatStorage{ElementType::F32}};
}

/// The layouts of a kept shape.
std::vector<Layout> getLayouts(unsigned rank) {
  TiledLayout even, odd;
  even.tile.assign(rank, 4);
  even.tile.back() = 8;
  odd.tile.assign(rank, 3);
  odd.tile.back() = 5;
  return {RowMajorLayout(), even, odd};
}

class EverySparsity : public testing::TestWithParam<Index> {};

TEST_P(EverySparsity, MatchesTheFormulas) {
  Format format;
  format.shape.assign(GetParam().begin(), GetParam().end());
  unsigned seed = 1;
  for (const Sparsity &sparsity : getSparsities(format.shape))
    for (const Storage &storage : getStorages(format.shape.size())) {
      format.sparsity = sparsity;
      format.storage = storage;
      for (const Layout &layout : getLayouts(getKeptShape(format).size())) {
        format.layout = layout;
        check(format, makeRandom(format, seed++));
        if (HasFatalFailure())
          return;
        format.layout = RowMajorLayout();
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EverySparsity,
                         testing::Values(Index{40}, Index{16, 20}, Index{5, 7},
                                         Index{8, 1}, Index{1, 8},
                                         Index{2, 8, 3}, Index{2, 3, 4, 5}));

} // namespace
