//===- ChooseWgmmaDecode.cpp - The cost model of decoded operands ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePacked.h"
#include "CostModel.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::cost;
using kernel::StreamedWeight;
using kernel::WgmmaDecodeAttr;

/// Instructions of a warp that decode a fragment of 16 channels by 16 positions
/// of K.
static constexpr double kDecode = 20;

/// Clocks that a product takes, and those that it would take if memory had no
/// limit; none where the chip cannot run it. A step takes the longest of four:
/// the products, and a part of the decoding; what the products read from shared
/// memory; the cache gives the operands; copies take their time, which the
/// stages on their way hide in part.
static std::optional<std::pair<double, double>>
predict(WgmmaDecodeAttr schedule, const StreamedWeight &weight, int64_t rows,
        const Chip &chip) {
  int64_t tileM = schedule.getTile()[0], tileN = schedule.getTile()[1];
  int64_t consumers = schedule.getConsumers();
  int64_t tiles =
      llvm::divideCeil(rows, tileM) * llvm::divideCeil(weight.n, tileN);
  if (!countResident(chip, tiles, schedule.getNumThreads(),
                     consumers * WgmmaDecodeAttr::kWarpgroup *
                         (schedule.getNumAccumulators() + kOthers),
                     schedule.getSharedBytes(weight.width)))
    return std::nullopt;
  double waves = llvm::divideCeil(tiles, chip.numProcessors);
  double steps = llvm::divideCeil(weight.k, WgmmaDecodeAttr::kStepK);
  double fragments = tileN / 16.0 * WgmmaDecodeAttr::kStepK / 16;
  double products = static_cast<double>(tileM * tileN) *
                    WgmmaDecodeAttr::kStepK / chip.warpgroupProducts;
  double decode = fragments * kDecode / kIssued;
  // Decoding goes on beside products that were started before, but for a part,
  // which another consumer's products hide better: a guess.
  double compute = products + decode / (consumers == 1 ? 2 : 4);
  // An instruction reads all of B, of which shared memory gives 128 bytes in a
  // clock.
  double shared = tileN / 64.0 * schedule.getInputBytes() / 128;
  double cache = static_cast<double>(schedule.getStageBytes(weight.width)) /
                 chip.cacheBytes;
  double latency = kLatency / (schedule.getStages() - 1);
  double step = std::max({compute, shared, cache, latency});
  double time = waves * steps * step + kLatency;
  double memory = predictMemory(weight, rows, chip);
  return std::pair(std::max(time, memory) + kStart, time);
}

Prediction<WgmmaDecodeAttr>
compress::chooseWgmmaDecode(const StreamedWeight &weight, int64_t rows,
                            const Chip &chip) {
  struct Candidate {
    int64_t tile[2], consumers;
  };
  // Of equal times the first wins: the taller tile decodes less.
  static constexpr Candidate candidates[] = {
      {{256, 128}, 2}, {{128, 256}, 2}, {{192, 128}, 2}, {{128, 128}, 2},
      {{64, 256}, 2},  {{64, 128}, 2},  {{256, 64}, 1},  {{128, 128}, 1},
      {{128, 64}, 1},  {{64, 128}, 1},  {{64, 64}, 1},
  };
  Prediction<WgmmaDecodeAttr> best;
  if (!chip.warpgroupProducts || ShapedType::isDynamic(rows))
    return best;
  MLIRContext *context = weight.element.getContext();
  for (const Candidate &candidate : candidates) {
    // As many stages as there is room for.
    for (int64_t stages : {8, 6, 5, 4, 3}) {
      if (WgmmaDecodeAttr::countSharedBytes(candidate.tile, candidate.consumers,
                                            stages, weight.width) >
          chip.blockSharedBytes)
        continue;
      auto schedule = WgmmaDecodeAttr::get(context, candidate.tile,
                                           candidate.consumers, stages);
      auto time = predict(schedule, weight, rows, chip);
      if (time && (!best.schedule || *time < best.clocks))
        best = {schedule, *time};
      if (time)
        break;
    }
  }
  return best;
}

Prediction<Attribute> compress::choosePacked(const StreamedWeight &weight,
                                             int64_t rows, const Chip &chip,
                                             bool maySplit, bool canCopy) {
  auto stream = chooseStream(weight, rows, chip, maySplit);
  auto decoded = chooseWgmmaDecode(weight, rows, chip);
  if (canCopy && decoded.schedule &&
      (!stream.schedule || decoded.clocks < stream.clocks))
    return {decoded.schedule, decoded.clocks};
  return {stream.schedule, stream.clocks};
}
