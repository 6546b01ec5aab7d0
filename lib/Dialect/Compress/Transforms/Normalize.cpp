//===- Normalize.cpp - Bring a dense module into canonical form
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ApplyPatterns.h"
#include "NormalizeSteps.h"
#include "compress/Analysis/Sites.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::compress {
#define GEN_PASS_DEF_NORMALIZEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
/// transpose(transpose(x, p), q) -> transpose(x, p after q).
struct ComposeTransposes : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "works on buffers");
    auto inner = op.getInput().getDefiningOp<linalg::TransposeOp>();
    if (!inner)
      return rewriter.notifyMatchFailure(op, "its input is no transpose");
    SmallVector<int64_t> permutation;
    for (int64_t dim : op.getPermutation())
      permutation.push_back(inner.getPermutation()[dim]);
    rewriter.replaceOpWithNewOp<linalg::TransposeOp>(op, inner.getInput(),
                                                     op.getInit(), permutation);
    return success();
  }
};

/// transpose(x, identity) -> x.
struct DropIdentityTranspose : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "works on buffers");
    for (auto [position, dim] : llvm::enumerate(op.getPermutation()))
      if (static_cast<int64_t>(position) != dim)
        return rewriter.notifyMatchFailure(op, "permutes dimensions");
    if (op.getInput().getType() != op->getResult(0).getType())
      return rewriter.notifyMatchFailure(op, "types differ");
    rewriter.replaceOp(op, op.getInput());
    return success();
  }
};

struct NormalizePass : compress::impl::NormalizePassBase<NormalizePass> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    if (failed(foldBroadcasts(module)))
      return signalPassFailure();
    // Names first, while each op still has its own location and weight.
    assignSiteNames(module);
    // What a branch that is never taken reads does not count as a use.
    foldConstantBranches(module);
    if (failed(foldChannelArithmetic(module)))
      return signalPassFailure();
    RewritePatternSet patterns(&getContext());
    patterns.add<ComposeTransposes, DropIdentityTranspose>(&getContext());
    if (failed(applyPatternsOnly(module, std::move(patterns))))
      return signalPassFailure();
    mergeWeights(module);
  }
};
} // namespace
