//===- TransposableTest.cpp - N:M sparsity along two axes -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <cmath>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Extents = llvm::SmallVector<int64_t, 4>;
using Floats = std::vector<float>;
using Mask = std::vector<bool>;

/// All masks of an m x m tile, in lexicographic order: extends a mask by a 0
/// and by a 1, in this order, as long as it can still be completed.
void enumerate(int n, int m, Mask mask, std::vector<Mask> &masks) {
  int size = mask.size(), inRow = 0, inColumn = 0;
  if (size > 0) {
    int row = (size - 1) / m, column = (size - 1) % m;
    for (int i = row * m; i < size; ++i)
      inRow += mask[i];
    for (int i = column; i < size; i += m)
      inColumn += mask[i];
    bool lastColumn = column == m - 1, lastRow = row == m - 1;
    if (inRow > n || inColumn > n || (lastColumn && inRow < n) ||
        (lastRow && inColumn < n))
      return;
  }
  if (size == m * m) {
    masks.push_back(mask);
    return;
  }
  for (bool bit : {false, true}) {
    Mask next = mask;
    next.push_back(bit);
    enumerate(n, m, next, masks);
  }
}

/// Tries every mask on every tile.
Floats pruneTiles(const Index &shape, const NMSparsity &nm,
                  const Floats &importance, const Floats &dense) {
  std::vector<Mask> masks;
  enumerate(nm.n, nm.m, {}, masks);
  int64_t rowAxis = std::min(nm.axis, nm.transposedAxis);
  int64_t columnAxis = std::max(nm.axis, nm.transposedAxis);
  Floats result(dense.size(), 0.0f);
  forEachIndex(shape, [&](const Index &index) {
    if (index[rowAxis] % nm.m != 0 || index[columnAxis] % nm.m != 0)
      return;
    std::vector<int64_t> at;
    for (int64_t i = 0; i < nm.m * nm.m; ++i) {
      Index element = index;
      element[rowAxis] += i / nm.m;
      element[columnAxis] += i % nm.m;
      at.push_back(getOffset(shape, element));
    }
    size_t best = 0;
    float greatest = 0;
    for (size_t k = 0; k < masks.size(); ++k) {
      float sum = 0;
      for (size_t i = 0; i < at.size(); ++i)
        if (masks[k][i])
          sum += importance[at[i]];
      if (k == 0 || sum > greatest) {
        greatest = sum;
        best = k;
      }
    }
    for (size_t i = 0; i < at.size(); ++i)
      if (masks[best][i])
        result[at[i]] = dense[at[i]];
  });
  return result;
}

struct Case {
  Index shape;
  NMSparsity nm;
};

std::vector<Case> getCases() {
  std::vector<Case> cases;
  for (auto [n, m] : {std::pair(2, 4), std::pair(1, 4), std::pair(3, 4),
                      std::pair(1, 2), std::pair(2, 3), std::pair(4, 4)})
    for (Index shape : {Index{m * 3, m * 5}, Index{m, m * 70},
                        Index{2, m * 2, 3, m * 2}, Index{m, m * 2, 5}})
      for (size_t axis = 0; axis < shape.size(); ++axis)
        for (size_t other = 0; other < shape.size(); ++other)
          if (axis != other && shape[axis] % m == 0 && shape[other] % m == 0)
            cases.push_back(
                {shape, NMSparsity{n, m, int64_t(axis), int64_t(other)}});
  return cases;
}

Format makeFormat(const Case &test, ElementType type) {
  Format format;
  format.shape.assign(test.shape.begin(), test.shape.end());
  format.expressed = type;
  format.sparsity = test.nm;
  format.storage = FloatStorage(type);
  return format;
}

Floats getMagnitudes(Floats values) {
  for (float &value : values)
    value = std::fabs(value);
  return values;
}

TEST(Transposable, NinetyMasksOfTwoOfFour) {
  std::vector<Mask> masks;
  enumerate(2, 4, {}, masks);
  EXPECT_EQ(masks.size(), 90u);
}

TEST(Transposable, KeepsTheBestMask) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(3));
  unsigned seed = 1;
  for (const Case &test : getCases())
    for (ElementType type : {ElementType::F32, ElementType::BF16})
      for (bool ties : {false, true})
        for (bool scored : {false, true}) {
          Format format = makeFormat(test, type);
          Floats dense = makeRandom(format, seed++);
          if (ties)
            for (float &value : dense)
              value = std::nearbyint(value);
          format.expressed = ElementType::F32;
          Floats scores = makeRandom(format, seed++);
          Bytes bytes = toBytes(type, dense);
          Bytes scoreBytes = toBytes(ElementType::F32, scores);
          PruneOptions options;
          options.threads = &pool;
          if (scored)
            options.scores = scoreBytes;
          auto removed = prune(test.shape, type, test.nm, bytes, options);
          ASSERT_TRUE(bool(removed)) << llvm::toString(removed.takeError());
          Floats expected =
              pruneTiles(test.shape, test.nm,
                         scored ? scores : getMagnitudes(dense), dense);
          Floats found = toFloats(type, bytes);
          ASSERT_EQ(found, expected)
              << describe(format) << " and axis " << test.nm.transposedAxis;
          EXPECT_EQ(*removed, std::count(found.begin(), found.end(), 0) -
                                  std::count(dense.begin(), dense.end(), 0));
          // At most n of m along both axes: nothing more to remove.
          for (int64_t axis : {test.nm.axis, test.nm.transposedAxis})
            EXPECT_EQ(llvm::cantFail(
                          prune(test.shape, type,
                                NMSparsity{test.nm.n, test.nm.m, axis}, bytes)),
                      0);
          EXPECT_EQ(
              llvm::cantFail(prune(test.shape, type, test.nm, bytes, options)),
              0);
          EXPECT_EQ(toFloats(type, bytes), expected);
        }
}

/// Selecting while encoding is pruning, then encoding N:M along the axis.
TEST(Transposable, EncodeSelects) {
  for (const Case &test : getCases()) {
    Format format = makeFormat(test, ElementType::F32), plain = format;
    Extents block(test.shape.size(), 0);
    block.back() = 3;
    format.storage = AffineStorage{4, false, ElementType::F16, block};
    plain.storage = format.storage;
    plain.sparsity = NMSparsity{test.nm.n, test.nm.m, test.nm.axis};
    Floats dense = makeRandom(format, 11);
    Floats pruned =
        pruneTiles(test.shape, test.nm, getMagnitudes(dense), dense);
    EncodeOptions options;
    options.select = true;
    ErrorStats stats;
    std::vector<Bytes> components =
        encodeOrFail(format, dense, options, &stats);
    EXPECT_EQ(components, encodeReference(plain, pruned).components);
    // Already pruned, there is nothing to select.
    EXPECT_EQ(components, encodeOrFail(format, pruned, {}));
    Floats decoded = decodeOrFail(format, components);
    ErrorStats expected =
        compare(ElementType::F32, toBytes(ElementType::F32, dense),
                toBytes(ElementType::F32, decoded));
    EXPECT_EQ(stats.sumSquaredError, expected.sumSquaredError);
    EXPECT_EQ(stats.maxAbsError, expected.maxAbsError);
    EXPECT_EQ(stats.zeros, expected.zeros);
  }
}

TEST(Transposable, ViolationAlongTheOtherAxis) {
  Format format =
      makeFormat({{8, 8}, NMSparsity{2, 4, 1, 0}}, ElementType::F32);
  Floats dense(64, 0.0f);
  for (int row : {4, 5, 7})
    dense[row * 8 + 2] = 1;
  std::vector<Bytes> components = allocate(format);
  llvm::Error error =
      encode(format, toBytes(ElementType::F32, dense), getViews(components));
  std::string text = llvm::toString(std::move(error));
  EXPECT_EQ(text.rfind("element [7, 2]: expected at most 2 nonzeros in each 4 "
                       "positions along axis 0",
                       0),
            0u)
      << text;
}

} // namespace
