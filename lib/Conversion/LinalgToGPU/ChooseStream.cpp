//===- ChooseStream.cpp - The cost model of streamed products -------------===//
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
using kernel::StreamAttr;
using kernel::StreamedWeight;

/// Instructions of a warp for 16 by 16 codes: half of them decode.
static constexpr double kInstructions = 30;
/// Of many rows, kernels of this kind reach 0.6 to 0.7 of a dense product's
/// rate (Frantar et al., MARLIN, 2024).
static constexpr double kReached = 0.65;

/// Clocks that a product takes, and those that it would take if memory had no
/// limit; none where the chip cannot run it. The first is the longest of five:
/// memory gives the weight once; the cache gives blocks their operands; warps
/// decode; copies take their time, which the stages on their way hide in part;
/// and tensor cores multiply.
std::optional<Clocks> compress::predictClocks(StreamAttr schedule,
                                              const StreamedWeight &weight,
                                              int64_t rows, const Chip &chip) {
  ArrayRef<int64_t> tile = schedule.getTile(), warps = schedule.getWarps();
  int64_t threads = schedule.getNumThreads(), splits = schedule.getSplits();
  int64_t slices = llvm::divideCeil(weight.k, StreamAttr::kStepK);
  int64_t slicesPerSplit = llvm::divideCeil(slices, splits);
  std::optional<double> parts = predictParts(weight, rows, splits, chip);
  if (!parts)
    return std::nullopt;
  int64_t blocks = llvm::divideCeil(rows, tile[0]) *
                   llvm::divideCeil(weight.n, tile[1]) * splits;
  int64_t resident =
      countResident(chip, blocks, threads,
                    threads * (schedule.getNumAccumulators() + kOthers),
                    schedule.getSharedBytes(weight.width));
  if (resident < 1)
    return std::nullopt;
  double waves = llvm::divideCeil(blocks, chip.numProcessors * resident);
  double steps = llvm::divideCeil(slicesPerSplit, warps[1]);
  double stageBytes =
      schedule.getInputBytes() + schedule.getWeightBytes(weight.width);
  double cache = resident * stageBytes / chip.cacheBytes;
  double fragments =
      resident * warps[1] * (tile[1] / 16.0) * (StreamAttr::kStepK / 16.0);
  double issue = fragments * (kInstructions + tile[0] / 8.0) / kIssued;
  double latency = kLatency / (schedule.getStages() - 1);
  double compute =
      waves * (steps * std::max({cache, issue, latency}) + kLatency);
  double products = static_cast<double>(llvm::alignTo(rows, 8)) * weight.n *
                    weight.k / (kReached * chip.products * chip.numProcessors);
  double memory = predictMemory(weight, rows, chip);
  return Clocks(std::max({compute, memory, products}) + kStart + *parts,
                compute);
}

double compress::predictMemory(const StreamedWeight &weight, int64_t rows,
                               const Chip &chip) {
  return (weight.k * weight.n * weight.width / 8.0 +
          2.0 * rows * (weight.k + weight.n)) /
         chip.memoryBytes;
}

Prediction<StreamAttr> compress::chooseStream(const StreamedWeight &weight,
                                              int64_t rows, const Chip &chip) {
  struct Candidate {
    int64_t columns, warps[2];
  };
  // Where memory sets the time, that wins which needs it least, and then the
  // first.
  static constexpr Candidate candidates[] = {
      {128, {4, 2}}, {128, {2, 4}}, {64, {2, 4}},
      {256, {8, 1}}, {64, {1, 8}},  {32, {1, 8}},
  };
  int64_t tileM = 8;
  while (tileM < std::min<int64_t>(rows, 64))
    tileM *= 2;
  MLIRContext *context = weight.element.getContext();
  Prediction<StreamAttr> best;
  for (const Candidate &candidate : candidates)
    for (int64_t splits : {1, 2, 4, 8, 16})
      for (int64_t stages : {4, 3, 6, 2}) {
        int64_t tile[] = {tileM, candidate.columns};
        // Of 128 accumulators, decoding some codes spills
        // (benchmarks/machine_code.py).
        if (tileM * candidate.columns / (candidate.warps[0] * 32) > 64)
          continue;
        auto schedule =
            StreamAttr::get(context, tile, candidate.warps, stages, splits);
        auto time = predictClocks(schedule, weight, rows, chip);
        if (time && (!best.schedule || *time < best.clocks))
          best = {schedule, *time};
      }
  return best;
}
