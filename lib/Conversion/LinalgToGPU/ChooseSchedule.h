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

/// What the operands of a product allow.
struct MatmulLimits {
  /// Of `mma.sync`: the fewest rows of a tile, 64 or fewer, and the most
  /// accumulators of a thread.
  int64_t leastM = 16, mostAccumulators = 128;
  /// Of a thread that computes an operand, which needs registers too.
  static constexpr int64_t kMostBesideComputed = 64;
  /// Whether wgmma can take them on a chip that has it, and how they are
  /// brought to it.
  bool forWgmma = true;
  OperandWork a, b;
};

/// The schedule by `mma.sync`, or on chips that have it by wgmma, whose
/// predicted time is the least; a few by rows, where M is dynamic but N and K
/// are not. Null where there is none.
Attribute chooseMatmul(MLIRContext *context, const MatmulExtents &extents,
                       const MatmulLimits &limits, const Chip &chip);

/// Clocks that a product of known extents is predicted to take with the
/// schedule that is chosen.
double predictClocks(MLIRContext *context, const MatmulExtents &extents,
                     const MatmulLimits &limits, const Chip &chip);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSESCHEDULE_H
