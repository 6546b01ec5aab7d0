//===- BlockSelection.h - Which blocks of a tensor are kept -----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_BLOCKSELECTION_H
#define COMPRESS_LIB_CODEC_BLOCKSELECTION_H

#include "Lines.h"
#include "Positions.h"

namespace mlir::compress::codec {

/// The ranks of the blocks of a tensor.
struct BlockSums {
  /// The sum over each block, in the grid's row-major order.
  std::vector<double> sums;
  bool finite = true;

  int64_t countNonzero() const;
  /// The `count` blocks of the greatest sums, the lower position on ties, in
  /// ascending order.
  std::vector<int32_t> getGreatest(int64_t count) const;
};

/// Adds up the values of each block, or their magnitudes, in f64 and in
/// row-major order.
BlockSums sumBlocks(const BlockGrid &grid, const LineReader &values,
                    bool magnitudes, llvm::ThreadPoolInterface *threads);

/// Visits the rows of the tensor that pass through one row of the grid's blocks
/// along the innermost dimension, in row-major order.
void forEachRow(const BlockGrid &grid, int64_t gridRow,
                llvm::function_ref<void(int64_t row)> visit);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_BLOCKSELECTION_H
