//===- VectorBody.h - Bodies of generic ops on vectors ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOCPU_VECTORBODY_H
#define COMPRESS_LIB_CONVERSION_LINALGTOCPU_VECTORBODY_H

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include <functional>

namespace mlir::compress {

/// Evaluates scalar expressions of the body of a linalg.generic for the
/// elements of a vector at once. What is the same for all of them stays scalar.
class VectorBody {
public:
  /// `getArgument` gives a block argument's value, a scalar or a vector of
  /// `lanes` elements; `getIndex` that of linalg.index, the same for all lanes.
  VectorBody(OpBuilder &b, Location loc, int64_t lanes,
             std::function<Value(BlockArgument)> getArgument,
             std::function<Value(int64_t)> getIndex)
      : b(b), loc(loc), lanes(lanes), getArgument(std::move(getArgument)),
        getIndex(std::move(getIndex)) {}

  /// Whether `evaluate` knows what the expression is made of: elementwise ops,
  /// constants, places of a constant table of 16 floats, the index of one loop,
  /// and the body's arguments from `first` up to, but without, `last`.
  static bool canEvaluate(Value value, Block *body, int64_t loop,
                          unsigned first, unsigned last);

  /// The expression's value as a vector.
  Value evaluate(Value value);

private:
  Value compute(Value value);
  Value broadcast(Value value);
  Value lookUp(Value table, Value place);

  OpBuilder &b;
  Location loc;
  int64_t lanes;
  std::function<Value(BlockArgument)> getArgument;
  std::function<Value(int64_t)> getIndex;
  DenseMap<Value, Value> known;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOCPU_VECTORBODY_H
