//===- SparseStorageTest.cpp - Any storage of what is kept ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseReference.h"
#include "gtest/gtest.h"
#include <map>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Extents = llvm::SmallVector<int64_t, 4>;
using Floats = std::vector<float>;

/// One of every kind, with blocks of the given extents.
std::vector<Storage> getStorages(const Extents &block) {
  auto scaling = [&](ElementType type) { return Scaling{type, block, {}, {}}; };
  using Kind = CodebookStorage::Kind;
  return {AffineStorage(4, true, scaling(ElementType::F16)),
          AffineStorage(3, false, scaling(ElementType::F8E4M3FN)),
          AffineStorage(8, true, scaling(ElementType::F8E8M0FNU)),
          FloatStorage(ElementType::BF16),
          FloatStorage(ElementType::F8E5M2),
          FloatStorage(ElementType::F8E4M3FN, scaling(ElementType::F32)),
          FloatStorage(ElementType::F4E2M1FN, scaling(ElementType::F8E8M0FNU)),
          CodebookStorage(Kind::NF4, 4, scaling(ElementType::F32)),
          CodebookStorage(Kind::Ternary, 2, scaling(ElementType::F32)),
          CodebookStorage(Kind::KMeans, 3, scaling(ElementType::F16)),
          CodebookStorage(Kind::Quantile, 5, scaling(ElementType::F32))};
}

Storage withBlock(Storage storage, const Extents &block) {
  std::visit([&](Scaling &scaling) { scaling.block = block; }, storage);
  return storage;
}

std::vector<Sparsity> getSparsities() {
  return {BitmapSparsity{70}, CSRSparsity{70}, BlockSparsity{{3, 4}, 8},
          BitmapSparsity{0}, CSRSparsity{216}};
}

std::vector<Observer> getObservers() {
  Observer percentile, error;
  percentile.kind = Observer::Kind::Percentile;
  percentile.percentile = 90;
  error.kind = Observer::Kind::MSE;
  return {Observer(), percentile, error};
}

/// The parameters of each block, and what it decodes to, are those of its kept
/// values alone.
TEST(SparseStorage, BlocksKnowTheirKeptValuesOnly) {
  const Index shape = {12, 18};
  for (const Extents &block : {Extents{0, 0}, Extents{0, 1}, Extents{5, 4}})
    for (const Storage &storage : getStorages(block))
      for (const Sparsity &sparsity : getSparsities())
        for (const Observer &observer : getObservers()) {
          if (observer.kind != Observer::Kind::MinMax &&
              !std::holds_alternative<AffineStorage>(storage))
            continue;
          Format format;
          format.shape = {12, 18};
          format.storage = storage;
          format.sparsity = sparsity;
          Floats dense = makeRandom(format, 4);
          EncodeOptions options;
          options.select = true;
          options.observer = observer;
          auto components = encodeOrFail(format, dense, options);
          Floats decoded = decodeOrFail(format, components);

          std::map<Index, Index> blocks;
          for (const KeptValue &value : getCounted(format, dense)) {
            Index at;
            for (size_t i = 0; i < 2; ++i)
              at.push_back(block[i] == 0 ? 0 : value.dense[i] / block[i]);
            blocks[at].push_back(getOffset(shape, value.dense));
          }
          Floats expected(dense.size(), 0);
          for (auto &[at, offsets] : blocks) {
            std::sort(offsets.begin(), offsets.end());
            Format own;
            own.shape = {int64_t(offsets.size())};
            own.storage = withBlock(storage, {0});
            Floats values;
            for (int64_t offset : offsets)
              values.push_back(dense[offset]);
            auto ownComponents = encodeOrFail(own, values, options);
            Floats ownDecoded = decodeOrFail(own, ownComponents);
            for (size_t i = 0; i < offsets.size(); ++i)
              expected[offsets[i]] = ownDecoded[i];
          }
          EXPECT_EQ(decoded, expected)
              << describe(format) << " observer " << int(observer.kind);
        }
}

/// Scales below super scales: those of the dense tensor with zeros where
/// nothing is kept, which do not change the greatest magnitude of a block.
TEST(SparseStorage, TwoLevelScales) {
  for (const Extents &superBlock : {Extents{0, 0}, Extents{4, 9}})
    for (const Sparsity &sparsity : getSparsities())
      for (bool affine : {false, true}) {
        Scaling scaling{
            ElementType::F8E4M3FN, {1, 3}, ElementType::F32, superBlock};
        Format format, plain;
        format.shape = {12, 18};
        format.storage =
            affine ? Storage(AffineStorage(4, true, scaling))
                   : Storage(FloatStorage(ElementType::F4E2M1FN, scaling));
        plain = format;
        format.sparsity = sparsity;
        Floats pruned = pruneCounted(format, makeRandom(format, 6));
        auto components = encodeOrFail(format, pruned, {});
        auto expected = encodeOrFail(plain, pruned, {});
        EXPECT_EQ(components[1], expected[1]) << describe(format);
        EXPECT_EQ(components[2], expected[2]) << describe(format);
        EXPECT_EQ(decodeOrFail(format, components),
                  decodeOrFail(plain, expected))
            << describe(format);
      }
}

/// Codes that kept values share are those of the kept array, in any layout.
TEST(SparseStorage, SharedCodes) {
  using Kind = CodebookStorage::Kind;
  for (int64_t vector : {2, 4, 8})
    for (Kind kind : {Kind::KMeans, Kind::Quantile})
      for (const Sparsity &sparsity : getSparsities())
        for (bool tiled : {false, true})
          for (ElementType expressed : {ElementType::F32, ElementType::F16}) {
            Format format;
            format.shape = {12, 18};
            format.expressed = expressed;
            format.sparsity = sparsity;
            format.storage = CodebookStorage(
                kind, 3, Scaling{ElementType::F16, {0, 0}, {}, {}}, vector);
            Format array = format;
            array.shape = getKeptShape(format);
            array.sparsity = DenseSparsity();
            array.storage =
                withBlock(format.storage, Extents(array.shape.size(), 0));
            if (tiled) {
              Extents tile(array.shape.size(), 2);
              tile.back() = 16;
              format.layout = array.layout = TiledLayout{tile};
            }
            ASSERT_FALSE(bool(verify(format)));
            Floats dense = makeRandom(format, 6);
            auto kept = getCounted(format, dense);
            Index keptShape(array.shape.begin(), array.shape.end());
            int64_t size = 1;
            for (int64_t extent : keptShape)
              size *= extent;
            Floats values(size, 0);
            for (const KeptValue &value : kept)
              values[getOffset(keptShape, value.kept)] =
                  dense[getOffset({12, 18}, value.dense)];

            EncodeOptions options;
            options.select = true;
            ErrorStats stats;
            auto components = encodeOrFail(format, dense, options, &stats);
            auto expected = encodeOrFail(array, values, options);
            EXPECT_EQ(components[0], expected[0]) << describe(format);
            // An empty array has no table, but the tensor has a table of zeros.
            if (size == 0)
              expected[1].assign(components[1].size(), 0);
            EXPECT_EQ(components[1], expected[1]) << describe(format);
            if (size == 0)
              expected[1].clear();
            Floats decodedArray = decodeOrFail(array, expected);
            Floats decoded(dense.size(), 0);
            for (const KeptValue &value : kept)
              decoded[getOffset({12, 18}, value.dense)] =
                  decodedArray[getOffset(keptShape, value.kept)];
            EXPECT_EQ(decodeOrFail(format, components), decoded)
                << describe(format);
            ErrorStats direct = compare(expressed, toBytes(expressed, dense),
                                        toBytes(expressed, decoded));
            EXPECT_EQ(stats.sumSquaredError, direct.sumSquaredError);
            EXPECT_EQ(stats.zeros, direct.zeros);

            // With the table given, the same codes again.
            auto again = components;
            std::fill(again[0].begin(), again[0].end(), char(0x5a));
            ASSERT_FALSE(bool(encodeWithParameters(
                format, toBytes(expressed, dense), getViews(again), options)));
            EXPECT_EQ(again, components);
          }
}

} // namespace
