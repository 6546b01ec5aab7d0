//===- ThreadPool.h - Parallel loops of compiled code --------- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A small pool of threads for loops of microseconds: a worker spins briefly
// after a loop, since the next one often follows at once, and then sleeps, so
// that it does not take time from other runtimes in the process.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_THREADPOOL_H
#define COMPRESS_RUNTIME_THREADPOOL_H

#include <cstdint>

namespace mlir::compress::runtime {

/// Runs the iterations begin..end of a loop.
using LoopBody = void (*)(void *context, int64_t begin, int64_t end);

class ThreadPool {
public:
  /// `threads` counts the calling one; 0 stands for one a processor that this
  /// process may use.
  explicit ThreadPool(unsigned threads = 0);
  ThreadPool(const ThreadPool &) = delete;
  ~ThreadPool();

  /// Runs all iterations, in ranges that threads take in turn, and returns
  /// when they are done. A call from within a body, or while another thread's
  /// loop runs, runs its iterations itself.
  void parallelFor(LoopBody body, void *context, int64_t iterations);

  unsigned getNumThreads() const;

  /// The pool that compiled code uses.
  static ThreadPool &getGlobal();
  /// Sets the size of the global pool; no loop may be running.
  static void setGlobalThreads(unsigned threads);
  /// Ends its threads, until it is used again; no loop may be running.
  static void destroyGlobal();

private:
  struct State;
  State *state;
};

} // namespace mlir::compress::runtime

/// The call that compiled code makes: parallelFor on the global pool.
extern "C" void compress_parallel_for(mlir::compress::runtime::LoopBody body,
                                      void *context, int64_t iterations);

#endif // COMPRESS_RUNTIME_THREADPOOL_H
