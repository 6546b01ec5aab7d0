//===- Sites.h - The ops that can be compressed -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_ANALYSIS_SITES_H
#define COMPRESS_ANALYSIS_SITES_H

#include "compress/Analysis/Plan.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/Compress.h"

namespace mlir {
class ModuleOp;

namespace compress {

/// A compressible op, or a weight that no compressible op reads.
struct Site {
  Operation *op = nullptr;
  std::string name;
  /// Why the op cannot be compressed; what follows is set only when empty.
  std::string reason;

  Contraction contraction;
  /// Set instead of `contraction` for an op that looks up elements of its
  /// weight.
  std::optional<Lookup> lookup;
  /// Which operand of the contraction the weight is: 0 lhs, 1 rhs.
  unsigned side = 1;
  Weight weight;
  /// What is already between the weight and the op; each may be null.
  PruneOp prune;
  EncodeOp encode;
  DecodeOp decode;

  bool isCompressible() const { return reason.empty(); }
  unsigned getWeightNumber() const {
    if (lookup)
      return lookup->table;
    return side == 0 ? contraction.lhs : contraction.rhs;
  }
  unsigned getOtherNumber() const {
    return side == 0 ? contraction.rhs : contraction.lhs;
  }
  Value getOperand() const { return op->getOperand(getWeightNumber()); }
  Value getOther() const { return op->getOperand(getOtherNumber()); }
  RankedTensorType getType() const {
    return cast<RankedTensorType>(getOperand().getType());
  }
  /// The innermost reduced channel of the weight, of more than one element
  /// where there is such a one, along which N:M lies; none without one.
  std::optional<int64_t> getReducedAxis() const;
  /// Dimensions of the weight of which one result reads all: the reduced ones,
  /// or those of a row that is looked up.
  SmallVector<int64_t> getBlockAxes() const;
  /// The dimensions over which groups extend, from the last one on.
  SmallVector<int64_t> getGroupAxes() const;
  /// The channels of the weight: dimensions that the result has and the other
  /// operand lacks, or those that are looked up.
  SmallVector<int64_t> getFreeAxes() const;
  /// Where what compresses the weight goes: in front of this op, outside of a
  /// body that looks elements up.
  Operation *getAnchor() const;
};

/// Gives every op that implements CompressibleOpInterface and describes a
/// contraction, or is always listed, its attribute `compress.site`. Names that
/// are there stay.
void assignSiteNames(ModuleOp module);

/// All sites in the module's order, after naming them; then the weights of at
/// least 1 KiB that none of them reads.
std::vector<Site> collectSites(ModuleOp module);

/// The plan's entry of a site, with everything set that does not depend on a
/// decision.
PlanEntry &getEntry(CompressionPlan &plan, const Site &site);

/// Checks a scheme for a site; empty when it fits, otherwise the reason.
std::string checkScheme(const Site &site, SchemeAttrInterface scheme);

/// Tells the remark engine what a stage has decided for a site.
void emitRemark(const Site &site, const PlanEntry &entry, StringRef stage);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_ANALYSIS_SITES_H
