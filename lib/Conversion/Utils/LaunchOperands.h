//===- LaunchOperands.h - What a launch passes to a runtime -----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_UTILS_LAUNCHOPERANDS_H
#define COMPRESS_LIB_CONVERSION_UTILS_LAUNCHOPERANDS_H

#include "RuntimeCalls.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"

namespace mlir::compress {

/// What a launch has to know of a kernel in the LLVM dialect.
struct KernelSignature {
  explicit KernelSignature(LLVM::LLVMFuncOp kernel);

  SmallVector<Type> arguments;
  /// Which of them are pointers to an object that is passed by value.
  SmallVector<bool> areObjects;
  SmallVector<int32_t> clusterSize = {1, 1, 1};
};

/// Values of the LLVM dialect that a runtime launches a kernel with.
struct LaunchOperands {
  /// An array of pointers to the arguments.
  Value arguments;
  /// An array of the grid's, the block's and the cluster's x, y, z, in 64 bits.
  Value sizes;
  Value dynamicShared;
};

/// Makes them where `builder` points. An argument that disagrees with the
/// kernel, and an asynchronous launch, are errors.
FailureOr<LaunchOperands> makeLaunchOperands(OpBuilder &builder,
                                             gpu::LaunchFuncOp launch,
                                             const KernelSignature &kernel,
                                             RuntimeCalls &calls);

/// Leaves host code alone in the module, whose launches are calls by now: no
/// kernels, and no marks that only kernels need.
void eraseKernels(ModuleOp module);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_UTILS_LAUNCHOPERANDS_H
