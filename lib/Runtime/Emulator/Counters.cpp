//===- Counters.cpp - What kernels do, counted ----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counters.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

static constexpr uintptr_t sectorBytes = 32;
static constexpr unsigned numBanks = 32, bankBytes = 4;

void Counters::select(StringRef name) {
  auto found = llvm::find_if(kernels, [&](const KernelCounters &kernel) {
    return kernel.name == name;
  });
  selected = found - kernels.begin();
  if (found == kernels.end()) {
    kernels.emplace_back();
    kernels.back().name = name.str();
  }
}

void Counters::countShared(ArrayRef<uintptr_t> addresses, uint32_t lanes,
                           uint32_t bytes) {
  ++get().sharedAccesses;
  // A cycle serves 128 bytes: wide accesses take turns by halves and quarters
  // of the warp. Lanes that want the same word share it.
  unsigned perTurn = bytes <= 4 ? 32 : bytes <= 8 ? 16 : 8;
  for (unsigned first = 0; first < 32; first += perTurn) {
    std::array<SmallVector<uintptr_t, 4>, numBanks> words;
    size_t cycles = 1;
    for (unsigned lane = first; lane < first + perTurn; ++lane) {
      if (!(lanes >> lane & 1))
        continue;
      for (uintptr_t word = addresses[lane] / bankBytes,
                     end = (addresses[lane] + bytes - 1) / bankBytes;
           word <= end; ++word) {
        SmallVector<uintptr_t, 4> &bank = words[word % numBanks];
        if (!is_contained(bank, word))
          bank.push_back(word);
        cycles = std::max(cycles, bank.size());
      }
    }
    get().bankConflicts += cycles - 1;
  }
}

void Counters::count(const AccessGroup &group, uint32_t block) {
  if (group.traffic == Traffic::Shared)
    return countShared(group.addresses, group.lanes, group.bytes);
  SmallVector<uintptr_t, 64> sectors;
  for (uint32_t rest = group.lanes; rest; rest &= rest - 1) {
    uintptr_t address = group.addresses[countr_zero(rest)];
    addSectors(sectors, address, group.bytes);
  }
  countSectors(sectors, group.traffic == Traffic::GlobalLoad, block);
}

void Counters::addSectors(SmallVectorImpl<uintptr_t> &sectors,
                          uintptr_t address, uint32_t bytes) {
  for (uintptr_t sector = address / sectorBytes,
                 end = (address + bytes - 1) / sectorBytes;
       sector <= end; ++sector)
    sectors.push_back(sector);
}

void Counters::countSectors(SmallVectorImpl<uintptr_t> &sectors, bool isLoad,
                            uint32_t block) {
  llvm::sort(sectors);
  sectors.erase(llvm::unique(sectors), sectors.end());
  (isLoad ? get().globalLoadBytes : get().globalStoreBytes) +=
      sectors.size() * sectorBytes;
  DenseSet<uintptr_t> &touched = (isLoad ? loaded : stored)[block];
  touched.insert(sectors.begin(), sectors.end());
}

void Counters::note(AccessGroups &groups, uint32_t block, Traffic traffic,
                    uintptr_t address, uint32_t bytes, unsigned lane,
                    uint32_t live, const char *site) {
  // One op may access two spaces, and one site stand for several widths.
  AccessGroups::Key key(site, uint32_t(traffic) << 16 | bytes);
  uint32_t visit = groups.visits[key][lane]++;
  auto [entry, isNew] = groups.groups.try_emplace({key, visit});
  AccessGroup &group = entry->second;
  if (isNew) {
    group.traffic = traffic;
    group.bytes = bytes;
  }
  group.lanes |= 1u << lane;
  group.addresses[lane] = address;
  // Complete groups need not wait for the lanes to converge.
  if (group.lanes == live) {
    count(group, block);
    groups.groups.erase(entry);
  }
}

void Counters::converge(AccessGroups &groups, uint32_t block) {
  for (auto &[key, group] : groups.groups)
    count(group, block);
  groups.groups.clear();
  groups.visits.clear();
}

void Counters::finishBlocks() {
  for (unsigned i = 0; i < loaded.size(); ++i) {
    get().compulsoryLoadBytes += loaded[i].size() * sectorBytes;
    get().compulsoryStoreBytes += stored[i].size() * sectorBytes;
    loaded[i].clear();
    stored[i].clear();
  }
}

} // namespace mlir::compress::runtime::emulated
