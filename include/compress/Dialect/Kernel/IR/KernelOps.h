//===- KernelOps.h - Ops of kernels -----------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_H
#define COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_H

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#define GET_OP_CLASSES
#include "compress/Dialect/Kernel/IR/KernelOps.h.inc"

#endif // COMPRESS_DIALECT_KERNEL_IR_KERNELOPS_H
