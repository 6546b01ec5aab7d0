//===- DecodedTile.h - Register tiles that decode a weight ------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOCPU_DECODEDTILE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOCPU_DECODEDTILE_H

#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include <optional>

namespace mlir::compress {

/// The loops of a product with packed codes after those over rows, and all of
/// those of a decode.
enum CodedLoop : unsigned {
  kPanel,
  kGroup,
  kWord,
  kCode,
  kColumn,
  kNumCodedLoops
};

/// The map of `rows` loops over rows, or of none of them, and some of the
/// others to an operand.
AffineMap getCodedMap(MLIRContext *context, unsigned rows, bool withRows,
                      ArrayRef<CodedLoop> loops);

/// A product with packed codes, or a decode of them, as compress-pack-contracts
/// builds it: a `linalg.generic` over the loops rows..., panel, group, word,
/// code and column, with the codes by panel, group, word and column, and
/// parameters by panel, group and column.
struct CodedOp {
  linalg::GenericOp op;
  /// Number of loops over rows; none of a decode.
  unsigned rows = 0;
  /// The product's operand that is no weight, and the first one of the weight.
  std::optional<unsigned> lhs;
  unsigned codes = 0;
  /// The decoded value: `value` times `scale`, of which the latter depends on
  /// parameters alone; null for 1.
  Value value, scale;

  unsigned getPanelLoop() const { return rows; }
  int64_t getExtent(unsigned loop) { return op.getStaticLoopRanges()[loop]; }
};

/// Matches a product, or with `isDecode` a decode.
std::optional<CodedOp> matchCodedOp(linalg::GenericOp op, bool isDecode);

/// Emits, before an op on buffers, the loops that compute it, with `lanes`
/// columns in a vector and at most `accumulators` vectors of sums.
void emitDecodedTiles(RewriterBase &rewriter, CodedOp &coded, int64_t lanes,
                      int64_t accumulators);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOCPU_DECODEDTILE_H
