//===- ErrorTest.cpp - What the codec rejects -----------------------------===//
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
#include <limits>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

constexpr float infinity = std::numeric_limits<float>::infinity();
constexpr float nan = std::numeric_limits<float>::quiet_NaN();

Format makeFormat(llvm::SmallVector<int64_t, 4> block) {
  Format format;
  format.shape = {520, 1032};
  format.storage = AffineStorage{8, true, ElementType::F32, block};
  return format;
}

/// Expects an ElementError at `index` whose text contains `message`.
void expectElementError(llvm::Error error, Index index,
                        const std::string &message) {
  ASSERT_TRUE(bool(error)) << "expected: " << message;
  bool handled = false;
  llvm::handleAllErrors(
      std::move(error),
      [&](const ElementError &found) {
        handled = true;
        EXPECT_EQ(Index(found.getIndex()), index);
        EXPECT_NE(found.getMessage().find(message), llvm::StringRef::npos)
            << found.getMessage().str();
        EXPECT_EQ(found.message().rfind("element [", 0), 0u);
      },
      [](const llvm::ErrorInfoBase &other) {
        ADD_FAILURE() << other.message();
      });
  EXPECT_TRUE(handled);
}

llvm::Error tryEncode(const Format &format, const std::vector<float> &dense,
                      const EncodeOptions &options = {}) {
  std::vector<Bytes> components = allocate(format);
  Bytes bytes = toBytes(format.expressed, dense);
  ErrorStats stats;
  return encode(format, bytes, getViews(components), options, &stats);
}

TEST(Error, NonFiniteNamesTheFirstIndex) {
  llvm::DefaultThreadPool pool(llvm::hardware_concurrency(2));
  // One visit, two walks, a whole tensor at once, and no parameters.
  std::vector<Format> formats = {makeFormat({1, 0}), makeFormat({0, 1}),
                                 makeFormat({0, 0}), makeFormat({1, 0})};
  std::get<AffineStorage>(formats[2].storage).symmetric = false;
  formats[3].storage = FloatStorage{ElementType::F16};
  for (Format format : formats)
    for (bool sparse : {false, true})
      for (ElementType type : {ElementType::F32, ElementType::BF16})
        for (llvm::ThreadPoolInterface *threads :
             {static_cast<llvm::ThreadPoolInterface *>(nullptr),
              static_cast<llvm::ThreadPoolInterface *>(&pool)}) {
          format.expressed = type;
          if (sparse)
            format.sparsity = NMSparsity{2, 4, 0};
          std::vector<float> dense = makeRandom(format, 1);
          dense[500 * 1032 + 7] = nan;
          dense[519 * 1032 + 3] = infinity;
          EncodeOptions options;
          options.threads = threads;
          options.select = true;
          expectElementError(tryEncode(format, dense, options), {500, 7},
                             "expected a finite value, found NaN");
          dense[300 * 1032 + 1031] = -infinity;
          expectElementError(tryEncode(format, dense, options), {300, 1031},
                             "expected a finite value, found -inf");
        }
}

TEST(Error, NonFiniteIsClamped) {
  for (ElementType type :
       {ElementType::F32, ElementType::F16, ElementType::BF16})
    for (const Storage &storage :
         {Storage(AffineStorage{8, true, ElementType::F32, {1, 0}}),
          Storage(AffineStorage{8, false, ElementType::F32, {0, 1}}),
          Storage(FloatStorage{ElementType::BF16})}) {
      Format format;
      format.shape = {2, 4};
      format.expressed = type;
      format.storage = storage;
      float largest = type == ElementType::F16    ? 65504.0f
                      : type == ElementType::BF16 ? 0x1.fep127f
                                                  : 0x1.fffffep127f;
      const std::vector<float> dense = {nan, infinity, -infinity, 1,
                                        2,   3,        -1,        nan};
      const std::vector<float> clamped = {0, largest, -largest, 1, 2, 3, -1, 0};
      EncodeOptions options;
      options.nonFinite = NonFinite::Clamp;
      EXPECT_EQ(encodeOrFail(format, dense, options),
                encodeReference(format, clamped).components)
          << describe(format);
    }
}

TEST(Error, ViolationNamesTheIndex) {
  Format format = makeFormat({1, 0});
  format.sparsity = NMSparsity{2, 4, 0};
  std::vector<float> dense =
      pruneReference({520, 1032}, NMSparsity{2, 4, 0}, makeRandom(format, 2));
  ASSERT_FALSE(bool(tryEncode(format, dense)));
  // A group with four nonzeros: the third of them is one too many.
  for (int64_t row = 404; row < 408; ++row)
    dense[row * 1032 + 9] = 1;
  expectElementError(tryEncode(format, dense), {406, 9},
                     "expected at most 2 nonzeros in each 4 positions along "
                     "axis 0");

  format.sparsity = NMSparsity{1, 3, 1};
  dense.assign(dense.size(), 0);
  dense[5 * 1032 + 9] = 1;
  dense[5 * 1032 + 11] = -1;
  expectElementError(tryEncode(format, dense), {5, 11},
                     "expected at most 1 nonzeros in each 3 positions");
}

/// Magnitude selection gives what pruning before gives.
TEST(Error, NothingWhenSelecting) {
  for (int64_t axis : {0, 1}) {
    Format format = makeFormat({1, 0});
    format.sparsity = NMSparsity{2, 4, axis};
    std::vector<float> dense = makeRandom(format, 3);
    EncodeOptions select;
    select.select = true;
    EXPECT_EQ(
        encodeOrFail(format, dense, select),
        encodeOrFail(format,
                     pruneReference({520, 1032}, NMSparsity{2, 4, axis}, dense),
                     {}));
  }
}

TEST(Error, MalformedIndices) {
  for (int64_t axis : {0, 1}) {
    Format format;
    format.shape = {12, 12};
    format.sparsity = NMSparsity{2, 3, axis};
    format.storage = FloatStorage{ElementType::F32};
    EncodeOptions options;
    options.select = true;
    auto components = encodeOrFail(format, makeRandom(format, 4), options);
    Bytes dense(12 * 12 * 4);
    // Kept index (2, 3) is in the group that begins at element (3, 3) along
    // axis 0 (kept row 2 is the first of group 1), and at (2, 3) along axis 1
    // (kept column 3 is the second of group 1).
    Index group = axis == 0 ? Index{3, 3} : Index{2, 3};
    int64_t rowBytes = axis == 0 ? 3 : 2;
    // Position 3 lies outside of a group of 3.
    auto outside = components;
    outside[1][2 * rowBytes] |= char(3 << 6);
    expectElementError(decode(format, getConstViews(outside), dense), group,
                       "to ascend and to be less than 3");
    // Two values at position 0.
    auto twice = components;
    for (char &byte : twice[1])
      byte = 0;
    expectElementError(decode(format, getConstViews(twice), dense), {0, 0},
                       "the component 'indices' is corrupt");
  }
}

void expectMessage(llvm::Error error, const std::string &message) {
  std::string text = llvm::toString(std::move(error));
  EXPECT_NE(text.find(message), std::string::npos)
      << "expected: " << message << "\nfound: " << text;
}

TEST(Error, WrongSizes) {
  Format format;
  format.shape = {4, 4};
  format.storage = AffineStorage{8, true, ElementType::F32, {1, 0}};
  Bytes dense(64), values(16), scales(16), wrong(15);
  std::vector<MutableBytes> both = {values, scales};
  std::vector<ConstBytes> good = {values, scales}, bad = {wrong, scales};
  expectMessage(encode(format, ConstBytes(dense).drop_back(), both),
                "expected 64 bytes of the dense tensor, found 63");
  expectMessage(encode(format, dense, {MutableBytes(values)}),
                "expected 2 components, found 1");
  expectMessage(encode(format, dense, {values, wrong}),
                "expected 16 bytes of component 'scales', found 15");
  expectMessage(decode(format, bad, dense),
                "expected 16 bytes of component 'values', found 15");
  expectMessage(decode(format, good, wrong),
                "expected 64 bytes of the dense tensor, found 15");
  format.shape[0] = -1;
  expectMessage(encode(format, dense, both), "must not be negative");
  expectMessage(decode(format, good, dense), "must not be negative");
}

TEST(Error, GivenScales) {
  Format format;
  format.shape = {4, 4};
  format.storage = AffineStorage{8, true, ElementType::F32, {2, 1}};
  for (float bad : {0.0f, nan, infinity, -0.0f}) {
    std::vector<Bytes> components = {
        Bytes(16), toBytes(ElementType::F32, {1, 1, 1, 1, 1, 1, bad, 1})};
    expectMessage(encodeWithParameters(format, Bytes(64), getViews(components)),
                  "for block [1, 2]");
  }
}

TEST(Error, GivenTwoLevelScales) {
  Format format;
  format.shape = {4, 4};
  format.storage = FloatStorage(
      ElementType::F8E5M2,
      Scaling{ElementType::F8E4M3FN, {2, 1}, ElementType::F32, {0, 0}});
  // A NaN and a zero among the scales, and super scales that are no scales.
  for (auto [scale, super] :
       {std::pair(0x7f, 1.0f), std::pair(0, 1.0f), std::pair(0x38, nan),
        std::pair(0x38, infinity), std::pair(0x38, 0.0f)}) {
    std::vector<Bytes> components = {Bytes(16), Bytes(8, char(scale)),
                                     toBytes(ElementType::F32, {super})};
    expectMessage(encodeWithParameters(format, Bytes(64), getViews(components)),
                  "expected finite scales other than 0");
  }
}

TEST(Error, GivenTables) {
  Format format;
  format.shape = {4, 4};
  for (int64_t vector : {1, 2}) {
    format.storage =
        CodebookStorage(CodebookStorage::Kind::KMeans, 1,
                        Scaling{ElementType::F32, {0, 0}, {}, {}}, vector);
    std::vector<float> table(2 * vector, infinity);
    std::vector<Bytes> components = allocate(format);
    components[1] = toBytes(ElementType::F32, table);
    expectMessage(encodeWithParameters(format, Bytes(64), getViews(components)),
                  "expected finite entries of a codebook, found INF for block "
                  "[0, 0]");
  }
  format.storage = CodebookStorage(CodebookStorage::Kind::Quantile, 1,
                                   Scaling{ElementType::F32, {0, 1}, {}, {}});
  std::vector<Bytes> components = {
      Bytes(4), toBytes(ElementType::F32, {0, 1, 0, 0, 1, 0, 0, 2})};
  expectMessage(encodeWithParameters(format, Bytes(64), getViews(components)),
                "expected the entries of a codebook to ascend, found others "
                "for block [0, 2]");
}

TEST(Error, NonFiniteInVectors) {
  Format format;
  format.shape = {4, 4};
  format.storage =
      CodebookStorage(CodebookStorage::Kind::KMeans, 2,
                      Scaling{ElementType::F32, {0, 0}, {}, {}}, 2);
  std::vector<float> dense(16, 1.0f);
  dense[6] = nan;
  expectElementError(tryEncode(format, dense), {1, 2},
                     "expected a finite value, found NaN");
  EncodeOptions options;
  options.nonFinite = NonFinite::Clamp;
  std::vector<float> clamped = dense;
  clamped[6] = 0;
  EXPECT_EQ(encodeOrFail(format, dense, options),
            encodeReference(format, clamped).components);
}

TEST(Error, ObserversWithoutMeaning) {
  Format format;
  format.shape = {4};
  EncodeOptions options;
  options.observer.kind = Observer::Kind::MSE;
  for (auto kind :
       {CodebookStorage::Kind::KMeans, CodebookStorage::Kind::Quantile}) {
    format.storage =
        CodebookStorage(kind, 2, Scaling{ElementType::F32, {0}, {}, {}});
    expectMessage(tryEncode(format, {1, 2, 3, 4}, options),
                  "learned codebook storage does not choose a range: expected "
                  "the min-max observer, found mse");
  }
  options.observer.kind = Observer::Kind::Percentile;
  format.storage = CodebookStorage(CodebookStorage::Kind::Ternary, 2,
                                   Scaling{ElementType::F32, {0}, {}, {}});
  expectMessage(tryEncode(format, {1, 2, 3, 4}, options),
                "ternary storage does not choose a range: expected the min-max "
                "observer, found percentile");
}

TEST(Error, Observers) {
  Format format;
  format.shape = {4};
  format.storage = AffineStorage{8, true, ElementType::F32, {0}};
  EncodeOptions options;
  options.observer.kind = Observer::Kind::Percentile;
  for (double percentile : {49.0, 100.5, std::nan("")}) {
    options.observer.percentile = percentile;
    expectMessage(tryEncode(format, {1, 2, 3, 4}, options),
                  "the percentile must be in 50..100");
  }
  options.observer.kind = Observer::Kind::MSE;
  for (double factor : {0.0, 1.5, std::nan("")}) {
    options.observer.gridMin = factor;
    expectMessage(tryEncode(format, {1, 2, 3, 4}, options),
                  "the least shrink factor must be in (0, 1]");
  }
  options.observer.gridMin = 0.5;
  options.observer.gridSteps = 0;
  expectMessage(tryEncode(format, {1, 2, 3, 4}, options), "at least one step");
}

} // namespace
