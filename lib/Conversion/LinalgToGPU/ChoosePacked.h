//===- ChoosePacked.h - The cost model of packed weights --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEPACKED_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEPACKED_H

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Dialect/Kernel/IR/StreamedWeight.h"
#include "compress/Target/Chip.h"

namespace mlir::compress {

/// A schedule, and the clocks that it is predicted to take: in all, and if
/// memory had no limit, by which schedules of equal times are compared.
template <typename Schedule>
struct Prediction {
  Schedule schedule;
  std::pair<double, double> clocks;
};

/// Clocks in which memory gives the weight's codes and the activations and
/// takes the results, all of them once.
double predictMemory(const kernel::StreamedWeight &weight, int64_t rows,
                     const Chip &chip);

/// Of the schedules by `mma.sync`, with or without splits, that whose predicted
/// time is the least. The number of rows may be ShapedType::kDynamic.
Prediction<kernel::StreamAttr>
chooseStream(const kernel::StreamedWeight &weight, int64_t rows,
             const Chip &chip, bool maySplit);

/// Of the schedules by wgmma; null on a chip that has none, and for a dynamic
/// number of rows, of which there may be few.
Prediction<kernel::WgmmaDecodeAttr>
chooseWgmmaDecode(const kernel::StreamedWeight &weight, int64_t rows,
                  const Chip &chip);

/// Of both, where bulk copies can read the activations.
Prediction<Attribute> choosePacked(const kernel::StreamedWeight &weight,
                                   int64_t rows, const Chip &chip,
                                   bool maySplit, bool canCopy);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEPACKED_H
