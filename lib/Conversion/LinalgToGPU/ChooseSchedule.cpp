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
/// Instructions of one copy to shared memory: what its address and its length
/// change by in a step, and the copy, as ptxas makes of them.
static constexpr double kCopyInstructions = 24;
/// Those of an element that is computed, beside what computes it.
static constexpr double kStoreInstructions = 4;
/// With one warp for each scheduler of a multiprocessor, the next instruction
/// waits for the one before.
static constexpr double kLonelyLanes = kLanes / 2;

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
  /// The same for what brings operands to shared memory, and the clocks that
  /// its threads wait for elements, which those of other blocks use.
  double copies, waits;
};
} // namespace

/// The clocks of a product, and its results with those beyond the edges, by
/// which equal times are compared; none where the chip cannot run it.
///
/// A multiprocessor works on some blocks at a time, in waves. A step along K
/// takes what is the longest: the products, the bytes from the cache, or the
/// latency that the stages on their way do not hide; the first step waits for
/// it. In all it is no faster than memory gives the operands once.
static std::optional<Clocks> predict(const Work &work, const MatmulExtents &e,
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
  double step = std::max({products, bytes, kLatency / (work.stages - 1),
                          resident * work.copies, work.waits});
  double steps = llvm::divideCeil(e.k, work.tileK);
  double fills = work.isPersistent ? 1 : waves;
  double memory = elementBytes * e.batch * (e.m * e.k + e.k * e.n + e.m * e.n) /
                  static_cast<double>(chip.memoryBytes);
  return Clocks{
      std::max(waves * steps * step + fills * kLatency, memory) + kStart,
      llvm::alignTo(e.m, work.tileM) * llvm::alignTo(e.n, work.tileN)};
}

static std::optional<Clocks> predict(MmaSyncAttr schedule,
                                     const MatmulExtents &e, const Chip &chip,
                                     const OperandWork &a,
                                     const OperandWork &b) {
  ArrayRef<int64_t> tile = schedule.getTile();
  int64_t threads = schedule.getNumThreads();
  double copies = 0, waits = 0, decoded = 0;
  int64_t tilesM = llvm::divideCeil(e.m, tile[0]),
          tilesN = llvm::divideCeil(e.n, tile[1]);
  auto add = [&](const OperandWork &work, int64_t extent, double elements) {
    copies += work.isComputed ? 0 : extent * tile[2] * work.instructions;
    waits += work.isComputed ? 0 : extent * tile[2] * work.wait;
    decoded += work.isComputed ? elements * work.instructions : 0;
  };
  // What is computed is computed for every tile of the other operand.
  add(a, tile[0], static_cast<double>(e.m) * e.k * tilesN);
  add(b, tile[1], static_cast<double>(e.n) * e.k * tilesM);
  std::optional<Clocks> cost = predict(
      {tile[0], tile[1], tile[2], threads,
       schedule.getSharedBytes(8 * e.elementBytes),
       threads * (schedule.getNumAccumulators() + kOthers),
       schedule.getStages(), /*isPersistent=*/false,
       static_cast<double>(tile[0] * tile[1] * tile[2] * e.elementBytes) /
           (2 * chip.products),
       kBusyWarps / (threads / 32), copies / kLanes, waits / threads},
      e, chip);
  // The warps that compute do not multiply meanwhile; few blocks leave
  // multiprocessors idle.
  double busy = std::min<double>(chip.numProcessors, e.batch * tilesM * tilesN);
  if (cost && decoded > 0)
    cost->first += e.batch * decoded / (kLanes * busy);
  return cost;
}

static std::optional<Clocks> predict(WgmmaAttr schedule, const MatmulExtents &e,
                                     const Chip &chip, const OperandWork &a,
                                     const OperandWork &b) {
  ArrayRef<int64_t> tile = schedule.getTile();
  // An instruction of 64 rows, N columns and 32 bytes along K reads all of A
  // and B from shared memory, of which a clock gives 128 bytes.
  double instruction = std::max(64.0 * tile[1] * 16 / chip.warpgroupProducts,
                                (64 + tile[1]) * 32 / 128.0);
  double instructions = tile[0] / 64.0 * tile[2] * e.elementBytes / 32;
  // The producer works beside those that multiply.
  double copies = 0, waits = 0;
  for (auto [work, extent] :
       {std::pair(&a, schedule.getTileM()), std::pair(&b, schedule.getTileN())})
    if (!work->isBulk) {
      copies += extent * tile[2] * work->instructions;
      waits += extent * tile[2] * work->wait;
    }
  return predict({schedule.getTileM(), schedule.getTileN(), tile[2],
                  schedule.getNumThreads(), schedule.getSharedBytes(),
                  // Those that copy give theirs away.
                  schedule.getConsumers() * WgmmaAttr::kWarpgroup *
                      (schedule.getNumAccumulators() + kOthers),
                  schedule.getStages(), /*isPersistent=*/true,
                  instruction * instructions, 1, copies / kLonelyLanes,
                  waits / WgmmaAttr::kWarpgroup},
                 e, chip);
}

/// Of a schedule that the chip can run.
static Clocks predict(Attribute schedule, const MatmulExtents &e,
                      const MatmulLimits &limits, const Chip &chip) {
  if (auto portable = dyn_cast<MmaSyncAttr>(schedule))
    return *predict(portable, e, chip, limits.a, limits.b);
  return *predict(cast<WgmmaAttr>(schedule), e, chip, limits.a, limits.b);
}

OperandWork compress::getCopyWork(int64_t elementBytes, int64_t width,
                                  bool isBulk) {
  // Copies of less than four bytes are loads, each waited for.
  return {kCopyInstructions / width,
          elementBytes * width < 4 ? kLatency / width : 0, isBulk,
          /*isComputed=*/false, /*multiple=*/1};
}

OperandWork compress::getComputedWork(int64_t elementBytes,
                                      double instructions) {
  // A thread loads what it needs for 16 bytes at once.
  return {instructions + kStoreInstructions, kLatency * elementBytes / 16,
          /*isBulk=*/false, /*isComputed=*/true, /*multiple=*/1};
}

/// Extents with numbers for the dynamic ones.
static MatmulExtents getKnown(const MatmulExtents &extents) {
  auto orLong = [](int64_t extent) {
    return ShapedType::isDynamic(extent) ? kLong : extent;
  };
  MatmulExtents known = extents;
  for (int64_t *extent : {&known.batch, &known.m, &known.n, &known.k})
    *extent = orLong(*extent);
  return known;
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
  int64_t leastM = 1;
  for (unsigned loop : matmul.m)
    if (!ShapedType::isDynamic(ranges[loop]))
      leastM *= std::max<int64_t>(ranges[loop], 1);
  return {getExtent(matmul.batch),
          getExtent(matmul.m),
          getExtent(matmul.n),
          getExtent(matmul.k),
          matmul.a.getElementType().getIntOrFloatBitWidth() / 8,
          leastM};
}

/// The schedule by `mma.sync` whose predicted time is the least.
static MmaSyncAttr chooseMmaSync(MLIRContext *context,
                                 const MatmulExtents &extents,
                                 const MatmulLimits &limits, const Chip &chip) {
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
            limits.leastM > 16);
  };
  MatmulExtents known = getKnown(extents);
  MmaSyncAttr best;
  Clocks least;
  for (const Candidate &candidate : candidates) {
    auto schedule = MmaSyncAttr::get(context, getTile(candidate.tile, extents),
                                     candidate.warps, candidate.stages);
    if (candidate.tile[0] < limits.leastM || spills(candidate) ||
        schedule.getNumAccumulators() > limits.mostAccumulators)
      continue;
    std::optional<Clocks> cost =
        predict(schedule, known, chip, limits.a, limits.b);
    if (cost && (!best || *cost < least)) {
      best = schedule;
      least = *cost;
    }
  }
  return best;
}

/// The schedule by wgmma whose predicted time is the least; null where one by
/// mma.sync is predicted to be faster.
static WgmmaAttr chooseWgmma(MLIRContext *context, const MatmulExtents &extents,
                             const MatmulLimits &limits, const Chip &chip) {
  const OperandWork &a = limits.a, &b = limits.b;
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
  Clocks least;
  for (const Candidate &candidate : candidates) {
    auto schedule =
        WgmmaAttr::get(context, getTile(candidate.tile, extents),
                       candidate.consumers, candidate.stages, candidate.swap);
    if (schedule.getTileM() % a.multiple || schedule.getTileN() % b.multiple)
      continue;
    // Computing needs registers that two consumers with many sums have not.
    if ((a.isComputed || b.isComputed) && schedule.getConsumers() > 1 &&
        schedule.getNumAccumulators() > MatmulLimits::kMostBesideComputed)
      continue;
    std::optional<Clocks> cost = predict(schedule, known, chip, a, b);
    if (cost && (!best || *cost < least)) {
      best = schedule;
      least = *cost;
    }
  }
  MmaSyncAttr portable = chooseMmaSync(context, extents, limits, chip);
  if (best && portable && *predict(portable, known, chip, a, b) < least)
    return {};
  return best;
}

Attribute compress::chooseMatmul(MLIRContext *context,
                                 const MatmulExtents &extents,
                                 const MatmulLimits &limits, const Chip &chip) {
  MatmulExtents known = getKnown(extents);
  auto choose = [&](int64_t rows) -> Attribute {
    known.m = rows;
    if (limits.forWgmma && chip.warpgroupProducts)
      if (WgmmaAttr schedule = chooseWgmma(context, known, limits, chip))
        return schedule;
    return chooseMmaSync(context, known, limits, chip);
  };
  // Without the extents of a weight nothing is known of few rows.
  if (!ShapedType::isDynamic(extents.m) || ShapedType::isDynamic(extents.n) ||
      ShapedType::isDynamic(extents.k))
    return choose(known.m);
  return chooseByRows(context, extents.leastM, choose,
                      [&](Attribute schedule, int64_t rows) {
                        known.m = rows;
                        return predict(schedule, known, limits, chip);
                      });
}

double compress::predictClocks(MLIRContext *context,
                               const MatmulExtents &extents,
                               const MatmulLimits &limits, const Chip &chip) {
  return predict(chooseMatmul(context, extents, limits, chip),
                 getKnown(extents), limits, chip)
      .first;
}
