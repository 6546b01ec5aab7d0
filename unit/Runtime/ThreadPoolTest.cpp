//===- ThreadPoolTest.cpp - Tests of the thread pool ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/ThreadPool.h"
#include "gtest/gtest.h"
#include <atomic>
#include <thread>
#include <vector>

using namespace mlir::compress::runtime;

namespace {
/// Counts how often each iteration runs.
struct Counts {
  explicit Counts(size_t size) : visits(size) {}
  static void body(void *context, int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i)
      ++static_cast<Counts *>(context)->visits[i];
  }
  bool allAre(int expected) const {
    for (const std::atomic<int> &count : visits)
      if (count != expected)
        return false;
    return true;
  }
  std::vector<std::atomic<int>> visits;
};
} // namespace

TEST(ThreadPool, RunsEveryIterationOnce) {
  for (unsigned threads : {1u, 2u, 3u, 8u}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.getNumThreads(), threads);
    for (int64_t iterations : {0, 1, 2, 7, 64, 1000}) {
      Counts counts(iterations);
      pool.parallelFor(Counts::body, &counts, iterations);
      EXPECT_TRUE(counts.allAre(1)) << threads << " threads, " << iterations;
    }
  }
}

// Loops that follow at once find workers awake, others find them asleep, and
// some workers are late for a loop that is already over.
TEST(ThreadPool, RunsManyLoops) {
  ThreadPool pool(4);
  Counts counts(37);
  for (int loop = 0; loop < 5000; ++loop) {
    pool.parallelFor(Counts::body, &counts, 37);
    if (loop % 500 == 0)
      std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  EXPECT_TRUE(counts.allAre(5000));
}

// A loop within a loop runs on the thread that meets it: waiting for workers
// that wait themselves would never end.
TEST(ThreadPool, RunsNestedLoops) {
  struct Nested {
    ThreadPool pool{3};
    Counts counts{16};
    static void body(void *context, int64_t begin, int64_t end) {
      auto *nested = static_cast<Nested *>(context);
      for (int64_t i = begin; i < end; ++i)
        nested->pool.parallelFor(Counts::body, &nested->counts, 16);
    }
  } nested;
  nested.pool.parallelFor(Nested::body, &nested, 10);
  EXPECT_TRUE(nested.counts.allAre(10));
}

TEST(ThreadPool, ServesSeveralThreads) {
  ThreadPool pool(2);
  std::vector<std::thread> callers;
  std::atomic<bool> right = true;
  for (int caller = 0; caller < 4; ++caller)
    callers.emplace_back([&] {
      for (int loop = 0; loop < 200; ++loop) {
        Counts counts(50);
        pool.parallelFor(Counts::body, &counts, 50);
        if (!counts.allAre(1))
          right = false;
      }
    });
  for (std::thread &caller : callers)
    caller.join();
  EXPECT_TRUE(right);
}
