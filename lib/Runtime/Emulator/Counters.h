//===- Counters.h - What kernels do, counted --------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_COUNTERS_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_COUNTERS_H

#include "compress/Runtime/Emulator.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/DenseSet.h"
#include "llvm/ADT/SmallVector.h"
#include <array>

namespace mlir::compress::runtime::emulated {

enum class Traffic : uint8_t { GlobalLoad, GlobalStore, Shared };

/// One access by the lanes of a warp.
struct AccessGroup {
  Traffic traffic;
  uint32_t bytes;
  uint32_t lanes = 0;
  std::array<uintptr_t, 32> addresses;
};

/// The accesses of a warp since its lanes last converged. Lanes take part in
/// the same one when they are at the same site for the same time.
struct AccessGroups {
  using Key = std::pair<const char *, uint32_t>;
  /// How often each lane has been at a site, by site and kind.
  llvm::DenseMap<Key, std::array<uint32_t, 32>> visits;
  llvm::DenseMap<std::pair<Key, uint32_t>, AccessGroup> groups;
};

class Counters {
public:
  /// Counts for this kernel from now on.
  void select(llvm::StringRef name);
  KernelCounters &get() { return kernels[selected]; }
  llvm::ArrayRef<KernelCounters> getAll() const { return kernels; }

  /// Notes one lane's access; `live` are the lanes that can take part.
  void note(AccessGroups &groups, uint32_t block, Traffic traffic,
            uintptr_t address, uint32_t bytes, unsigned lane, uint32_t live,
            const char *site);
  /// The warp's lanes converge.
  void converge(AccessGroups &groups, uint32_t block);
  /// An access of shared memory by a warp: each lane `bytes` at its address.
  void countShared(llvm::ArrayRef<uintptr_t> addresses, uint32_t lanes,
                   uint32_t bytes);
  /// Adds the numbers of the sectors that hold the bytes.
  static void addSectors(llvm::SmallVectorImpl<uintptr_t> &sectors,
                         uintptr_t address, uint32_t bytes);
  /// An access of global memory of these sectors, which it sorts.
  void countSectors(llvm::SmallVectorImpl<uintptr_t> &sectors, bool isLoad,
                    uint32_t block);
  /// The blocks of a cluster are over.
  void finishBlocks();

private:
  void count(const AccessGroup &group, uint32_t block);

  std::vector<KernelCounters> kernels;
  size_t selected = 0;
  /// The sectors that each block of the cluster has touched.
  std::array<llvm::DenseSet<uintptr_t>, 16> loaded, stored;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_COUNTERS_H
