//===- QuantizedModels.h - Ops on quantized integers -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_QUANTIZEDMODELS_H
#define COMPRESS_DIALECT_COMPRESS_IR_QUANTIZEDMODELS_H

namespace mlir {
class DialectRegistry;

namespace compress {

/// Gives CompressibleOpInterface to linalg's quantized_matmul,
/// quantized_batch_matmul and convolutions with zero points, which the plan
/// lists and leaves alone: their operands are quantized already.
void registerQuantizedModels(DialectRegistry &registry);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_DIALECT_COMPRESS_IR_QUANTIZEDMODELS_H
