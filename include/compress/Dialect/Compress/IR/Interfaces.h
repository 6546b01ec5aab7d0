//===- Interfaces.h - What passes ask of schemes and ops -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_INTERFACES_H
#define COMPRESS_DIALECT_COMPRESS_IR_INTERFACES_H

#include "compress/Codec/Codec.h"
#include "mlir/IR/AffineMap.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"
#include "mlir/IR/OpDefinition.h"
#include <optional>

namespace mlir {
class PatternRewriter;
class RewriterBase;
} // namespace mlir

namespace mlir::compress {

/// A component of a compressed tensor: an ordinary tensor with a name.
struct ComponentSpec {
  StringRef name;
  RankedTensorType type;
};

/// An op seen as result = init + sum of lhs * rhs.
struct Contraction {
  /// Operand numbers in the op.
  unsigned lhs = 0, rhs = 1;
  /// That of the accumulator; none where the op adds to zeros.
  std::optional<unsigned> init;
  /// Maps of lhs, rhs and result over common dimensions: projected
  /// permutations, but for the lhs of a convolution, its image, whose map may
  /// be that of `compress.conv`.
  SmallVector<AffineMap, 3> maps;

  /// Whether the map of lhs needs `compress.conv`.
  bool isConvolution() const { return !maps[0].isProjectedPermutation(); }
  /// Dimensions of the given operand (0: lhs, 1: rhs) along which the sum runs,
  /// alone or as a part of the index.
  SmallVector<int64_t> getReducedAxes(unsigned side) const;
  /// The reduced dimensions without those of a window, which slides: what is
  /// left are the input channels of a filter.
  SmallVector<int64_t> getReducedChannelAxes(unsigned side) const;
  /// Dimensions of the given operand that the result has and the other operand
  /// lacks: the channels of a weight.
  SmallVector<int64_t> getFreeAxes(unsigned side) const;
};

/// An op seen as reads of a table's elements at positions known at run time.
struct Lookup {
  /// Operand number in the op.
  unsigned table = 0;
  /// Dimensions of the table that are read whole: those of a row.
  SmallVector<int64_t> rowAxes;
};

} // namespace mlir::compress

#include "compress/Dialect/Compress/IR/CompressAttrInterfaces.h.inc"
#include "compress/Dialect/Compress/IR/CompressOpInterfaces.h.inc"

#endif // COMPRESS_DIALECT_COMPRESS_IR_INTERFACES_H
