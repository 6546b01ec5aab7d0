//===- Collectives.cpp - What the lanes of a warp do together -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The last lane of the mask to arrive performs the operation for all. Only
// syncwarp orders memory: the PTX ISA gives no such meaning to shuffles, votes
// and matrix instructions.
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

/// As the PTX ISA defines it, section "shfl.sync".
void Device::performShuffle(Warp &warp, Collective &collective) {
  ++counters.get().shuffles;
  auto mode = static_cast<EmulatedShuffle>(collective.mode);
  for (uint32_t rest = collective.arrived; rest; rest &= rest - 1) {
    int32_t lane = countr_zero(rest);
    Collective::Lane &own = collective.lanes[lane];
    int32_t b = own.source & 31, c = own.clamp & 31;
    int32_t segment = own.clamp >> 8 & 31;
    int32_t most = (lane & segment) | (c & ~segment);
    int32_t source = lane;
    bool inRange = false;
    switch (mode) {
    case EmulatedShuffle::Up:
      source = lane - b;
      inRange = source >= most;
      break;
    case EmulatedShuffle::Down:
      source = lane + b;
      inRange = source <= most;
      break;
    case EmulatedShuffle::Bfly:
      source = lane ^ b;
      inRange = source <= most;
      break;
    case EmulatedShuffle::Idx:
      source = (lane & segment) | (b & ~segment);
      inRange = source <= most;
      break;
    }
    if (!inRange)
      source = lane;
    if (!(collective.arrived >> source & 1))
      return fault(&warp.threads[lane], collective.site, "shuffle",
                   "lane " + Twine(source) +
                       " as the source, which takes no part",
                   "a lane of the mask that has not exited");
    *static_cast<int32_t *>(own.result) = collective.lanes[source].value;
    if (own.inRange)
      *own.inRange = inRange;
  }
}

void Device::performVote(Collective &collective) {
  uint32_t set = 0;
  for (uint32_t rest = collective.arrived; rest; rest &= rest - 1) {
    unsigned lane = countr_zero(rest);
    set |= uint32_t(collective.lanes[lane].value != 0) << lane;
  }
  uint32_t result = 0;
  switch (static_cast<EmulatedVote>(collective.mode)) {
  case EmulatedVote::All:
    result = set == collective.arrived;
    break;
  case EmulatedVote::Any:
    result = set != 0;
    break;
  case EmulatedVote::Uni:
    result = set == 0 || set == collective.arrived;
    break;
  case EmulatedVote::Ballot:
    result = set;
    break;
  }
  for (uint32_t rest = collective.arrived; rest; rest &= rest - 1)
    *static_cast<uint32_t *>(collective.lanes[countr_zero(rest)].result) =
        result;
}

void Device::perform(Warp &warp, Collective &collective) {
  ++progress;
  if (options.counters && collective.arrived == warp.live)
    counters.converge(warp.groups, warp.block->rank);
  switch (collective.kind) {
  case Wait::Shuffle:
    return performShuffle(warp, collective);
  case Wait::Vote:
    return performVote(collective);
  case Wait::Elect:
    for (uint32_t rest = collective.arrived; rest; rest &= rest - 1)
      *static_cast<int32_t *>(collective.lanes[countr_zero(rest)].result) =
          rest == collective.arrived;
    return;
  case Wait::LoadMatrix:
  case Wait::StoreMatrix:
    return performMatrixAccess(warp, collective);
  case Wait::Mma:
    return performMma(warp, collective);
  case Wait::Wgmma:
    return performWgmma(warp, collective);
  case Wait::WgmmaCommit:
    warp.wgmmas.groups.push_back(warp.wgmmas.issued);
    return;
  case Wait::WgmmaWait:
    return performWgmmaWait(warp, collective);
  default:
    break;
  }
  // syncwarp.
  if (!options.checks)
    return;
  ClockJoin join;
  for (uint32_t rest = collective.arrived; rest; rest &= rest - 1) {
    Thread &thread = warp.threads[countr_zero(rest)];
    join.release(thread.index, thread.clock);
  }
  SharedClock joined = join.get();
  for (uint32_t rest = collective.arrived; rest; rest &= rest - 1)
    warp.threads[countr_zero(rest)].clock.known = joined;
}

/// Performs the collective if no lane of its mask is missing.
bool Device::performIfComplete(Warp &warp, size_t index) {
  Collective &collective = *warp.collectives[index];
  if (collective.arrived != (collective.mask & warp.live))
    return false;
  perform(warp, collective);
  for (uint32_t rest = collective.arrived; rest; rest &= rest - 1) {
    Thread &thread = warp.threads[countr_zero(rest)];
    if (&thread != running)
      wake(thread);
  }
  spareCollectives.push_back(std::move(warp.collectives[index]));
  warp.collectives.erase(warp.collectives.begin() + index);
  return true;
}

void Device::collect(Wait kind, uint64_t mode, uint32_t mask, const char *site,
                     const Collective::Lane &lane, const EmulatedMma *form) {
  Thread &thread = *running;
  Warp &warp = *thread.warp;
  uint32_t bit = 1u << thread.lane;
  if (!(mask & bit))
    return fault(&thread, site, "mask",
                 "lane " + Twine(thread.lane) + " outside of mask 0x" +
                     Twine::utohexstr(mask),
                 "a mask with every lane that executes the op");
  // Matrix instructions and elect.sync are one instruction for the warp;
  // shuffles, votes and syncwarp meet wherever lanes execute them.
  bool isAligned = kind >= Wait::Elect;
  size_t index = 0, e = warp.collectives.size();
  for (; index != e; ++index) {
    Collective &other = *warp.collectives[index];
    if (other.kind == kind && other.mode == mode && other.mask == mask &&
        !(other.arrived & bit) && (!isAligned || other.site == site))
      break;
  }
  if (index == e) {
    if (spareCollectives.empty())
      spareCollectives.push_back(std::make_unique<Collective>());
    Collective &made = *spareCollectives.back();
    made.kind = kind;
    made.mode = mode;
    made.mask = mask;
    made.arrived = 0;
    made.site = site;
    made.form = form;
    warp.collectives.push_back(std::move(spareCollectives.back()));
    spareCollectives.pop_back();
  }
  Collective &collective = *warp.collectives[index];
  collective.arrived |= bit;
  collective.lanes[thread.lane] = lane;
  if (!performIfComplete(warp, index))
    wait(kind, mask, site);
}

void Device::exitCollectives(Thread &thread) {
  Warp &warp = *thread.warp;
  for (size_t i = 0; i < warp.collectives.size();)
    if (!performIfComplete(warp, i))
      ++i;
}

} // namespace mlir::compress::runtime::emulated
