//===- Prune.cpp - Plan the sparsity of weights
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StageUtils.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PRUNEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct PrunePass : compress::impl::PrunePassBase<PrunePass> {
  using PrunePassBase::PrunePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<PruneRule> parsed = parsePruneRule(rule);
    if (!parsed) {
      module.emitError() << "stage 'prune': "
                         << llvm::toString(parsed.takeError());
      return signalPassFailure();
    }
    WeightRewriter rewriter(&getContext());
    auto decide = [&](Site &site, PlanEntry &entry) {
      return prune(site, entry, *parsed, rewriter);
    };
    auto isDone = [](const Site &site) { return bool(site.prune); };
    if (failed(runStage(module, "prune", parsed->filter, isDone, decide)))
      signalPassFailure();
  }

private:
  static std::string prune(Site &site, PlanEntry &entry, const PruneRule &rule,
                           WeightRewriter &rewriter) {
    std::optional<int64_t> axis = site.getReducedAxis();
    if (!axis)
      return "none of its weight's dimensions is a reduced channel";
    MLIRContext *context = site.op->getContext();
    RankedTensorType type = site.getType();
    SparsityAttrInterface sparsity =
        NMSparsityAttr::get(context, rule.n, rule.m, *axis);
    SchemeAttrInterface scheme;
    ObserverAttr observer;
    if (site.encode) {
      scheme = site.encode.getType().getScheme().with(sparsity, {}, {});
      observer = site.encode.getObserverAttr();
    } else {
      scheme =
          SchemeAttr::get(sparsity, StorageAttrInterface(FloatStorageAttr::get(
                                        context, type.getElementType())));
    }
    std::string reason = checkScheme(site, scheme);
    if (!reason.empty())
      return reason;
    entry.sharedWith = rewriter.rewrite(site, scheme, observer);
    entry.scheme = scheme;
    return {};
  }
};
} // namespace
