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
/// Rates follow from NVIDIA's whitepapers and data sheets: of the A100 (312
/// TFLOP/s and 1555 GB/s at 1.41 GHz on 108 multiprocessors), the L40S (362
/// TFLOP/s and 864 GB/s at 2.52 GHz on 142), the H100 SXM (989 TFLOP/s and 3350
/// GB/s at 1.83 GHz on 132; mma.sync reaches at best three quarters of this
/// rate, which wgmma is needed for), the B200 (8 TB/s at 1.97 GHz on 148) and
/// the RTX PRO 6000 (504 TFLOP/s and 1792 GB/s at 2.62 GHz on 188). The cache
/// of the A100 gives 5120 bytes a clock (A100 whitepaper). No whitepaper says
/// what those of the others give, which are taken to give as many, nor how fast
/// the B200 runs mma.sync, which is taken to be as fast as the A100. For tf32
/// the rates are half as high (156 TFLOP/s of the A100, 494.5 of the H100).
static constexpr compress::Chip chips[] = {
    {"sm_80", "+ptx80", 108, 2048, 164 << 10, 163 << 10, 1024, 0, 47, 1103},
    {"sm_89", "+ptx80", 142, 1536, 100 << 10, 99 << 10, 512, 0, 36, 343},
    {"sm_90a", "+ptx82", 132, 2048, 228 << 10, 227 << 10, 1536, 2048, 38, 1831},
    {"sm_100a", "+ptx86", 148, 2048, 228 << 10, 227 << 10, 1024, 0, 34, 4061},
    {"sm_120", "+ptx87", 188, 1536, 100 << 10, 99 << 10, 512, 0, 27, 684},
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
