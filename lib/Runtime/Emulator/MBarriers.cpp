//===- MBarriers.cpp - mbarrier objects -----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As the PTX ISA describes them, section "Parallel Synchronization and
// Communication Instructions: mbarrier": a phase ends when its arrivals and its
// transactions' bytes are both complete.
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

/// The greatest counts of arrivals and of transactions' bytes.
static constexpr int64_t mostCount = (1 << 20) - 1;

MBarrier &Device::findBarrier(void *address, const char *site) {
  auto found = mbarriers.find(reinterpret_cast<uintptr_t>(address));
  if (found == mbarriers.end())
    fault(running, site, "mbarrier",
          formatv("no mbarrier at {0}", const_cast<const void *>(address)),
          "one that was initialised");
  else if (options.checks)
    // Uses need no order among themselves, but come after the initialisation
    // and before the end: as reads do.
    checkAccess(*running, address, 8, 8, EmulatedAccess::Load, site);
  return *found->second;
}

void Device::initBarrier(void *address, int32_t count, const char *site) {
  Thread &thread = *running;
  if (findShared(address) < 0)
    return fault(
        &thread, site, "mbarrier",
        formatv("an mbarrier at {0}", const_cast<const void *>(address)),
        "one in shared memory");
  if (count < 1 || count > mostCount)
    return fault(&thread, site, "mbarrier",
                 "a count of " + Twine(count) + " arrivals",
                 "1 to " + Twine(mostCount));
  std::unique_ptr<MBarrier> &barrier =
      mbarriers[reinterpret_cast<uintptr_t>(address)];
  if (barrier)
    return fault(&thread, site, "mbarrier",
                 Twine("a second initialisation, after ") +
                     printSite(barrier->site),
                 "an invalidation between the two");
  if (options.checks)
    checkAccess(thread, address, 8, 8, EmulatedAccess::Store, site);
  barrier = std::make_unique<MBarrier>();
  barrier->count = barrier->pending = count;
  barrier->site = site;
  barrier->agent = nextAgent++ % numBarrierAgents;
}

void Device::invalidateBarrier(void *address, const char *site) {
  MBarrier &barrier = findBarrier(address, site);
  if (!barrier.waiting.empty())
    return fault(running, site, "mbarrier",
                 Twine(barrier.waiting.size()) + " threads that wait",
                 "an mbarrier that nobody uses");
  // Others' uses must come before; what follows may be anything.
  if (options.checks)
    checkAccess(*running, address, 8, 8, EmulatedAccess::Store, site);
  mbarriers.erase(reinterpret_cast<uintptr_t>(address));
}

void Device::completeIfOver(MBarrier &barrier) {
  if (barrier.pending || barrier.transactionBytes)
    return;
  ++progress;
  ++barrier.phase;
  barrier.pending = barrier.count;
  if (options.checks && !barrier.arrived.isEmpty())
    barrier.released = ClockAcquire(barrier.arrived.get());
  for (Thread *thread : barrier.waiting)
    wake(*thread);
  barrier.waiting.clear();
}

void Device::countArrivals(Thread &thread, MBarrier &barrier, int64_t count,
                           const char *site) {
  if (count > barrier.pending)
    return fault(&thread, site, "mbarrier",
                 Twine(count) + " arrivals where " + Twine(barrier.pending) +
                     " of " + Twine(barrier.count) + " are pending",
                 "as many as " + Twine(printSite(barrier.site)) + " says");
  barrier.pending -= count;
  completeIfOver(barrier);
}

void Device::countBytes(Thread &thread, MBarrier &barrier, int64_t bytes,
                        const char *site) {
  barrier.transactionBytes += bytes;
  if (std::abs(barrier.transactionBytes) > mostCount)
    fault(&thread, site, "mbarrier",
          Twine(barrier.transactionBytes) + " bytes of transactions",
          "at most " + Twine(mostCount) + " in flight");
}

int64_t Device::arriveAtBarrier(void *address, int32_t count, int32_t bytes,
                                bool drops, const char *site) {
  Thread &thread = *running;
  MBarrier &barrier = findBarrier(address, site);
  if (count < 1)
    fault(&thread, site, "mbarrier", Twine(count) + " arrivals", "1 or more");
  if (bytes < 0)
    fault(&thread, site, "mbarrier", Twine(bytes) + " bytes", "0 or more");
  int64_t state = barrier.phase;
  countBytes(thread, barrier, bytes, site);
  if (options.checks)
    barrier.arrived.release(thread.index, thread.clock);
  if (drops) {
    if (count > barrier.count)
      fault(&thread, site, "mbarrier",
            Twine(count) + " arrivals dropped of " + Twine(barrier.count),
            "as many as " + Twine(printSite(barrier.site)) + " says");
    barrier.count -= count;
  }
  countArrivals(thread, barrier, count, site);
  return state;
}

void Device::expectBytes(void *address, int32_t bytes, const char *site) {
  MBarrier &barrier = findBarrier(address, site);
  if (bytes < 0)
    fault(running, site, "mbarrier", Twine(bytes) + " bytes", "0 or more");
  countBytes(*running, barrier, bytes, site);
}

void Device::completeBytes(void *address, int32_t bytes, const char *site) {
  MBarrier &barrier = findBarrier(address, site);
  if (bytes < 0)
    fault(running, site, "mbarrier", Twine(bytes) + " bytes", "0 or more");
  countBytes(*running, barrier, -int64_t(bytes), site);
  completeIfOver(barrier);
}

/// The lanes of a warp pass one after another, which is not where they
/// converge: what they have accessed before still belongs together.
void Device::acquirePhase(MBarrier &barrier) {
  if (options.checks)
    barrier.released.acquire(running->clock);
}

void Device::waitForPhase(void *address, int64_t state, const char *site) {
  MBarrier &barrier = findBarrier(address, site);
  if (options.seed && random() % 2)
    landAny();
  while (barrier.phase == state) {
    barrier.waiting.push_back(running);
    wait(Wait::MBarrier, reinterpret_cast<uintptr_t>(address), site);
  }
  acquirePhase(barrier);
}

/// The state in which a wait for the parity waits.
static int64_t getState(const MBarrier &barrier, int32_t parity) {
  return (barrier.phase & 1) == parity ? barrier.phase : barrier.phase - 1;
}

void Device::waitForParity(void *address, int32_t parity, const char *site) {
  MBarrier &barrier = findBarrier(address, site);
  if (parity != 0 && parity != 1)
    return fault(running, site, "mbarrier", "parity " + Twine(parity),
                 "0 or 1");
  waitForPhase(address, getState(barrier, parity), site);
}

bool Device::testParity(void *address, int32_t parity, const char *site) {
  MBarrier &barrier = findBarrier(address, site);
  if (parity != 0 && parity != 1)
    fault(running, site, "mbarrier", "parity " + Twine(parity), "0 or 1");
  return testPhase(address, getState(barrier, parity), site);
}

bool Device::testPhase(void *address, int64_t state, const char *site) {
  // How many tests in a row may fail, for each thread, before nobody is
  // believed to get any further.
  constexpr uint64_t patience = 64;
  MBarrier &barrier = findBarrier(address, site);
  if (barrier.phase != state) {
    acquirePhase(barrier);
    return true;
  }
  if (progress != lastProgress) {
    lastProgress = progress;
    emptyTests = 0;
  }
  if (++emptyTests > patience * threads.size() && !landAny())
    fault(running, site, "deadlock",
          "tests of an mbarrier that all threads' progress depends on",
          "an arrival that ends its phase");
  yield();
  return false;
}

void Device::checkBarriersAtExit() {
  if (!options.checks)
    return;
  for (auto &[address, barrier] : mbarriers)
    if (barrier->transactionBytes)
      return fault(nullptr, barrier->site, "mbarrier",
                   Twine(barrier->transactionBytes) +
                       " bytes of transactions when the block ends",
                   "as many as were expected");
}

} // namespace mlir::compress::runtime::emulated
