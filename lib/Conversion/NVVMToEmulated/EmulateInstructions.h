//===- EmulateInstructions.h - Instructions of a kernel ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEINSTRUCTIONS_H
#define COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEINSTRUCTIONS_H

#include "EmulatedCalls.h"
#include "compress/Runtime/EmulatedABI.h"

namespace mlir::compress {

/// Replaces an op of a kernel by calls of the emulator: instructions of the
/// NVVM dialect, and, with `checkAccesses`, what comes before an access of
/// memory. Ops of the LLVM dialect that mean the same on a host stay. Fails,
/// with a diagnostic, where the emulator does not know the instruction.
LogicalResult emulateInstruction(Operation *op, EmulatedCalls &calls,
                                 bool checkAccesses);

/// The type of matrix operands of compress_kernel, which holds no others.
runtime::EmulatedType getOperandType(Type type);

/// Replaces the wgmma.mma_async of a kernel by calls of the emulator, and what
/// reads their results by reads that it checks.
LogicalResult emulateAccumulators(LLVM::LLVMFuncOp kernel,
                                  EmulatedCalls &calls);

/// Makes every block of a kernel count its ops of the LLVM dialect by class:
/// those that are there now, before LLVM optimizes them.
void countInstructions(LLVM::LLVMFuncOp kernel, EmulatedCalls &calls);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEINSTRUCTIONS_H
