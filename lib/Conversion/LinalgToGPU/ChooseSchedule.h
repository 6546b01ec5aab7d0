//===- ChooseSchedule.h - The cost model of matrix products -----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H

#include "ChooseByRows.h"
#include "Matmul.h"
#include "compress/Target/Chip.h"

namespace mlir::compress {

/// The extents of a matrix product. Dynamic ones are ShapedType::kDynamic, and
/// are taken to be long.
struct MatmulExtents {
  int64_t batch, m, n, k;
  /// Of an element of A and B: 2, or 4 for tf32.
  int64_t elementBytes;
  /// The least that M is where it is dynamic, and not 0.
  int64_t leastM = 1;
};

MatmulExtents getExtents(linalg::GenericOp op, const Matmul &matmul);

/// What the operands of a product allow.
struct MatmulLimits {
  /// Of `mma.sync`: the fewest rows of a tile, 64 or fewer, and the most
  /// accumulators of a thread.
  int64_t leastM = 16, mostAccumulators = 128;
  /// Of a thread that computes an operand, which needs registers too.
  static constexpr int64_t kMostBesideDecode = 64;
  /// Of wgmma: whether bulk copies can read the operands, and of what the
  /// extents of a tile along M and N are multiples, 1 or 64.
  bool canCopy = true;
  int64_t multipleM = 1, multipleN = 1;
};

/// The schedule by `mma.sync`, or on chips that have it by wgmma, whose
/// predicted time is the least; a few by rows, where M is dynamic but N and K
/// are not. Null where there is none.
Attribute chooseMatmul(MLIRContext *context, const MatmulExtents &extents,
                       const MatmulLimits &limits, const Chip &chip);

/// The one by `mma.sync`, whatever M is.
kernel::MmaSyncAttr chooseMmaSync(MLIRContext *context,
                                  const MatmulExtents &extents,
                                  const MatmulLimits &limits, const Chip &chip);

/// Clocks that a product is predicted to take with that schedule, which the
/// chip can run; and, of known extents, with the best one where its operands
/// are buffers.
Clocks predictClocks(Attribute schedule, const MatmulExtents &extents,
                     const Chip &chip);
double predictClocks(MLIRContext *context, const MatmulExtents &extents,
                     const Chip &chip);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H
