//===- KernelsGeneric.cpp - The inner loops for any machine ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#define COMPRESS_KERNELS_NAME genericKernels
#include "Kernels.inc"
