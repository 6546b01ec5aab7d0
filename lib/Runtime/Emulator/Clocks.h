//===- Clocks.h - Vector clocks of emulated threads -------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A thread's accesses carry its epoch, and a thread knows, of every other, the
// epochs that come before whatever it does next. The scheme is FastTrack's
// (Flanagan and Freund, PLDI 2009). Threads that met at a barrier share what
// they know, so that a barrier costs one vector and not one a thread.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_CLOCKS_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_CLOCKS_H

#include <cstdint>
#include <memory>
#include <vector>

namespace mlir::compress::runtime::emulated {

/// The last epoch of each thread of the cluster that is known to be over.
using Clock = std::vector<uint32_t>;
using SharedClock = std::shared_ptr<const Clock>;

/// What a thread knows: `known` of the others, and its own epoch.
struct ThreadClock {
  SharedClock known;
  uint32_t epoch = 1;
};

/// The join of the clocks of those who released into it.
class ClockJoin {
public:
  bool isEmpty() const { return joined.empty(); }
  /// The thread's accesses so far belong to the join, those after do not.
  void release(uint32_t thread, ThreadClock &clock);
  void merge(const ClockJoin &other);
  /// What an agent did up to the epoch belongs to the join, of clocks of
  /// `size`.
  void raise(uint32_t agent, uint32_t epoch, size_t size);
  /// Returns the join; it goes on accumulating.
  SharedClock get() const { return std::make_shared<const Clock>(joined); }
  void clear();

private:
  Clock joined;
  /// The vector that was merged last; most who meet share theirs.
  SharedClock last;
};

/// What those who wait for a release then know. Consecutive calls for threads
/// that know the same make one vector.
class ClockAcquire {
public:
  ClockAcquire() = default;
  explicit ClockAcquire(SharedClock released) : released(std::move(released)) {}
  void acquire(ThreadClock &clock);

private:
  SharedClock released, before, after;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_CLOCKS_H
