//===- Faults.cpp - What a kernel did wrong, in words ---------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

static std::string print(const Dim &dim) {
  return formatv("({0},{1},{2})", dim.x, dim.y, dim.z);
}

Dim Device::getBlockId(uint64_t cluster, uint32_t rank) const {
  Dim corner = clusterGrid.delinearize(cluster);
  Dim inside = launched.cluster.delinearize(rank);
  return {corner.x * launched.cluster.x + inside.x,
          corner.y * launched.cluster.y + inside.y,
          corner.z * launched.cluster.z + inside.z};
}

std::string Device::describe(uint32_t run, uint32_t thread) const {
  uint32_t perBlock = launched.block.count();
  // Agents of an earlier cluster: which block is not known.
  if (thread >= threads.size())
    return "a block of another cluster";
  return "block " +
         print(getBlockId(run - launched.firstRun, thread / perBlock)) +
         ", thread " + print(launched.block.delinearize(thread % perBlock));
}

uint16_t Device::numberSite(const char *site) {
  // Beyond what a stamp holds, sites share the last number.
  constexpr size_t most = (1 << Stamp::siteBits) - 1;
  auto [entry, isNew] =
      siteNumbers.try_emplace(site, std::min(sites.size(), most));
  if (isNew && sites.size() <= most)
    sites.push_back(site);
  return entry->second;
}

/// Leaves the kernel for good: no fiber runs again, and what its frames own is
/// not freed.
void Device::stop() {
  isStopping = true;
  if (Thread *thread = std::exchange(running, nullptr))
    thread->switchTo(root);
}

void Device::fault(const Thread *thread, const char *site, const Twine &what,
                   const Twine &found, const Twine &expected) {
  if (firstFault.empty()) {
    firstFault = (Twine(printSite(site)) + ": " + what + ": " + found +
                  ", expected " + expected + "; kernel '" + launched.name + "'")
                     .str();
    if (thread)
      firstFault += ", " + describe(run, thread->index);
  }
  stop();
}

void Device::fault(const Thread *thread, const char *site, const Twine &what,
                   const Conflict &conflict, const void *address) {
  if (firstFault.empty()) {
    StringRef expected;
    switch (conflict.kind) {
    case Conflict::Race:
      expected = "a barrier between the two";
      break;
    case Conflict::InFlight:
      expected = "the copy's wait before the access";
      break;
    case Conflict::Operand:
      expected = "the wgmma's wait before the access";
      break;
    case Conflict::Proxy:
      expected = "a fence.proxy.async between the two";
      break;
    case Conflict::Blocks:
      expected = "blocks that touch different bytes, or atomics";
      break;
    }
    firstFault =
        (Twine(printSite(site)) + ": " + what + " of " +
         formatv("{0}", address) + ", expected " + expected + "; kernel '" +
         launched.name + "', " + describe(run, thread->index) +
         "; the other access: " + printSite(sites[conflict.other.site]) +
         " by " +
         (conflict.run == run
              ? "thread " + print(getActor(conflict.other.thread).id)
              : describe(conflict.run, conflict.other.thread)))
            .str();
  }
  stop();
}

void Device::hostFault(const char *site, const Twine &what, const Twine &found,
                       const Twine &expected) {
  if (firstFault.empty())
    firstFault = (Twine(printSite(site)) + ": " + what + ": " + found +
                  ", expected " + expected)
                     .str();
}

} // namespace mlir::compress::runtime::emulated
