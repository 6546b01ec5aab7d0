//===- Contraction.h - What a contraction multiplies ---------- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOCPU_CONTRACTION_H
#define COMPRESS_LIB_CONVERSION_LINALGTOCPU_CONTRACTION_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace mlir::compress {

/// A `linalg.generic` that computes
///   result[batch, rows, columns] += lhs[batch, rows, reduced]
///                                 * rhs[batch, columns, reduced]
/// with the dimensions of each tensor in any order, and operands that are
/// converted element by element before they are multiplied. One of the operands
/// may be the image of a convolution: an index of it is a sum of loops times
/// strides and dilations. The left one may lack some of the reduced loops, as
/// an image does those of a filter of one point.
struct LoopContraction {
  linalg::GenericOp op;
  /// Operand numbers; `rhs` is the one that has the result's innermost
  /// dimension.
  unsigned lhs, rhs;
  /// Loop numbers. `columns.back()` is the result's innermost dimension, and
  /// `rows.back()` the innermost of the result's rows.
  SmallVector<unsigned, 2> batch, rows, columns, reduced;

  AffineMap getMap(unsigned operand) {
    return op.getIndexingMapsArray()[operand];
  }
  /// By how much the operand's innermost index grows with the loop.
  int64_t getInnermostFactor(unsigned operand, unsigned loop);
  /// The loop's extent, or ShapedType::kDynamic.
  int64_t getExtent(unsigned loop) { return op.getStaticLoopRanges()[loop]; }
  /// The product of the extents of the rows, or ShapedType::kDynamic.
  int64_t getNumRows();
};

/// Matches two inputs, one result, maps that are projected permutations or, for
/// one input, an image's with every loop at most once, and a body that yields
/// `acc + convert(a) * convert(b)` in integers or floats; every loop is
/// a reduction that the result lacks, or a parallel one that it has; the
/// innermost dimension of the result belongs to one operand only.
std::optional<LoopContraction> matchContraction(linalg::GenericOp op);

/// Columns of a register tile for a dimension of this extent: a multiple of
/// `vectorWidth`, at most `tileN`, with the fewest columns that are padding,
/// and of those the widest.
int64_t chooseColumns(int64_t extent, int64_t vectorWidth, int64_t tileN);

/// A taller tile would need more scalar registers for row addresses than
/// there are.
constexpr int64_t kMaxTileRows = 12;

/// Vectors in a row of a tile, a divisor of `vectors`, for so many rows: all of
/// them, unless with fewer the rows fit into one tile of `accumulators`
/// vectors, so that a weight is read and decoded once.
int64_t chooseVectors(int64_t rows, int64_t vectors, int64_t accumulators);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOCPU_CONTRACTION_H
