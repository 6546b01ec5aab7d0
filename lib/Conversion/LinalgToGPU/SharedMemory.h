//===- SharedMemory.h - Shared memory of a kernel ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_SHAREDMEMORY_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_SHAREDMEMORY_H

#include "mlir/IR/Builders.h"

namespace mlir::compress {

/// The address of the dynamic shared memory of the kernel that is being built.
Value getSharedMemory(OpBuilder &builder, Location loc);

/// Whether copies of so many bytes go on after they were started.
constexpr bool isAsync(int64_t bytes) { return bytes >= 4; }

/// Starts the copy of `count` elements of 2 or 4 bytes, up to `width`, to
/// shared memory, of which the rest becomes zero. Addresses are multiples of
/// the width, a power of two up to 16 bytes. A single element of 2 bytes is
/// moved at once: what is stored is read after the barrier that follows the
/// wait for copies.
void copyToShared(OpBuilder &builder, Location loc, Value to, Value from,
                  int64_t elementBytes, int64_t width, Value count);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_SHAREDMEMORY_H
