//===- CPURuntimeTest.cpp - The runtime of models for the CPU -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../../lib/Runtime/CPU/Floats.h"
#include "../../lib/Runtime/CPU/Model.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/bit.h"
#include "llvm/TargetParser/Host.h"
#include "gtest/gtest.h"
#include <random>
#include <string>

using namespace mlir::compress::runtime;

namespace {

uint16_t round(float value, const llvm::fltSemantics &semantics) {
  llvm::APFloat result(value);
  bool losesInfo;
  result.convert(semantics, llvm::APFloat::rmNearestTiesToEven, &losesInfo);
  return result.bitcastToAPInt().getZExtValue();
}

TEST(FloatsTest, EveryHalfIsExtendedExactly) {
  for (uint32_t bits = 0; bits < 0x10000; ++bits) {
    llvm::APFloat half(llvm::APFloat::IEEEhalf(), llvm::APInt(16, bits));
    float found = extendF16(llvm::bit_cast<float>(bits));
    if (half.isNaN())
      EXPECT_TRUE(found != found) << bits;
    else
      EXPECT_EQ(llvm::bit_cast<uint32_t>(found),
                llvm::bit_cast<uint32_t>(half.convertToFloat()))
          << bits;
  }
}

TEST(FloatsTest, FloatsAreRoundedToNearest) {
  // All exponents and signs, with mantissas at and around the ties of both
  // formats, and random ones.
  std::mt19937 generator(1);
  for (uint32_t high = 0; high < 0x200; ++high)
    for (uint32_t step = 0; step < 400; ++step) {
      uint32_t tie = step < 200 ? 0x1000 : 0x8000;
      uint32_t mantissa = generator();
      if (step % 5)
        mantissa = (mantissa & ~(2 * tie - 1)) + tie + step % 5 - 2;
      float value = llvm::bit_cast<float>(high << 23 | (mantissa & 0x7fffff));
      if (value != value)
        continue;
      uint32_t f16 = llvm::bit_cast<uint32_t>(truncateToF16(value));
      uint32_t bf16 = llvm::bit_cast<uint32_t>(truncateToBF16(value));
      EXPECT_EQ(f16, round(value, llvm::APFloat::IEEEhalf())) << value;
      EXPECT_EQ(bf16, round(value, llvm::APFloat::BFloat())) << value;
    }
}

TEST(FloatsTest, NaNsStayNaNs) {
  for (uint32_t bits : {0x7f800001u, 0x7fc00000u, 0xff800001u, 0xffffffffu}) {
    float value = llvm::bit_cast<float>(bits);
    uint32_t f16 = llvm::bit_cast<uint32_t>(truncateToF16(value));
    uint32_t bf16 = llvm::bit_cast<uint32_t>(truncateToBF16(value));
    EXPECT_GT(f16 & 0x7fff, 0x7c00u);
    EXPECT_GT(bf16 & 0x7fff, 0x7f80u);
    EXPECT_EQ(f16 >> 15, bits >> 31);
    EXPECT_EQ(bf16 >> 15, bits >> 31);
  }
}

#ifdef __x86_64__
TEST(FeaturesTest, AreThoseThatLLVMFinds) {
  const char *names[] = {
#define X(name, ...) name,
      COMPRESS_CPU_FEATURES(X)
#undef X
  };
  llvm::StringMap<bool> host = llvm::sys::getHostCPUFeatures();
  int64_t bit = 1;
  for (const char *name : names) {
    CPUModule module{};
    module.name = "model";
    module.cpu = "processor";
    module.features = bit;
    const char *error = checkFeatures(module);
    EXPECT_EQ(error == nullptr, host.lookup(name)) << name;
    if (error)
      EXPECT_EQ(std::string(error),
                std::string("model was compiled for processor, which has ") +
                    name +
                    "; this processor lacks it. Compile it with another --cpu");
    EXPECT_TRUE(host.contains(name)) << name << " is no name of LLVM's";
    bit *= 2;
  }
}
#endif

} // namespace
