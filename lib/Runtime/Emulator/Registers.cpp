//===- Registers.cpp - Special registers ----------------------------------===//
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

int32_t Device::readRegister(EmulatedRegister which) {
  const Thread &thread = *running;
  const Block &block = *thread.block;
  int32_t index = static_cast<int32_t>(which);
  auto component = [&](const Dim &dim, EmulatedRegister x) -> int32_t {
    int32_t i = index - static_cast<int32_t>(x);
    return i == 0 ? dim.x : i == 1 ? dim.y : dim.z;
  };
  uint32_t bit = 1u << thread.lane;
  switch (which) {
  case EmulatedRegister::TidX:
  case EmulatedRegister::TidY:
  case EmulatedRegister::TidZ:
    return component(thread.id, EmulatedRegister::TidX);
  case EmulatedRegister::NtidX:
  case EmulatedRegister::NtidY:
  case EmulatedRegister::NtidZ:
    return component(launched.block, EmulatedRegister::NtidX);
  case EmulatedRegister::CtaidX:
  case EmulatedRegister::CtaidY:
  case EmulatedRegister::CtaidZ:
    return component(block.id, EmulatedRegister::CtaidX);
  case EmulatedRegister::NctaidX:
  case EmulatedRegister::NctaidY:
  case EmulatedRegister::NctaidZ:
    return component(launched.grid, EmulatedRegister::NctaidX);
  case EmulatedRegister::ClusteridX:
  case EmulatedRegister::ClusteridY:
  case EmulatedRegister::ClusteridZ:
    return component(clusterGrid.delinearize(clusterIndex),
                     EmulatedRegister::ClusteridX);
  case EmulatedRegister::NclusteridX:
  case EmulatedRegister::NclusteridY:
  case EmulatedRegister::NclusteridZ:
    return component(clusterGrid, EmulatedRegister::NclusteridX);
  case EmulatedRegister::ClusterCtaidX:
  case EmulatedRegister::ClusterCtaidY:
  case EmulatedRegister::ClusterCtaidZ:
    return component(launched.cluster.delinearize(block.rank),
                     EmulatedRegister::ClusterCtaidX);
  case EmulatedRegister::ClusterNctaidX:
  case EmulatedRegister::ClusterNctaidY:
  case EmulatedRegister::ClusterNctaidZ:
    return component(launched.cluster, EmulatedRegister::ClusterNctaidX);
  case EmulatedRegister::ClusterCtarank:
    return block.rank;
  case EmulatedRegister::ClusterNctarank:
    return launched.cluster.count();
  case EmulatedRegister::LaneId:
    return thread.lane;
  case EmulatedRegister::WarpId:
    return thread.warp->index;
  case EmulatedRegister::LaneMaskEq:
    return bit;
  case EmulatedRegister::LaneMaskLe:
    return bit | (bit - 1);
  case EmulatedRegister::LaneMaskLt:
    return bit - 1;
  case EmulatedRegister::LaneMaskGe:
    return ~(bit - 1);
  case EmulatedRegister::LaneMaskGt:
    return ~(bit | (bit - 1));
  case EmulatedRegister::SmId:
    return 0;
  case EmulatedRegister::Clock:
    return ++clock;
  }
  fault(running, nullptr, "special register", "number " + Twine(index),
        "one of EmulatedRegister");
  return 0;
}

void *Device::mapShared(void *address, int32_t rank, const char *site) {
  int slot = findShared(address);
  if (slot < 0 || rank < 0 || uint32_t(rank) >= blocks.size())
    fault(running, site, "mapa", formatv("{0} in block {1}", address, rank),
          "an address in shared memory and a block below " +
              Twine(blocks.size()));
  return static_cast<char *>(address) +
         (rank - slot) * int64_t(Arena::slotBytes);
}

void Device::count(EmulatedClass kind, int32_t number) {
  auto index = static_cast<size_t>(kind);
  if (index < counters.get().instructions.size())
    counters.get().instructions[index] += number;
}

} // namespace mlir::compress::runtime::emulated
