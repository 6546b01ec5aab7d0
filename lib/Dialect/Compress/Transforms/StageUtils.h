//===- StageUtils.h - What planning passes share -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_STAGEUTILS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_STAGEUTILS_H

#include "compress/Analysis/Recipe.h"
#include "compress/Analysis/Sites.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::compress {

/// Runs a stage of a recipe over a module: selects sites, keeps the plan, and
/// reports patterns that match nothing and targets that cannot be met.
/// `isDone` tells whether an earlier stage of the same kind has taken a site.
/// `decide` compresses a site and returns why it could not, empty when it did.
/// Both are called for compressible sites only. `prepare` sees all sites that
/// `decide` will, before the first of them.
LogicalResult
runStage(ModuleOp module, StringRef stage, const NameFilter &filter,
         function_ref<bool(const Site &)> isDone,
         function_ref<std::string(Site &, PlanEntry &)> decide,
         function_ref<LogicalResult(ArrayRef<const Site *>)> prepare = {});

/// Puts prune (with a sparsity), encode and decode between weights and their
/// ops, once for all the ops of a block that read the same value alike.
class WeightRewriter {
public:
  explicit WeightRewriter(MLIRContext *context) : builder(context) {}

  /// Makes the site read its weight by `scheme`, replacing what is there.
  /// `buildPrune` prunes the dense weight; without it, pruning stays as it is.
  /// Returns the site whose encode it shares, empty for one of its own.
  std::string rewrite(Site &site, SchemeAttrInterface scheme,
                      ObserverAttr observer,
                      function_ref<Value(OpBuilder &, Value)> buildPrune = {});

private:
  IRRewriter builder;
  DenseMap<std::tuple<Value, Attribute, Block *>, DecodeOp> made;
};

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_STAGEUTILS_H
