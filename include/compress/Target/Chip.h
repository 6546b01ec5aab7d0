//===- Chip.h - What kernels need to know of a GPU --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_CHIP_H
#define COMPRESS_TARGET_CHIP_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

namespace mlir::compress {

/// Sizes and rates of a large GPU that has a chip's name, which the cost model
/// of kernels compares schedules with. Rates are per clock.
struct Chip {
  llvm::StringLiteral name;
  /// The oldest version of PTX that has what its kernels may use.
  llvm::StringLiteral features;
  int64_t numProcessors;
  /// Threads that a multiprocessor runs at a time.
  int64_t threads;
  /// Bytes of shared memory of a multiprocessor, and those that a block can
  /// have.
  int64_t sharedBytes, blockSharedBytes;
  /// Products of 16-bit floats in a multiprocessor by mma.sync, and by wgmma,
  /// 0 where the chip has none. Those of tf32 are half as many.
  int64_t products, warpgroupProducts;
  /// Bytes that the L2 cache gives a multiprocessor, and memory all of them.
  int64_t cacheBytes, memoryBytes;
};

/// The chip of that name. An error lists those that there are.
llvm::Expected<const Chip &> findChip(llvm::StringRef name);

} // namespace mlir::compress

#endif // COMPRESS_TARGET_CHIP_H
