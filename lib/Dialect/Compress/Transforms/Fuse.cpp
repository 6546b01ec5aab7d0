//===- Fuse.cpp - Fuse decodes into the ops that compute with them
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ApplyPatterns.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"

namespace mlir::compress {
#define GEN_PASS_DEF_FUSEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
/// Matches a contraction of which lhs, rhs or both are a decode, and a lookup
/// whose table is one.
struct FuseDecode : OpInterfaceRewritePattern<CompressibleOpInterface> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(CompressibleOpInterface op,
                                PatternRewriter &rewriter) const override {
    std::string reason;
    FailureOr<Contraction> contraction = op.getContraction(reason);
    std::optional<Lookup> lookup;
    if (failed(contraction))
      lookup = op.getLookup();
    if (failed(contraction) && !lookup)
      return rewriter.notifyMatchFailure(op, reason);
    bool anyDecode = false;
    auto getSource = [&](unsigned number) -> Value {
      Value operand = op->getOperand(number);
      auto decode = operand.getDefiningOp<DecodeOp>();
      anyDecode |= decode != nullptr;
      return decode ? decode.getInput() : operand;
    };
    Value lhs = getSource(lookup ? lookup->table : contraction->lhs);
    Value rhs = lookup ? Value() : getSource(contraction->rhs);
    if (!anyDecode)
      return rewriter.notifyMatchFailure(op, "no operand is a decode");
    FailureOr<Value> result = op.rebuildCompressed(rewriter, lhs, rhs);
    if (failed(result))
      return rewriter.notifyMatchFailure(op, "it cannot be rebuilt");
    // The site's name, a schedule that was written by hand; but not what linalg
    // remembers of its maps.
    if (Operation *built = result->getDefiningOp())
      for (NamedAttribute attr : op->getDiscardableAttrs())
        if (attr.getNameDialect() != op->getDialect())
          built->setDiscardableAttr(attr.getName(), attr.getValue());
    rewriter.replaceOp(op, *result);
    return success();
  }
};

struct FusePass : compress::impl::FusePassBase<FusePass> {
  void runOnOperation() override {
    RewritePatternSet patterns(&getContext());
    populateFusePatterns(patterns);
    if (failed(applyPatternsOnly(getOperation(), std::move(patterns))))
      return signalPassFailure();
    getOperation().walk([&](DecodeOp op) {
      for (Operation *user : op->getUsers())
        remark::missed(
            op.getLoc(),
            remark::RemarkOpts::name("decode-remains").category("compress"))
            << remark::reason("'{0}' reads the decoded tensor",
                              user->getName().getStringRef().str());
    });
  }
};
} // namespace

void compress::populateFusePatterns(RewritePatternSet &patterns) {
  patterns.add<FuseDecode>(patterns.getContext());
}
