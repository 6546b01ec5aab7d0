//===- Scheduler.cpp - Blocks in order, threads as fibers -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

Device::Device(const EmulatorOptions &options)
    : options(options), random(options.seed.value_or(0)) {
  sites.push_back(nullptr);
  siteNumbers[nullptr] = 0;
}

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

bool Device::prepareLaunch(const int64_t *sizes, int64_t staticShared,
                           int64_t dynamicShared) {
  const char *site = launched.site;
  auto fail = [&](const Twine &what, const Twine &found,
                  const Twine &expected) {
    hostFault(site, "launch of '" + launched.name + "': " + what, found,
              expected);
    return false;
  };
  static constexpr const char *names[] = {"grid", "block", "cluster"};
  // What compute capability 9.0 allows.
  static constexpr int64_t limits[] = {INT32_MAX, 65535, 65535, 1024, 1024,
                                       64,        16,    16,    16};
  for (unsigned i = 0; i < 9; ++i)
    if (sizes[i] < 1 || sizes[i] > limits[i])
      return fail(Twine(names[i / 3]) + "'s extent " + Twine("xyz"[i % 3]),
                  Twine(sizes[i]), "1 to " + Twine(limits[i]));
  auto getDim = [&](unsigned i) {
    return Dim{uint32_t(sizes[i]), uint32_t(sizes[i + 1]),
               uint32_t(sizes[i + 2])};
  };
  launched.grid = getDim(0);
  launched.block = getDim(3);
  launched.cluster = getDim(6);
  if (launched.block.count() > mostThreads)
    return fail("threads of a block", Twine(launched.block.count()),
                "at most " + Twine(mostThreads));
  if (launched.cluster.count() > mostClusterBlocks)
    return fail("blocks of a cluster", Twine(launched.cluster.count()),
                "at most " + Twine(mostClusterBlocks));
  if (launched.grid.x % launched.cluster.x ||
      launched.grid.y % launched.cluster.y ||
      launched.grid.z % launched.cluster.z)
    return fail("grid", "extents that the cluster's do not divide",
                "whole clusters");
  int64_t most = Arena::usableBytes;
  if (staticShared < 0 || dynamicShared < 0 || staticShared > most ||
      dynamicShared > most - staticShared)
    return fail("shared memory",
                Twine(staticShared) + " + " + Twine(dynamicShared) + " bytes",
                "at most " + Twine(most));
  launched.sharedBytes = staticShared + dynamicShared;
  clusterGrid = {launched.grid.x / launched.cluster.x,
                 launched.grid.y / launched.cluster.y,
                 launched.grid.z / launched.cluster.z};
  if (!memory.arena.exists())
    return fail("shared memory", "no room", "4 MiB of addresses below 4 GiB");
  if (!stacks.reserve(launched.block.count() * launched.cluster.count()))
    return fail("stacks", "no room",
                Twine(launched.block.count() * launched.cluster.count()) +
                    " stacks of " + Twine(uint64_t(Stacks::stackBytes)) +
                    " bytes");
  return true;
}

void Device::launch(const char *name, void (*kernel)(void **), void **arguments,
                    const int64_t *sizes, int64_t staticShared,
                    int64_t dynamicShared, const char *site) {
  if (hasFault())
    return;
  if (running) {
    fault(running, site, "launch", "a launch by a kernel", "one by the host");
    return;
  }
  launched.name = name;
  launched.kernel = kernel;
  launched.arguments = arguments;
  launched.site = site;
  if (!prepareLaunch(sizes, staticShared, dynamicShared))
    return;
  counters.select(name);
  ++counters.get().launches;
  counters.get().blocks += launched.grid.count();
  counters.get().threads += launched.grid.count() * launched.block.count();

  // Runs number clusters over all launches; start over before they wrap.
  uint64_t numClusters = clusterGrid.count();
  if (run + numClusters >= UINT32_MAX) {
    run = 0;
    memory.forgetAccesses();
  }
  launched.firstRun = run + 1;
  races.startLaunch(launched.firstRun);
  for (uint64_t i = 0; i < numClusters && !hasFault(); ++i) {
    startCluster(i);
    runCluster();
  }
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

void Device::startCluster(uint64_t index) {
  ++run;
  clusterIndex = index;
  isStopping = false;
  uint32_t perBlock = launched.block.count();
  uint32_t numBlocks = launched.cluster.count();
  uint32_t warpsPerBlock = divideCeil(perBlock, warpSize);
  live = perBlock * numBlocks;

  blocks.clear();
  blocks.resize(numBlocks);
  warps.clear();
  warps.resize(numBlocks * warpsPerBlock);
  threads.clear();
  threads.resize(live);
  runnable.clear();
  currentWarp = nullptr;
  clusterBarrier = ClusterBarrier();
  mbarriers.clear();
  deferred.clear();
  loads.clear();
  agentEpochs.fill(0);
  actors.fill(nullptr);
  nextAgent = 0;
  warpgroups.clear();
  warpgroups.resize(numBlocks * divideCeil(warpsPerBlock, warpgroupSize));
  sources.clear();
  races.startOver();
  progress = lastProgress = emptyTests = 0;

  SharedClock nothing;
  if (options.checks)
    nothing = std::make_shared<const Clock>(getNumActors());
  for (uint32_t rank = 0; rank < numBlocks; ++rank) {
    Block &block = blocks[rank];
    block.rank = rank;
    block.id = getBlockId(index, rank);
    block.live = perBlock;
    // What a kernel must not rely on, in a form that shows.
    if (options.checks)
      std::fill_n(memory.arena.getSlot(rank), launched.sharedBytes, '\xcb');
    for (uint32_t w = 0; w < warpsPerBlock; ++w) {
      Warp &warp = warps[rank * warpsPerBlock + w];
      uint32_t first = rank * perBlock + w * warpSize;
      uint32_t lanes = std::min(warpSize, perBlock - w * warpSize);
      warp.block = &block;
      warp.index = w;
      warp.threads = &threads[first];
      Warpgroup &group =
          warpgroups[rank * divideCeil(warpsPerBlock, warpgroupSize) +
                     w / warpgroupSize];
      warp.wgmmas.group = &group;
      if (w % warpgroupSize == 0)
        group.warps = &warp;
      warp.live = warp.ready = maskTrailingOnes<uint32_t>(lanes);
      for (uint32_t lane = 0; lane < lanes; ++lane) {
        Thread &thread = warp.threads[lane];
        thread.index = first + lane;
        thread.lane = lane;
        thread.id = launched.block.delinearize(w * warpSize + lane);
        thread.block = &block;
        thread.warp = &warp;
        thread.clock.known = nothing;
        thread.needsFence = true;
        thread.fencedEpoch = 0;
        thread.fencedKnown = nothing;
        stacks.prepare(thread, thread.index, enterKernel);
      }
      queue(warp);
    }
  }
}

void Device::enterKernel(boost::context::detail::transfer_t transfer) {
  Fiber::enter(transfer);
  Device *device = getCurrentDevice();
  device->launched.kernel(device->launched.arguments);
  device->exitThread(*device->running);
}

void Device::runCluster() {
  while (live && !isStopping) {
    Thread *next = pickNext();
    if (!next) {
      if (landAny())
        continue;
      reportDeadlock();
      break;
    }
    running = next;
    root.switchTo(*next);
    running = nullptr;
  }
  if (isStopping || hasFault())
    return;
  while (landDeferred())
    ;
  if (options.checks && !loads.empty())
    fault(loads.front().thread, loads.front().site, "lost copy",
          "a copy in flight when the block ends",
          "a wait for the phase that it belongs to");
  checkBarriersAtExit();
  checkWarpgroupsAtExit();
  if (options.counters)
    for (Warp &warp : warps)
      counters.converge(warp.groups, warp.block->rank);
  counters.finishBlocks();
}

void Device::exitThread(Thread &thread) {
  if (thread.copies.getEnd() >
      std::max(thread.copies.landed, thread.copies.deferred)) {
    if (options.checks)
      fault(&thread, thread.copies.inFlight.back().site, "lost copy",
            "a thread that exits with copies in flight",
            "a wait for all of them");
    land(thread, thread.copies.getEnd());
  }
  exitStores(thread);
  thread.hasExited = true;
  thread.warp->live &= ~(1u << thread.lane);
  --thread.block->live;
  --live;
  ++progress;
  exitCollectives(thread);
  exitBarriers(thread);
  Thread *next = pickNext();
  running = next;
  thread.switchTo(next ? static_cast<Fiber &>(*next) : root);
}

//===----------------------------------------------------------------------===//
// Switches
//===----------------------------------------------------------------------===//

void Device::queue(Warp &warp) {
  if (!warp.isQueued) {
    warp.isQueued = true;
    runnable.push_back(&warp);
  }
}

void Device::wake(Thread &thread) {
  thread.warp->ready |= 1u << thread.lane;
  if (thread.warp != currentWarp)
    queue(*thread.warp);
}

void Device::yield() {
  Warp &warp = *running->warp;
  warp.ready |= 1u << running->lane;
  // The lanes of this warp that are ready come first, then the other warps.
  if (warp.ready >> running->lane == 1) {
    queue(warp);
    currentWarp = nullptr;
  }
  suspend();
}

//===----------------------------------------------------------------------===//
// Deadlock
//===----------------------------------------------------------------------===//

static StringRef getName(Wait wait) {
  switch (wait) {
  case Wait::Barrier:
    return "barrier";
  case Wait::Cluster:
    return "cluster barrier";
  case Wait::MBarrier:
    return "mbarrier";
  case Wait::SyncWarp:
    return "syncwarp";
  case Wait::Shuffle:
    return "shuffle";
  case Wait::Vote:
    return "vote";
  case Wait::Elect:
    return "elect";
  case Wait::LoadMatrix:
    return "ldmatrix";
  case Wait::StoreMatrix:
    return "stmatrix";
  case Wait::Mma:
    return "mma";
  case Wait::Wgmma:
    return "wgmma";
  case Wait::WgmmaCommit:
    return "wgmma.commit_group";
  case Wait::WgmmaWait:
    return "wgmma.wait_group";
  }
  return "";
}

void Device::reportDeadlock() {
  // Threads at the same place of the same block, by the first of them.
  using Place = std::pair<const char *, std::pair<Block *, uint64_t>>;
  MapVector<Place, SmallVector<Thread *>> places;
  for (Thread &thread : threads)
    if (!thread.hasExited)
      places[{thread.site, {thread.block, thread.waitDetail}}].push_back(
          &thread);
  std::string found;
  size_t listed = 0;
  for (auto &[place, waiting] : places) {
    if (listed++ == 8) {
      found += ", and others elsewhere";
      break;
    }
    Thread &first = *waiting.front();
    found += found.empty() ? "" : ", ";
    found +=
        (Twine(waiting.size()) + " threads wait in " + getName(first.wait) +
         (first.wait == Wait::Barrier ? " " + Twine(first.waitDetail)
                                      : Twine("")) +
         " at " + printSite(first.site))
            .str();
    if (first.wait == Wait::Barrier) {
      Barrier &barrier = first.block->barriers[first.waitDetail];
      uint32_t expected =
          barrier.expected ? barrier.expected : first.block->live;
      found += (" (" + Twine(barrier.arrived) + " of " + Twine(expected) +
                " arrived)")
                   .str();
    } else if (first.wait == Wait::MBarrier) {
      auto barrier = mbarriers.find(first.waitDetail);
      if (barrier != mbarriers.end())
        found +=
            (" (" + Twine(barrier->second->pending) + " of " +
             Twine(barrier->second->count) + " arrivals and " +
             Twine(barrier->second->transactionBytes) +
             " bytes missing in phase " + Twine(barrier->second->phase) + ")")
                .str();
    }
  }
  Thread &first = *places.front().second.front();
  fault(&first, first.site, "deadlock", found,
        "all of a barrier's threads, or of a mask's lanes, at the same place");
}

} // namespace mlir::compress::runtime::emulated
