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

/// Accumulators of a thread that leave registers for what computes an operand.
constexpr int64_t kMostBesideComputed = 64;

/// The schedule whose predicted time is the least among those with tiles of at
/// least `leastM` rows, 64 or fewer, and at most `mostAccumulators` in a
/// thread.
kernel::MmaSyncAttr chooseMmaSync(MLIRContext *context,
                                  const MatmulExtents &extents,
                                  const Chip &chip, int64_t leastM,
                                  int64_t mostAccumulators);

/// How an element of an operand gets to shared memory, where threads bring it.
struct OperandWork {
  /// Instructions of a lane, and clocks for which it waits before the next one.
  double instructions = 0, wait = 0;
  /// Whether bulk copies can bring it instead, which takes nobody's time, and
  /// whether it is computed.
  bool isBulk = true, isComputed = false;
  /// What the extent of a tile by wgmma is a multiple of: 1 or 64.
  int64_t multiple = 1;
};

/// That of elements of so many bytes, of which a copy moves `width`.
OperandWork getCopyWork(int64_t elementBytes, int64_t width, bool isBulk);
/// That of elements which take so many instructions.
OperandWork getComputedWork(int64_t elementBytes, double instructions);

/// The schedule by wgmma whose predicted time is the least, on a chip that has
/// wgmma; null where one by mma.sync is predicted to be faster.
kernel::WgmmaAttr chooseWgmma(MLIRContext *context,
                              const MatmulExtents &extents, const Chip &chip,
                              const OperandWork &a = {},
                              const OperandWork &b = {});

/// Clocks that the product is predicted to take by the fastest kernel.
double predictClocks(MLIRContext *context, const MatmulExtents &extents,
                     const Chip &chip, const OperandWork &a = {},
                     const OperandWork &b = {});

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H
