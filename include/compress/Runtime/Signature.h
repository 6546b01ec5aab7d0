//===- Signature.h - What a function takes and returns ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_SIGNATURE_H
#define COMPRESS_RUNTIME_SIGNATURE_H

#include "compress/Runtime/DType.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace mlir::compress::runtime {

/// An argument or a result: a name, an element type, and extents of which
/// ShapedType::kDynamic ones are known only when it is called.
struct TensorSpec {
  std::string name;
  DType dtype;
  SmallVector<int64_t, 4> shape;
  /// Whether host code reads the elements, and a GPU does not.
  bool forHost = false;
};

/// As in "x: f32[?, 384]".
std::string formatSpec(const TensorSpec &spec);

/// Extents that an op of the function makes equal: dimensions of arguments,
/// and, when one of them is known, its value.
struct EqualExtents {
  struct Dimension {
    unsigned argument, dimension;
  };
  SmallVector<Dimension> dimensions;
  int64_t value = ShapedType::kDynamic;
};

/// What callers see of a function on tensors.
struct Signature {
  /// Arguments that are bound to weights are no inputs.
  std::vector<TensorSpec> inputs, outputs;
  /// Extents of inputs that must agree; arguments are numbers of inputs.
  SmallVector<EqualExtents> equalExtents;
};

/// Reads the signature before constants become arguments, without the equal
/// extents.
llvm::Expected<Signature> getSignature(func::FuncOp function);

/// What an argument of a function is, whose constants have become arguments:
/// the input of a number, or a weight.
struct BoundArgument {
  std::optional<unsigned> input;
  TypedAttr weight;
  Location loc;
};

/// Lists the arguments, takes the attributes that say what they are off the
/// function, which the LLVM dialect has no place for, and makes all of them
/// read-only. Completes the signature.
llvm::Expected<std::vector<BoundArgument>> bindArguments(func::FuncOp function,
                                                         Signature &signature);

/// The bytes of a weight, row-major; `storage` takes those that are decoded.
/// They live as long as the context of the attribute and `storage`.
llvm::Expected<ArrayRef<char>> getBytes(TypedAttr weight, Location loc,
                                        std::vector<char> &storage);

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_SIGNATURE_H
