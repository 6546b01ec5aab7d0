//===- Parallel.cpp - Work shared among threads ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parallel.h"
#include "llvm/Support/ThreadPool.h"
#include <atomic>

void mlir::compress::codec::parallelFor(
    llvm::ThreadPoolInterface *threads, size_t count,
    llvm::function_ref<void(NextIndex next)> worker) {
  std::atomic<size_t> taken{0};
  auto next = [&](size_t &index) {
    index = taken.fetch_add(1, std::memory_order_relaxed);
    return index < count;
  };
  size_t workers = threads ? threads->getMaxConcurrency() : 1;
  workers = std::min(workers, count);
  if (workers <= 1) {
    worker(next);
    return;
  }
  llvm::ThreadPoolTaskGroup group(*threads);
  for (size_t i = 0; i < workers; ++i)
    group.async([&] { worker(next); });
  group.wait();
}
