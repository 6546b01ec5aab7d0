//===- FoldBroadcasts.cpp - Weights that are repeated for every batch
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ApplyPatterns.h"
#include "NormalizeSteps.h"
#include "compress/Analysis/Weights.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"

using namespace mlir;
using namespace mlir::compress;

/// What a broadcast repeats, and the map from dimensions of its result to
/// elements of that; null for any other value.
static std::pair<Value, AffineMap> matchBroadcast(Value value) {
  if (auto op = value.getDefiningOp<linalg::BroadcastOp>())
    return {op.getInput(), op.getMatchingIndexingMap(op.getDpsInputOperand(0))};
  auto op = value.getDefiningOp<linalg::GenericOp>();
  if (!op || op.getNumDpsInputs() != 1 || op.getNumDpsInits() != 1 ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getMatchingIndexingMap(op.getDpsInitOperand(0)).isIdentity())
    return {};
  AffineMap map = op.getMatchingIndexingMap(op.getDpsInputOperand(0));
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  if (!map.isProjectedPermutation() || map.isPermutation() ||
      yield.getOperand(0) != op.getRegionInputArgs().front())
    return {};
  return {op.getDpsInputOperand(0)->get(), map};
}

namespace {
/// op(x, broadcast(w)) -> generic(x, w), in which the map of w leaves out what
/// the broadcast repeats.
struct FoldBroadcast : OpInterfaceRewritePattern<linalg::LinalgOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(linalg::LinalgOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics() || !linalg::isaContractionOpInterface(op))
      return rewriter.notifyMatchFailure(op, "is no contraction of tensors");
    SmallVector<AffineMap> maps = op.getIndexingMapsArray();
    SmallVector<Value> inputs = op.getDpsInputs();
    bool found = false;
    for (auto [number, operand] : llvm::enumerate(op.getDpsInputOperands())) {
      auto [source, map] = matchBroadcast(operand->get());
      SymbolTableCollection symbols;
      std::string reason;
      if (!source || failed(findWeight(source, symbols, reason)))
        continue;
      found = true;
      inputs[number] = source;
      maps[number] = map.compose(maps[number]);
    }
    if (!found)
      return rewriter.notifyMatchFailure(op, "reads no repeated weight");
    // An extent that nothing but the broadcast had would be lost.
    if (!inversePermutation(concatAffineMaps(maps, rewriter.getContext())))
      return rewriter.notifyMatchFailure(op,
                                         "the broadcast alone has an extent");

    auto generic = linalg::GenericOp::create(
        rewriter, op.getLoc(), op->getResultTypes(), inputs,
        SmallVector<Value>(op.getDpsInits()), maps, op.getIteratorTypesArray());
    rewriter.cloneRegionBefore(op->getRegion(0), generic.getRegion(),
                               generic.getRegion().begin());
    generic->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    remark::passed(op.getLoc(),
                   remark::RemarkOpts::name("broadcast").category("compress"))
        << remark::add("reads its weight once, not repeated for every batch");
    rewriter.replaceOp(op, generic);
    return success();
  }
};
} // namespace

LogicalResult compress::foldBroadcasts(ModuleOp module) {
  RewritePatternSet patterns(module.getContext());
  patterns.add<FoldBroadcast>(module.getContext());
  return applyPatternsOnly(module, std::move(patterns));
}
