//===- TileOrder.h - Which tile comes when ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_TILEORDER_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_TILEORDER_H

#include "mlir/IR/Builders.h"

namespace mlir::compress {

/// A tile's number along M and along N.
struct TilePosition {
  Value m, n;
};

/// The tile that has a number among `tilesM` by `tilesN`. Blocks that run
/// together have neighbouring numbers. They should read few rows of A and few
/// columns of B, so tiles are counted in bands of some rows, in a band along M
/// first.
TilePosition findTile(OpBuilder &builder, Location loc, Value number,
                      Value tilesM, Value tilesN);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_TILEORDER_H
