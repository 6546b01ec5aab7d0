//===- LaunchesToCUDA.h - Host code that calls the CUDA runtime -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way of the host functions of a module that went through
// `buildLinalgToGPUPipeline` to the LLVM dialect: their allocations become
// places in one workspace, and their launches calls of the functions of
// compress/Runtime/CudaABI.h, which says what such a function takes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CONVERSION_LAUNCHESTOCUDA_H
#define COMPRESS_CONVERSION_LAUNCHESTOCUDA_H

#include "compress/Conversion/LinalgToGPU.h"

namespace mlir::compress {

/// On a planned function: the function that measures its buffers, and an array
/// with the begin and the end of each buffer's lifetime.
constexpr llvm::StringLiteral kMeasureAttr = "compress_cuda.measure";
constexpr llvm::StringLiteral kLifetimesAttr = "compress_cuda.lifetimes";
/// On a module whose launches are converted: the kernels' names by number.
constexpr llvm::StringLiteral kKernelsAttr = "compress_cuda.kernels";

/// Host functions and their launches to the LLVM dialect of the host. The
/// kernels are erased: translate them before.
void buildLaunchesToCUDAPipeline(OpPassManager &pm);

/// Makes the pipeline known as `compress-launch-cuda`.
void registerLaunchesToCUDAPipeline();

} // namespace mlir::compress

#endif // COMPRESS_CONVERSION_LAUNCHESTOCUDA_H
