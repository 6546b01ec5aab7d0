//===- ChoosePacked.h - The cost model of packed weights --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEPACKED_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEPACKED_H

#include "ChooseByRows.h"
#include "compress/Dialect/Kernel/IR/StreamedWeight.h"
#include "compress/Target/Chip.h"

namespace mlir::compress {

/// A schedule and its clocks, those that it would take if memory had no limit
/// beside them: they decide between equal times.
template <typename Schedule>
struct Prediction {
  Schedule schedule;
  Clocks clocks;
};

/// Clocks in which memory gives the weight's codes and the activations and
/// takes the results, all of them once.
double predictMemory(const kernel::StreamedWeight &weight, int64_t rows,
                     const Chip &chip);

/// Of a product with so many rows; none where the chip cannot run it, or has no
/// room for its parts.
std::optional<Clocks> predictClocks(kernel::StreamAttr schedule,
                                    const kernel::StreamedWeight &weight,
                                    int64_t rows, const Chip &chip);
std::optional<Clocks> predictClocks(kernel::WgmmaDecodeAttr schedule,
                                    const kernel::StreamedWeight &weight,
                                    int64_t rows, const Chip &chip);

/// What the parts of a sum cost beside the product; none where there is no room
/// for them, or a part would have nothing to add up.
std::optional<double> predictParts(const kernel::StreamedWeight &weight,
                                   int64_t rows, int64_t splits,
                                   const Chip &chip);

/// Of the schedules by `mma.sync`, that whose predicted time is the least.
Prediction<kernel::StreamAttr>
chooseStream(const kernel::StreamedWeight &weight, int64_t rows,
             const Chip &chip);

/// Of the schedules by wgmma; null on a chip that has none.
Prediction<kernel::WgmmaDecodeAttr>
chooseWgmmaDecode(const kernel::StreamedWeight &weight, int64_t rows,
                  const Chip &chip);

/// Of both, where bulk copies can read the activations.
Prediction<Attribute> choosePacked(const kernel::StreamedWeight &weight,
                                   int64_t rows, const Chip &chip,
                                   bool canCopy);

/// The same for a number of rows that is known when running.
Attribute choosePackedByRows(const kernel::StreamedWeight &weight,
                             const Chip &chip, bool canCopy);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEPACKED_H
