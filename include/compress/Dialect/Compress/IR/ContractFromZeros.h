//===- ContractFromZeros.h - Products without an accumulator -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_CONTRACTFROMZEROS_H
#define COMPRESS_DIALECT_COMPRESS_IR_CONTRACTFROMZEROS_H

#include "compress/Dialect/Compress/IR/Interfaces.h"

namespace mlir::compress {

/// What `rebuildCompressed` returns for an op of one result that has no
/// accumulator: `compress.contract` of `lhs` and `rhs` by the maps of the
/// contraction, which adds to zeros, cast to the type of the op's result where
/// that is another. Fails when an extent of the result is no extent of an
/// operand. Fails for a convolution too: its result's extents follow from
/// those of its window.
///
/// Builds ops of `arith`, `linalg` and `tensor`.
FailureOr<Value> buildContractFromZeros(RewriterBase &rewriter, Operation *op,
                                        const Contraction &contraction,
                                        Value lhs, Value rhs);

/// The extent of a dense tensor. That of a tensor which is decoded is asked of
/// what was encoded, so that asking keeps no decode.
OpFoldResult getUncompressedSize(ImplicitLocOpBuilder &b, Value value,
                                 int64_t dim);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_CONTRACTFROMZEROS_H
