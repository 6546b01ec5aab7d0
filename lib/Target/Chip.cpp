//===- Chip.cpp - What kernels need to know of a GPU ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/Chip.h"

using namespace mlir;
using llvm::StringRef;

/// Sizes are those of the CUDA C++ Programming Guide, "Compute Capabilities".
/// Rates follow from NVIDIA's whitepapers of the A100 (312 TFLOP/s and 1555
/// GB/s at 1.41 GHz on 108 multiprocessors) and the H100 SXM (989 TFLOP/s and
/// 3350 GB/s at 1.83 GHz on 132); mma.sync reaches at best three quarters of
/// the latter's rate, which wgmma is needed for. The cache of the A100 gives
/// 5120 bytes a clock (A100 whitepaper); that of the H100 is taken to give as
/// many, which no whitepaper says. For tf32 both give half of their rate (156
/// and 494.5 TFLOP/s).
static constexpr compress::Chip chips[] = {
    {"sm_80", "+ptx80", 108, 164 << 10, 163 << 10, 1024, 0, 47, 1103},
    {"sm_90a", "+ptx82", 132, 228 << 10, 227 << 10, 1536, 2048, 38, 1831},
};

llvm::Expected<const compress::Chip &> compress::findChip(StringRef name) {
  std::string known;
  for (const Chip &chip : chips) {
    if (chip.name == name)
      return chip;
    known += (known.empty() ? "" : ", ") + chip.name.str();
  }
  return llvm::createStringError("unknown chip '" + name +
                                 "', expected one of: " + known);
}
