//===- KernelsAVX2.cpp - The inner loops for AVX2 -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#define COMPRESS_KERNELS_NAME avx2Kernels
#include "Kernels.inc"
