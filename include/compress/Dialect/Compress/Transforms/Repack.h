//===- Repack.h - Constant weights in another layout ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_TRANSFORMS_REPACK_H
#define COMPRESS_DIALECT_COMPRESS_TRANSFORMS_REPACK_H

#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/Compress.h"

namespace mlir::compress {

/// Whether the components of a tensor are constants.
bool hasConstantComponents(AssembleOp op);

/// The bytes of components that are constants, in their order. Fails with a
/// diagnostic where they cannot be read.
FailureOr<SmallVector<WeightBytes>> readComponents(AssembleOp op);

/// Builds an `assemble` like `op` of `type`, whose layout alone is another,
/// from constants with rearranged bytes. Fails with a diagnostic where the
/// components of `op` are no constants or cannot be read.
FailureOr<AssembleOp> buildRepacked(OpBuilder &builder, AssembleOp op,
                                    CompressedTensorType type);

/// Erases an `assemble` that has no users, and constants that then have none.
void eraseWithConstants(AssembleOp op);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_TRANSFORMS_REPACK_H
