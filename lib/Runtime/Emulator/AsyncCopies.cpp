//===- AsyncCopies.cpp - cp.async -----------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A copy's bytes move when its thread waits for it, which is the latest legal
// moment, or with a seed at any moment before. Until the wait the target's
// bytes are in flight, and the source's must stay as they are.
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/Support/FormatVariadic.h"
#include <cstring>

using namespace llvm;

namespace mlir::compress::runtime::emulated {

/// Sources are 4, 8 or 16 bytes, aligned to their size.
void Device::performCopy(Copy &copy) {
  if (copy.isMoved)
    return;
  copy.isMoved = true;
  if (copy.sourceBytes)
    std::memcpy(copy.target, copy.source, copy.sourceBytes);
  std::memset(static_cast<char *>(copy.target) + copy.sourceBytes, 0,
              copy.bytes - copy.sourceBytes);
}

void Device::copyAsync(void *shared, const void *global, int32_t bytes,
                       int32_t sourceBytes, const char *site) {
  Thread &thread = *running;
  if (bytes != 4 && bytes != 8 && bytes != 16)
    return fault(&thread, site, "cp.async", Twine(bytes) + " bytes",
                 "4, 8 or 16");
  if (sourceBytes < 0 || sourceBytes > bytes)
    return fault(&thread, site, "cp.async",
                 Twine(sourceBytes) + " bytes of the source",
                 "0 to " + Twine(bytes));
  if (options.checks) {
    if (findShared(shared) < 0)
      return fault(&thread, site, "cp.async",
                   formatv("a copy to {0}", const_cast<const void *>(shared)),
                   "a target in shared memory");
    if (reinterpret_cast<uintptr_t>(shared) % bytes)
      return fault(&thread, site, "misaligned copy",
                   formatv("target {0}", const_cast<const void *>(shared)),
                   "a multiple of " + Twine(bytes));
    if (sourceBytes) {
      checkAccess(thread, global, sourceBytes, bytes, EmulatedAccess::Load,
                  site);
      if (!isReadOnly(global))
        holdSource(thread, global, sourceBytes, /*isOperand=*/false, site);
    }
    startCopy(thread, shared, bytes, site);
  }
  if (options.counters) {
    if (sourceBytes)
      countAccess(thread, global, sourceBytes, EmulatedAccess::Load, site);
    countAccess(thread, shared, bytes, EmulatedAccess::Store, site);
  }
  thread.copies.inFlight.push_back({shared, global, uint32_t(bytes),
                                    uint32_t(sourceBytes), thread.clock.epoch,
                                    /*isMoved=*/false, site});
  if (options.seed && random() % 2) {
    std::vector<Copy> &copies = thread.copies.inFlight;
    performCopy(copies[random() % copies.size()]);
  }
}

void Device::checkSources(Thread &thread, uintptr_t address, uint32_t bytes,
                          const char *site) {
  for (uintptr_t chunk = address / 16, end = (address + bytes - 1) / 16;
       chunk <= end; ++chunk) {
    auto found = sources.find(chunk);
    if (found == sources.end())
      continue;
    Stamp other(0, numberSite(found->second.site), found->second.thread,
                Stamp::InFlight);
    bool isOperand = found->second.isOperand;
    return fault(&thread, site,
                 isOperand ? "wgmma in flight: write of its operand"
                           : "copy in flight: write of its source",
                 Conflict{isOperand ? Conflict::Operand : Conflict::InFlight,
                          other, run, false},
                 reinterpret_cast<const void *>(chunk * 16));
  }
}

void Device::land(Thread &thread, uint64_t upTo,
                  std::optional<uint32_t> epoch) {
  CopyQueue &copies = thread.copies;
  if (upTo <= copies.landed)
    return;
  size_t count = upTo - copies.landed;
  for (size_t i = 0; i < count; ++i) {
    Copy &copy = copies.inFlight[i];
    performCopy(copy);
    if (!options.checks)
      continue;
    finishCopy(copy.target, copy.bytes,
               Stamp(epoch.value_or(copy.epoch), numberSite(copy.site),
                     thread.index, Stamp::Plain));
    if (copy.sourceBytes && !isReadOnly(copy.source))
      releaseSource(copy.source, copy.sourceBytes);
  }
  copies.inFlight.erase(copies.inFlight.begin(),
                        copies.inFlight.begin() + count);
  copies.landed = upTo;
}

void Device::waitForCopies(int32_t pending, const char *site) {
  Thread &thread = *running;
  std::vector<uint64_t> &groups = thread.copies.groups;
  if (pending < 0)
    return fault(&thread, site, "cp.async.wait_group",
                 Twine(pending) + " groups", "0 or more");
  if (groups.size() <= size_t(pending))
    return;
  size_t count = groups.size() - pending;
  // What the thread did before, such as a fence or an arrival, does not cover
  // what has landed only now.
  land(thread, groups[count - 1], thread.clock.epoch);
  groups.erase(groups.begin(), groups.begin() + count);
}

void Device::commitCopies() {
  running->copies.groups.push_back(running->copies.getEnd());
}

//===----------------------------------------------------------------------===//
// Arrivals that follow copies
//===----------------------------------------------------------------------===//

void Device::arriveAfterCopies(void *barrier, bool noIncrement,
                               const char *site) {
  Thread &thread = *running;
  MBarrier &found = findBarrier(barrier, site);
  // Without .noinc the arrival that follows is one more than was expected.
  if (!noIncrement)
    ++found.pending;
  thread.copies.deferred = thread.copies.getEnd();
  Deferred arrival{&thread, thread.copies.deferred, barrier, {}, site};
  if (options.checks)
    arrival.clocks.release(thread.index, thread.clock);
  deferred.push_back(std::move(arrival));
}

/// Performs one arrival that waits for copies; false when there is none.
bool Device::landAny() {
  if (options.seed && random() % 2)
    return landLoad() || landDeferred();
  return landDeferred() || landLoad();
}

bool Device::landDeferred() {
  if (deferred.empty())
    return false;
  size_t index = options.seed ? random() % deferred.size() : 0;
  Deferred arrival = std::move(deferred[index]);
  deferred.erase(deferred.begin() + index);
  land(*arrival.thread, arrival.upTo);
  auto found = mbarriers.find(reinterpret_cast<uintptr_t>(arrival.barrier));
  if (found == mbarriers.end()) {
    fault(arrival.thread, arrival.site, "mbarrier",
          formatv("no mbarrier at {0} when the copies landed",
                  const_cast<const void *>(arrival.barrier)),
          "one that lives until then");
    return false;
  }
  MBarrier &barrier = *found->second;
  barrier.arrived.merge(arrival.clocks);
  countArrivals(*arrival.thread, barrier, 1, arrival.site);
  return true;
}

} // namespace mlir::compress::runtime::emulated
