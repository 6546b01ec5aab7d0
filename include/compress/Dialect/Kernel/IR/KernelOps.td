//===- KernelOps.td - What kernels lack elsewhere ----------*- tablegen -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_TD
#define COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_TD

include "compress/Dialect/Kernel/IR/WeightOps.td"

#endif // COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_TD
