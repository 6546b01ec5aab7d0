//===- ThreadPool.cpp - Parallel loops of compiled code -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/ThreadPool.h"
#include "llvm/Support/Threading.h"
#include <algorithm>
#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <vector>

using namespace mlir::compress::runtime;

/// How long a worker looks for the next loop before it sleeps.
static constexpr std::chrono::microseconds kSpin(50);
/// Ranges per thread: enough to balance threads of unequal speed.
static constexpr int64_t kRangesPerThread = 4;

static void pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

struct ThreadPool::State {
  // The loop that runs. Written by the caller while the gate is shut and no
  // worker is inside.
  LoopBody body = nullptr;
  void *context = nullptr;
  int64_t iterations = 0, grain = 1;
  std::atomic<int64_t> next{0};

  /// Counts loops; a change tells workers that one began.
  std::atomic<uint64_t> epoch{0};
  /// Bit 0: workers may join the loop. Above: how many are inside. The caller
  /// waits only for those, not for a worker that has yet to wake up.
  std::atomic<uint32_t> gate{0};
  std::atomic<bool> stop{false};
  /// Workers asleep; the mutex guards sleeping against waking.
  std::atomic<unsigned> sleeping{0};
  std::mutex mutex;
  std::condition_variable wake;
  /// Held by the thread whose loop runs.
  std::mutex running;
  std::vector<std::thread> workers;

  void runRanges() {
    while (true) {
      int64_t begin = next.fetch_add(grain, std::memory_order_relaxed);
      if (begin >= iterations)
        return;
      body(context, begin, std::min(begin + grain, iterations));
    }
  }

  /// Joins the loop unless it is over.
  void join() {
    uint32_t seen = gate.load();
    while (seen & 1)
      if (gate.compare_exchange_weak(seen, seen + 2)) {
        runRanges();
        gate.fetch_sub(2);
        return;
      }
  }

  void work();
};

/// Whether this thread runs a body, whose own loops must not wait for workers.
static thread_local bool insideBody = false;

void ThreadPool::State::work() {
  insideBody = true;
  uint64_t seen = 0;
  while (true) {
    auto deadline = std::chrono::steady_clock::now() + kSpin;
    while (epoch.load() == seen) {
      for (int i = 0; i < 64 && epoch.load(std::memory_order_relaxed) == seen;
           ++i)
        pause();
      if (std::chrono::steady_clock::now() < deadline)
        continue;
      std::unique_lock<std::mutex> lock(mutex);
      sleeping.fetch_add(1);
      wake.wait(lock, [&] { return epoch.load() != seen; });
      sleeping.fetch_sub(1);
    }
    seen = epoch.load();
    if (stop.load())
      return;
    join();
  }
}

ThreadPool::ThreadPool(unsigned threads) : state(new State) {
  if (threads == 0)
    threads = std::max(1u, llvm::hardware_concurrency().compute_thread_count());
  for (unsigned i = 1; i < threads; ++i)
    state->workers.emplace_back([this] { state->work(); });
}

ThreadPool::~ThreadPool() {
  state->stop = true;
  {
    std::lock_guard<std::mutex> lock(state->mutex);
    state->epoch.fetch_add(1);
  }
  state->wake.notify_all();
  for (std::thread &worker : state->workers)
    worker.join();
}

unsigned ThreadPool::getNumThreads() const { return state->workers.size() + 1; }

void ThreadPool::parallelFor(LoopBody body, void *context, int64_t iterations) {
  if (iterations <= 0)
    return;
  std::unique_lock<std::mutex> running(state->running, std::defer_lock);
  if (iterations == 1 || state->workers.empty() || insideBody ||
      !running.try_lock())
    return body(context, 0, iterations);

  state->body = body;
  state->context = context;
  state->iterations = iterations;
  state->grain =
      std::max<int64_t>(1, iterations / (getNumThreads() * kRangesPerThread));
  state->next.store(0);
  state->gate.fetch_or(1);
  state->epoch.fetch_add(1);
  if (state->sleeping.load()) {
    // A worker that is about to sleep holds the mutex until it waits.
    {
      std::lock_guard<std::mutex> lock(state->mutex);
    }
    state->wake.notify_all();
  }
  insideBody = true;
  state->runRanges();
  insideBody = false;
  state->gate.fetch_and(~uint32_t(1));
  // A worker that the system has suspended needs this processor to go on.
  for (int spins = 0; state->gate.load(); ++spins) {
    pause();
    if (spins > 1000)
      std::this_thread::yield();
  }
}

static std::unique_ptr<ThreadPool> &globalPool() {
  static std::unique_ptr<ThreadPool> pool;
  return pool;
}

ThreadPool &ThreadPool::getGlobal() {
  static std::once_flag once;
  std::call_once(once, [] {
    if (!globalPool())
      globalPool() = std::make_unique<ThreadPool>();
  });
  return *globalPool();
}

void ThreadPool::setGlobalThreads(unsigned threads) {
  globalPool() = std::make_unique<ThreadPool>(threads);
}

extern "C" void compress_parallel_for(LoopBody body, void *context,
                                      int64_t iterations) {
  ThreadPool::getGlobal().parallelFor(body, context, iterations);
}
