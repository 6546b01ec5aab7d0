//===- LowerGenerics.cpp - Linalg ops on buffers to loops -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Linalg/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::compress {
#define GEN_PASS_DEF_LOWERGENERICSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The values of the map's results at the given loop indices.
static SmallVector<Value> applyMap(OpBuilder &builder, Location loc,
                                   AffineMap map, ValueRange indices) {
  SmallVector<Value> results;
  for (unsigned i = 0, e = map.getNumResults(); i < e; ++i)
    results.push_back(affine::makeComposedAffineApply(
        builder, loc, map.getSubMap({i}), getAsOpFoldResult(indices)));
  return results;
}

/// Allows the additions and multiplications that take the accumulator to be
/// reassociated.
static void allowReassociation(Value accumulator) {
  for (Operation *user : accumulator.getUsers())
    if (isa<arith::AddFOp, arith::MulFOp>(user))
      user->setAttr("fastmath",
                    arith::FastMathFlagsAttr::get(
                        user->getContext(), arith::FastMathFlags::reassoc));
}

namespace {
/// Emits the loops of an op whose innermost loop reduces.
class Reduction {
public:
  Reduction(RewriterBase &rewriter, linalg::LinalgOp op)
      : rewriter(rewriter), op(op), loc(op.getLoc()) {}

  void lower() {
    SmallVector<Range> ranges = op.createLoopRanges(rewriter, loc);
    for (Range &range : ranges)
      extents.push_back(
          getValueOrCreateConstantIndexOp(rewriter, loc, range.size));
    indices.resize(ranges.size());
    for (auto [loop, type] : llvm::enumerate(op.getIteratorTypesArray()))
      (type == utils::IteratorType::parallel ? parallel : reduced)
          .push_back(loop);
    zero = arith::ConstantIndexOp::create(rewriter, loc, 0);
    one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    for (unsigned loop : parallel) {
      auto forOp = scf::ForOp::create(rewriter, loc, zero, extents[loop], one);
      indices[loop] = forOp.getInductionVar();
      rewriter.setInsertionPointToStart(forOp.getBody());
    }

    SmallVector<Value> accumulators;
    for (OpOperand &init : op.getDpsInitsMutable())
      accumulators.push_back(load(&init));
    SmallVector<Value> results = reduce(0, accumulators);
    for (auto [init, value] : llvm::zip(op.getDpsInitsMutable(), results))
      memref::StoreOp::create(
          rewriter, loc, value, init.get(),
          applyMap(rewriter, loc, op.getMatchingIndexingMap(&init), indices));
  }

private:
  Value load(OpOperand *operand) {
    if (op.isScalar(operand))
      return operand->get();
    return memref::LoadOp::create(
        rewriter, loc, operand->get(),
        applyMap(rewriter, loc, op.getMatchingIndexingMap(operand), indices));
  }

  /// The reduction loops from number `depth` on, and the body inside.
  SmallVector<Value> reduce(unsigned depth, ValueRange accumulators) {
    if (depth == reduced.size())
      return inlineBody(accumulators);
    unsigned loop = reduced[depth];
    auto forOp = scf::ForOp::create(rewriter, loc, zero, extents[loop], one,
                                    accumulators);
    indices[loop] = forOp.getInductionVar();
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(forOp.getBody());
    SmallVector<Value> inner = reduce(depth + 1, forOp.getRegionIterArgs());
    scf::YieldOp::create(rewriter, loc, inner);
    return llvm::to_vector(ValueRange(forOp.getResults()));
  }

  SmallVector<Value> inlineBody(ValueRange accumulators) {
    Block *body = op.getBlock();
    IRMapping map;
    for (OpOperand *input : op.getDpsInputOperands())
      map.map(op.getMatchingBlockArgument(input), load(input));
    for (auto [argument, value] :
         llvm::zip(op.getRegionOutputArgs(), accumulators))
      map.map(argument, value);
    for (Operation &inner : body->without_terminator()) {
      if (auto index = dyn_cast<linalg::IndexOp>(inner))
        map.map(index.getResult(), indices[index.getDim()]);
      else
        rewriter.clone(inner, map);
    }
    for (Value accumulator : accumulators)
      allowReassociation(accumulator);
    SmallVector<Value> results;
    for (Value value : body->getTerminator()->getOperands())
      results.push_back(map.lookupOrDefault(value));
    return results;
  }

  RewriterBase &rewriter;
  linalg::LinalgOp op;
  Location loc;
  SmallVector<unsigned> parallel, reduced;
  SmallVector<Value> extents, indices;
  Value zero, one;
};

struct LowerGenerics : compress::impl::LowerGenericsPassBase<LowerGenerics> {
  void runOnOperation() override {
    IRRewriter rewriter(&getContext());
    // A copy between strided buffers would become a call of a runtime
    // library that is not there.
    getOperation()->walk([&](memref::CopyOp copy) {
      rewriter.setInsertionPoint(copy);
      linalg::makeMemRefCopyOp(rewriter, copy.getLoc(), copy.getSource(),
                               copy.getTarget());
      rewriter.eraseOp(copy);
    });
    SmallVector<linalg::LinalgOp> ops;
    getOperation()->walk([&](linalg::LinalgOp op) { ops.push_back(op); });
    for (linalg::LinalgOp op : ops) {
      rewriter.setInsertionPoint(op);
      if (op.getNumLoops() > 0 &&
          op.getIteratorTypesArray().back() == utils::IteratorType::reduction) {
        Reduction(rewriter, op).lower();
      } else if (failed(linalg::linalgOpToLoops(rewriter, op))) {
        op->emitOpError("cannot be lowered to loops");
        return signalPassFailure();
      }
      rewriter.eraseOp(op);
    }
  }
};
} // namespace
