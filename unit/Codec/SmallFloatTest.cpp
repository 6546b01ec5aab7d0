//===- SmallFloatTest.cpp - All codes and ties of small floats ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Check.h"
#include "Lines.h"
#include "StorageReference.h"
#include "llvm/ADT/APFloat.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

/// Runs the test once on each level of this machine.
class SmallFloat : public testing::TestWithParam<Level> {
  void SetUp() override {
    if (GetParam() > getMachineLevel())
      GTEST_SKIP() << "this machine lacks the level";
    setLevel(GetParam());
  }
  void TearDown() override { setLevel(getMachineLevel()); }
};

INSTANTIATE_TEST_SUITE_P(Levels, SmallFloat,
                         testing::Values(Level::Generic, Level::AVX2,
                                         Level::AVX512));

constexpr ElementType types[] = {ElementType::F8E4M3FN, ElementType::F8E5M2,
                                 ElementType::F4E2M1FN};

const llvm::fltSemantics &getSemantics(ElementType type) {
  return type == ElementType::F8E4M3FN ? llvm::APFloat::Float8E4M3FN()
         : type == ElementType::F8E5M2 ? llvm::APFloat::Float8E5M2()
                                       : llvm::APFloat::Float4E2M1FN();
}

uint32_t toBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// Every code against the definition of the type and against APFloat.
TEST_P(SmallFloat, Load) {
  for (ElementType type : types) {
    Bytes codes(1 << getBitWidth(type));
    for (size_t i = 0; i < codes.size(); ++i)
      codes[i] = char(i);
    std::vector<float> values(codes.size());
    loadFloats(type, codes.data(), codes.size(), values.data());
    for (size_t i = 0; i < codes.size(); ++i) {
      double expected = decodeSmallFloat(type, i);
      llvm::APFloat number(getSemantics(type),
                           llvm::APInt(getBitWidth(type), i));
      if (std::isnan(expected)) {
        EXPECT_TRUE(std::isnan(values[i])) << getName(type).str() << " " << i;
        EXPECT_TRUE(number.isNaN()) << getName(type).str() << " " << i;
        continue;
      }
      EXPECT_EQ(toBits(values[i]), toBits(float(expected)))
          << getName(type).str() << " " << i;
      EXPECT_EQ(toBits(values[i]), toBits(float(number.convertToDouble())))
          << getName(type).str() << " " << i;
    }
  }
}

/// Every value, every middle of two neighbours and the floats beside them, of
/// both signs, against the nearest of all codes.
TEST_P(SmallFloat, Store) {
  const float infinity = std::numeric_limits<float>::infinity();
  for (ElementType type : types) {
    std::vector<double> finite;
    for (uint32_t code = 0; code < 1u << (getBitWidth(type) - 1); ++code)
      if (std::isfinite(decodeSmallFloat(type, code)))
        finite.push_back(decodeSmallFloat(type, code));
    std::vector<float> probes = {0x1p-149f, 0x1p-126f, 0x1.fffffep127f, 1e30f};
    double beyond = 2 * finite.back() - finite[finite.size() - 2];
    for (size_t i = 0; i < finite.size(); ++i) {
      double next = i + 1 < finite.size() ? finite[i + 1] : beyond;
      float middle = float((finite[i] + next) / 2);
      for (float probe : {float(finite[i]), middle})
        probes.insert(probes.end(), {probe, std::nextafter(probe, 0.0f),
                                     std::nextafter(probe, infinity)});
    }
    size_t positive = probes.size();
    for (size_t i = 0; i < positive; ++i)
      probes.push_back(-probes[i]);
    Bytes codes(probes.size());
    storeFloats(type, probes.data(), probes.size(), codes.data());
    for (size_t i = 0; i < probes.size(); ++i) {
      // Differences from values far beyond the range would not be exact.
      double magnitude = std::min(std::fabs(double(probes[i])), beyond);
      size_t nearest = 0;
      for (size_t code = 1; code < finite.size(); ++code) {
        double change = std::fabs(magnitude - finite[code]) -
                        std::fabs(magnitude - finite[nearest]);
        if (change < 0 || (change == 0 && code % 2 == 0))
          nearest = code;
      }
      uint32_t sign =
          std::signbit(probes[i]) ? 1u << (getBitWidth(type) - 1) : 0;
      ASSERT_EQ(uint8_t(codes[i]), nearest | sign)
          << getName(type).str() << " " << probes[i];
      ASSERT_EQ(encodeSmallFloat(type, probes[i]), nearest | sign)
          << getName(type).str() << " " << probes[i];
    }
  }
}

TEST_P(SmallFloat, PowersOfTwo) {
  Bytes codes(256), stored(254);
  for (size_t i = 0; i < codes.size(); ++i)
    codes[i] = char(i);
  std::vector<float> values(codes.size());
  loadFloats(ElementType::F8E8M0FNU, codes.data(), codes.size(), values.data());
  for (int i = 0; i < 255; ++i)
    EXPECT_EQ(values[i], std::ldexp(1.0f, i - 127));
  EXPECT_TRUE(std::isnan(values[255]));
  // The normal ones.
  storeFloats(ElementType::F8E8M0FNU, &values[1], stored.size(), stored.data());
  EXPECT_TRUE(std::equal(stored.begin(), stored.end(), codes.begin() + 1));
}

/// Tables of all sizes, quotients on and beside each threshold, and lines that
/// are no multiple of any vector.
TEST_P(SmallFloat, Tables) {
  const Kernels &kernels = getKernels();
  for (int entries : {2, 4, 16, 256}) {
    std::vector<float> table(entries), thresholds(entries);
    for (int e = 0; e < entries; ++e)
      table[e] = float(e * e) - 20.25f;
    std::vector<float> values = {-1e30f, 1e30f};
    for (int e = 0; e + 1 < entries; ++e) {
      thresholds[e] = (table[e] + table[e + 1]) / 2;
      for (float target : {-1e9f, 1e9f, thresholds[e]})
        values.push_back(std::nextafter(thresholds[e], target));
    }
    int64_t count = values.size();
    std::vector<uint8_t> codes(count), columns(count);
    kernels.classify(values.data(), count, thresholds.data(), entries,
                     codes.data());
    // The same table for every column.
    std::vector<float> wideTable, wideThresholds;
    for (int e = 0; e < entries; ++e) {
      wideTable.insert(wideTable.end(), count, table[e]);
      wideThresholds.insert(wideThresholds.end(), count, thresholds[e]);
    }
    kernels.classifyColumns(values.data(), count, wideThresholds.data(), count,
                            entries, columns.data());
    std::vector<float> found(count), foundColumns(count);
    kernels.lookUp(codes.data(), count, table.data(), found.data());
    kernels.lookUpColumns(codes.data(), count, wideTable.data(), count,
                          foundColumns.data());
    EXPECT_EQ(codes, columns);
    EXPECT_EQ(found, foundColumns);
    for (int64_t i = 0; i < count; ++i) {
      int expected = 0;
      while (expected + 1 < entries && values[i] > thresholds[expected])
        ++expected;
      ASSERT_EQ(codes[i], expected) << values[i];
      ASSERT_EQ(found[i], table[expected]);
    }
  }
}

} // namespace
