//===- Passes.h - Passes on the dialect -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_TRANSFORMS_PASSES_H
#define COMPRESS_DIALECT_COMPRESS_TRANSFORMS_PASSES_H

#include "compress/Codec/Codec.h"
#include "mlir/Pass/Pass.h"

namespace mlir {
class ConversionTarget;
class RewritePatternSet;
class TypeConverter;

namespace compress {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"

/// Converts a compressed tensor to its components, and back by `assemble`.
void populateExplodeTypeConversions(TypeConverter &converter);

/// Checks that no op but those that populateExplodePatterns converts takes or
/// gives a compressed tensor.
LogicalResult verifyExplodable(Operation *root);

/// Moves functions, calls, control flow, selects, assemble and component to
/// components. The converter
/// is one that populateExplodeTypeConversions has prepared.
void populateExplodePatterns(const TypeConverter &converter,
                             RewritePatternSet &patterns,
                             ConversionTarget &target);

/// Lowers every op of the dialect to linalg on components.
void populateCompressToLinalgPatterns(const TypeConverter &converter,
                                      RewritePatternSet &patterns);

/// Fuses decodes into compressible ops.
void populateFusePatterns(RewritePatternSet &patterns);

/// Moves decodes through transposes; see compress-propagate.
void populatePropagatePatterns(RewritePatternSet &patterns);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_DIALECT_COMPRESS_TRANSFORMS_PASSES_H
