//===- LoweringUtils.h - What lowerings share -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_IR_LOWERINGUTILS_H
#define LIB_DIALECT_COMPRESS_IR_LOWERINGUTILS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::compress {

/// Makes an elementwise generic: `body(builder, elements)` gives the element.
Value buildElementwise(
    ImplicitLocOpBuilder &b, Value empty, ValueRange inputs,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body);

/// The positions of the loops of the enclosing generic.
SmallVector<Value> buildLoopIndices(ImplicitLocOpBuilder &b, unsigned rank);

/// An uninitialized tensor of `type` with the dynamic extents of `like`.
Value buildEmptyLike(ImplicitLocOpBuilder &b, RankedTensorType type,
                     Value like);

Value buildIndex(ImplicitLocOpBuilder &b, int64_t value);

/// The row-major position of `indices` in a static shape, and back.
Value buildLinearIndex(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
                       ValueRange indices);
SmallVector<Value> buildDelinearized(ImplicitLocOpBuilder &b,
                                     ArrayRef<int64_t> shape, Value index);

/// Moves `indices` into a static shape that is not empty; returns whether they
/// were inside, an i1.
Value buildClampIndices(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
                        SmallVectorImpl<Value> &indices);

/// Makes a sequential loop from `begin` to `end`: `body(builder, index,
/// carried)` gives what the next iteration carries. Returns what the last one
/// gives.
SmallVector<Value> buildLoop(
    ImplicitLocOpBuilder &b, Value begin, Value end, ValueRange carried,
    function_ref<SmallVector<Value>(ImplicitLocOpBuilder &, Value, ValueRange)>
        body);

/// Makes a sequential loop over the positions of the block at `item` of a grid,
/// in row-major order: `body(builder, indices, inside, carried)` gives what the
/// next iteration carries; outside of the shape, `indices` are moved into it.
Value buildOverBlock(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, ArrayRef<int64_t> block,
    ValueRange item, Value carried,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange, Value, Value)> body);

/// A tensor filled with `value`.
Value buildFilled(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
                  Value value);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_IR_LOWERINGUTILS_H
