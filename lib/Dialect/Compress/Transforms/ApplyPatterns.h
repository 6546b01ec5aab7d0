//===- ApplyPatterns.h - Greedy rewriting without folding -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_APPLYPATTERNS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_APPLYPATTERNS_H

#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::compress {

/// Applies patterns everywhere below `op` and nothing else: no folding, which
/// would look at the elements of big constants, and no merging of constants.
inline LogicalResult applyPatternsOnly(Operation *op,
                                       RewritePatternSet &&patterns) {
  GreedyRewriteConfig config;
  config.enableFolding(false).enableConstantCSE(false);
  return applyPatternsGreedily(op, std::move(patterns), config);
}

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_APPLYPATTERNS_H
