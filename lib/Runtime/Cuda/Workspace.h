//===- Workspace.h - Where buffers lie in one workspace ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_CUDA_WORKSPACE_H
#define COMPRESS_LIB_RUNTIME_CUDA_WORKSPACE_H

#include "compress/Runtime/CudaABI.h"

namespace mlir::compress::runtime {

/// The alignment of memory that the driver allocates (CUDA C++ Programming
/// Guide, device memory accesses), and of what lies in a workspace.
constexpr int64_t kBufferAlignment = 256;

constexpr int64_t alignBuffer(int64_t bytes) {
  return (bytes + kBufferAlignment - 1) / kBufferAlignment * kBufferAlignment;
}

/// Replaces the bytes of buffers by their offsets in a workspace, whose size it
/// returns. Buffers whose lifetimes have a position in common do not overlap.
/// Greedy by size: the largest buffer first, each at the first offset that is
/// free (Pisarchyk and Lee, "Efficient Memory Management for Deep Neural Net
/// Inference", 2020). `order` has room for `count` numbers, `placed` for
/// twice as many.
int64_t placeBuffers(int64_t count, const CudaLifetime *lifetimes,
                     int64_t *plan, int64_t *order, int64_t *placed);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_CUDA_WORKSPACE_H
