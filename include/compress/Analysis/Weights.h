//===- Weights.h - Tensors known to the compiler ----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_ANALYSIS_WEIGHTS_H
#define COMPRESS_ANALYSIS_WEIGHTS_H

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/IR/Operation.h"
#include "mlir/IR/Value.h"
#include <string>
#include <vector>

namespace llvm {
class ThreadPoolInterface;
} // namespace llvm

namespace mlir {
class SymbolTableCollection;

namespace compress {
class ExternalStore;

/// A dense tensor whose elements are known to the compiler, wherever they lie:
/// in a constant, a resource, an immutable ml_program.global, an entry of a
/// weights file, or a function argument bound to one; and the chain of
/// transposes and reshapes between it and its use.
struct Weight {
  /// The value before the chain.
  Value root;
  /// Its elements: DenseElementsAttr, DenseResourceElementsAttr or
  /// ExternalAttr.
  ElementsAttr elements;
  /// linalg.transpose, tensor.collapse_shape, tensor.expand_shape, linalg.pack,
  /// tosa.transpose, tosa.reshape, and ops that implement
  /// WeightViewOpInterface; from the root to the use.
  SmallVector<Operation *> views;
  /// External key, resource name, global's symbol or argument's name; empty for
  /// an inline constant.
  std::string name;

  RankedTensorType getRootType() const {
    return cast<RankedTensorType>(root.getType());
  }
  bool isArgument() const { return isa<BlockArgument>(root); }
};

/// The weight that `value` is; fails with the reason why it is none.
FailureOr<Weight> findWeight(Value value, SymbolTableCollection &symbols,
                             std::string &reason);

/// The bytes of a weight or constant, row-major. They belong to the attribute
/// or the store, or, for splats, transposed and decoded ones, to `storage`.
struct WeightBytes {
  ArrayRef<char> data;
  std::vector<char> storage;
};

/// Reads the bytes of `elements`. Reports a resource without a blob, a blob
/// that is not of its type's size, and what the store reports.
FailureOr<WeightBytes>
readElements(ElementsAttr elements, ExternalStore &store,
             function_ref<InFlightDiagnostic()> emitError);

/// Reads a weight as its use sees it, after the chain of views.
FailureOr<WeightBytes> readWeight(const Weight &weight, ExternalStore &store,
                                  function_ref<InFlightDiagnostic()> emitError,
                                  llvm::ThreadPoolInterface *threads);

/// The elements of a constant that is made of `bytes`, row-major: inline when
/// they are few, otherwise a resource with a name like `name`.
ElementsAttr makeElements(RankedTensorType type, StringRef name,
                          ArrayRef<char> bytes);

/// Whether the elements of a constant are written once for all of them.
bool isSplat(ElementsAttr elements);

/// Bytes of a static tensor, elements rounded up to whole bytes.
int64_t getNumBytes(ShapedType type);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_ANALYSIS_WEIGHTS_H
