//===- SparsePruneTest.cpp - Counts, scores, masks and tiles --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseReference.h"
#include "llvm/Support/ThreadPool.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

using Extents = llvm::SmallVector<int64_t, 4>;
using Floats = std::vector<float>;

Format makeFormat(llvm::ArrayRef<int64_t> shape, Sparsity sparsity,
                  ElementType type = ElementType::F32) {
  Format format;
  format.shape.assign(shape.begin(), shape.end());
  format.sparsity = std::move(sparsity);
  format.expressed = type;
  format.storage = FloatStorage(type);
  return format;
}

/// Few values, so that most of them tie, and zeros.
Floats makeTies(const Format &format, unsigned seed) {
  Floats values = makeRandom(format, seed);
  for (float &value : values)
    value = std::nearbyint(value * 2) / 2;
  return values;
}

/// Prunes and expects success, the count of removed nonzeros, and that a second
/// time removes nothing and changes nothing.
Floats pruneOrFail(const Format &format, const Floats &dense,
                   const PruneOptions &options = {}) {
  Bytes bytes = toBytes(format.expressed, dense);
  auto found =
      prune(format.shape, format.expressed, format.sparsity, bytes, options);
  EXPECT_TRUE(bool(found)) << describe(format);
  if (!found) {
    ADD_FAILURE() << llvm::toString(found.takeError());
    return {};
  }
  Floats pruned = toFloats(format.expressed, bytes);
  EXPECT_EQ(*found, std::count(pruned.begin(), pruned.end(), 0) -
                        std::count(dense.begin(), dense.end(), 0))
      << describe(format);
  Bytes again = bytes;
  EXPECT_EQ(llvm::cantFail(prune(format.shape, format.expressed,
                                 format.sparsity, again, options)),
            0)
      << describe(format);
  EXPECT_EQ(again, bytes) << describe(format);
  return pruned;
}

std::vector<Format> makeFormats() {
  std::vector<Format> formats;
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16})
    for (Extents shape :
         {Extents{40}, Extents{16, 20}, Extents{5, 7}, Extents{2, 8, 3},
          Extents{2, 3, 4, 5}, Extents{1, 9}}) {
      int64_t size = 1, blocks = 1;
      for (int64_t extent : shape) {
        size *= extent;
        blocks *= (extent + 2) / 3;
      }
      for (int64_t count : {int64_t(0), int64_t(1), size / 3, size - 1, size}) {
        formats.push_back(makeFormat(shape, BitmapSparsity{count}, type));
        formats.push_back(makeFormat(shape, CSRSparsity{count}, type));
      }
      for (int64_t count : {int64_t(0), blocks / 2, blocks})
        formats.push_back(makeFormat(
            shape, BlockSparsity{Extents(shape.size(), 3), count}, type));
    }
  return formats;
}

TEST(SparsePrune, KeepsTheGreatestMagnitudes) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(3));
  unsigned seed = 1;
  for (const Format &format : makeFormats())
    for (bool ties : {false, true}) {
      Floats dense =
          ties ? makeTies(format, seed++) : makeRandom(format, seed++);
      PruneOptions options;
      Floats pruned = pruneOrFail(format, dense, options);
      EXPECT_EQ(pruned, pruneCounted(format, dense)) << describe(format);
      options.threads = &pool;
      EXPECT_EQ(pruned, pruneOrFail(format, dense, options))
          << describe(format);
    }
}

/// More than one piece, share and word: threads share them.
TEST(SparsePrune, LargeTensors) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(3));
  for (const Format &format :
       {makeFormat({3, 66001}, CSRSparsity{12345}),
        makeFormat({140000}, BitmapSparsity{70001}),
        makeFormat({330, 517}, BitmapSparsity{7}),
        makeFormat({330, 517}, BlockSparsity{{32, 32}, 100}),
        makeFormat({5, 40000}, BlockSparsity{{2, 1000}, 77})}) {
    for (bool ties : {false, true}) {
      Floats dense = ties ? makeTies(format, 5) : makeRandom(format, 5);
      PruneOptions options;
      options.threads = &pool;
      EXPECT_EQ(pruneOrFail(format, dense, options),
                pruneCounted(format, dense))
          << describe(format);
    }
  }
}

/// Scores of either sign, among them both zeros, rank the elements, whatever
/// these are.
TEST(SparsePrune, ScoresOfElements) {
  unsigned seed = 100;
  for (const Format &format : makeFormats()) {
    auto *csr = std::get_if<CSRSparsity>(&format.sparsity);
    if (!csr)
      continue;
    Format scored = format;
    scored.expressed = ElementType::F32;
    Floats dense = makeTies(format, seed++), scores = makeTies(scored, seed++);
    std::vector<std::pair<float, size_t>> order;
    for (size_t i = 0; i < scores.size(); ++i)
      order.push_back({-scores[i], i});
    std::sort(order.begin(), order.end());
    Floats expected(dense.size(), 0);
    for (int64_t k = 0; k < csr->count; ++k)
      expected[order[k].second] = dense[order[k].second];
    Bytes bytes = toBytes(ElementType::F32, scores);
    PruneOptions options;
    options.scores = bytes;
    EXPECT_EQ(pruneOrFail(format, dense, options), expected)
        << describe(format);
  }
}

TEST(SparsePrune, ScoresOfBlocks) {
  Format format = makeFormat({5, 4}, BlockSparsity{{2, 3}, 2});
  // Blocks of 6, 2, 6, 2, 3 and 1 elements: their sums are 6, -1, 6, 7, -3, 2.
  Floats scores = {1, 1, 1, -1, 1, 1, 1,  0,  1,  1,
                   1, 5, 1, 1,  1, 2, -1, -1, -1, 2};
  Floats dense(20, 3), expected(20, 0);
  for (int i : {0, 1, 2, 4, 5, 6, 11, 15})
    expected[i] = 3;
  Bytes bytes = toBytes(ElementType::F32, scores);
  PruneOptions options;
  options.scores = bytes;
  EXPECT_EQ(pruneOrFail(format, dense, options), expected);
}

TEST(SparsePrune, ScoresOfGroups) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(3));
  for (Extents shape : {Extents{12, 20}, Extents{8, 1, 24}, Extents{60},
                        Extents{4, 5000}, Extents{300, 12}})
    for (auto [n, m] :
         {std::pair(2, 4), std::pair(1, 3), std::pair(3, 4), std::pair(4, 4)})
      for (size_t axis = 0; axis < shape.size(); ++axis) {
        if (shape[axis] % m != 0)
          continue;
        NMSparsity nm{n, m, int64_t(axis)};
        Format format = makeFormat(shape, nm);
        Floats ranks = makeTies(format, 7);
        Floats dense = makeRandom(format, 8), scores, expected;
        for (float rank : ranks)
          scores.push_back(std::fabs(rank) - 1);
        // Shifted away from zero, so that what is kept can be told.
        Floats shifted;
        for (float rank : ranks)
          shifted.push_back(std::fabs(rank) + 1);
        Floats kept =
            pruneReference(Index(shape.begin(), shape.end()), nm, shifted);
        for (size_t i = 0; i < dense.size(); ++i)
          expected.push_back(kept[i] == 0 ? 0 : dense[i]);
        Bytes bytes = toBytes(ElementType::F32, scores);
        PruneOptions options;
        options.scores = bytes;
        options.threads = &pool;
        EXPECT_EQ(pruneOrFail(format, dense, options), expected)
            << describe(format);
      }
}

TEST(SparsePrune, BudgetOfEachRow) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(3));
  for (Extents shape : {Extents{16, 20}, Extents{3, 4, 7}, Extents{2, 70000},
                        Extents{9}, Extents{4, 1}})
    for (double fraction : {0.0, 0.3, 1.0})
      for (bool ties : {false, true}) {
        int64_t columns = shape.back(), rows = 1;
        for (int64_t extent : llvm::ArrayRef<int64_t>(shape).drop_back())
          rows *= extent;
        int64_t perRow = int64_t(fraction * columns);
        Format format = makeFormat(shape, CSRSparsity{perRow * rows});
        Floats dense = ties ? makeTies(format, 3) : makeRandom(format, 3);
        Floats expected;
        for (int64_t row = 0; row < rows; ++row) {
          Floats line(dense.begin() + row * columns,
                      dense.begin() + (row + 1) * columns);
          line = pruneCounted(makeFormat({columns}, CSRSparsity{perRow}), line);
          expected.insert(expected.end(), line.begin(), line.end());
        }
        PruneOptions options;
        options.budget = PruneOptions::Budget::Row;
        options.threads = &pool;
        EXPECT_EQ(pruneOrFail(format, dense, options), expected)
            << describe(format);
      }
}

TEST(SparsePrune, MaskDecides) {
  for (Sparsity sparsity :
       {Sparsity(DenseSparsity()), Sparsity(NMSparsity{2, 4, 1}),
        Sparsity(NMSparsity{2, 4, 1, 0}), Sparsity(BlockSparsity{{4, 2}, 4}),
        Sparsity(BitmapSparsity{32}), Sparsity(CSRSparsity{32})}) {
    Format format = makeFormat({8, 8}, sparsity, ElementType::BF16);
    Floats dense = makeRandom(format, 2), expected = dense;
    // Keeps the smaller values too: columns 0 and 1 of four in half of the rows
    // and columns 2 and 3 in the others.
    Bytes mask, scores = toBytes(ElementType::F32, dense);
    for (int i = 0; i < 64; ++i) {
      bool keep = (i / 8 % 4 < 2) == (i % 4 < 2);
      mask.push_back(keep ? char(-1) : char(0));
      expected[i] = keep ? dense[i] : 0;
    }
    if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity))
      blocks->count = 8;
    PruneOptions options;
    options.mask = mask;
    options.scores = scores;
    EXPECT_EQ(pruneOrFail(format, dense, options), expected)
        << describe(format);
  }
}

std::string getMessage(llvm::Expected<int64_t> found) {
  return found ? "no error" : llvm::toString(found.takeError());
}

TEST(SparsePrune, MaskMustObeyTheSparsity) {
  Bytes mask(64, 1), dense = toBytes(ElementType::F32, Floats(64, 1));
  mask[3] = 0;
  PruneOptions options;
  options.mask = mask;
  const std::pair<Sparsity, const char *> cases[] = {
      {NMSparsity{3, 4, 1}, "element [0, 7]: expected at most 3 nonzeros in "
                            "each 4 positions along axis 1"},
      {NMSparsity{3, 4, 0}, "element [3, 0]: expected at most 3 nonzeros in "
                            "each 4 positions along axis 0"},
      {NMSparsity{4, 4, 1, 0}, "no error"},
      {BitmapSparsity{62},
       "element [7, 7]: expected at most 62 nonzero elements, found 63"},
      {CSRSparsity{10},
       "element [1, 3]: expected at most 10 nonzero elements, found 63"},
      {BlockSparsity{{1, 3}, 20},
       "element [6, 6]: expected at most 20 nonzero blocks, found 24"}};
  for (const auto &[sparsity, message] : cases) {
    Bytes copy = dense;
    std::string found =
        getMessage(prune({8, 8}, ElementType::F32, sparsity, copy, options));
    EXPECT_EQ(found.rfind(message, 0), 0u) << found;
    // The tensor stays as it is where there is an error.
    if (found != "no error")
      EXPECT_EQ(copy, dense);
  }
}

TEST(SparsePrune, RejectsMalformedOptions) {
  Bytes dense = toBytes(ElementType::F32, Floats(12, 1)), before = dense;
  auto expectMessage = [&](const Sparsity &sparsity,
                           const PruneOptions &options, const char *message) {
    std::string found =
        getMessage(prune({3, 4}, ElementType::F32, sparsity, dense, options));
    EXPECT_NE(found.find(message), std::string::npos) << found;
    EXPECT_EQ(dense, before);
  };
  Bytes bytes(11, 1);
  PruneOptions mask, scores, row;
  mask.mask = bytes;
  scores.scores = bytes;
  row.budget = PruneOptions::Budget::Row;
  expectMessage(DenseSparsity(), mask, "expected 12 bytes of the mask");
  expectMessage(CSRSparsity{4}, scores, "expected 48 bytes of scores");
  expectMessage(CSRSparsity{4}, row,
                "divides by the number of rows, 3, found 4");
  expectMessage(NMSparsity{2, 4, 1}, row, "needs unstructured sparsity");
  expectMessage(BlockSparsity{{1, 1}, 6}, row, "needs unstructured sparsity");
  Floats values(12, 1);
  values[6] = std::numeric_limits<float>::quiet_NaN();
  Bytes wrong = toBytes(ElementType::F32, values);
  scores.scores = wrong;
  expectMessage(CSRSparsity{4}, scores,
                "element [1, 2]: expected a finite score");
}

TEST(SparsePrune, NonFinite) {
  const float infinity = std::numeric_limits<float>::infinity();
  const Floats values = {1, std::nanf(""), -infinity, 2, 3, 4, 5, 6};
  const Floats clamped = {0, 0, -0x1.fffffep127f, 0, 0, 0, 5, 6};
  for (const Sparsity &sparsity :
       {Sparsity(CSRSparsity{3}), Sparsity(BitmapSparsity{3}),
        Sparsity(BlockSparsity{{1, 1}, 3})}) {
    Bytes bytes = toBytes(ElementType::F32, values);
    std::string found =
        getMessage(prune({2, 4}, ElementType::F32, sparsity, bytes));
    EXPECT_EQ(found.rfind("element [0, 1]: expected a finite value", 0), 0u)
        << found;
    PruneOptions options;
    options.nonFinite = NonFinite::Clamp;
    EXPECT_EQ(llvm::cantFail(
                  prune({2, 4}, ElementType::F32, sparsity, bytes, options)),
              4);
    EXPECT_EQ(toFloats(ElementType::F32, bytes), clamped);
  }
}

TEST(SparsePrune, EmptyTensors) {
  for (Extents shape : {Extents{0, 8}, Extents{8, 0}})
    for (const Sparsity &sparsity :
         {Sparsity(CSRSparsity{0}), Sparsity(BlockSparsity{{4, 4}, 0}),
          Sparsity(NMSparsity{2, 4, 0, 1})}) {
      PruneOptions options;
      options.budget = PruneOptions::Budget::Row;
      EXPECT_EQ(
          llvm::cantFail(prune(shape, ElementType::F32, sparsity, {}, options)),
          0);
    }
}

} // namespace
