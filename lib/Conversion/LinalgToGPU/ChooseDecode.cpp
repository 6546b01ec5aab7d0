//===- ChooseDecode.cpp - Where a weight is decoded -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseDecode.h"
#include "CostModel.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::cost;

/// Rows or columns that a thread without tensor cores computes, for which it
/// decodes once.
static constexpr int64_t kThreadTile = 4;

double compress::predictDecodeBefore(double elements, double elementBytes,
                                     double instructions, const Chip &chip) {
  double issue = elements * instructions / (kLanes * chip.numProcessors);
  return std::max(issue, elements * elementBytes / chip.memoryBytes) + kStart;
}

DecodeTimes compress::predictDecode(MLIRContext *context,
                                    const DecodedProduct &product,
                                    const Chip &chip) {
  const MatmulExtents &e = product.extents;
  double elements = static_cast<double>(product.isA ? e.m : e.n) * e.k;
  int64_t others = product.isA ? e.n : e.m;
  double before =
      predictDecodeBefore(elements, e.elementBytes, product.instructions, chip);

  if (!product.onTensorCores) {
    // The products take as long either way.
    double repeats = e.batch * llvm::divideCeil(others, kThreadTile);
    double bytes = elements * e.elementBytes / chip.memoryBytes;
    return {repeats * elements * product.instructions /
                (kLanes * chip.numProcessors),
            before + bytes};
  }
  MatmulLimits limits;
  limits.mostAccumulators = MatmulLimits::kMostBesideComputed;
  (product.isA ? limits.a : limits.b) =
      getComputedWork(e.elementBytes, product.instructions);
  return {predictClocks(context, e, limits, chip),
          before + predictClocks(context, e, MatmulLimits(), chip)};
}
