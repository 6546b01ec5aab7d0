//===- StorageTest.cpp - Small floats, codebooks and their scales ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include "StorageReference.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Extents = llvm::SmallVector<int64_t, 4>;
using Kind = CodebookStorage::Kind;

constexpr ElementType smallFloats[] = {
    ElementType::F8E4M3FN, ElementType::F8E5M2, ElementType::F4E2M1FN};
constexpr ElementType scaleTypes[] = {
    ElementType::F32,      ElementType::F16,    ElementType::BF16,
    ElementType::F8E4M3FN, ElementType::F8E5M2, ElementType::F8E8M0FNU};

/// Scalings with one and with two levels, blocks that are ragged and whole.
std::vector<Scaling> getScalings(unsigned rank) {
  Extents whole(rank, 0), column(rank, 0), odd(rank, 3), group(rank, 1);
  column.back() = 1;
  group.front() = 4;
  Extents superGroup(rank, 0);
  superGroup.front() = 8;
  Extents superOdd(rank, 6);
  return {{ElementType::F32, column, {}, {}},
          {ElementType::F16, odd, {}, {}},
          {ElementType::BF16, whole, {}, {}},
          {ElementType::F8E4M3FN, group, {}, {}},
          {ElementType::F8E5M2, odd, {}, {}},
          {ElementType::F8E8M0FNU, group, {}, {}},
          {ElementType::F8E4M3FN, group, ElementType::F32, whole},
          {ElementType::F8E5M2, group, ElementType::F16, superGroup},
          {ElementType::F16, odd, ElementType::BF16, superOdd}};
}

/// Every storage with blocks, but for plain affine ones.
std::vector<Storage> getScaledStorages(const Scaling &scaling) {
  std::vector<Storage> storages = {AffineStorage(4, true, scaling),
                                   AffineStorage(5, false, scaling),
                                   CodebookStorage(Kind::NF4, 4, scaling),
                                   CodebookStorage(Kind::Ternary, 2, scaling)};
  for (ElementType type : smallFloats)
    storages.push_back(FloatStorage(type, scaling));
  return storages;
}

std::vector<Storage> getLearnedStorages(unsigned rank) {
  Extents whole(rank, 0), column(rank, 0), odd(rank, 3);
  column.back() = 1;
  auto f32 = [](Extents block) {
    return Scaling{ElementType::F32, block, {}, {}};
  };
  return {
      CodebookStorage(Kind::KMeans, 3, f32(column)),
      CodebookStorage(Kind::KMeans, 1, {ElementType::BF16, whole, {}, {}}),
      CodebookStorage(Kind::Quantile, 2, {ElementType::F16, odd, {}, {}}),
      CodebookStorage(Kind::Quantile, 8, f32(whole)),
      CodebookStorage(Kind::KMeans, 2, f32(whole), 2),
      CodebookStorage(Kind::KMeans, 3, {ElementType::F16, whole, {}, {}}, 4),
      CodebookStorage(Kind::Quantile, 4, f32(whole), 8)};
}

std::vector<Storage> getStorages(unsigned rank) {
  std::vector<Storage> storages = getLearnedStorages(rank);
  for (const Scaling &scaling : getScalings(rank))
    for (const Storage &storage : getScaledStorages(scaling))
      storages.push_back(storage);
  for (ElementType type : smallFloats)
    storages.push_back(FloatStorage(type));
  return storages;
}

/// Dense and N:M along each axis, and every other sparsity once.
std::vector<Sparsity> getSparsities(const Index &shape) {
  std::vector<Sparsity> sparsities = {DenseSparsity()};
  for (size_t axis = 0; axis < shape.size(); ++axis)
    if (shape[axis] % 4 == 0)
      sparsities.push_back(NMSparsity{2, 4, int64_t(axis)});
  int64_t size = 1;
  for (int64_t extent : shape)
    size *= extent;
  sparsities.push_back(BitmapSparsity{size * 2 / 5});
  sparsities.push_back(CSRSparsity{size / 2});
  sparsities.push_back(BlockSparsity{Extents(shape.size(), 3), 2});
  return sparsities;
}

std::vector<Layout> getLayouts(size_t rank, int64_t vector) {
  TiledLayout even, odd;
  even.tile.assign(rank, 4);
  even.tile.back() = 8;
  odd.tile.assign(rank, 3);
  odd.tile.back() = 5 * vector;
  return {RowMajorLayout(), even, odd};
}

class EveryStorage : public testing::TestWithParam<Index> {};

TEST_P(EveryStorage, MatchesTheFormulas) {
  const Index &shape = GetParam();
  unsigned seed = 1;
  const ElementType types[] = {ElementType::F32, ElementType::F16,
                               ElementType::BF16};
  for (const Storage &storage : getStorages(shape.size()))
    for (const Sparsity &sparsity : getSparsities(shape)) {
      Format format;
      format.shape.assign(shape.begin(), shape.end());
      format.expressed = types[seed % 3];
      format.storage = storage;
      format.sparsity = sparsity;
      for (const Layout &layout :
           getLayouts(getKeptShape(format).size(), getVectorSize(storage))) {
        Format laidOut = format;
        laidOut.layout = layout;
        check(laidOut, makeRandom(laidOut, seed++));
        if (HasFatalFailure())
          return;
      }
    }
}

INSTANTIATE_TEST_SUITE_P(Shapes, EveryStorage,
                         testing::Values(Index{40}, Index{16, 20}, Index{9, 7},
                                         Index{4, 8, 5}));

/// Shapes that take more than one chunk, by each of the ways to encode.
TEST(Storage, LargeTensors) {
  auto scaling = [](Extents block, ElementType type = ElementType::F32) {
    return Scaling{type, block, {}, {}};
  };
  const Scaling nvfp4{ElementType::F8E4M3FN, {1, 16}, ElementType::F32, {0, 0}};
  const NMSparsity rows{2, 4, 0}, columns{2, 4, 1};
  const std::pair<Storage, Sparsity> cases[] = {
      {FloatStorage(ElementType::F4E2M1FN, nvfp4), DenseSparsity()},
      {FloatStorage(ElementType::F8E4M3FN, scaling({0, 0})), rows},
      {FloatStorage(ElementType::F8E5M2,
                    scaling({1, 32}, ElementType::F8E8M0FNU)),
       columns},
      {CodebookStorage(Kind::NF4, 4, scaling({64, 1})), DenseSparsity()},
      {CodebookStorage(Kind::Ternary, 2, scaling({0, 1})), DenseSparsity()},
      {CodebookStorage(Kind::Ternary, 2, scaling({0, 0})), rows},
      {CodebookStorage(Kind::Ternary, 2, scaling({6, 7})), rows},
      {CodebookStorage(Kind::Ternary, 2, scaling({1, 0})), columns},
      {CodebookStorage(Kind::Quantile, 4, scaling({0, 0})), rows},
      {CodebookStorage(Kind::Quantile, 2, scaling({0, 1})), columns},
      {CodebookStorage(Kind::Quantile, 3, scaling({0, 0}), 4), rows}};
  for (const auto &[storage, sparsity] : cases) {
    Format format;
    format.shape = {516, 1032};
    format.storage = storage;
    format.sparsity = sparsity;
    check(format, makeRandom(format, 7));
    if (HasFatalFailure())
      return;
  }
}

TEST(Storage, RandomFormats) {
  std::mt19937 engine(23);
  auto draw = [&](int64_t low, int64_t high) {
    return std::uniform_int_distribution<int64_t>(low, high)(engine);
  };
  for (int i = 0; i < 300; ++i) {
    Format format;
    int64_t rank = draw(1, 4);
    Scaling scaling;
    scaling.scaleType = scaleTypes[draw(0, 5)];
    TiledLayout tiled;
    for (int64_t d = 0; d < rank; ++d) {
      format.shape.push_back(4 * draw(1, 4) - 2 * draw(0, 1));
      scaling.block.push_back(draw(0, 9));
      tiled.tile.push_back(draw(1, 9));
    }
    format.expressed = ElementType(draw(0, 2));
    int64_t axis = draw(0, rank - 1);
    if (draw(0, 1) && format.shape[axis] % 4 == 0)
      format.sparsity = NMSparsity{draw(1, 4), 4, axis};
    if (draw(0, 1))
      format.layout = tiled;
    bool learned = draw(0, 3) == 0;
    if (learned) {
      if (scaling.scaleType > ElementType::BF16)
        scaling.scaleType = ElementType::F16;
      format.storage = CodebookStorage(
          draw(0, 1) ? Kind::KMeans : Kind::Quantile, draw(1, 8), scaling);
    } else {
      if (draw(0, 1) && (scaling.scaleType == ElementType::F16 ||
                         scaling.scaleType == ElementType::F8E4M3FN ||
                         scaling.scaleType == ElementType::F8E5M2)) {
        scaling.superScaleType = ElementType(draw(0, 2));
        for (int64_t block : scaling.block)
          scaling.superBlock.push_back(block * draw(0, 3));
      }
      auto storages = getScaledStorages(scaling);
      format.storage = storages[draw(0, storages.size() - 1)];
    }
    check(format, makeRandom(format, i));
    if (HasFatalFailure())
      return;
  }
}

/// Values at the edges of the number formats, one row to a block; the rows
/// of zeros and of one value among them.
std::vector<float> getExtremes() {
  const float largest = 0x1.fffffep127f, tiny = 0x1p-149f;
  return {0,         0,          0,        0,        //
          -0.0f,     0,          -0.0f,    0,        //
          largest,   -largest,   1,        0,        //
          largest,   largest,    largest,  largest,  //
          tiny,      -tiny,      2 * tiny, 0,        //
          0x1p-126f, -0x1p-130f, tiny,     0,        //
          3,         3,          3,        3,        //
          -3,        -3,         -3,       -3,       //
          1e-30f,    1e30f,      -1e30f,   1,        //
          0.5f,      1.5f,       2.5f,     448,      //
          464,       -464.1f,    480,      61440,    //
          61439,     65536,      7,        6,        //
          0x1p-9f,   0x1p-10f,   0x1p-16f, 0x1p-17f, //
          0.25f,     0.75f,      1.25f,    5};
}

TEST(Storage, Extremes) {
  const std::vector<float> dense = getExtremes();
  EncodeOptions options;
  options.select = true;
  for (const Sparsity &sparsity :
       {Sparsity(DenseSparsity()), Sparsity(NMSparsity{2, 4, 1})}) {
    Format format;
    format.shape = {int64_t(dense.size()) / 4, 4};
    format.sparsity = sparsity;
    std::vector<Storage> storages;
    for (ElementType type : scaleTypes)
      for (const Storage &storage :
           getScaledStorages(Scaling{type, {1, 0}, {}, {}}))
        storages.push_back(storage);
    for (Extents super : {Extents{1, 0}, Extents{0, 0}})
      for (ElementType superType :
           {ElementType::F32, ElementType::F16, ElementType::BF16})
        for (const Storage &storage : getScaledStorages(
                 Scaling{ElementType::F8E4M3FN, {1, 0}, superType, super}))
          storages.push_back(storage);
    for (ElementType type : smallFloats)
      storages.push_back(FloatStorage(type));
    for (const Storage &storage : storages) {
      format.storage = storage;
      Encoded reference = encodeReference(format, dense);
      for (Level level : getLevels()) {
        LevelScope scope(level);
        auto components = encodeOrFail(format, dense, options);
        EXPECT_EQ(components, reference.components) << describe(format);
        expectSame(reference.decoded, decodeOrFail(format, components), format);
      }
    }
  }
}

/// Decoded values encode to the same codes: where a scale is a power of two,
/// quotients are exact and the greatest magnitude, a code times the scale,
/// finds it again (it is at least the code's power of two). Plain floats and
/// tables (given again) hold what they decode to.
TEST(Storage, DecodedValuesEncodeToThemselves) {
  std::vector<Storage> storages;
  for (ElementType type : smallFloats) {
    storages.push_back(FloatStorage(type));
    storages.push_back(
        FloatStorage(type, Scaling{ElementType::F8E8M0FNU, {1, 32}, {}, {}}));
  }
  for (const Storage &storage : storages) {
    Format format;
    format.shape = {48, 64};
    format.storage = storage;
    auto components = encodeOrFail(format, makeRandom(format, 3), {});
    auto decoded = decodeOrFail(format, components);
    EXPECT_EQ(encodeOrFail(format, decoded, {}), components)
        << describe(format);
  }
  for (const Storage &storage : getLearnedStorages(2)) {
    Format format;
    format.shape = {48, 64};
    format.storage = storage;
    auto components = encodeOrFail(format, makeRandom(format, 3), {});
    auto decoded = decodeOrFail(format, components);
    auto again = components;
    ASSERT_FALSE(bool(encodeWithParameters(
        format, toBytes(format.expressed, decoded), getViews(again))));
    EXPECT_EQ(decodeOrFail(format, again), decoded) << describe(format);
  }
}

/// The two-level format of NVFP4 on a block whose numbers are easy: raw scales
/// 1 and 1/2 (6 / 6, 3 / 6), the super scale 1 / 448, stored scales 448 and
/// 224.
TEST(Storage, NVFP4) {
  Format format;
  format.shape = {32};
  format.storage =
      FloatStorage(ElementType::F4E2M1FN,
                   Scaling{ElementType::F8E4M3FN, {16}, ElementType::F32, {0}});
  std::vector<float> dense(32, 0.0f);
  dense[0] = 6;
  dense[1] = -0.5f;
  dense[16] = -3;
  dense[17] = 0.25f;
  auto components = encodeOrFail(format, dense, {});
  ASSERT_EQ(components.size(), 3u);
  EXPECT_EQ(components[0][0], char(0x97));
  EXPECT_EQ(components[0][8], char(0x1f));
  EXPECT_EQ(components[1], (Bytes{0x7e, 0x76}));
  EXPECT_EQ(toFloats(ElementType::F32, components[2])[0], 1 / 448.0f);
  // 448 * f32(1/448) rounds to 1.
  EXPECT_EQ(decodeOrFail(format, components), dense);
}

/// Tables are learned in the same way by any number of threads.
TEST(Storage, ThreadsDoNotChangeBytes) {
  std::vector<Storage> storages = getLearnedStorages(2);
  storages.push_back(CodebookStorage(
      Kind::Ternary, 2, Scaling{ElementType::F32, {0, 0}, {}, {}}));
  storages.push_back(FloatStorage(
      ElementType::F4E2M1FN,
      Scaling{ElementType::F8E4M3FN, {16, 1}, ElementType::F32, {0, 0}}));
  for (const Storage &storage : storages) {
    Format format;
    format.shape = {260, 1032};
    format.storage = storage;
    std::vector<float> dense = makeRandom(format, 3);
    ErrorStats expected;
    auto components = encodeOrFail(format, dense, {}, &expected);
    auto decoded = decodeOrFail(format, components);
    for (unsigned count : {2, 5}) {
      llvm::DefaultThreadPool pool(llvm::hardware_concurrency(count));
      EncodeOptions options;
      options.threads = &pool;
      ErrorStats stats;
      EXPECT_EQ(components, encodeOrFail(format, dense, options, &stats))
          << describe(format);
      EXPECT_EQ(stats.sumSquaredError, expected.sumSquaredError);
      EXPECT_EQ(decoded, decodeOrFail(format, components, &pool));
    }
  }
}

TEST(Storage, EmptyTensors) {
  for (Extents shape : {Extents{0, 8}, Extents{8, 0}})
    for (const Storage &storage : getStorages(2))
      for (const Layout &layout : getLayouts(2, getVectorSize(storage))) {
        Format format{shape, ElementType::F32, DenseSparsity(), storage,
                      layout};
        auto components = encodeOrFail(format, {}, {});
        EXPECT_TRUE(decodeOrFail(format, components).empty());
      }
}

} // namespace
