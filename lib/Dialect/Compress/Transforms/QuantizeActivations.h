//===- QuantizeActivations.h - Quantize what sites read -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_QUANTIZEACTIVATIONS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_QUANTIZEACTIVATIONS_H

#include "compress/Analysis/ActivationRanges.h"
#include "compress/Analysis/Recipe.h"
#include "compress/Analysis/Sites.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::compress {

/// Puts encode and decode between the operand that is no weight and its op,
/// once for all the sites of a block that read the same value alike.
class ActivationRewriter {
public:
  ActivationRewriter(const ActivationRule &rule, const ActivationRanges &ranges)
      : rule(rule), ranges(ranges) {}

  /// Makes the site read its other operand quantized, by parameters that are
  /// computed at run time, or by constants where the rule is static. Null
  /// after a diagnostic when the site has no range.
  StorageAttrInterface rewrite(Site &site);

  /// Whether a site could not be rewritten.
  bool hasFailed() const { return failed; }

private:
  FailureOr<SmallVector<ElementsAttr>>
  computeParameters(const Site &site, StorageAttrInterface storage);

  const ActivationRule &rule;
  const ActivationRanges &ranges;
  bool failed = false;
  DenseMap<std::tuple<Value, Attribute, Block *>, DecodeOp> made;
};

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_QUANTIZEACTIVATIONS_H
