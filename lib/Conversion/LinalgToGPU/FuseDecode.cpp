//===- FuseDecode.cpp - Decode weights where they are read ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChooseDecode.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::compress {
#define GEN_PASS_DEF_FUSEDECODEPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Whether computing the body again costs little next to a load.
static bool isCheap(linalg::GenericOp op) {
  return llvm::all_of(op.getBody()->getOperations(), [](Operation &nested) {
    if (isa<arith::DivFOp, arith::RemFOp>(nested))
      return false;
    return isa<arith::ArithDialect>(nested.getDialect()) ||
           isa<tensor::ExtractOp, linalg::IndexOp, linalg::YieldOp>(nested);
  });
}

/// Whether the value follows from function arguments and constants by pure ops
/// without regions and by decodes.
static bool isFromArguments(Value value);

/// A decode: a cheap elementwise op with one result that reads only function
/// arguments and constants.
static bool isDecode(linalg::GenericOp op) {
  if (op.getNumParallelLoops() != op.getNumLoops() || op.getNumResults() != 1 ||
      !isCheap(op))
    return false;
  SetVector<Value> above;
  getUsedValuesDefinedAbove(op->getRegions(), above);
  return llvm::all_of(op->getOperands(), isFromArguments) &&
         llvm::all_of(above, isFromArguments);
}

static bool isFromArguments(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return isa<FunctionOpInterface>(argument.getOwner()->getParentOp());
  Operation *op = value.getDefiningOp();
  if (auto generic = dyn_cast<linalg::GenericOp>(op))
    return isDecode(generic);
  return op->getNumRegions() == 0 && isPure(op) &&
         llvm::all_of(op->getOperands(), isFromArguments);
}

/// Instructions for an element of a decode, and of those that it reads.
static double countInstructions(linalg::GenericOp decode) {
  double count = decode.getBody()->getOperations().size();
  for (Value input : decode->getOperands())
    if (auto producer = input.getDefiningOp<linalg::GenericOp>())
      count += countInstructions(producer);
  return count;
}

/// Whether a product of known extents is predicted to take longer where its
/// kernel decodes, than where the weight is decoded before it.
static bool shouldDecodeBefore(OpOperand &operand, linalg::GenericOp decode,
                               const Chip &chip, bool tf32) {
  // What is a product of 16-bit floats for tensor cores must stay one.
  if (decode.getBody()
          ->getTerminator()
          ->getOperand(0)
          .getDefiningOp<arith::ExtFOp>())
    return false;
  auto reader = cast<linalg::GenericOp>(operand.getOwner());
  std::optional<Matmul> matmul = matchMatmul(reader);
  if (!matmul ||
      !(matmul->a.buffer == &operand || matmul->b.buffer == &operand))
    return false;
  MatmulExtents extents = getExtents(reader, *matmul);
  for (int64_t extent : {extents.batch, extents.m, extents.n, extents.k})
    if (ShapedType::isDynamic(extent) || extent == 0)
      return false;
  DecodeTimes times = predictDecode(reader.getContext(),
                                    {extents, matmul->a.buffer == &operand,
                                     isForTensorCores(*matmul, tf32),
                                     countInstructions(decode)},
                                    chip);
  return times.before < times.inKernel;
}

/// A reshape is folded into the loops of the ops around it where it stands
/// between a decode and its reader.
static bool shouldFoldReshape(OpOperand *operand) {
  Operation *producer = operand->get().getDefiningOp();
  if (auto collapse = dyn_cast_or_null<tensor::CollapseShapeOp>(producer))
    producer = collapse.getSrc().getDefiningOp();
  auto generic = dyn_cast_or_null<linalg::GenericOp>(producer);
  return generic && isDecode(generic);
}

namespace {
/// Fuses the producer of an operand where `shouldFuse` says so. Upstream's
/// pattern, which does the same, drops attributes such as schedules.
class FuseProducer : public OpRewritePattern<linalg::GenericOp> {
public:
  FuseProducer(MLIRContext *context, linalg::ControlFusionFn shouldFuse)
      : OpRewritePattern(context), shouldFuse(std::move(shouldFuse)) {}

  LogicalResult matchAndRewrite(linalg::GenericOp op,
                                PatternRewriter &rewriter) const override {
    for (OpOperand &operand : op->getOpOperands()) {
      if (!linalg::areElementwiseOpsFusable(&operand) || !shouldFuse(&operand))
        continue;
      FailureOr<linalg::ElementwiseOpFusionResult> fused =
          linalg::fuseElementwiseOps(rewriter, &operand);
      if (failed(fused))
        return rewriter.notifyMatchFailure(op, "the producer cannot be fused");
      fused->fusedOp->setDiscardableAttrs(op->getDiscardableAttrDictionary());
      // What else uses the producer may stand before the fused op.
      for (Value result : op->getResults())
        rewriter.replaceAllUsesWith(result, fused->replacements.lookup(result));
      rewriter.eraseOp(op);
      return success();
    }
    return rewriter.notifyMatchFailure(op, "no operand is decoded");
  }

private:
  linalg::ControlFusionFn shouldFuse;
};

struct FuseDecode : compress::impl::FuseDecodePassBase<FuseDecode> {
  using FuseDecodePassBase::FuseDecodePassBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    llvm::Expected<const Chip &> target = findChip(chip);
    if (!target) {
      function.emitError(llvm::toString(target.takeError()));
      return signalPassFailure();
    }
    giveEachReaderItsOwn(function);

    // A reader of a decode gets the decode for itself.
    auto shouldFuse = [&](OpOperand *operand) {
      auto producer = operand->get().getDefiningOp<linalg::GenericOp>();
      return producer && isa<linalg::GenericOp>(operand->getOwner()) &&
             isDecode(producer) &&
             !shouldDecodeBefore(*operand, producer, *target, tf32);
    };
    RewritePatternSet patterns(&getContext());
    patterns.add<FuseProducer>(&getContext(), shouldFuse);
    // What else is done to ops of this kind.
    linalg::populateElementwiseOpsFusionPatterns(
        patterns, [](OpOperand *) { return false; });
    linalg::populateFoldReshapeOpsByExpansionPatterns(patterns,
                                                      shouldFoldReshape);
    if (failed(applyPatternsGreedily(function, std::move(patterns))))
      return signalPassFailure();
  }

  /// Fusing a producer that has other readers would make the reader store the
  /// producer's result too, so every reader gets a copy. So does every op that
  /// accumulates into a fill, which would have to copy the buffer otherwise.
  /// Readers come before their producers, so that chains are copied whole.
  void giveEachReaderItsOwn(func::FuncOp function) {
    SmallVector<Operation *> chain;
    function.walk([&](Operation *op) {
      auto generic = dyn_cast<linalg::GenericOp>(op);
      if ((generic && isDecode(generic)) ||
          (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp>(op) &&
           isFromArguments(op->getResult(0))) ||
          isa<linalg::FillOp>(op))
        chain.push_back(op);
    });
    OpBuilder builder(&getContext());
    for (Operation *op : llvm::reverse(chain))
      for (OpOperand &use : llvm::make_early_inc_range(op->getUses()))
        if (!op->hasOneUse()) {
          builder.setInsertionPoint(op);
          use.set(builder.clone(*op)->getResult(0));
        }
  }
};
} // namespace
