//===- Features.cpp - What this processor can do --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Model/Model.h"
#include "Model.h"
#ifdef __x86_64__
#include <cpuid.h>
#endif

using namespace mlir::compress;
using namespace mlir::compress::runtime;

namespace {
struct Feature {
  const char *name;
  unsigned leaf, subleaf, reg, bit;
  /// The registers that the system must save, as bits of XCR0.
  unsigned state;
};
} // namespace

#ifdef __x86_64__
/// The registers that the system saves.
static unsigned getSavedState() {
  unsigned a, b, c, d;
  constexpr unsigned osxsave = 1u << 27;
  if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & osxsave))
    return 0;
  unsigned low, high;
  asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
  return low;
}

static bool has(const Feature &feature) {
  unsigned registers[4];
  return __get_cpuid_count(feature.leaf, feature.subleaf, &registers[0],
                           &registers[1], &registers[2], &registers[3]) &&
         registers[feature.reg] >> feature.bit & 1 &&
         !(feature.state & ~getSavedState());
}
#else
static bool has(const Feature &) { return false; }
#endif

const char *runtime::checkFeatures(const CPUModule &module) {
  static constexpr Feature features[] = {
#define X(...) {__VA_ARGS__},
      COMPRESS_CPU_FEATURES(X)
#undef X
  };
  int64_t bit = 1;
  for (const Feature &feature : features) {
    if ((module.features & bit) && !has(feature))
      return fail("%s was compiled for %s, which has %s; this processor lacks "
                  "it. Compile it with another --cpu",
                  module.name, module.cpu, feature.name);
    bit *= 2;
  }
  return nullptr;
}
