//===- Panels.h - Results that are computed panel by panel -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOCPU_PANELS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOCPU_PANELS_H

#include "mlir/Dialect/Utils/ReshapeOpsUtils.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace mlir::compress {

/// A constant of these bytes, aligned to a cache line, which vectors of a
/// packed row then do not straddle.
Value createPackedConstant(OpBuilder &b, Location loc, RankedTensorType type,
                           StringRef name, ArrayRef<char> bytes);

/// How an expand_shape splits the last of `rank` dimensions into `parts`.
SmallVector<ReassociationIndices> splitLastDimension(int64_t rank,
                                                     int64_t parts);

/// Zeros of the shape of `init` but for its last dimension, which is `panels`
/// panels of `width` columns.
Value createPanels(OpBuilder &b, Location loc, Value init, int64_t panels,
                   int64_t width);

/// Panels as a tensor of the type of `init`, which they are added to, and to
/// `columns`, one value for each column, unless it is null.
Value unpackResult(OpBuilder &b, Location loc, Value panels, Value init,
                   Value columns = {});

/// The tensor with its last dimension extended to `extent` by zeros.
Value padLastDimension(OpBuilder &b, Location loc, Value tensor,
                       int64_t extent);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOCPU_PANELS_H
