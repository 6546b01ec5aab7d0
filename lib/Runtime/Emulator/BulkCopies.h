//===- BulkCopies.h - Bulk copies in flight ---------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_BULKCOPIES_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_BULKCOPIES_H

#include "TensorMap.h"
#include <vector>

namespace mlir::compress::runtime::emulated {

struct Thread;

/// A copy to the shared memory of one block, which tells an mbarrier of it.
struct BulkLoad {
  BulkCopy copy;
  void *barrier;
  Thread *thread;
  const char *site;
};

/// A copy to global memory.
struct BulkStore {
  BulkCopy copy;
  const char *site;
  /// What has been read of shared memory; empty before.
  std::vector<char> data;
};

/// A thread's copies to global memory.
struct BulkStores {
  /// Those that have not landed; the first has number `landed`.
  std::vector<BulkStore> inFlight;
  /// Those before this number have read their source.
  uint64_t landed = 0, read = 0;
  /// For each group that is not known to be over, the number after its last.
  std::vector<uint64_t> groups;

  uint64_t getEnd() const { return landed + inFlight.size(); }
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_BULKCOPIES_H
