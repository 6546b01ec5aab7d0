//===- Kernel.h - How kernels for GPUs are put together ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_KERNEL_H
#define COMPRESS_DIALECT_KERNEL_IR_KERNEL_H

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Attributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/Interfaces/DestinationStyleOpInterface.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "compress/Dialect/Kernel/IR/KernelDialect.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compress/Dialect/Kernel/IR/KernelAttrs.h.inc"

#define GET_TYPEDEF_CLASSES
#include "compress/Dialect/Kernel/IR/KernelTypes.h.inc"

#define GET_OP_CLASSES
#include "compress/Dialect/Kernel/IR/KernelOps.h.inc"

namespace mlir::compress::kernel {

/// The most shared memory that a block can have.
constexpr int64_t kMostSharedBytes = 227 * 1024;

/// Whether a schedule is one of `compress_kernel.contract`.
bool isForPackedWeights(Attribute schedule);

/// Parts of K that a schedule adds up apart: its `splits`, or 1.
int64_t getSplits(Attribute schedule);

/// Lets one-shot bufferization turn the dialect's ops on tensors to buffers.
void registerBufferizableOpInterfaceExternalModels(DialectRegistry &registry);

} // namespace mlir::compress::kernel

#endif // COMPRESS_DIALECT_KERNEL_IR_KERNEL_H
