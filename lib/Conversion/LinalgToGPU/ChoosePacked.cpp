//===- ChoosePacked.cpp - The cost model of packed weights ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePacked.h"
#include <limits>

using namespace mlir;
using namespace mlir::compress;
using kernel::StreamedWeight;

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

Attribute compress::choosePackedByRows(const StreamedWeight &weight,
                                       const Chip &chip, bool canCopy) {
  return chooseByRows(
      weight.element.getContext(), /*leastRows=*/1,
      [&](int64_t rows) {
        return choosePacked(weight, rows, chip, /*maySplit=*/true, canCopy)
            .schedule;
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
