//===- EncodeTest.cpp - Bytes and values of every format ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

std::vector<Storage> getStorages(ElementType expressed, unsigned rank) {
  std::vector<Storage> storages;
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16})
    if (getByteWidth(type) <= getByteWidth(expressed))
      storages.push_back(FloatStorage{type});
  using Block = llvm::SmallVector<int64_t, 4>;
  Block whole(rank, 0), column(rank, 0), row(rank, 1), odd(rank, 3),
      group(rank, 1);
  column.back() = 1;
  row.back() = 0;
  group[0] = 8;
  for (unsigned width = 2; width <= 8; ++width)
    for (bool symmetric : {true, false})
      for (const Block &block : {whole, column, row, odd, group})
        storages.push_back(AffineStorage{width, symmetric,
                                         width % 3 == 0   ? ElementType::F32
                                         : width % 3 == 1 ? ElementType::F16
                                                          : ElementType::BF16,
                                         block});
  return storages;
}

std::vector<Sparsity> getSparsities(const Index &shape) {
  std::vector<Sparsity> sparsities = {DenseSparsity()};
  for (auto [n, m] : {std::pair(2, 4), std::pair(1, 4), std::pair(4, 8),
                      std::pair(3, 5), std::pair(1, 1), std::pair(2, 2)})
    for (size_t axis = 0; axis < shape.size(); ++axis)
      if (shape[axis] % m == 0)
        sparsities.push_back(NMSparsity{n, m, int64_t(axis)});
  return sparsities;
}

std::vector<Layout> getLayouts(unsigned rank) {
  TiledLayout even, odd;
  even.tile.assign(rank, 4);
  even.tile.back() = 8;
  odd.tile.assign(rank, 3);
  odd.tile.back() = 5;
  // Bits of different dimensions change places.
  TiledLayout permuted = even;
  int64_t count = 2 * rank + 1;
  for (int64_t bit = 0; bit < count; ++bit)
    permuted.bits.push_back(bit * (count - 1) % count);
  return {RowMajorLayout(), even, odd, permuted};
}

class EveryFormat
    : public testing::TestWithParam<std::tuple<ElementType, Index>> {};

TEST_P(EveryFormat, MatchesTheFormulas) {
  auto [expressed, shape] = GetParam();
  unsigned seed = 1;
  for (const Storage &storage : getStorages(expressed, shape.size()))
    for (const Sparsity &sparsity : getSparsities(shape))
      for (const Layout &layout : getLayouts(shape.size())) {
        Format format;
        format.shape.assign(shape.begin(), shape.end());
        format.expressed = expressed;
        format.storage = storage;
        format.sparsity = sparsity;
        format.layout = layout;
        check(format, makeRandom(format, seed++));
        if (HasFatalFailure())
          return;
      }
}

INSTANTIATE_TEST_SUITE_P(
    Shapes, EveryFormat,
    testing::Combine(
        testing::Values(ElementType::F32, ElementType::F16, ElementType::BF16),
        testing::Values(Index{40}, Index{16, 20}, Index{5, 7}, Index{8, 1},
                        Index{1, 8}, Index{2, 8, 3}, Index{2, 3, 4, 5})));

/// Shapes that take more than one chunk, by each of the ways to encode.
TEST(Encode, LargeTensors) {
  struct Case {
    Index shape, block;
    Sparsity sparsity;
    unsigned width;
    bool symmetric;
  };
  const NMSparsity rows{2, 4, 0}, columns{2, 4, 1};
  for (const Case &c :
       std::vector<Case>{{{520, 1030}, {0, 1}, DenseSparsity(), 8, true},
                         {{520, 1030}, {1, 0}, DenseSparsity(), 8, false},
                         {{520, 1030}, {0, 0}, DenseSparsity(), 8, false},
                         {{4100, 129}, {0, 1}, DenseSparsity(), 5, false},
                         {{8, 80000}, {0, 0}, DenseSparsity(), 4, true},
                         {{512, 1032}, {128, 1}, rows, 4, true},
                         {{512, 1032}, {1, 128}, columns, 4, true},
                         {{512, 1032}, {0, 0}, rows, 3, false},
                         {{512, 1032}, {0, 0}, columns, 3, false},
                         {{512, 1032}, {6, 1}, rows, 4, true},
                         {{512, 1032}, {1, 6}, columns, 4, false}}) {
    Format format;
    format.shape.assign(c.shape.begin(), c.shape.end());
    format.sparsity = c.sparsity;
    AffineStorage storage;
    storage.width = c.width;
    storage.symmetric = c.symmetric;
    storage.block.assign(c.block.begin(), c.block.end());
    format.storage = storage;
    check(format, makeRandom(format, 7));
  }
}

TEST(Encode, RandomFormats) {
  std::mt19937 engine(11);
  auto draw = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine);
  };
  for (int i = 0; i < 400; ++i) {
    Format format;
    int64_t rank = draw(1, 4);
    NMSparsity nm;
    nm.m = draw(1, 20);
    nm.n = draw(1, nm.m);
    nm.axis = draw(0, rank - 1);
    bool sparse = draw(0, 1);
    AffineStorage storage;
    storage.width = draw(2, 8);
    storage.symmetric = draw(0, 1);
    storage.scaleType = ElementType(draw(0, 2));
    TiledLayout tiled;
    for (int64_t d = 0; d < rank; ++d) {
      int64_t extent = draw(1, 12);
      format.shape.push_back(sparse && d == nm.axis ? nm.m * draw(1, 4)
                                                    : extent);
      storage.block.push_back(draw(0, 14));
      tiled.tile.push_back(draw(1, 9));
    }
    format.expressed = ElementType(draw(0, 2));
    if (sparse)
      format.sparsity = nm;
    format.storage = storage;
    if (draw(0, 1))
      format.layout = tiled;
    check(format, makeRandom(format, i));
    if (HasFatalFailure())
      return;
  }
}

/// Values at the edges of the number formats.
TEST(Encode, Extremes) {
  const float largest = 0x1.fffffep127f, tiny = 0x1p-149f;
  const std::vector<std::vector<float>> rows = {
      {0, 0, 0, 0},
      {-0.0f, 0, -0.0f, 0},
      {largest, -largest, 1, 0},
      {largest, largest, largest, largest},
      {tiny, -tiny, 2 * tiny, 0},
      {0x1p-126f, -0x1p-130f, tiny, 0},
      {3, 3, 3, 3},
      {-3, -3, -3, -3},
      {1e-30f, 1e30f, -1e30f, 1},
      {0.5f, 1.5f, 2.5f, 127},
      {-0.5f, -1.5f, -2.5f, 127},
      {65504, 65519, 65520, -65536},
      {6e-8f, 3e-8f, -2.9e-8f, 6.1e-5f}};
  std::vector<float> dense;
  for (const auto &row : rows)
    dense.insert(dense.end(), row.begin(), row.end());
  for (ElementType scale :
       {ElementType::F32, ElementType::F16, ElementType::BF16})
    for (bool symmetric : {true, false})
      for (unsigned width : {2, 4, 8})
        for (Sparsity sparsity :
             {Sparsity(DenseSparsity()), Sparsity(NMSparsity{2, 4, 1})}) {
          Format format;
          format.shape = {int64_t(rows.size()), 4};
          format.sparsity = sparsity;
          format.storage = AffineStorage{width, symmetric, scale, {1, 0}};
          Encoded reference = encodeReference(format, dense);
          EncodeOptions options;
          options.select = true;
          for (Level level : getLevels()) {
            LevelScope scope(level);
            auto components = encodeOrFail(format, dense, options);
            EXPECT_EQ(components, reference.components) << describe(format);
            expectSame(reference.decoded, decodeOrFail(format, components),
                       format);
          }
        }
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16}) {
    Format format;
    format.shape = {int64_t(dense.size())};
    format.storage = FloatStorage{type};
    check(format, dense);
  }
}

/// Threads share the work, not the result.
TEST(Encode, ThreadsDoNotChangeBytes) {
  for (Index block : {Index{0, 1}, Index{1, 0}, Index{0, 0}, Index{128, 1}}) {
    Format format;
    format.shape = {520, 1032};
    format.sparsity = NMSparsity{2, 4, 0};
    format.storage = AffineStorage{
        4, true, ElementType::F16,
        llvm::SmallVector<int64_t, 4>(block.begin(), block.end())};
    std::vector<float> dense = makeRandom(format, 3);
    EncodeOptions options;
    options.select = true;
    ErrorStats expected;
    auto components = encodeOrFail(format, dense, options, &expected);
    auto decoded = decodeOrFail(format, components);
    for (unsigned count : {1, 2, 5}) {
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

/// Buffers may begin anywhere.
TEST(Encode, UnalignedBuffers) {
  Format format;
  format.shape = {6, 50};
  format.storage = AffineStorage{8, true, ElementType::F32, {0, 1}};
  std::vector<float> dense = makeRandom(format, 5);
  Encoded reference = encodeReference(format, dense);
  Bytes bytes = toBytes(format.expressed, dense);
  bytes.insert(bytes.begin(), 0);
  std::vector<Bytes> shifted = allocate(format);
  std::vector<MutableBytes> views;
  for (Bytes &component : shifted) {
    component.insert(component.begin(), 0);
    views.push_back(MutableBytes(component).drop_front());
  }
  ASSERT_FALSE(bool(encode(format, ConstBytes(bytes).drop_front(), views)));
  for (size_t i = 0; i < shifted.size(); ++i)
    EXPECT_EQ(Bytes(shifted[i].begin() + 1, shifted[i].end()),
              reference.components[i]);
  ASSERT_FALSE(bool(
      decode(format, {views[0], views[1]}, MutableBytes(bytes).drop_front())));
  bytes.erase(bytes.begin());
  expectSame(reference.decoded, toFloats(format.expressed, bytes), format);
}

TEST(Encode, EmptyTensors) {
  for (llvm::SmallVector<int64_t, 4> shape :
       {llvm::SmallVector<int64_t, 4>{0, 8}, {8, 0}, {0, 0}})
    for (const Storage &storage : getStorages(ElementType::F32, 2))
      for (const Sparsity &sparsity :
           {Sparsity(DenseSparsity()), Sparsity(NMSparsity{2, 4, 0})})
        for (const Layout &layout : getLayouts(2)) {
          Format format{shape, ElementType::F32, sparsity, storage, layout};
          ErrorStats stats;
          auto components = encodeOrFail(format, {}, {}, &stats);
          EXPECT_EQ(stats.elements, 0);
          EXPECT_EQ(stats.getMSE(), 0);
          EXPECT_TRUE(decodeOrFail(format, components).empty());
        }
}

} // namespace
