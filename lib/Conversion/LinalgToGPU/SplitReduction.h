//===- SplitReduction.h - Reductions that several blocks share --*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Where a reduction has few results, several blocks reduce a part of each.
// Their results go to a buffer of their own, and another op combines them,
// always in the same order.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_SPLITREDUCTION_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_SPLITREDUCTION_H

#include "KernelArguments.h"
#include "RowProgram.h"

namespace mlir::compress {

struct Chip;

/// A type that shuffles move and in which partial results are combined: at
/// least 32 bits.
Type getWideType(Type type);

/// Converts to that type, or back.
Value widen(OpBuilder &b, Location loc, arith::AtomicRMWKind kind, Value value);
Value narrow(OpBuilder &b, Location loc, Value value, Type type);

/// How many blocks share each of `results` reductions of `length` elements, of
/// which a block should have `least`; 1 where either is so that one will do.
/// Both may be ShapedType::kDynamic.
int64_t chooseSplits(int64_t results, int64_t length, int64_t least,
                     const Chip &chip);

/// The parts' results.
struct Partials {
  /// What is reduced, by this combiner.
  linalg::GenericOp op;
  Combiner combiner;
  /// The loops that index the buffer; the dimension that counts parts is the
  /// first or the last.
  SmallVector<unsigned> loops;
  bool isPartFirst;
  Value buffer = {};

  /// Makes the buffer on the host; the loops have static extents but for the
  /// last, where that is contiguous in the output.
  void allocate(OpBuilder &host, int64_t splits);
  /// The indices of a part's result, given those of its loops.
  SmallVector<Value> getIndices(Value part, ArrayRef<Value> point) const;
  /// The op that combines the parts into the output.
  linalg::GenericOp buildCombination(OpBuilder &host) const;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_SPLITREDUCTION_H
