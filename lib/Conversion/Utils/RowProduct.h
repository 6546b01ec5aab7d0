//===- RowProduct.h - Products of rows with a matrix ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_UTILS_ROWPRODUCT_H
#define COMPRESS_LIB_CONVERSION_UTILS_ROWPRODUCT_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include <optional>

namespace mlir::compress {

/// Which dimension of w is reduced in a product x[b..., k] * w, w[k, n] or
/// w[n, k], into y[b..., n], of the operands x and w; none for another
/// contraction.
std::optional<unsigned> getReducedOfRowProduct(ContractOp op);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_UTILS_ROWPRODUCT_H
