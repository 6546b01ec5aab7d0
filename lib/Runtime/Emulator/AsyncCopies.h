//===- AsyncCopies.h - Copies in flight -------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_ASYNCCOPIES_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_ASYNCCOPIES_H

#include <cstdint>
#include <vector>

namespace mlir::compress::runtime::emulated {

/// One cp.async.
struct Copy {
  void *target;
  const void *source;
  uint32_t bytes, sourceBytes;
  /// The thread's epoch when it began.
  uint32_t epoch;
  /// Whether the bytes are there already, though nobody may know.
  bool isMoved;
  const char *site;
};

/// A thread's copies in the order of issue. A copy's number counts from the
/// thread's first.
struct CopyQueue {
  /// Those that have not landed; the first has number `landed`.
  std::vector<Copy> inFlight;
  uint64_t landed = 0;
  /// For each group that is not known to be over, the number after its last.
  std::vector<uint64_t> groups;
  /// Copies before this number land with a barrier's arrival.
  uint64_t deferred = 0;

  uint64_t getEnd() const { return landed + inFlight.size(); }
};

/// How many copies in flight read some bytes, and one of them.
struct SourceUse {
  uint32_t count = 0;
  const char *site = nullptr;
  uint32_t thread = 0;
  /// Whether a wgmma reads it, and not a copy.
  bool isOperand = false;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_ASYNCCOPIES_H
