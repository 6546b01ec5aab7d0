//===- BulkCopies.cpp - cp.async.bulk and its tensor forms ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// As the PTX ISA describes them, section "Data Movement and Conversion
// Instructions: Bulk copy" and "Tensor copy".
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace llvm;

namespace mlir::compress::runtime::emulated {

static constexpr uint32_t chunkBytes = 16;

static std::string print(const void *address) {
  return formatv("{0}", address);
}

/// Whether what an operand's address must be a multiple of divides it.
static bool isAligned(const void *address, uint64_t alignment) {
  return reinterpret_cast<uintptr_t>(address) % alignment == 0;
}

bool Device::makeBoxCopy(BulkCopy &copy, const void *map, void *shared,
                         const int32_t *coordinates, int32_t rank,
                         const char *site) {
  constexpr uint64_t boxAlignment = 128;
  auto fail = [&](const Twine &found, const Twine &expected) {
    fault(running, site, "tensor copy", found, expected);
    return false;
  };
  if (!map || !isAligned(map, TensorMap::alignment))
    return fail("a tensor map at " + print(map),
                "a multiple of " + Twine(unsigned(TensorMap::alignment)));
  std::memcpy(&copy.map, map, sizeof(copy.map));
  if (copy.map.magic != TensorMap::known)
    return fail("no tensor map at " + print(map),
                "one that compress_emulated_encode_tensor_map has filled");
  if (rank != copy.map.rank)
    return fail(Twine(rank) + " coordinates",
                Twine(unsigned(copy.map.rank)) + ", the tensor map's rank");
  if (findShared(shared) < 0 || !isAligned(shared, boxAlignment))
    return fail("a box at " + print(shared),
                "shared memory at a multiple of " + Twine(boxAlignment));
  copy.isTensor = true;
  copy.shared = static_cast<char *>(shared);
  copy.bytes = copy.map.getBoxBytes();
  std::copy_n(coordinates, rank, copy.coordinates.begin());
  return true;
}

bool Device::makeBulkCopy(BulkCopy &copy, void *global, void *shared,
                          int32_t bytes, const char *site) {
  auto fail = [&](const Twine &found, const Twine &expected) {
    fault(running, site, "bulk copy", found, expected);
    return false;
  };
  if (bytes < 1 || bytes % chunkBytes)
    return fail(Twine(bytes) + " bytes", "a multiple of 16");
  if (findShared(shared) < 0 || !isAligned(shared, chunkBytes))
    return fail(print(shared), "shared memory at a multiple of 16");
  if (!isAligned(global, chunkBytes))
    return fail(print(global), "a multiple of 16");
  copy.shared = static_cast<char *>(shared);
  copy.global = static_cast<char *>(global);
  copy.bytes = bytes;
  return true;
}

void Device::countBulk(const BulkCopy &copy, bool isLoad) {
  if (!options.counters)
    return;
  SmallVector<uintptr_t, 64> sectors;
  copy.forEachChunk([&](const BoxChunk &chunk) {
    // A copy within a cluster is none of global memory.
    if (chunk.first == chunk.last || findShared(chunk.global) >= 0)
      return;
    auto address = reinterpret_cast<uintptr_t>(chunk.global);
    counters.addSectors(sectors, address + chunk.first,
                        chunk.last - chunk.first);
  });
  counters.countSectors(sectors, isLoad, running->block->rank);
}

//===----------------------------------------------------------------------===//
// Sources in flight
//===----------------------------------------------------------------------===//

void Device::holdSource(const Thread &thread, const void *address,
                        uint32_t bytes, bool isOperand, const char *site) {
  auto first = reinterpret_cast<uintptr_t>(address);
  for (uintptr_t chunk = first / chunkBytes,
                 last = (first + bytes - 1) / chunkBytes;
       chunk <= last; ++chunk) {
    SourceUse &use = sources[chunk];
    ++use.count;
    use.site = site;
    use.thread = thread.index;
    use.isOperand = isOperand;
  }
}

void Device::releaseSource(const void *address, uint32_t bytes) {
  auto first = reinterpret_cast<uintptr_t>(address);
  for (uintptr_t chunk = first / chunkBytes,
                 last = (first + bytes - 1) / chunkBytes;
       chunk <= last; ++chunk) {
    auto use = sources.find(chunk);
    if (use != sources.end() && !--use->second.count)
      sources.erase(use);
  }
}

//===----------------------------------------------------------------------===//
// To shared memory
//===----------------------------------------------------------------------===//

void Device::loadBulk(BulkCopy &copy, void *barrier, int32_t multicast,
                      const char *site) {
  Thread &thread = *running;
  int own = findShared(copy.shared);
  if (findShared(barrier) != own)
    return fault(&thread, site, "bulk copy",
                 "an mbarrier in block " + Twine(findShared(barrier)) +
                     " of the cluster",
                 "one in block " + Twine(own) + ", as its target");
  uint32_t targets = multicast < 0 ? 1u << own : multicast & 0xffff;
  if (!targets || targets >> blocks.size())
    return fault(&thread, site, "bulk copy",
                 "the blocks 0x" + Twine::utohexstr(targets),
                 "some of a cluster of " + Twine(blocks.size()));
  countBulk(copy, /*isLoad=*/true);
  unsigned numTargets = popcount(targets);
  if (options.checks)
    copy.forEachChunk([&](const BoxChunk &chunk) {
      uint32_t bytes = chunk.last - chunk.first;
      if (!bytes)
        return;
      const char *from = chunk.global + chunk.first;
      checkAccess(thread, from, bytes, 1, EmulatedAccess::Load, site);
      if (findShared(from) >= 0)
        checkProxy(thread, from, bytes, site);
      if (!isReadOnly(from))
        for (unsigned i = 0; i < numTargets; ++i)
          holdSource(thread, from, bytes, /*isOperand=*/false, site);
    });
  for (uint32_t rest = targets; rest; rest &= rest - 1) {
    int64_t distance = (countr_zero(rest) - own) * int64_t(Arena::slotBytes);
    BulkLoad load{copy, static_cast<char *>(barrier) + distance, &thread, site};
    load.copy.shared += distance;
    if (options.checks)
      load.copy.forEachChunk([&](const BoxChunk &chunk) {
        startCopy(thread, chunk.shared, chunkBytes, site);
      });
    loads.push_back(std::move(load));
  }
  while (options.seed && random() % 2 && landLoad())
    ;
}

bool Device::landLoad() {
  if (loads.empty())
    return false;
  size_t index = options.seed ? random() % loads.size() : 0;
  BulkLoad load = std::move(loads[index]);
  loads.erase(loads.begin() + index);
  auto fail = [&](const Twine &found, const Twine &expected) {
    fault(load.thread, load.site, "bulk copy", found, expected);
    return false;
  };
  auto found = mbarriers.find(reinterpret_cast<uintptr_t>(load.barrier));
  if (found == mbarriers.end())
    return fail("no mbarrier at " + print(load.barrier) +
                    " when the copy landed",
                "one that lives until then");
  if (!blocks[findShared(load.copy.shared)].live)
    return fail("a block that has exited",
                "one that waits for what is copied to it");
  MBarrier &barrier = *found->second;
  uint32_t agent = getBarrierAgent(barrier);
  uint32_t epoch = ++agentEpochs[barrier.agent];
  actors[barrier.agent] = load.thread;
  // Ones are a NaN of every float type.
  char fill = load.copy.map.fillsWithNaN ? '\xff' : 0;
  load.copy.forEachChunk([&](const BoxChunk &chunk) {
    if (chunk.last - chunk.first != chunkBytes)
      std::memset(chunk.shared, fill, chunkBytes);
    if (chunk.last != chunk.first)
      std::memcpy(chunk.shared + chunk.first, chunk.global + chunk.first,
                  chunk.last - chunk.first);
    if (!options.checks)
      return;
    finishCopy(chunk.shared, chunkBytes,
               Stamp(epoch, numberSite(load.site), agent, Stamp::Plain));
    const char *from = chunk.global + chunk.first;
    if (chunk.last != chunk.first && !isReadOnly(from))
      releaseSource(from, chunk.last - chunk.first);
  });
  if (options.checks)
    barrier.arrived.raise(agent, epoch, getNumActors());
  countBytes(*load.thread, barrier, -int64_t(load.copy.bytes), load.site);
  completeIfOver(barrier);
  return true;
}

//===----------------------------------------------------------------------===//
// To global memory
//===----------------------------------------------------------------------===//

void Device::storeBulk(const BulkCopy &copy, const char *site) {
  Thread &thread = *running;
  countBulk(copy, /*isLoad=*/false);
  if (options.checks)
    copy.forEachChunk([&](const BoxChunk &chunk) {
      checkAccess(thread, chunk.shared, chunkBytes, chunkBytes,
                  EmulatedAccess::Load, site);
      checkProxy(thread, chunk.shared, chunkBytes, site);
      holdSource(thread, chunk.shared, chunkBytes, /*isOperand=*/false, site);
      if (chunk.first != chunk.last)
        startGlobalCopy(thread, chunk.global + chunk.first,
                        chunk.last - chunk.first, site);
    });
  thread.stores.inFlight.push_back({copy, site, {}});
}

/// Makes the thread's copies up to a number read their sources.
void Device::readStores(Thread &thread, uint64_t upTo) {
  BulkStores &stores = thread.stores;
  for (; stores.read < upTo; ++stores.read) {
    BulkStore &store = stores.inFlight[stores.read - stores.landed];
    store.copy.forEachChunk([&](const BoxChunk &chunk) {
      store.data.insert(store.data.end(), chunk.shared,
                        chunk.shared + chunkBytes);
      if (!options.checks)
        return;
      releaseSource(chunk.shared, chunkBytes);
      // A read at this moment, as far as later writes go.
      checkAccess(thread, chunk.shared, chunkBytes, chunkBytes,
                  EmulatedAccess::Load, store.site);
    });
  }
}

void Device::landStores(Thread &thread, uint64_t upTo) {
  BulkStores &stores = thread.stores;
  readStores(thread, upTo);
  for (size_t i = 0, e = upTo - std::min(upTo, stores.landed); i < e; ++i) {
    BulkStore &store = stores.inFlight[i];
    const char *from = store.data.data();
    store.copy.forEachChunk([&](const BoxChunk &chunk) {
      if (chunk.first != chunk.last) {
        char *to = chunk.global + chunk.first;
        uint32_t bytes = chunk.last - chunk.first;
        std::memcpy(to, from + chunk.first, bytes);
        if (options.checks)
          finishGlobalCopy(thread, to, bytes, store.site);
      }
      from += chunkBytes;
    });
  }
  if (upTo <= stores.landed)
    return;
  stores.inFlight.erase(stores.inFlight.begin(),
                        stores.inFlight.begin() + (upTo - stores.landed));
  stores.landed = upTo;
}

void Device::commitStores() {
  running->stores.groups.push_back(running->stores.getEnd());
}

void Device::waitForStores(int32_t pending, bool forReads, const char *site) {
  Thread &thread = *running;
  std::vector<uint64_t> &groups = thread.stores.groups;
  if (pending < 0)
    return fault(&thread, site, "cp.async.bulk.wait_group",
                 Twine(pending) + " groups", "0 or more");
  if (groups.size() <= size_t(pending))
    return;
  size_t count = groups.size() - pending;
  // A group whose sources have been read is still one that has not landed.
  if (forReads)
    return readStores(thread, groups[count - 1]);
  landStores(thread, groups[count - 1]);
  groups.erase(groups.begin(), groups.begin() + count);
}

/// A thread may exit before its copies have landed, but not before they have
/// read what may be gone then.
void Device::exitStores(Thread &thread) {
  BulkStores &stores = thread.stores;
  if (options.checks && stores.read < stores.getEnd())
    return fault(&thread, stores.inFlight.back().site, "lost copy",
                 "a thread that exits while its bulk copies read",
                 "a commit and a wait for all of them");
  landStores(thread, stores.getEnd());
}

} // namespace mlir::compress::runtime::emulated
