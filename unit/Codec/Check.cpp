//===- Check.cpp - The codec against the reference ------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

std::vector<Level> test::getLevels() {
  std::vector<Level> levels;
  for (Level level : {Level::Generic, Level::AVX2, Level::AVX512})
    if (level <= getMachineLevel())
      levels.push_back(level);
  return levels;
}

void test::expectSame(const std::vector<float> &expected,
                      const std::vector<float> &found, const Format &format) {
  ASSERT_EQ(expected.size(), found.size());
  for (size_t i = 0; i < expected.size(); ++i)
    // -0 and 0 are the same value.
    ASSERT_EQ(expected[i], found[i]) << describe(format) << ", element " << i;
}

/// The sums of `stats` against sums over all elements. Each of at most 2N
/// additions and N products rounds by 2^-53 relative to a sum of nonnegative
/// terms, so that two orders differ by less than 4N * 2^-53.
static void expectStats(const ErrorStats &stats,
                        const std::vector<float> &dense,
                        const Encoded &reference, const Format &format) {
  ErrorStats direct;
  for (size_t i = 0; i < dense.size(); ++i) {
    double x = dense[i], error = x - double(reference.decoded[i]);
    direct.zeros += reference.decoded[i] == 0;
    direct.maxAbsError = std::max(direct.maxAbsError, std::fabs(error));
    direct.sumSquaredError += error * error;
    direct.sumSquaredSignal += x * x;
  }
  double bound = 4 * double(dense.size()) * 0x1p-53;
  EXPECT_EQ(stats.elements, int64_t(dense.size())) << describe(format);
  EXPECT_EQ(stats.zeros, direct.zeros) << describe(format);
  EXPECT_EQ(stats.saturated, reference.saturated) << describe(format);
  EXPECT_EQ(stats.maxAbsError, direct.maxAbsError) << describe(format);
  EXPECT_NEAR(stats.sumSquaredError, direct.sumSquaredError,
              bound * direct.sumSquaredError)
      << describe(format);
  EXPECT_NEAR(stats.sumSquaredSignal, direct.sumSquaredSignal,
              bound * direct.sumSquaredSignal)
      << describe(format);
}

void test::check(const Format &format, const std::vector<float> &dense) {
  llvm::Error error = verify(format);
  ASSERT_FALSE(bool(error))
      << describe(format) << llvm::toString(std::move(error));
  Encoded reference = encodeReference(format, dense);
  EncodeOptions options;
  options.select = true;
  for (Level level : getLevels()) {
    LevelScope scope(level);
    ErrorStats stats;
    auto components = encodeOrFail(format, dense, options, &stats);
    ASSERT_EQ(components, reference.components)
        << describe(format) << " level " << int(level);
    ASSERT_EQ(components, encodeOrFail(format, dense, options))
        << describe(format) << " without statistics";
    expectSame(reference.decoded, decodeOrFail(format, components), format);
    expectStats(stats, dense, reference, format);

    // Parameters that were found once encode to the same values again.
    std::vector<Bytes> again = components;
    std::fill(again[0].begin(), again[0].end(), char(0x5a));
    Bytes bytes = toBytes(format.expressed, dense);
    ErrorStats sameStats;
    llvm::Error given = encodeWithParameters(format, bytes, getViews(again),
                                             options, &sameStats);
    ASSERT_FALSE(bool(given)) << llvm::toString(std::move(given));
    ASSERT_EQ(again, components) << describe(format);
    EXPECT_EQ(sameStats.saturated, stats.saturated) << describe(format);
  }
}
