//===- Elementwise.h - Elementwise arithmetic on known numbers -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_ELEMENTWISE_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_ELEMENTWISE_H

#include "mlir/IR/AffineMap.h"
#include "mlir/IR/SymbolTable.h"
#include "mlir/IR/Value.h"
#include <optional>
#include <vector>

namespace mlir::compress {

/// scale * x + offset, for an element x that only a run of the model knows.
struct AffineValue {
  double scale = 0, offset = 0;
  /// Whether it does not depend on x.
  bool known = true;

  static AffineValue get(double offset) { return {0, offset, true}; }
  static AffineValue getUnknown() { return {1, 0, false}; }
};

/// An op that computes each element of its one result, an f32 tensor, from one
/// element of each input: a linalg op with parallel loops only, or an
/// arithmetic op of TOSA.
struct ElementwiseOp {
  Operation *op = nullptr;
  SmallVector<Value> inputs;
  /// From the result's dimensions to each input's; 0 where it is repeated.
  SmallVector<AffineMap> maps;

  /// Matches an op, or gives none.
  static std::optional<ElementwiseOp> match(Operation *op);

  /// The result's element for elements of the inputs; none where it is no
  /// affine function of the unknown element, or by an op that is not handled:
  /// what is handled is addition, subtraction, negation, multiplication,
  /// division, fma, square root and its reciprocal.
  std::optional<AffineValue> evaluate(ArrayRef<AffineValue> elements) const;
};

/// Reads small tensors that are constants, or made of constants by elementwise
/// ops, fills, broadcasts and reshapes.
class ConstantReader {
public:
  /// The elements, row-major; null where the compiler does not know them or
  /// they are too many.
  const std::vector<double> *read(Value value);

private:
  std::optional<std::vector<double>> compute(Value value);
  std::optional<std::vector<double>> computeElementwise(const ElementwiseOp &op,
                                                        RankedTensorType type);

  SymbolTableCollection symbols;
  DenseMap<Value, std::optional<std::vector<double>>> known;
};

/// The place of the element that an input of an elementwise op has for the
/// result's element at `index`.
int64_t getOffset(AffineMap map, ArrayRef<int64_t> index,
                  ArrayRef<int64_t> shape);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_ELEMENTWISE_H
