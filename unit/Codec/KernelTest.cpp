//===- KernelTest.cpp - The inner loops on every level --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Reference.h"
#include "gtest/gtest.h"
#include <cmath>
#include <cstring>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

namespace {

/// Runs the test once on each level of this machine.
class Kernel : public testing::TestWithParam<Level> {
  void SetUp() override {
    if (GetParam() > getMachineLevel())
      GTEST_SKIP() << "this machine lacks the level";
    setLevel(GetParam());
  }
  void TearDown() override { setLevel(getMachineLevel()); }
};

INSTANTIATE_TEST_SUITE_P(Levels, Kernel,
                         testing::Values(Level::Generic, Level::AVX2,
                                         Level::AVX512));

uint32_t toBits(float value) {
  uint32_t bits;
  std::memcpy(&bits, &value, sizeof(bits));
  return bits;
}

/// All halves, and around the middle of each two neighbours.
TEST_P(Kernel, HalfPrecision) {
  for (ElementType type : {ElementType::F16, ElementType::BF16}) {
    Bytes halves(2 << 16);
    for (uint32_t i = 0; i < (1 << 16); ++i) {
      halves[2 * i] = char(i);
      halves[2 * i + 1] = char(i >> 8);
    }
    std::vector<float> floats(1 << 16);
    auto load =
        type == ElementType::F16 ? getKernels().loadF16 : getKernels().loadBF16;
    auto store = type == ElementType::F16 ? getKernels().storeF16
                                          : getKernels().storeBF16;
    load(halves.data(), floats.size(), floats.data());
    std::vector<float> probes;
    for (size_t i = 0; i < floats.size(); ++i) {
      float expected = getElement(type, halves.data(), i);
      if (std::isnan(expected)) {
        ASSERT_TRUE(std::isnan(floats[i])) << i;
        continue;
      }
      ASSERT_EQ(toBits(floats[i]), toBits(expected)) << i;
      float next = i + 1 < floats.size() ? floats[i + 1] : expected;
      float middle = std::isinf(next) || std::isnan(next)
                         ? expected * (1 + 0x1p-11f)
                         : expected + (next - expected) / 2;
      for (float probe : {expected, middle, std::nextafter(middle, 1e38f),
                          std::nextafter(middle, -1e38f)})
        probes.push_back(probe);
    }
    // Not a multiple of any vector.
    probes.push_back(65520.0f);
    Bytes stored(2 * probes.size()), expected(2 * probes.size());
    store(probes.data(), probes.size(), stored.data());
    for (size_t i = 0; i < probes.size(); ++i)
      setElement(type, expected.data(), i, probes[i]);
    ASSERT_EQ(stored, expected);
  }
}

TEST_P(Kernel, PackAndUnpack) {
  for (unsigned bits = 1; bits <= 8; ++bits)
    for (int64_t count : {0, 1, 7, 8, 63, 64, 65, 1000}) {
      std::vector<uint8_t> values(count);
      for (int64_t i = 0; i < count; ++i)
        values[i] = uint8_t(i * 89 + 3);
      // One byte more, which must stay.
      Bytes packed((count * bits + 7) / 8 + 1, char(0xa5));
      getKernels().pack(bits, values.data(), count, packed.data());
      EXPECT_EQ(packed.back(), char(0xa5));
      for (int64_t i = 0; i < count; ++i)
        for (unsigned bit = 0; bit < bits; ++bit) {
          int64_t at = i * bits + bit;
          ASSERT_EQ((packed[at / 8] >> (at % 8)) & 1, (values[i] >> bit) & 1);
        }
      std::vector<uint8_t> unpacked(count + 1, 0xa5);
      getKernels().unpack(bits, packed.data(), count, unpacked.data());
      EXPECT_EQ(unpacked.back(), 0xa5);
      for (int64_t i = 0; i < count; ++i)
        ASSERT_EQ(unpacked[i], values[i] & ((1 << bits) - 1));
      getKernels().signExtend(bits, count, unpacked.data());
      for (int64_t i = 0; i < count; ++i)
        ASSERT_EQ(int(int8_t(unpacked[i])),
                  int(int8_t(uint8_t(values[i] << (8 - bits)))) >> (8 - bits));
    }
}

/// Quotients on and beside each tie, and far outside of the range.
TEST_P(Kernel, Quantize) {
  std::vector<float> values;
  for (int i = -300; i <= 300; ++i)
    for (float x : {i / 2.0f, std::nextafter(i / 2.0f, 1e9f),
                    std::nextafter(i / 2.0f, -1e9f)})
      values.push_back(x);
  for (float x : {1e9f, -1e9f, 3e38f, -3e38f, 0x1p-149f, -0.0f})
    values.push_back(x);
  const IntegerRange range{-128, 127};
  for (float scale : {1.0f, 0.37f, 0x1p-126f, 3e38f})
    for (int32_t zeroPoint : {0, 5, -128, 127}) {
      std::vector<int8_t> found(values.size()), columns(values.size());
      int64_t saturated = 0, expected = 0;
      getKernels().quantize(values.data(), values.size(), scale, zeroPoint,
                            range, found.data(), &saturated);
      std::vector<float> scales(values.size(), scale);
      std::vector<int32_t> zeroPoints(values.size(), zeroPoint);
      getKernels().quantizeColumns(values.data(), values.size(), scales.data(),
                                   zeroPoints.data(), range, columns.data(),
                                   nullptr);
      EXPECT_EQ(found, columns);
      for (size_t i = 0; i < values.size(); ++i) {
        float quotient = values[i] / scale;
        float q = std::nearbyint(quotient) + float(zeroPoint);
        float clamped = std::min(std::max(q, -128.0f), 127.0f);
        ASSERT_EQ(float(found[i]), clamped) << values[i] << " / " << scale;
        expected += q != clamped;
      }
      EXPECT_EQ(saturated, expected);
    }
}

} // namespace
