//===- Plan.h - What is decided for every compressible op -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_ANALYSIS_PLAN_H
#define COMPRESS_ANALYSIS_PLAN_H

#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "llvm/ADT/StringMap.h"
#include <deque>
#include <map>
#include <optional>

namespace mlir {
class ModuleOp;

namespace compress {

/// What is known about one compressible op. Every op that was considered has an
/// entry: with a scheme, with the reasons why passes left it alone, or both.
struct PlanEntry {
  /// Name of the site, unique in the module.
  std::string site;
  /// Name of the op, such as "linalg.matmul".
  std::string op;
  /// Name of the weight; empty for an inline constant.
  std::string weight;
  /// Dense type of the weight as the op sees it; null without a weight.
  RankedTensorType type;
  /// Scheme of the weight; null when it stays dense.
  SchemeAttrInterface scheme;
  /// Storage of the other operand; null when it stays as it is.
  StorageAttrInterface activation;
  /// Why a pass left the site alone, by the pass ("prune", "quantize", "fold"):
  /// sorted, so that the order of passes does not show.
  std::map<std::string, std::string> reasons;
  /// The site whose weight, compressed or dense, this one reads too; empty for
  /// its own.
  std::string sharedWith;

  /// Set by compress-fold. Errors are against the weight before pruning.
  struct Result {
    int64_t bytes = 0;
    /// Share of decoded elements that are zero, and of saturated ones.
    double zeros = 0;
    double saturated = 0;
    double maxAbsError = 0;
    double mse = 0;
    /// Signal to quantization noise in dB; +inf without error.
    double sqnr = 0;
  };
  std::optional<Result> result;

  /// The reasons as one text, each after its pass; without passes where all
  /// agree that the site stays dense. Empty when nothing stays as it is.
  std::string getReason() const;

  int64_t getDenseBytes() const { return type ? getNumBytes(type) : 0; }
};

/// The one record of what is decided, in the order of the module's ops. Passes
/// load it from the module's attribute `compress.plan`, change it and store it
/// back; reports, remarks and errors are views of it.
class CompressionPlan {
public:
  CompressionPlan() = default;
  CompressionPlan(CompressionPlan &&) = default;
  static CompressionPlan load(ModuleOp module);
  void store(ModuleOp module) const;

  /// The entry of a site, made when there is none.
  PlanEntry &get(StringRef site);
  /// The entry of a site, null when there is none.
  PlanEntry *lookup(StringRef site);

  const std::deque<PlanEntry> &getEntries() const { return entries; }

private:
  /// A deque, so that references stay valid.
  std::deque<PlanEntry> entries;
  llvm::StringMap<PlanEntry *> index;
};

} // namespace compress
} // namespace mlir

#endif // COMPRESS_ANALYSIS_PLAN_H
