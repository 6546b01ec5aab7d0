//===- RelayoutTest.cpp - Moving stored bits between layouts
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "gtest/gtest.h"

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {
/// Every kind of storage and sparsity over a ragged shape.
std::vector<Format> makeFormats() {
  std::vector<Format> formats;
  std::vector<Storage> storages;
  for (unsigned width : {2u, 3u, 4u, 5u, 8u})
    for (bool symmetric : {true, false})
      storages.push_back(
          AffineStorage{width, symmetric, ElementType::F16, {16, 1}});
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16})
    storages.push_back(FloatStorage{type});
  storages.push_back(FloatStorage(
      ElementType::F4E2M1FN,
      Scaling{ElementType::F8E4M3FN, {16, 1}, ElementType::F32, {0, 0}}));
  for (int64_t vector : {1, 2})
    storages.push_back(
        CodebookStorage(CodebookStorage::Kind::Quantile, 3,
                        Scaling{ElementType::F16, {0, 0}, {}, {}}, vector));
  for (const Sparsity &sparsity :
       {Sparsity(DenseSparsity{}), Sparsity(NMSparsity{2, 4, 0}),
        Sparsity(NMSparsity{3, 5, 1})})
    for (const Storage &storage : storages) {
      Format format;
      format.shape = {36, 35};
      format.sparsity = sparsity;
      format.storage = storage;
      formats.push_back(format);
    }
  return formats;
}

/// Components encoded with a layout must be those that relayout gives.
void checkRelayout(const Format &from, const Format &to) {
  EncodeOptions options;
  options.select = true;
  std::vector<float> dense = makeRandom(from, 7);
  std::vector<Bytes> source = encodeOrFail(from, dense, options);
  std::vector<Bytes> expected = encodeOrFail(to, dense, options);
  std::vector<Bytes> actual = allocate(to);
  // Stale bytes must not show through, in padding either.
  for (Bytes &component : actual)
    std::fill(component.begin(), component.end(), char(0xa5));
  std::vector<MutableBytes> views = getViews(actual);
  std::vector<ConstBytes> sourceViews = getConstViews(source);
  relayout(from, to, sourceViews, views);
  EXPECT_EQ(actual, expected) << describe(from) << " to " << describe(to);
}
} // namespace

TEST(RelayoutTest, EqualsEncodingWithTheLayout) {
  for (const Format &format : makeFormats()) {
    Format tiled = format, other = format;
    tiled.layout = TiledLayout{{8, 16}};
    other.layout = TiledLayout{{5, 3 * getVectorSize(format.storage)}};
    checkRelayout(format, tiled);
    if (getVectorSize(format.storage) == 1) {
      Format permuted = tiled;
      permuted.layout = TiledLayout{{8, 16}, {4, 0, 6, 2, 5, 1, 3}};
      checkRelayout(format, permuted);
      checkRelayout(permuted, tiled);
    }
    checkRelayout(tiled, format);
    checkRelayout(tiled, other);
  }
}

TEST(RelayoutTest, EmptyTensor) {
  Format format;
  format.shape = {0, 8};
  format.storage = FloatStorage{ElementType::F16};
  Format tiled = format;
  tiled.layout = TiledLayout{{4, 4}};
  std::vector<Bytes> source = allocate(format), result = allocate(tiled);
  std::vector<MutableBytes> views = getViews(result);
  std::vector<ConstBytes> sourceViews = getConstViews(source);
  relayout(format, tiled, sourceViews, views);
  for (const Bytes &component : result)
    for (char byte : component)
      EXPECT_EQ(byte, 0);
}
