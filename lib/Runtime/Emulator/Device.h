//===- Device.h - The state of an emulated device ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_DEVICE_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_DEVICE_H

#include "AsyncCopies.h"
#include "BulkCopies.h"
#include "Counters.h"
#include "Fibers.h"
#include "MBarriers.h"
#include "Memory.h"
#include "Shadow.h"
#include "Wgmma.h"
#include "compress/Runtime/EmulatedABI.h"
#include "compress/Runtime/Emulator.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/Twine.h"
#include "llvm/ADT/bit.h"
#include "llvm/Support/Compiler.h"
#include <array>
#include <deque>
#include <random>

namespace mlir::compress::runtime::emulated {

using llvm::Twine;

struct Block;
struct Warp;

constexpr unsigned warpSize = 32;
constexpr unsigned mostThreads = 1024;
constexpr unsigned mostClusterBlocks = 16;
constexpr unsigned numBarriers = 16;
/// mbarriers share this many agents of the copies that tell them.
constexpr unsigned numBarrierAgents = 64;

/// Three extents or coordinates.
struct Dim {
  uint32_t x = 1, y = 1, z = 1;
  uint64_t count() const { return uint64_t(x) * y * z; }
  /// The coordinates of a linear index, of which x is the fastest.
  Dim delinearize(uint64_t index) const {
    return {uint32_t(index % x), uint32_t(index / x % y),
            uint32_t(index / x / y)};
  }
};

/// What a thread waits for.
enum class Wait : uint8_t {
  Barrier,
  Cluster,
  MBarrier,
  SyncWarp,
  Shuffle,
  Vote,
  Elect,
  LoadMatrix,
  StoreMatrix,
  Mma,
  Wgmma,
  WgmmaCommit,
  WgmmaWait
};

/// A site in a message.
inline const char *printSite(const char *site) {
  return site ? site : "<unknown>";
}

struct Thread : Fiber {
  /// Its place in the cluster, and in its warp.
  uint32_t index;
  uint32_t lane;
  Dim id;
  Block *block;
  Warp *warp;
  bool hasExited;
  Wait wait;
  /// Which barrier or mask it waits with.
  uint64_t waitDetail;
  const char *site;
  ThreadClock clock;
  CopyQueue copies;
  BulkStores stores;
  /// The writes that a fence has made known to the async proxy: its own up to
  /// an epoch, and others'.
  uint32_t fencedEpoch;
  SharedClock fencedKnown;
  std::vector<Accumulator> accumulators;
  /// Whether a wgmma must not take registers before a wgmma.fence.
  bool needsFence;
  /// The phase of the cluster's barrier that it arrived at and did not wait
  /// for yet.
  std::optional<uint64_t> clusterPhase;
};

/// One warp-wide operation, which the last lane to arrive performs.
struct Collective {
  struct Lane {
    void *result = nullptr;
    /// The operands of a matrix instruction, or the address of a row.
    const void *a = nullptr, *b = nullptr, *c = nullptr;
    /// The value of a shuffle or vote, or an instruction's metadata.
    int32_t value = 0;
    int32_t source = 0, clamp = 0;
    int8_t *inRange = nullptr;
  };
  Wait kind;
  /// The rest of what the lanes must agree on.
  uint64_t mode;
  uint32_t mask, arrived;
  const char *site;
  const EmulatedMma *form;
  std::array<Lane, warpSize> lanes;
};

struct Warp {
  Warp() = default;
  Warp(Warp &&) = default;

  Block *block;
  uint32_t index;
  /// The lanes that have not exited, and those that can run.
  uint32_t live, ready;
  bool isQueued;
  Thread *threads;
  std::vector<std::unique_ptr<Collective>> collectives;
  AccessGroups groups;
  WgmmaQueue wgmmas;
};

/// A named barrier of a block.
struct Barrier {
  uint32_t arrived = 0;
  /// How many it waits for; 0 for all that live.
  uint32_t expected = 0;
  const char *site = nullptr;
  llvm::SmallVector<Thread *> waiting;
  ClockJoin clocks;
};

struct Block {
  /// Its place in the cluster, and its coordinates in the grid.
  uint32_t rank;
  Dim id, rankId;
  uint32_t live;
  std::array<Barrier, numBarriers> barriers;
  /// The clocks of those who exited, which count as arrived.
  ClockJoin exited;
};

/// cluster.arrive and cluster.wait.
struct ClusterBarrier {
  uint32_t arrived = 0;
  llvm::SmallVector<Thread *> waiting;
  ClockJoin clocks;
  /// What the phase before hands on.
  ClockAcquire released;
  uint64_t phase = 0;
};

struct Launch {
  std::string name;
  void (*kernel)(void **) = nullptr;
  void **arguments = nullptr;
  const char *site = nullptr;
  Dim grid, block, cluster;
  uint64_t sharedBytes = 0;
  uint32_t firstRun = 1;
};

class Device {
public:
  explicit Device(const EmulatorOptions &options);

  EmulatorOptions options;
  Memory memory;
  Counters counters;
  RaceDetector races;

  //===--------------------------------------------------------------------===//
  // Scheduler.cpp
  //===--------------------------------------------------------------------===//

  void launch(const char *name, void (*kernel)(void **), void **arguments,
              const int64_t *sizes, int64_t staticShared, int64_t dynamicShared,
              const char *site);
  /// Lets others run until someone wakes this thread.
  void wait(Wait wait, uint64_t detail, const char *site);
  void wake(Thread &thread);
  /// Lets the other warps run.
  void yield();

  Thread *current() const { return running; }

  //===--------------------------------------------------------------------===//
  // Faults.cpp
  //===--------------------------------------------------------------------===//

  /// Ends the launch. Does not return to a fiber.
  void fault(const Thread *thread, const char *site, const Twine &what,
             const Twine &found, const Twine &expected);
  void fault(const Thread *thread, const char *site, const Twine &what,
             const Conflict &conflict, const void *address);
  /// An error of the host, outside of a kernel.
  void hostFault(const char *site, const Twine &what, const Twine &found,
                 const Twine &expected);
  bool hasFault() const { return !firstFault.empty(); }
  std::string takeFault() { return std::exchange(firstFault, {}); }
  uint16_t numberSite(const char *site);

  //===--------------------------------------------------------------------===//
  // Access.cpp
  //===--------------------------------------------------------------------===//

  /// Checks and counts an access.
  void access(Thread &thread, const void *address, uint32_t bytes,
              uint32_t alignment, EmulatedAccess access, const char *site) {
    if (options.checks)
      checkAccess(thread, address, bytes, alignment, access, site);
    if (options.counters)
      countAccess(thread, address, bytes, access, site);
  }
  /// Notes that a copy of the thread into shared memory is in flight.
  void startCopy(Thread &thread, const void *address, uint32_t bytes,
                 const char *site);
  /// Its end: a write as the stamp says.
  void finishCopy(const void *address, uint32_t bytes, Stamp stamp);
  /// The same for copies to global memory, whose end is a write of the thread
  /// now.
  void startGlobalCopy(Thread &thread, const void *address, uint32_t bytes,
                       const char *site);
  void finishGlobalCopy(Thread &thread, const void *address, uint32_t bytes,
                        const char *site);
  /// Finds writes that no fence has made known to the async proxy, as which the
  /// thread will read the bytes, of one page.
  void checkProxy(Thread &thread, const void *address, uint32_t bytes,
                  const char *site);
  void fenceProxy();
  /// Checks a read by an agent for the thread.
  void checkOperand(Thread &thread, uint32_t agent, uint32_t epoch,
                    const void *address, uint32_t bytes, const char *site);
  /// Whether no kernel can write there.
  bool isReadOnly(const void *address);
  /// The index of the block of the cluster whose shared memory holds the
  /// bytes; less than 0 for none.
  int findShared(const void *address) const {
    return memory.arena.findSlot(address);
  }

  //===--------------------------------------------------------------------===//
  // Barriers.cpp, Collectives.cpp, MatrixAccess.cpp, Mma.cpp
  //===--------------------------------------------------------------------===//

  void barrier(int32_t id, int32_t threads, bool waits, const char *site);
  void clusterArrive(const char *site);
  void clusterWait(const char *site);
  /// Arrives at the collective that the mask and mode name. `lane` is what this
  /// lane brings and where its result goes.
  void collect(Wait kind, uint64_t mode, uint32_t mask, const char *site,
               const Collective::Lane &lane, const EmulatedMma *form = nullptr);
  void accessMatrices(Wait kind, const Collective::Lane &lane, int32_t count,
                      bool transpose, const char *site);
  void performMatrixAccess(Warp &warp, Collective &collective);
  void performMma(Warp &warp, Collective &collective);

  //===--------------------------------------------------------------------===//
  // AsyncCopies.cpp, MBarriers.cpp
  //===--------------------------------------------------------------------===//

  void copyAsync(void *shared, const void *global, int32_t bytes,
                 int32_t sourceBytes, const char *site);
  void commitCopies();
  void waitForCopies(int32_t pending, const char *site);
  void arriveAfterCopies(void *barrier, bool noIncrement, const char *site);
  /// Lands the thread's copies up to the number, as writes of the thread at an
  /// epoch, or at that of their start.
  void land(Thread &thread, uint64_t upTo,
            std::optional<uint32_t> epoch = std::nullopt);

  //===--------------------------------------------------------------------===//
  // BulkCopies.cpp
  //===--------------------------------------------------------------------===//

  /// False after a fault.
  bool makeBoxCopy(BulkCopy &copy, const void *map, void *shared,
                   const int32_t *coordinates, int32_t rank, const char *site);
  bool makeBulkCopy(BulkCopy &copy, void *global, void *shared, int32_t bytes,
                    const char *site);
  void loadBulk(BulkCopy &copy, void *barrier, int32_t multicast,
                const char *site);
  void storeBulk(const BulkCopy &copy, const char *site);
  void commitStores();
  void waitForStores(int32_t pending, bool forReads, const char *site);

  //===--------------------------------------------------------------------===//
  // Wgmma.cpp
  //===--------------------------------------------------------------------===//

  int64_t makeAccumulator(const void *values, int32_t count, const char *site);
  void readAccumulator(int64_t handle, void *values, const char *site);
  int64_t issueWgmma(int64_t handle, WgmmaLane lane, const char *site);
  void fenceWgmma() { running->needsFence = false; }
  void commitWgmma(const char *site);
  void waitForWgmma(int32_t pending, const char *site);

  MBarrier &findBarrier(void *address, const char *site);
  void initBarrier(void *address, int32_t count, const char *site);
  void invalidateBarrier(void *address, const char *site);
  int64_t arriveAtBarrier(void *address, int32_t count, int32_t bytes,
                          bool drops, const char *site);
  void expectBytes(void *address, int32_t bytes, const char *site);
  void completeBytes(void *address, int32_t bytes, const char *site);
  void waitForPhase(void *address, int64_t state, const char *site);
  void waitForParity(void *address, int32_t parity, const char *site);
  bool testPhase(void *address, int64_t state, const char *site);
  bool testParity(void *address, int32_t parity, const char *site);

  //===--------------------------------------------------------------------===//
  // Registers.cpp
  //===--------------------------------------------------------------------===//

  int32_t readRegister(EmulatedRegister which);
  void *mapShared(void *address, int32_t rank, const char *site);
  void count(EmulatedClass kind, int32_t number);

private:
  /// An arrival at an mbarrier when the thread's copies have landed.
  struct Deferred {
    Thread *thread;
    uint64_t upTo;
    void *barrier;
    ClockJoin clocks;
    const char *site;
  };

  // Scheduler.cpp.
  static void enterKernel(boost::context::detail::transfer_t transfer);
  bool prepareLaunch(const int64_t *sizes, int64_t staticShared,
                     int64_t dynamicShared);
  void startCluster(uint64_t index);
  void runCluster();
  void exitThread(Thread &thread);
  void finishCluster();
  void suspend();
  Thread *pickNext();
  void queue(Warp &warp);
  void reportDeadlock();

  // Faults.cpp.
  std::string describe(uint32_t run, uint32_t thread) const;
  Dim getBlockId(uint64_t cluster, uint32_t rank) const;
  void stop();

  // Barriers.cpp and Collectives.cpp.
  void completeBarrier(Block &block, Barrier &barrier);
  void completeCluster();
  void perform(Warp &warp, Collective &collective);
  bool performIfComplete(Warp &warp, size_t index);
  void performShuffle(Warp &warp, Collective &collective);
  void performVote(Collective &collective);
  void exitBarriers(Thread &thread);
  void exitCollectives(Thread &thread);

  // Access.cpp.
  void checkAccess(Thread &thread, const void *address, uint32_t bytes,
                   uint32_t alignment, EmulatedAccess access, const char *site);
  void countAccess(Thread &thread, const void *address, uint32_t bytes,
                   EmulatedAccess access, const char *site);
  void checkShared(Thread &thread, const Accessor &by, uint32_t epoch, int slot,
                   uintptr_t address, uint32_t bytes, EmulatedAccess access,
                   const char *site);
  void checkGlobal(Thread &thread, uintptr_t address, uint32_t bytes,
                   EmulatedAccess access, const char *site);
  void checkCells(Thread &thread, const Accessor &by, ShadowPage &page,
                  uint32_t offset, uint32_t bytes, bool isWrite, Stamp stamp,
                  uintptr_t address, const char *site);
  void stampGlobal(const void *address, uint32_t bytes, Stamp stamp);
  /// Finds a copy in flight that will read the bytes.
  void checkSources(Thread &thread, uintptr_t address, uint32_t bytes,
                    const char *site);
  ShadowPage &getSharedPage(uintptr_t address, unsigned shift);
  Accessor getAccessor(const Thread &thread) const {
    return {&thread.clock, thread.index, run, launched.firstRun};
  }

  //===--------------------------------------------------------------------===//
  // Agents: what does asynchronous work, and is ordered on its own
  //===--------------------------------------------------------------------===//

  /// Those that mbarriers know of come after the threads, then one for each
  /// warpgroup, which reads the operands of its wgmmas.
  size_t getNumActors() const {
    return threads.size() + numBarrierAgents + warpgroups.size();
  }
  uint32_t getBarrierAgent(const MBarrier &barrier) const {
    return threads.size() + barrier.agent;
  }
  uint32_t getAgent(const Warpgroup &group) const {
    return threads.size() + numBarrierAgents + (&group - warpgroups.data());
  }
  /// The thread that a stamp is of, or that its agent worked for.
  const Thread &getActor(uint32_t index) const {
    if (index < threads.size())
      return threads[index];
    index -= threads.size();
    return index < numBarrierAgents
               ? *actors[index]
               : warpgroups[index - numBarrierAgents].warps->threads[0];
  }

  // BulkCopies.cpp.
  void countBulk(const BulkCopy &copy, bool isLoad);
  void holdSource(const Thread &thread, const void *address, uint32_t bytes,
                  bool isOperand, const char *site);
  void releaseSource(const void *address, uint32_t bytes);
  /// Lands one copy to shared memory; false when there is none.
  bool landLoad();
  void readStores(Thread &thread, uint64_t upTo);
  void landStores(Thread &thread, uint64_t upTo);
  void exitStores(Thread &thread);

  // Wgmma.cpp.
  Accumulator *findAccumulator(Thread &thread, int64_t handle,
                               const char *site);
  void performWgmma(Warp &warp, Collective &collective);
  void performWgmmaWait(Warp &warp, Collective &collective);
  bool checkWgmma(Warp &warp, Collective &collective);
  void landWgmmas(Warpgroup &group);
  void landWgmma(Warpgroup &group, Wgmma &wgmma);
  void checkWarpgroupsAtExit();

  // AsyncCopies.cpp and MBarriers.cpp.
  void performCopy(Copy &copy);
  bool landDeferred();
  /// Lands something that nobody waits for by itself; false when nothing is in
  /// flight.
  bool landAny();
  void countArrivals(Thread &thread, MBarrier &barrier, int64_t count,
                     const char *site);
  void countBytes(Thread &thread, MBarrier &barrier, int64_t bytes,
                  const char *site);
  void completeIfOver(MBarrier &barrier);
  void acquirePhase(MBarrier &barrier);
  void checkBarriersAtExit();

  Launch launched;
  Stacks stacks;
  Fiber root;
  /// What the clock register counts.
  int32_t clock = 0;
  Thread *running = nullptr;
  /// The run: one cluster's execution, numbered over all launches.
  uint32_t run = 0;
  uint64_t clusterIndex = 0;
  Dim clusterGrid;
  std::vector<Thread> threads;
  std::vector<Warp> warps;
  std::vector<Block> blocks;
  uint32_t live = 0;
  std::deque<Warp *> runnable;
  std::vector<std::unique_ptr<Collective>> spareCollectives;
  Warp *currentWarp = nullptr;
  /// Grows whenever any thread gets further than a test of a barrier.
  uint64_t progress = 0;
  uint64_t lastProgress = 0, emptyTests = 0;

  ClusterBarrier clusterBarrier;
  llvm::DenseMap<uintptr_t, std::unique_ptr<MBarrier>> mbarriers;
  std::vector<Deferred> deferred;
  std::vector<BulkLoad> loads;
  /// What the agents of mbarriers have done, and whom they worked for.
  std::array<uint32_t, numBarrierAgents> agentEpochs;
  std::array<const Thread *, numBarrierAgents> actors;
  uint32_t nextAgent = 0;
  std::vector<Warpgroup> warpgroups;
  /// Chunks of 16 bytes that copies and wgmmas in flight will read.
  llvm::DenseMap<uintptr_t, SourceUse> sources;
  std::mt19937_64 random;

  std::string firstFault;
  bool isStopping = false;
  llvm::DenseMap<const char *, uint16_t> siteNumbers;
  std::vector<const char *> sites;
};

/// The device of the calling thread.
Device *getCurrentDevice();

//===----------------------------------------------------------------------===//
// Switches: inline, because every return after one is mispredicted
//===----------------------------------------------------------------------===//

/// Lanes of one warp run together, since they meet often.
inline Thread *Device::pickNext() {
  while (!currentWarp || !currentWarp->ready) {
    if (runnable.empty()) {
      currentWarp = nullptr;
      return nullptr;
    }
    currentWarp = runnable.front();
    runnable.pop_front();
    currentWarp->isQueued = false;
  }
  uint32_t lane = llvm::countr_zero(currentWarp->ready);
  currentWarp->ready &= currentWarp->ready - 1;
  return &currentWarp->threads[lane];
}

LLVM_ATTRIBUTE_ALWAYS_INLINE void Device::suspend() {
  Thread *self = running, *next = pickNext();
  if (next == self)
    return;
  running = next;
  self->switchTo(next ? static_cast<Fiber &>(*next) : root);
}

LLVM_ATTRIBUTE_ALWAYS_INLINE void Device::wait(Wait wait, uint64_t detail,
                                               const char *site) {
  Thread &self = *running;
  self.wait = wait;
  self.waitDetail = detail;
  self.site = site;
  suspend();
}

} // namespace mlir::compress::runtime::emulated

struct mlir::compress::runtime::Emulator::Impl
    : mlir::compress::runtime::emulated::Device {
  using Device::Device;
};

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_DEVICE_H
