//===- CollapseEpilogues.cpp - Elementwise ops in a product's shape -------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tensor/Transforms/Transforms.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::compress {
#define GEN_PASS_DEF_COLLAPSEEPILOGUESPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Whether an operand is an expanded product that nothing else reads, and its
/// owner elementwise.
static bool isEpilogue(OpOperand *operand) {
  auto expand = operand->get().getDefiningOp<tensor::ExpandShapeOp>();
  auto owner = dyn_cast<linalg::GenericOp>(operand->getOwner());
  return expand && owner && expand->hasOneUse() &&
         owner.getNumReductionLoops() == 0 && owner.getNumDpsInits() == 1 &&
         expand.getSrc().hasOneUse() &&
         expand.getSrc().getDefiningOp<kernel::ContractOp>();
}

namespace {
struct CollapseEpilogues
    : compress::impl::CollapseEpiloguesPassBase<CollapseEpilogues> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    linalg::populateFoldReshapeOpsByCollapsingPatterns(patterns, isEpilogue);
    tensor::populateFoldTensorEmptyPatterns(patterns);
    if (failed(applyPatternsGreedily(getOperation(), std::move(patterns))))
      return signalPassFailure();
    // A size of the expanded product would keep its buffer in use.
    IRRewriter rewriter(&getContext());
    getOperation().walk([&](tensor::DimOp dim) {
      auto expand = dim.getSource().getDefiningOp<tensor::ExpandShapeOp>();
      std::optional<int64_t> index = dim.getConstantIndex();
      if (!expand || !index)
        return;
      rewriter.setInsertionPoint(dim);
      rewriter.replaceOp(dim, getValueOrCreateConstantIndexOp(
                                  rewriter, dim.getLoc(),
                                  expand.getMixedOutputShape()[*index]));
    });
  }
};
} // namespace
