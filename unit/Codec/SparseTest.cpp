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

/// Shapes that take more than one slab, piece and sample, each of another form.
TEST(Sparse, LargeTensors) {
  struct Case {
    Extents shape;
    Sparsity sparsity;
    Extents block;
  };
  for (const Case &c :
       std::vector<Case>{{{260, 1030}, BitmapSparsity{100000}, {0, 1}},
                         {{260, 1030}, CSRSparsity{50000}, {128, 1}},
                         {{260, 1030}, BlockSparsity{{32, 32}, 200}, {1, 128}},
                         {{2, 140001}, BitmapSparsity{100003}, {1, 1000}},
                         {{270001}, BitmapSparsity{150001}, {1000}},
                         {{270001}, CSRSparsity{1001}, {0}},
                         {{3, 2, 45001}, CSRSparsity{125001}, {1, 0, 0}},
                         {{2, 1, 450, 300},
                          BlockSparsity{{2, 1, 9, 70}, 100},
                          {1, 0, 400, 7}}}) {
    Format format;
    format.shape = c.shape;
    format.sparsity = c.sparsity;
    format.storage = AffineStorage{4, false, ElementType::F32, c.block};
    check(format, makeRandom(format, 3));
  }
}

TEST(Sparse, RandomFormats) {
  std::mt19937 engine(5);
  auto draw = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine);
  };
  for (int i = 0; i < 400; ++i) {
    Format format;
    int64_t rank = draw(1, 4);
    Extents block, sparseBlock;
    int64_t blocks = 1;
    for (int64_t d = 0; d < rank; ++d) {
      format.shape.push_back(draw(1, 12));
      block.push_back(draw(0, 14));
      sparseBlock.push_back(draw(1, 14));
      blocks *= (format.shape.back() - 1) / sparseBlock.back() + 1;
    }
    int64_t count = draw(0, getSize(format.shape));
    switch (draw(0, 2)) {
    case 0:
      format.sparsity = BitmapSparsity{count};
      break;
    case 1:
      format.sparsity = CSRSparsity{count};
      break;
    default:
      format.sparsity = BlockSparsity{sparseBlock, draw(0, blocks)};
    }
    format.expressed = ElementType(draw(0, 2));
    format.storage = AffineStorage{unsigned(draw(2, 8)), draw(0, 1) == 1,
                                   ElementType(draw(0, 2)), block};
    TiledLayout tiled;
    for (size_t d = 0; d < getKeptShape(format).size(); ++d)
      tiled.tile.push_back(draw(1, 9));
    if (draw(0, 1))
      format.layout = tiled;
    check(format, makeRandom(format, i));
    if (HasFatalFailure())
      return;
  }
}

/// Values at the edges of the number formats, all zero, and all equal.
TEST(Sparse, Extremes) {
  const float largest = 0x1.fffffep127f, tiny = 0x1p-149f;
  std::vector<float> edges = {0,          -0.0f,     largest, -largest, 1, tiny,
                              -tiny,      0x1p-126f, 1e30f,   -1e-30f,  3, 3,
                              -0x1p-130f, 0.5f,      65520,   -65536};
  for (std::vector<float> dense :
       {edges, std::vector<float>(16, 0.0f), std::vector<float>(16, -0.0f),
        std::vector<float>(16, -2.5f)}) {
    Format format;
    format.shape = {4, 4};
    for (const Sparsity &sparsity : getSparsities(format.shape))
      for (const Storage &storage : getStorages(2)) {
        format.sparsity = sparsity;
        format.storage = storage;
        Encoded reference = encodeReference(format, dense);
        EncodeOptions options;
        options.select = true;
        auto components = encodeOrFail(format, dense, options);
        EXPECT_EQ(components, reference.components) << describe(format);
        expectSame(reference.decoded, decodeOrFail(format, components), format);
      }
  }
}

TEST(Sparse, EmptyTensors) {
  for (Extents shape : {Extents{0, 8}, Extents{8, 0}, Extents{0}})
    for (const Sparsity &sparsity :
         {Sparsity(BitmapSparsity{0}), Sparsity(CSRSparsity{0}),
          Sparsity(BlockSparsity{Extents(shape.size(), 4), 0})}) {
      Format format;
      format.shape = shape;
      format.sparsity = sparsity;
      format.storage =
          AffineStorage{8, false, ElementType::F32, Extents(shape.size(), 0)};
      auto components = encodeOrFail(format, {}, {});
      for (const Bytes &component : components)
        EXPECT_EQ(std::count(component.begin(), component.end(), 0),
                  int64_t(component.size()));
      EXPECT_TRUE(decodeOrFail(format, components).empty());
    }
}

/// Pruned tensors encode without selection, on any number of threads, to the
/// same bytes.
TEST(Sparse, ThreadsAndSelectionDoNotChangeBytes) {
  for (const Sparsity &sparsity :
       {Sparsity(BitmapSparsity{35000}), Sparsity(CSRSparsity{35000}),
        Sparsity(BlockSparsity{{7, 30}, 250})})
    for (const Extents &block : {Extents{0, 1}, Extents{0, 0}}) {
      Format format;
      format.shape = {260, 1032};
      format.sparsity = sparsity;
      format.storage = AffineStorage{3, false, ElementType::F16, block};
      std::vector<float> dense = makeRandom(format, 3);
      EncodeOptions options;
      options.select = true;
      ErrorStats expected;
      auto components = encodeOrFail(format, dense, options, &expected);
      auto decoded = decodeOrFail(format, components);
      EXPECT_EQ(components,
                encodeOrFail(format, pruneCounted(format, dense), {}));
      for (unsigned count : {2, 5}) {
        llvm::DefaultThreadPool pool(llvm::hardware_concurrency(count));
        options.threads = &pool;
        ErrorStats stats;
        EXPECT_EQ(components, encodeOrFail(format, dense, options, &stats));
        EXPECT_EQ(stats.sumSquaredError, expected.sumSquaredError);
        EXPECT_EQ(stats.sumSquaredSignal, expected.sumSquaredSignal);
        EXPECT_EQ(stats.zeros, expected.zeros);
        EXPECT_EQ(decoded, decodeOrFail(format, components, &pool));
      }
    }
}

TEST(Sparse, RelayoutEqualsEncodingWithTheLayout) {
  Format format;
  format.shape = {9, 20};
  for (const Sparsity &sparsity : getSparsities(format.shape))
    for (const Storage &storage : getStorages(2)) {
      format.sparsity = sparsity;
      format.storage = storage;
      EncodeOptions options;
      options.select = true;
      std::vector<float> dense = makeRandom(format, 9);
      auto layouts = getLayouts(getKeptShape(format).size());
      for (const Layout &from : layouts)
        for (const Layout &to : layouts) {
          Format before = format, after = format;
          before.layout = from;
          after.layout = to;
          auto source = encodeOrFail(before, dense, options);
          auto moved = allocate(after);
          relayout(before, after, getConstViews(source), getViews(moved));
          EXPECT_EQ(moved, encodeOrFail(after, dense, options))
              << describe(before) << " to " << describe(after);
        }
    }
}

} // namespace
