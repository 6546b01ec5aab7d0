//===- RegisterTile.h - Loops and register tiles ----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOCPU_REGISTERTILE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOCPU_REGISTERTILE_H

#include "Contraction.h"

namespace mlir::compress {

/// The shape of a register tile.
struct TileShape {
  /// Elements in a vector, vectors in a row of the tile.
  int64_t lanes, vectors;
  /// Rows of a full tile.
  int64_t rows;
  /// Copy panels of the right-hand side into contiguous rows first.
  bool packs;
  /// Products that a lane of one instruction adds. More than 1: the innermost
  /// reduced loop runs over as many 8-bit integers, unsigned ones on the left
  /// (4), or over as many 16-bit integers (2).
  int64_t products = 1;

  int64_t getColumns() const { return lanes * vectors; }
};

/// Emits, before the contraction on buffers, the loops that compute it. The
/// result's last dimension and, unless panels are packed, the right-hand
/// side's, must be `columns.back()` and contiguous.
void emitRegisterTiles(RewriterBase &rewriter, LoopContraction &contraction,
                       const TileShape &shape);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOCPU_REGISTERTILE_H
