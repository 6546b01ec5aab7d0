//===- ThreadPool.cpp - Parallel loops of compiled code -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// It is linked into every model, where there is no C++ library: threads are
// those of POSIX.
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/ThreadPool.h"
#include <algorithm>
#include <atomic>
#include <cstdlib>
#include <new>
#include <pthread.h>
#include <sched.h>
#include <time.h>
#include <unistd.h>

using namespace mlir::compress::runtime;

/// How long a worker looks for the next loop before it sleeps, in nanoseconds.
static constexpr int64_t kSpin = 50000;
/// Ranges per thread: enough to balance threads of unequal speed.
static constexpr int64_t kRangesPerThread = 4;

static void relax() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

static int64_t getNanoseconds() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * int64_t(1000000000) + now.tv_nsec;
}

/// Processors that this process may use.
static unsigned countProcessors() {
#ifdef __linux__
  cpu_set_t set;
  if (!sched_getaffinity(0, sizeof(set), &set))
    return std::max(1, CPU_COUNT(&set));
#endif
  return std::max(1l, sysconf(_SC_NPROCESSORS_ONLN));
}

namespace {
/// Holds a mutex for as long as it lives.
class Lock {
public:
  explicit Lock(pthread_mutex_t &mutex) : mutex(mutex) {
    pthread_mutex_lock(&mutex);
  }
  ~Lock() { pthread_mutex_unlock(&mutex); }

private:
  pthread_mutex_t &mutex;
};
} // namespace

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
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  pthread_cond_t wake = PTHREAD_COND_INITIALIZER;
  /// Held by the thread whose loop runs.
  pthread_mutex_t running = PTHREAD_MUTEX_INITIALIZER;
  pthread_t *workers = nullptr;
  unsigned numWorkers = 0;

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
    int64_t deadline = getNanoseconds() + kSpin;
    while (epoch.load() == seen) {
      for (int i = 0; i < 64 && epoch.load(std::memory_order_relaxed) == seen;
           ++i)
        relax();
      if (getNanoseconds() < deadline)
        continue;
      Lock lock(mutex);
      sleeping.fetch_add(1);
      while (epoch.load() == seen)
        pthread_cond_wait(&wake, &mutex);
      sleeping.fetch_sub(1);
    }
    seen = epoch.load();
    if (stop.load())
      return;
    join();
  }
}

ThreadPool::ThreadPool(unsigned threads) {
  state = new (std::malloc(sizeof(State))) State;
  if (threads == 0)
    threads = countProcessors();
  state->workers =
      static_cast<pthread_t *>(std::calloc(threads, sizeof(pthread_t)));
  auto work = [](void *pool) -> void * {
    static_cast<State *>(pool)->work();
    return nullptr;
  };
  // Where the system gives no more threads, those that there are do the work.
  while (
      state->workers && state->numWorkers + 1 < threads &&
      !pthread_create(&state->workers[state->numWorkers], nullptr, work, state))
    ++state->numWorkers;
}

ThreadPool::~ThreadPool() {
  state->stop = true;
  {
    Lock lock(state->mutex);
    state->epoch.fetch_add(1);
  }
  pthread_cond_broadcast(&state->wake);
  for (unsigned i = 0; i < state->numWorkers; ++i)
    pthread_join(state->workers[i], nullptr);
  std::free(state->workers);
  std::free(state);
}

unsigned ThreadPool::getNumThreads() const { return state->numWorkers + 1; }

void ThreadPool::parallelFor(LoopBody body, void *context, int64_t iterations) {
  if (iterations <= 0)
    return;
  if (iterations == 1 || !state->numWorkers || insideBody ||
      pthread_mutex_trylock(&state->running))
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
      Lock lock(state->mutex);
    }
    pthread_cond_broadcast(&state->wake);
  }
  insideBody = true;
  state->runRanges();
  insideBody = false;
  state->gate.fetch_and(~uint32_t(1));
  // A worker that the system has suspended needs this processor to go on.
  for (int spins = 0; state->gate.load(); ++spins) {
    relax();
    if (spins > 1000)
      sched_yield();
  }
  pthread_mutex_unlock(&state->running);
}

static std::atomic<ThreadPool *> globalPool;
static pthread_mutex_t globalMutex = PTHREAD_MUTEX_INITIALIZER;

/// Puts another pool, or none, in the place of the global one.
static void replaceGlobal(ThreadPool *pool) {
  ThreadPool *old = globalPool.exchange(pool);
  if (!old)
    return;
  old->~ThreadPool();
  std::free(old);
}

static ThreadPool *create(unsigned threads) {
  return new (std::malloc(sizeof(ThreadPool))) ThreadPool(threads);
}

ThreadPool &ThreadPool::getGlobal() {
  if (ThreadPool *pool = globalPool.load())
    return *pool;
  Lock lock(globalMutex);
  if (!globalPool.load())
    globalPool = create(/*threads=*/0);
  return *globalPool.load();
}

void ThreadPool::setGlobalThreads(unsigned threads) {
  Lock lock(globalMutex);
  replaceGlobal(create(threads));
}

void ThreadPool::destroyGlobal() {
  Lock lock(globalMutex);
  replaceGlobal(nullptr);
}

extern "C" void compress_parallel_for(LoopBody body, void *context,
                                      int64_t iterations) {
  ThreadPool::getGlobal().parallelFor(body, context, iterations);
}
