//===- PruneCriterion.h - Scores and masks from files ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_PRUNECRITERION_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_PRUNECRITERION_H

#include "compress/Analysis/Sites.h"
#include "llvm/ADT/STLExtras.h"

namespace mlir::compress {

/// What a file says about a weight: scores (f32) or a mask (i8).
enum class CriterionKind { Scores, Mask };

/// The entry of a safetensors file for the weight of a site: of the weight's
/// name (the site's for an inline constant) and of its shape, before the chain
/// of views. Null, with the reason, when there is none that fits.
ExternalAttr findCriterion(const Site &site, StringRef file, CriterionKind kind,
                           std::string &reason);

/// Builds an entry's tensor as the site sees its weight, after the chain of
/// views.
Value buildCriterion(OpBuilder &builder, Location loc, const Site &site,
                     ExternalAttr entry);

/// The bytes of an entry as the site sees its weight.
FailureOr<WeightBytes>
readCriterion(const Site &site, ExternalAttr entry,
              function_ref<InFlightDiagnostic()> emitError,
              llvm::ThreadPoolInterface *threads);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_PRUNECRITERION_H
