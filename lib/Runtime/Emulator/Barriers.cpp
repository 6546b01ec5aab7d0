//===- Barriers.cpp - Barriers of blocks and clusters ---------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

void Device::completeBarrier(Block &block, Barrier &barrier) {
  ++progress;
  ++counters.get().barriers;
  if (options.checks) {
    // The threads that exited count as arrived.
    if (!barrier.expected)
      barrier.clocks.merge(block.exited);
    SharedClock joined = barrier.clocks.get();
    for (Thread *thread : barrier.waiting)
      thread->clock.known = joined;
    if (barrier.waiting.size() == live)
      races.forgetReads();
    barrier.clocks.clear();
  }
  Warp *converged = nullptr;
  for (Thread *thread : barrier.waiting) {
    if (options.counters && thread->warp != converged) {
      converged = thread->warp;
      counters.converge(converged->groups, block.rank);
    }
    if (thread != running)
      wake(*thread);
  }
  barrier.waiting.clear();
  barrier.arrived = 0;
  barrier.expected = 0;
}

void Device::barrier(int32_t id, int32_t count, bool waits, const char *site) {
  Thread &thread = *running;
  Block &block = *thread.block;
  int64_t size = launched.block.count();
  if (id < 0 || id >= int32_t(numBarriers))
    return fault(&thread, site, "barrier", "barrier " + Twine(id),
                 "0 to " + Twine(numBarriers - 1));
  int64_t most = alignTo(size, warpSize);
  if (count < 0 || count > most || count % warpSize || (!waits && !count))
    return fault(&thread, site, "barrier count", Twine(count) + " threads",
                 "a multiple of 32 up to " + Twine(most));
  // A whole block, whose last warp may have fewer lanes.
  uint32_t expected = count == most && size % warpSize ? 0 : count;
  Barrier &barrier = block.barriers[id];
  if (!barrier.arrived) {
    barrier.expected = expected;
    barrier.site = site;
  } else if (barrier.expected != expected) {
    auto print = [&](uint32_t expected) {
      return expected ? Twine(expected).str() : Twine(size).str();
    };
    if (print(barrier.expected) != print(expected))
      return fault(&thread, site, "barrier count",
                   print(expected) + " threads at barrier " + Twine(id),
                   print(barrier.expected) + " as at " +
                       printSite(barrier.site));
  }
  ++barrier.arrived;
  if (options.checks)
    barrier.clocks.release(thread.index, thread.clock);
  if (waits)
    barrier.waiting.push_back(&thread);
  bool isComplete =
      barrier.arrived == (barrier.expected ? barrier.expected : block.live);
  if (isComplete)
    completeBarrier(block, barrier);
  else if (waits)
    wait(Wait::Barrier, id, site);
}

void Device::exitBarriers(Thread &thread) {
  Block &block = *thread.block;
  if (options.checks)
    block.exited.release(thread.index, thread.clock);
  for (Barrier &barrier : block.barriers)
    if (barrier.arrived && !barrier.expected && barrier.arrived == block.live)
      completeBarrier(block, barrier);
  if (thread.clusterPhase == clusterBarrier.phase)
    --clusterBarrier.arrived;
  if (clusterBarrier.arrived && clusterBarrier.arrived == live)
    completeCluster();
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

void Device::completeCluster() {
  ++progress;
  ++counters.get().barriers;
  ++clusterBarrier.phase;
  clusterBarrier.arrived = 0;
  if (options.checks) {
    for (Block &block : blocks)
      clusterBarrier.clocks.merge(block.exited);
    clusterBarrier.released = ClockAcquire(clusterBarrier.clocks.get());
    clusterBarrier.clocks.clear();
  }
  for (Thread *thread : clusterBarrier.waiting)
    wake(*thread);
  clusterBarrier.waiting.clear();
}

void Device::clusterArrive(const char *site) {
  Thread &thread = *running;
  if (thread.clusterPhase)
    return fault(&thread, site, "cluster barrier",
                 "a second arrival without a wait",
                 "a wait after each arrival");
  thread.clusterPhase = clusterBarrier.phase;
  if (options.checks)
    clusterBarrier.clocks.release(thread.index, thread.clock);
  if (++clusterBarrier.arrived == live)
    completeCluster();
}

void Device::clusterWait(const char *site) {
  Thread &thread = *running;
  if (!thread.clusterPhase)
    return fault(&thread, site, "cluster barrier", "a wait without an arrival",
                 "an arrival before each wait");
  if (*thread.clusterPhase == clusterBarrier.phase) {
    clusterBarrier.waiting.push_back(&thread);
    wait(Wait::Cluster, 0, site);
  }
  thread.clusterPhase.reset();
  if (options.checks)
    clusterBarrier.released.acquire(thread.clock);
  if (options.counters)
    counters.converge(thread.warp->groups, thread.block->rank);
}

} // namespace mlir::compress::runtime::emulated
