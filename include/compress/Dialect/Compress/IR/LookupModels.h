//===- LookupModels.h - Compressible lookups -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_LOOKUPMODELS_H
#define COMPRESS_DIALECT_COMPRESS_IR_LOOKUPMODELS_H

#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/OpDefinition.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir {
class DialectRegistry;
class ImplicitLocOpBuilder;

namespace tensor {
class GatherOp;
} // namespace tensor

namespace compress {

/// Gives CompressibleOpInterface to tensor.extract and tensor.gather, as
/// lookups of elements and of slices. The row of an extract are the dimensions
/// indexed by a `linalg.index`, without the first dimension if all are; the
/// last one if none is.
void registerLookupModels(DialectRegistry &registry);

/// Builds an elementwise linalg.generic of type `type` whose element at
/// `position` is `getElement(position)`. Dynamic extents are those of `sizes`.
Value buildLookup(
    ImplicitLocOpBuilder &builder, RankedTensorType type,
    ArrayRef<OpFoldResult> sizes,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> getElement);

/// Builds what a gather computes, reading elements of its source, or of a
/// compressed one, by `getElement(position)`.
Value buildGather(
    ImplicitLocOpBuilder &builder, tensor::GatherOp gather,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> getElement);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_DIALECT_COMPRESS_IR_LOOKUPMODELS_H
