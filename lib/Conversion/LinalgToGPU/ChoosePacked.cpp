//===- ChoosePacked.cpp - The cost model of packed weights ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePacked.h"
#include "CostModel.h"
#include <limits>

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::cost;
using kernel::StreamedWeight;

/// Of parts of sums: an L2 cache of 40 MiB or more has room for them.
static constexpr int64_t kMostPartBytes = 32 << 20;

std::optional<double> compress::predictParts(const StreamedWeight &weight,
                                             int64_t rows, int64_t splits,
                                             const Chip &chip) {
  if (splits == 1)
    return 0;
  int64_t slices = llvm::divideCeil(weight.k, kernel::StreamAttr::kStepK);
  int64_t slicesPerSplit = llvm::divideCeil(slices, splits);
  if (slicesPerSplit * (splits - 1) >= slices ||
      4 * splits * rows * weight.n > kMostPartBytes)
    return std::nullopt;
  // They are written to the cache, read again, and added by a launch.
  return kStart + 8.0 * splits * rows * weight.n /
                      (chip.cacheBytes * chip.numProcessors);
}

Prediction<Attribute> compress::choosePacked(const StreamedWeight &weight,
                                             int64_t rows, const Chip &chip,
                                             bool canCopy) {
  auto stream = chooseStream(weight, rows, chip);
  auto decoded = chooseWgmmaDecode(weight, rows, chip);
  if (canCopy && decoded.schedule &&
      (!stream.schedule || decoded.clocks < stream.clocks))
    return {decoded.schedule, decoded.clocks};
  return {stream.schedule, stream.clocks};
}

Attribute compress::choosePackedByRows(const StreamedWeight &weight,
                                       const Chip &chip, bool canCopy) {
  return chooseByRows(
      weight.element.getContext(), /*leastRows=*/1,
      [&](int64_t rows) {
        return choosePacked(weight, rows, chip, canCopy).schedule;
      },
      [&](Attribute schedule, int64_t rows) {
        auto stream = dyn_cast<kernel::StreamAttr>(schedule);
        std::optional<Clocks> clocks =
            stream ? predictClocks(stream, weight, rows, chip)
                   : predictClocks(cast<kernel::WgmmaDecodeAttr>(schedule),
                                   weight, rows, chip);
        constexpr double never = std::numeric_limits<double>::infinity();
        return clocks.value_or(Clocks(never, never));
      });
}
