//===- ObserverTest.cpp - Ranges and the errors that follow from them -----===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

Format makeFormat(unsigned width, bool symmetric,
                  llvm::SmallVector<int64_t, 4> block) {
  Format format;
  format.shape = {64, 96};
  format.storage = AffineStorage{width, symmetric, ElementType::F32, block};
  return format;
}

/// An unsaturated value is off by at most half a step: the quotient is rounded
/// by at most 1/2. Besides, the division and the product round by 2^-24 of
/// results no greater than 2^8 steps, hence by less than 2^-14 steps together.
TEST(Observer, RoundTripBound) {
  for (unsigned width = 2; width <= 8; ++width)
    for (bool symmetric : {true, false}) {
      Format format = makeFormat(width, symmetric, {1, 0});
      std::vector<float> dense = makeRandom(format, width);
      ErrorStats stats;
      auto components = encodeOrFail(format, dense, {}, &stats);
      auto scales = toFloats(ElementType::F32, components[1]);
      auto decoded = decodeOrFail(format, components);
      // The least value of an asymmetric range may round beyond its end, as
      // the zero point is rounded as well: by one step at most.
      double steps = stats.saturated == 0 ? 0.5 : 1.0;
      for (size_t i = 0; i < dense.size(); ++i)
        ASSERT_LE(std::fabs(double(dense[i]) - double(decoded[i])),
                  (steps + 0x1p-14) * double(scales[i / 96]))
            << describe(format) << ", element " << i;
    }
}

/// Float storage is off by half a unit in the last place: 2^-11 of a normal
/// number in f16, 2^-8 ... of its 8 bits in bf16, or half the least denormal.
TEST(Observer, FloatStorageBound) {
  const std::tuple<ElementType, double, double> cases[] = {
      {ElementType::F16, 0x1p-11, 0x1p-25},
      {ElementType::BF16, 0x1p-8, 0x1p-134}};
  for (auto [type, relative, absolute] : cases) {
    Format format = makeFormat(8, true, {0, 0});
    format.storage = FloatStorage{type};
    std::vector<float> dense = makeRandom(format, 1);
    auto decoded = decodeOrFail(format, encodeOrFail(format, dense, {}));
    for (size_t i = 0; i < dense.size(); ++i)
      ASSERT_LE(std::fabs(double(dense[i]) - double(decoded[i])),
                std::max(relative * std::fabs(double(dense[i])), absolute));
  }
}

/// The grid contains the whole range, so the error can only shrink.
TEST(Observer, MSEIsNeverWorse) {
  bool better = false;
  for (ElementType type : {ElementType::F32, ElementType::BF16})
    for (unsigned width : {2, 4, 8})
      for (bool symmetric : {true, false})
        for (llvm::SmallVector<int64_t, 4> block :
             {llvm::SmallVector<int64_t, 4>{0, 0}, {0, 1}, {1, 32}})
          for (Sparsity sparsity :
               {Sparsity(DenseSparsity()), Sparsity(NMSparsity{2, 4, 0})}) {
            Format format = makeFormat(width, symmetric, block);
            format.expressed = type;
            format.sparsity = sparsity;
            std::vector<float> dense = makeRandom(format, width);
            EncodeOptions options;
            options.select = true;
            ErrorStats minMax, mse;
            encodeOrFail(format, dense, options, &minMax);
            options.observer.kind = Observer::Kind::MSE;
            auto components = encodeOrFail(format, dense, options, &mse);
            // Equal sums may differ by the order of their additions.
            double bound = 4 * double(dense.size()) * 0x1p-53;
            EXPECT_LE(mse.sumSquaredError, minMax.sumSquaredError * (1 + bound))
                << describe(format);
            better |= mse.sumSquaredError < 0.9 * minMax.sumSquaredError;
            // What was measured is what is decoded.
            EXPECT_EQ(compare(type, toBytes(type, dense),
                              toBytes(type, decodeOrFail(format, components)))
                          .maxAbsError,
                      mse.maxAbsError);
          }
  EXPECT_TRUE(better);
}

/// Observers of storages whose codes are not integers.
TEST(Observer, SmallFloatsAndNF4) {
  using Kind = CodebookStorage::Kind;
  const Scaling perRow{ElementType::F32, {1, 0}, {}, {}};
  const Scaling twoLevels{
      ElementType::F8E4M3FN, {1, 16}, ElementType::F32, {0, 0}};
  bool better = false;
  for (const Storage &storage :
       {Storage(FloatStorage(ElementType::F4E2M1FN, perRow)),
        Storage(FloatStorage(ElementType::F8E4M3FN, perRow)),
        Storage(CodebookStorage(Kind::NF4, 4, perRow))}) {
    Format format = makeFormat(8, true, {0, 0});
    format.storage = storage;
    std::vector<float> dense = makeRandom(format, 5);
    EncodeOptions options;
    ErrorStats minMax, mse;
    encodeOrFail(format, dense, options, &minMax);
    options.observer.kind = Observer::Kind::MSE;
    encodeOrFail(format, dense, options, &mse);
    double bound = 4 * double(dense.size()) * 0x1p-53;
    EXPECT_LE(mse.sumSquaredError, minMax.sumSquaredError * (1 + bound));
    better |= mse.sumSquaredError < 0.95 * minMax.sumSquaredError;
  }
  EXPECT_TRUE(better);

  // A percentile of all is the greatest magnitude, at both levels of scales.
  Format format = makeFormat(8, true, {0, 0});
  format.storage = FloatStorage(ElementType::F4E2M1FN, twoLevels);
  std::vector<float> dense = makeRandom(format, 6);
  EncodeOptions options;
  options.observer.kind = Observer::Kind::Percentile;
  options.observer.percentile = 100;
  EXPECT_EQ(encodeOrFail(format, dense, options),
            encodeOrFail(format, dense, {}));
  options.observer.percentile = 90;
  EXPECT_NE(encodeOrFail(format, dense, options),
            encodeOrFail(format, dense, {}));
}

float interpolate(std::vector<float> values, double percentile) {
  std::sort(values.begin(), values.end());
  double position = percentile / 100 * double(values.size() - 1);
  size_t lower = size_t(position);
  size_t upper = std::min(lower + 1, values.size() - 1);
  double fraction = position - double(lower);
  return float(values[lower] +
               (double(values[upper]) - double(values[lower])) * fraction);
}

TEST(Observer, Percentile) {
  for (double percentile : {50.0, 90.0, 99.9, 100.0}) {
    EncodeOptions options;
    options.observer.kind = Observer::Kind::Percentile;
    options.observer.percentile = percentile;

    Format format = makeFormat(8, true, {1, 0});
    std::vector<float> dense = makeRandom(format, 9);
    auto scales =
        toFloats(ElementType::F32, encodeOrFail(format, dense, options)[1]);
    for (size_t row = 0; row < scales.size(); ++row) {
      std::vector<float> line(dense.begin() + row * 96,
                              dense.begin() + (row + 1) * 96);
      for (float &value : line)
        value = std::fabs(value);
      EXPECT_EQ(scales[row], interpolate(line, percentile) / 127);
    }

    format = makeFormat(8, false, {0, 0});
    auto components = encodeOrFail(format, dense, options);
    float low = std::min(interpolate(dense, 100 - percentile), 0.0f);
    float high = std::max(interpolate(dense, percentile), 0.0f);
    float scale = (high - low) / 255;
    EXPECT_EQ(toFloats(ElementType::F32, components[1])[0], scale);
    EXPECT_EQ(float(components[2][0]),
              std::clamp(std::nearbyint(-128 - low / scale), -128.0f, 127.0f));
  }
}

/// A block whose few nonzeros lie beyond the percentile keeps them.
TEST(Observer, PercentileOfNearlyZeroBlocks) {
  Format format = makeFormat(8, true, {0, 0});
  std::vector<float> dense(64 * 96, 0.0f);
  dense[17] = -2.54f;
  EncodeOptions options;
  options.observer.kind = Observer::Kind::Percentile;
  auto components = encodeOrFail(format, dense, options);
  EXPECT_EQ(toFloats(ElementType::F32, components[1])[0], 2.54f / 127);
}

TEST(Observer, Stats) {
  ErrorStats stats =
      compare(ElementType::F32, toBytes(ElementType::F32, {1, -2, 3, 0, 5}),
              toBytes(ElementType::F32, {1, -1, 0, 0, 7}));
  EXPECT_EQ(stats.elements, 5);
  EXPECT_EQ(stats.zeros, 2);
  EXPECT_EQ(stats.maxAbsError, 3);
  EXPECT_EQ(stats.sumSquaredError, 1 + 9 + 4);
  EXPECT_EQ(stats.sumSquaredSignal, 1 + 4 + 9 + 25);
  EXPECT_EQ(stats.getMSE(), 14.0 / 5);
  EXPECT_EQ(stats.getSQNR(), 10 * std::log10(39.0 / 14));

  ErrorStats sum;
  EXPECT_EQ(sum.getSQNR(), std::numeric_limits<double>::infinity());
  sum.merge(stats);
  sum.merge(stats);
  EXPECT_EQ(sum.elements, 10);
  EXPECT_EQ(sum.zeros, 4);
  EXPECT_EQ(sum.maxAbsError, 3);
  EXPECT_EQ(sum.getMSE(), stats.getMSE());

  const float infinity = std::numeric_limits<float>::infinity();
  ErrorStats broken =
      compare(ElementType::F32, toBytes(ElementType::F32, {infinity, 1}),
              toBytes(ElementType::F32, {infinity, 1}));
  EXPECT_TRUE(std::isnan(broken.maxAbsError));
  sum.merge(broken);
  sum.merge(stats);
  EXPECT_TRUE(std::isnan(sum.maxAbsError));
}

} // namespace
