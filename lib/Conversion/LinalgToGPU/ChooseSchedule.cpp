//===- ChooseSchedule.cpp - The cost model of matrix products -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseSchedule.h"
#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;
using kernel::MmaSyncAttr;

/// What a dynamic extent is taken to be.
static constexpr int64_t kLong = 1024;
/// Clocks from a load of global memory to its data, and from a launch to the
/// first load: orders of magnitude, which only decide between schedules.
static constexpr double kLatency = 700, kStart = 1500;
/// Threads and registers of a multiprocessor, and registers of a thread beside
/// its accumulators.
static constexpr int64_t kThreads = 2048, kRegisters = 65536, kOthers = 96;
/// Warps that a multiprocessor needs to keep its four tensor cores busy.
static constexpr double kBusyWarps = 8;

/// Clocks that a product takes, or none where the chip cannot run it.
///
/// A multiprocessor works on some blocks at a time, in waves. A step along K
/// takes what is the longest: the products, the bytes from the cache, or the
/// latency that the stages on their way do not hide. In all it is no faster
/// than memory gives the operands once.
static std::optional<double> predict(MmaSyncAttr schedule,
                                     const MatmulExtents &e, const Chip &chip) {
  int64_t threads = schedule.getNumThreads();
  int64_t shared = schedule.getSharedBytes();
  if (shared > chip.blockSharedBytes)
    return std::nullopt;
  ArrayRef<int64_t> tile = schedule.getTile();
  int64_t blocks =
      e.batch * llvm::divideCeil(e.m, tile[0]) * llvm::divideCeil(e.n, tile[1]);
  int64_t resident = std::min(
      {chip.sharedBytes / (shared + 1024), kThreads / threads,
       kRegisters / (threads * (schedule.getNumAccumulators() + kOthers)),
       static_cast<int64_t>(llvm::divideCeil(blocks, chip.numProcessors))});
  if (resident < 1)
    return std::nullopt;
  double waves = llvm::divideCeil(blocks, chip.numProcessors * resident);
  double busy = std::min(1.0, resident * threads / 32 / kBusyWarps);
  double products =
      resident * tile[0] * tile[1] * tile[2] / (chip.products * busy);
  double bytes = resident * (tile[0] + tile[1]) * tile[2] * 2.0 /
                 static_cast<double>(chip.cacheBytes);
  double step =
      std::max({products, bytes, kLatency / (schedule.getStages() - 1)});
  double steps = llvm::divideCeil(e.k, tile[2]) + schedule.getStages() - 1;
  double memory = 2.0 * e.batch * (e.m * e.k + e.k * e.n + e.m * e.n) /
                  static_cast<double>(chip.memoryBytes);
  return std::max(waves * steps * step, memory) + kStart;
}

MmaSyncAttr compress::chooseMmaSync(MLIRContext *context,
                                    const MatmulExtents &extents,
                                    const Chip &chip, int64_t leastM,
                                    int64_t mostAccumulators) {
  struct Candidate {
    int64_t tile[3], warps[2], stages;
  };
  // Of equal times that with the fewer products wins, which differ by those
  // beyond the edges, and then the first: the larger tile moves fewer bytes.
  static constexpr Candidate candidates[] = {
      {{128, 256, 64}, {2, 4}, 3}, {{256, 128, 64}, {4, 2}, 3},
      {{128, 128, 64}, {2, 4}, 4}, {{128, 128, 64}, {2, 4}, 3},
      {{128, 64, 64}, {4, 2}, 4},  {{64, 128, 64}, {2, 4}, 4},
      {{64, 64, 64}, {2, 2}, 4},   {{16, 128, 64}, {1, 4}, 5},
      {{16, 64, 128}, {1, 4}, 4},
  };
  auto orLong = [](int64_t extent) {
    return ShapedType::isDynamic(extent) ? kLong : extent;
  };
  MatmulExtents known = {orLong(extents.batch), orLong(extents.m),
                         orLong(extents.n), orLong(extents.k)};
  MmaSyncAttr best;
  std::pair<double, int64_t> least;
  for (const Candidate &candidate : candidates) {
    auto schedule = MmaSyncAttr::get(context, candidate.tile, candidate.warps,
                                     candidate.stages);
    if (candidate.tile[0] < leastM ||
        schedule.getNumAccumulators() > mostAccumulators)
      continue;
    std::optional<double> time = predict(schedule, known, chip);
    if (!time)
      continue;
    std::pair<double, int64_t> cost = {
        *time, llvm::alignTo(known.m, candidate.tile[0]) *
                   llvm::alignTo(known.n, candidate.tile[1])};
    if (!best || cost < least) {
      best = schedule;
      least = cost;
    }
  }
  return best;
}
