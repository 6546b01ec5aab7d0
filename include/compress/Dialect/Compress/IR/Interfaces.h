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

namespace mlir {
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
  unsigned lhs = 0, rhs = 1, init = 2;
  /// Maps of lhs, rhs and result over common dimensions.
  SmallVector<AffineMap, 3> maps;

  /// Dimensions of the given operand (0: lhs, 1: rhs) that are reduced.
  SmallVector<int64_t> getReducedAxes(unsigned side) const;
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
