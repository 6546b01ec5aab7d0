//===- CostModel.h - What the cost models have in common --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_COSTMODEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_COSTMODEL_H

#include "compress/Target/Chip.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>

namespace mlir::compress::cost {

/// Clocks from a load of global memory to its data, and from a launch to the
/// first load: orders of magnitude, which only decide between schedules.
constexpr double kLatency = 700, kStart = 1500;

/// Instructions of warps that a multiprocessor issues in a clock.
constexpr double kIssued = 4;

/// Lanes whose instructions these are.
constexpr double kLanes = kIssued * 32;

/// Registers of a thread beside its accumulators.
constexpr int64_t kOthers = 96;

/// Blocks that a multiprocessor runs at a time, none where it cannot run one;
/// `blocks` are there in all, and each has so many threads, registers and bytes
/// of shared memory.
inline int64_t countResident(const Chip &chip, int64_t blocks, int64_t threads,
                             int64_t registers, int64_t sharedBytes) {
  // Of a multiprocessor; it takes 1 KiB of shared memory for each block itself
  // (CUDA C++ Programming Guide, compute capabilities 8.0 to 12.0).
  constexpr int64_t mostRegisters = 65536;
  if (sharedBytes > chip.blockSharedBytes)
    return 0;
  return std::min(
      {chip.sharedBytes / (sharedBytes + 1024), chip.threads / threads,
       mostRegisters / registers,
       static_cast<int64_t>(llvm::divideCeil(blocks, chip.numProcessors))});
}

} // namespace mlir::compress::cost

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_COSTMODEL_H
