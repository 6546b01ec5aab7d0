//===- ChooseSchedule.cpp - The cost model of matrix products -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseSchedule.h"
#include "CostModel.h"
#include "mlir/IR/BuiltinTypeInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::cost;
using kernel::MmaSyncAttr;
using kernel::WgmmaAttr;

/// What a dynamic extent is taken to be.
static constexpr int64_t kLong = 1024;
/// Warps that a multiprocessor needs to keep its four tensor cores busy.
static constexpr double kBusyWarps = 8;

namespace {
/// What the model knows of a schedule.
struct Work {
  /// Results of a block along M and N of the product, and its step along K.
  int64_t tileM, tileN, tileK;
  int64_t threads, sharedBytes, registers, stages;
  /// Whether there is one block for each multiprocessor, which starts the
  /// copies of its next tile before it ends one.
  bool isPersistent;
  /// Clocks that a block's products of one step take on a multiprocessor that
  /// is its own, and how many such blocks keep the multiprocessor busy.
  double products, busyBlocks;
};

/// The predicted clocks, and the products, by which schedules of equal times
/// are compared: these differ by those beyond the edges.
using Cost = std::pair<double, int64_t>;
} // namespace

/// What a product costs, or none where the chip cannot run it.
///
/// A multiprocessor works on some blocks at a time, in waves. A step along K
/// takes what is the longest: the products, the bytes from the cache, or the
/// latency that the stages on their way do not hide; the first step waits for
/// it. In all it is no faster than memory gives the operands once.
static std::optional<Cost> predict(const Work &work, const MatmulExtents &e,
                                   const Chip &chip) {
  int64_t blocks = e.batch * llvm::divideCeil(e.m, work.tileM) *
                   llvm::divideCeil(e.n, work.tileN);
  int64_t resident = countResident(chip, blocks, work.threads, work.registers,
                                   work.sharedBytes);
  if (resident < 1)
    return std::nullopt;
  if (work.isPersistent)
    resident = 1;
  double waves = llvm::divideCeil(blocks, chip.numProcessors * resident);
  double busy = std::min(1.0, resident / work.busyBlocks);
  double products = resident * work.products / busy;
  auto elementBytes = static_cast<double>(e.elementBytes);
  double bytes = resident * (work.tileM + work.tileN) * work.tileK *
                 elementBytes / static_cast<double>(chip.cacheBytes);
  double step = std::max({products, bytes, kLatency / (work.stages - 1)});
  double steps = llvm::divideCeil(e.k, work.tileK);
  double fills = work.isPersistent ? 1 : waves;
  double memory = elementBytes * e.batch * (e.m * e.k + e.k * e.n + e.m * e.n) /
                  static_cast<double>(chip.memoryBytes);
  return Cost{std::max(waves * steps * step + fills * kLatency, memory) +
                  kStart,
              llvm::alignTo(e.m, work.tileM) * llvm::alignTo(e.n, work.tileN)};
}

static std::optional<Cost> predict(MmaSyncAttr schedule, const MatmulExtents &e,
                                   const Chip &chip) {
  ArrayRef<int64_t> tile = schedule.getTile();
  int64_t threads = schedule.getNumThreads();
  return predict(
      {tile[0], tile[1], tile[2], threads,
       schedule.getSharedBytes(8 * e.elementBytes),
       threads * (schedule.getNumAccumulators() + kOthers),
       schedule.getStages(), /*isPersistent=*/false,
       static_cast<double>(tile[0] * tile[1] * tile[2] * e.elementBytes) /
           (2 * chip.products),
       kBusyWarps / (threads / 32)},
      e, chip);
}

static std::optional<Cost> predict(WgmmaAttr schedule, const MatmulExtents &e,
                                   const Chip &chip) {
  ArrayRef<int64_t> tile = schedule.getTile();
  // An instruction of 64 rows, N columns and 32 bytes along K reads all of A
  // and B from shared memory, of which a clock gives 128 bytes.
  double instruction = std::max(64.0 * tile[1] * 16 / chip.warpgroupProducts,
                                (64 + tile[1]) * 32 / 128.0);
  double instructions = tile[0] / 64.0 * tile[2] * e.elementBytes / 32;
  return predict({schedule.getTileM(), schedule.getTileN(), tile[2],
                  schedule.getNumThreads(), schedule.getSharedBytes(),
                  // Those that copy give theirs away.
                  schedule.getConsumers() * WgmmaAttr::kWarpgroup *
                      (schedule.getNumAccumulators() + kOthers),
                  schedule.getStages(), /*isPersistent=*/true,
                  instruction * instructions, 1},
                 e, chip);
}

/// Extents with numbers for the dynamic ones.
static MatmulExtents getKnown(const MatmulExtents &extents) {
  auto orLong = [](int64_t extent) {
    return ShapedType::isDynamic(extent) ? kLong : extent;
  };
  return {orLong(extents.batch), orLong(extents.m), orLong(extents.n),
          orLong(extents.k), extents.elementBytes};
}

/// A tile of as many bytes as that of 16-bit elements has.
static std::array<int64_t, 3> getTile(const int64_t (&tile)[3],
                                      const MatmulExtents &extents) {
  return {tile[0], tile[1], tile[2] * 2 / extents.elementBytes};
}

MatmulExtents compress::getExtents(linalg::GenericOp op, const Matmul &matmul) {
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  auto getExtent = [&](ArrayRef<unsigned> loops) {
    int64_t extent = 1;
    for (unsigned loop : loops)
      extent =
          ShapedType::isDynamic(extent) || ShapedType::isDynamic(ranges[loop])
              ? ShapedType::kDynamic
              : extent * ranges[loop];
    return extent;
  };
  return {getExtent(matmul.batch), getExtent(matmul.m), getExtent(matmul.n),
          getExtent(matmul.k),
          matmul.a.getElementType().getIntOrFloatBitWidth() / 8};
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
      {{64, 64, 64}, {2, 2}, 4},   {{16, 128, 64}, {1, 8}, 5},
      {{16, 64, 64}, {1, 4}, 8},
  };
  // Two tiles of 128 accumulators spill (benchmarks/machine_code.py): that of
  // 256 columns where f32 are rounded in registers, and that of 256 rows where
  // A does not run along K, which asks for more rows than 16.
  auto spills = [&](const Candidate &candidate) {
    return (extents.elementBytes == 4 && candidate.tile[1] == 256) ||
           (extents.elementBytes == 2 && candidate.tile[0] == 256 &&
            leastM > 16);
  };
  MatmulExtents known = getKnown(extents);
  MmaSyncAttr best;
  Cost least;
  for (const Candidate &candidate : candidates) {
    auto schedule = MmaSyncAttr::get(context, getTile(candidate.tile, extents),
                                     candidate.warps, candidate.stages);
    if (candidate.tile[0] < leastM || spills(candidate) ||
        schedule.getNumAccumulators() > mostAccumulators)
      continue;
    std::optional<Cost> cost = predict(schedule, known, chip);
    if (cost && (!best || *cost < least)) {
      best = schedule;
      least = *cost;
    }
  }
  return best;
}

WgmmaAttr compress::chooseWgmma(MLIRContext *context,
                                const MatmulExtents &extents, const Chip &chip,
                                int64_t multipleM, int64_t multipleN) {
  struct Candidate {
    int64_t tile[3], consumers, stages;
    bool swap;
  };
  static constexpr Candidate candidates[] = {
      {{128, 256, 64}, 2, 4, false}, {{256, 128, 64}, 2, 4, false},
      {{128, 192, 64}, 2, 5, false}, {{128, 128, 64}, 2, 6, false},
      {{128, 64, 64}, 2, 8, false},  {{64, 256, 64}, 1, 5, false},
      {{64, 128, 64}, 1, 8, false},  {{64, 64, 64}, 1, 8, false},
      {{128, 64, 64}, 2, 8, true},   {{128, 32, 64}, 2, 8, true},
      {{128, 16, 64}, 2, 8, true},   {{64, 64, 64}, 1, 8, true},
      {{64, 32, 64}, 1, 12, true},   {{64, 16, 64}, 1, 12, true},
  };
  MatmulExtents known = getKnown(extents);
  WgmmaAttr best;
  Cost least;
  for (const Candidate &candidate : candidates) {
    auto schedule =
        WgmmaAttr::get(context, getTile(candidate.tile, extents),
                       candidate.consumers, candidate.stages, candidate.swap);
    if (schedule.getTileM() % multipleM || schedule.getTileN() % multipleN)
      continue;
    std::optional<Cost> cost = predict(schedule, known, chip);
    if (cost && (!best || *cost < least)) {
      best = schedule;
      least = *cost;
    }
  }
  MmaSyncAttr portable = chooseMmaSync(context, extents, chip, /*leastM=*/16,
                                       /*mostAccumulators=*/128);
  if (best && portable && *predict(portable, known, chip) < least)
    return {};
  return best;
}

double compress::predictClocks(MmaSyncAttr schedule,
                               const MatmulExtents &extents, const Chip &chip) {
  return predict(schedule, getKnown(extents), chip)->first;
}

double compress::predictClocks(MLIRContext *context,
                               const MatmulExtents &extents, const Chip &chip) {
  if (chip.warpgroupProducts)
    if (WgmmaAttr schedule = chooseWgmma(context, extents, chip,
                                         /*multipleM=*/1, /*multipleN=*/1))
      return predict(schedule, getKnown(extents), chip)->first;
  return predictClocks(chooseMmaSync(context, extents, chip, /*leastM=*/16,
                                     /*mostAccumulators=*/128),
                       extents, chip);
}
