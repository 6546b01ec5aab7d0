//===- Propagate.cpp - Move compressed forms to where they are used
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ApplyPatterns.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PROPAGATEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
/// encode(decode(x)) of x's own type, without parameters -> x.
struct DropReencode : OpRewritePattern<EncodeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(EncodeOp op,
                                PatternRewriter &rewriter) const override {
    auto decode = op.getInput().getDefiningOp<DecodeOp>();
    if (!decode || decode.getInput().getType() != op.getType())
      return rewriter.notifyMatchFailure(op,
                                         "its input is no decode of its type");
    if (!op.getParameters().empty())
      return rewriter.notifyMatchFailure(op, "its parameters are given");
    rewriter.replaceOp(op, decode.getInput());
    return success();
  }
};

/// transpose(decode(encode(x))) -> decode(encode'(transpose(x))), where encode'
/// has the permuted scheme; also through a prune of x.
struct SinkThroughEncode : OpRewritePattern<linalg::TransposeOp> {
  using OpRewritePattern::OpRewritePattern;

  LogicalResult matchAndRewrite(linalg::TransposeOp op,
                                PatternRewriter &rewriter) const override {
    if (!op.hasPureTensorSemantics())
      return rewriter.notifyMatchFailure(op, "works on buffers");
    auto decode = op.getInput().getDefiningOp<DecodeOp>();
    auto encode =
        decode ? decode.getInput().getDefiningOp<EncodeOp>() : EncodeOp();
    if (!encode)
      return rewriter.notifyMatchFailure(op, "its input is no decode of an "
                                             "encode");
    if (!encode.getParameters().empty())
      return rewriter.notifyMatchFailure(op, "parameters are given");
    ArrayRef<int64_t> permutation = op.getPermutation();
    SchemeAttrInterface scheme =
        encode.getType().getScheme().permute(permutation);
    auto prune = encode.getInput().getDefiningOp<PruneOp>();
    SparsityAttrInterface pruning =
        prune ? prune.getSparsity().permute(permutation)
              : SparsityAttrInterface();
    if (!scheme || (prune && !pruning))
      return rewriter.notifyMatchFailure(
          op,
          "kept positions, or vectors that share a code, depend on the order "
          "of dimensions");
    auto resultType = cast<RankedTensorType>(op->getResult(0).getType());
    auto type = CompressedTensorType::getChecked(
        [&] { return mlir::emitError(op.getLoc()); }, op.getContext(),
        resultType.getShape(), resultType.getElementType(), scheme);
    if (!type)
      return failure();
    Location loc = op.getLoc();
    auto move = [&](Value value, Value init) -> Value {
      return linalg::TransposeOp::create(rewriter, loc, value, init,
                                         permutation)
          ->getResult(0);
    };
    Value moved =
        move(prune ? Value(prune.getInput()) : encode.getInput(), op.getInit());
    auto copySite = [](Operation *from, Operation *to) {
      if (Attribute site = from->getAttr(CompressDialect::kSiteAttr))
        to->setAttr(CompressDialect::kSiteAttr, site);
    };
    if (prune) {
      // What the choice rests on moves along.
      auto moveAlong = [&](Value value) -> Value {
        if (!value)
          return {};
        SmallVector<OpFoldResult> sizes =
            tensor::getMixedSizes(rewriter, loc, moved);
        return move(value, tensor::EmptyOp::create(
                               rewriter, loc, sizes,
                               getElementTypeOrSelf(value.getType())));
      };
      moved = PruneOp::create(
          rewriter, loc, moved.getType(), moved, moveAlong(prune.getScores()),
          moveAlong(prune.getMask()), pruning, prune.getBudget());
      copySite(prune, moved.getDefiningOp());
    }
    auto newEncode = EncodeOp::create(rewriter, loc, type, moved, ValueRange(),
                                      encode.getObserverAttr());
    copySite(encode, newEncode);
    auto newDecode = DecodeOp::create(rewriter, loc, newEncode);
    copySite(decode, newDecode);
    rewriter.replaceOp(op, newDecode);
    return success();
  }
};

/// contraction(x, transpose(decode(w))) -> linalg.contract(x, decode(w)) with
/// the permutation in its map; of a convolution, which has no such named form,
/// a linalg.generic.
struct FoldTransposeIntoContraction
    : OpInterfaceRewritePattern<CompressibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(CompressibleOpInterface op,
                                PatternRewriter &rewriter) const override {
    std::string reason;
    FailureOr<Contraction> contraction = op.getContraction(reason);
    if (failed(contraction))
      return rewriter.notifyMatchFailure(op, reason);
    // Another dialect's op keeps its own form.
    if (!isa<linalg::LinalgOp>(op.getOperation()))
      return rewriter.notifyMatchFailure(op, "no linalg op");
    Value operands[] = {op->getOperand(contraction->lhs),
                        op->getOperand(contraction->rhs)};
    bool changed = false;
    for (unsigned side = 0; side < 2; ++side) {
      auto transpose = operands[side].getDefiningOp<linalg::TransposeOp>();
      if (!transpose || !transpose.getInput().getDefiningOp<DecodeOp>())
        continue;
      // Result dimension i of the transpose is input dimension permutation[i].
      AffineMap map = contraction->maps[side];
      SmallVector<AffineExpr> exprs(map.getNumResults());
      for (auto [i, dim] : llvm::enumerate(transpose.getPermutation()))
        exprs[dim] = map.getResult(i);
      contraction->maps[side] =
          AffineMap::get(map.getNumDims(), 0, exprs, op.getContext());
      operands[side] = transpose.getInput();
      changed = true;
    }
    if (!changed)
      return rewriter.notifyMatchFailure(op, "no transpose of a decode");
    if (contraction->isConvolution())
      return replaceByGeneric(op, *contraction, operands, rewriter);
    Value init = op->getOperand(*contraction->init);
    auto contract = linalg::ContractOp::create(
        rewriter, op.getLoc(), TypeRange{init.getType()},
        ValueRange{operands[0], operands[1]}, ValueRange{init},
        rewriter.getAffineMapArrayAttr(contraction->maps));
    if (Attribute site = op->getAttr(CompressDialect::kSiteAttr))
      contract->setAttr(CompressDialect::kSiteAttr, site);
    rewriter.replaceOp(op, contract);
    return success();
  }

private:
  static LogicalResult replaceByGeneric(Operation *op,
                                        const Contraction &contraction,
                                        ArrayRef<Value> operands,
                                        PatternRewriter &rewriter) {
    auto generic = dyn_cast<linalg::GenericOp>(op);
    if (!generic) {
      Attribute site = op->getAttr(CompressDialect::kSiteAttr);
      FailureOr<linalg::GenericOp> generalized =
          linalg::generalizeNamedOp(rewriter, cast<linalg::LinalgOp>(op));
      if (failed(generalized))
        return rewriter.notifyMatchFailure(op, "it has no generic form");
      generic = *generalized;
      if (site)
        generic->setAttr(CompressDialect::kSiteAttr, site);
    }
    SmallVector<AffineMap> maps = generic.getIndexingMapsArray();
    maps[contraction.lhs] = contraction.maps[0];
    maps[contraction.rhs] = contraction.maps[1];
    rewriter.modifyOpInPlace(generic, [&] {
      generic->setOperand(contraction.lhs, operands[0]);
      generic->setOperand(contraction.rhs, operands[1]);
      generic.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
    return success();
  }
};

struct PropagatePass : compress::impl::PropagatePassBase<PropagatePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populatePropagatePatterns(patterns);
    if (failed(applyPatternsOnly(getOperation(), std::move(patterns))))
      signalPassFailure();
  }
};
} // namespace

void compress::populatePropagatePatterns(RewritePatternSet &patterns) {
  patterns.add<DropReencode, SinkThroughEncode, FoldTransposeIntoContraction>(
      patterns.getContext());
}
