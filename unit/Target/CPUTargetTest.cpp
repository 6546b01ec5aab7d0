//===- CPUTargetTest.cpp - Tests of processors that code is for -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/CPUTarget.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "llvm/Target/TargetMachine.h"
#include "llvm/TargetParser/Host.h"
#include "gtest/gtest.h"

using namespace mlir::compress;

namespace {

CPUTarget parse(llvm::StringRef text) {
  return llvm::cantFail(CPUTarget::parse(text));
}

TEST(CPUTargetTest, OptionsFollowFromTheTargetAlone) {
  struct Expected {
    const char *name;
    int64_t vectorWidth, vectorRegisters;
  } cases[] = {{"x86-64-v2", 4, 16},  {"x86-64-v3", 8, 16},
               {"x86-64-v4", 16, 32}, {"x86-64-v2+avx2", 8, 16},
               {"aarch64", 4, 32},    {"neoverse-n1", 4, 32}};
  for (const Expected &expected : cases) {
    CPUOptions options;
    setTargetOptions(options, parse(expected.name));
    EXPECT_EQ(options.vectorWidth, expected.vectorWidth) << expected.name;
    EXPECT_EQ(options.vectorRegisters, expected.vectorRegisters)
        << expected.name;
  }
}

TEST(CPUTargetTest, FeaturesAreThoseOfTheNameAndWhatIsAdded) {
  CPUTarget v3 = parse("x86-64-v3");
  EXPECT_TRUE(v3.features.lookup("fma"));
  EXPECT_TRUE(v3.features.lookup("sse4.2"));
  EXPECT_FALSE(v3.features.lookup("avx512f"));
  CPUTarget vnni = parse("x86-64-v4+avx512vnni+avx512bf16");
  EXPECT_TRUE(vnni.features.lookup("avx512vnni"));
  EXPECT_TRUE(vnni.features.lookup("avx512bf16"));
  EXPECT_FALSE(parse("x86-64-v4").features.lookup("avx512vnni"));
}

TEST(CPUTargetTest, TheHostHasWhatLLVMFinds) {
  const CPUTarget &host = CPUTarget::getHost();
  EXPECT_TRUE(host.isHostArchitecture());
  for (const auto &feature : llvm::sys::getHostCPUFeatures())
    EXPECT_EQ(host.features.lookup(feature.first()), feature.second)
        << feature.first().str();
  auto machine = llvm::cantFail(host.createMachine());
  EXPECT_EQ(machine->getTargetCPU(), llvm::sys::getHostCPUName());
}

TEST(CPUTargetTest, UnknownNamesAreErrors) {
  for (const char *text : {"", "+avx2", "x86-64-v9", "hosts", "aarch64-v8",
                           "x86-64-v3+", "x86-64-v3+fast", "aarch64+avx2"}) {
    llvm::Expected<CPUTarget> target = CPUTarget::parse(text);
    EXPECT_FALSE(static_cast<bool>(target)) << text;
    llvm::consumeError(target.takeError());
  }
}

} // namespace
