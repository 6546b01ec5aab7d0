//===- ChooseSchedule.h - The cost model of matrix products -----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H

#include "Matmul.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Target/Chip.h"

namespace mlir::compress {

/// The extents of a matrix product. Dynamic ones are ShapedType::kDynamic, and
/// are taken to be long.
struct MatmulExtents {
  int64_t batch, m, n, k;
  /// Of an element of A and B: 2, or 4 for tf32.
  int64_t elementBytes;
};

MatmulExtents getExtents(linalg::GenericOp op, const Matmul &matmul);

/// The schedule whose predicted time is the least among those with tiles of at
/// least `leastM` rows, 64 or fewer, and at most `mostAccumulators` in a
/// thread.
kernel::MmaSyncAttr chooseMmaSync(MLIRContext *context,
                                  const MatmulExtents &extents,
                                  const Chip &chip, int64_t leastM,
                                  int64_t mostAccumulators);

/// The schedule by wgmma whose predicted time is the least, on a chip that has
/// wgmma; null where one by mma.sync is predicted to be faster. Extents of its
/// tile along M and N are multiples of the given ones, which are 1 or 64.
kernel::WgmmaAttr chooseWgmma(MLIRContext *context,
                              const MatmulExtents &extents, const Chip &chip,
                              int64_t multipleM, int64_t multipleN);

/// Clocks that a product with that schedule is predicted to take on a chip that
/// can run it, and the least of any kernel whose operands are buffers.
double predictClocks(kernel::MmaSyncAttr schedule, const MatmulExtents &extents,
                     const Chip &chip);
double predictClocks(MLIRContext *context, const MatmulExtents &extents,
                     const Chip &chip);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H
