//===- FoldConstantBranches.cpp - Branches whose condition is known
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "NormalizeSteps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::compress;

/// The constant that a scalar is, computed from scalar constants and elements
/// of constant scalars' tensors; null where it is not known.
static Attribute evaluate(Value value) {
  Operation *op = value.getDefiningOp();
  auto isSmall = [](Value operand) {
    auto tensor = dyn_cast<RankedTensorType>(operand.getType());
    return operand.getType().isIntOrIndexOrFloat() ||
           (tensor && tensor.hasStaticShape() && tensor.getNumElements() <= 64);
  };
  if (!op || op->getNumResults() != 1 || op->getNumRegions() != 0 ||
      !isSmall(value) || !llvm::all_of(op->getOperands(), isSmall))
    return {};
  SmallVector<Attribute> operands;
  for (Value operand : op->getOperands()) {
    operands.push_back(evaluate(operand));
    if (!operands.back())
      return {};
  }
  SmallVector<OpFoldResult, 1> results;
  // Folders may also change an op in place, which only a rewriter may ask for.
  Operation *copy = op->clone();
  bool folded = succeeded(copy->fold(operands, results)) && results.size() == 1;
  Attribute result =
      folded ? dyn_cast_if_present<Attribute>(results.front()) : Attribute();
  copy->destroy();
  return result;
}

static std::optional<bool> evaluateCondition(Value condition) {
  if (auto known = dyn_cast_or_null<IntegerAttr>(evaluate(condition)))
    return !known.getValue().isZero();
  return std::nullopt;
}

static void emitRemark(Operation *op, bool taken) {
  remark::passed(
      op->getLoc(),
      remark::RemarkOpts::name("constant-branch").category("compress"))
      << remark::add("the condition of '{0}' is always {1}",
                     op->getName().getStringRef().str(),
                     taken ? "true" : "false");
}

static void fold(IRRewriter &rewriter, scf::IfOp op) {
  std::optional<bool> taken = evaluateCondition(op.getCondition());
  if (!taken)
    return;
  emitRemark(op, *taken);
  Region &region = *taken ? op.getThenRegion() : op.getElseRegion();
  if (region.empty())
    return rewriter.eraseOp(op);
  Block *block = &region.front();
  Operation *yield = block->getTerminator();
  ValueRange results = yield->getOperands();
  rewriter.inlineBlockBefore(block, op);
  rewriter.replaceOp(op, results);
  rewriter.eraseOp(yield);
}

static bool fold(IRRewriter &rewriter, cf::CondBranchOp op) {
  std::optional<bool> taken = evaluateCondition(op.getCondition());
  if (!taken)
    return false;
  emitRemark(op, *taken);
  rewriter.setInsertionPoint(op);
  rewriter.replaceOpWithNewOp<cf::BranchOp>(
      op, *taken ? op.getTrueDest() : op.getFalseDest(),
      *taken ? op.getTrueDestOperands() : op.getFalseDestOperands());
  return true;
}

static void fold(IRRewriter &rewriter, arith::SelectOp op) {
  if (!op.getCondition().getType().isInteger(1))
    return;
  std::optional<bool> taken = evaluateCondition(op.getCondition());
  if (!taken)
    return;
  emitRemark(op, *taken);
  rewriter.replaceOp(op, *taken ? op.getTrueValue() : op.getFalseValue());
}

void compress::foldConstantBranches(ModuleOp module) {
  IRRewriter rewriter(module.getContext());
  bool cut = false;
  // Inner branches first, so that one in a dead region folds for nothing
  // rather than one that is inlined is missed.
  module.walk([&](Operation *op) {
    if (auto branch = dyn_cast<scf::IfOp>(op))
      fold(rewriter, branch);
    else if (auto branch = dyn_cast<cf::CondBranchOp>(op))
      cut |= fold(rewriter, branch);
    else if (auto select = dyn_cast<arith::SelectOp>(op))
      fold(rewriter, select);
  });
  if (!cut)
    return;
  module.walk([&](Operation *op) {
    if (op->getNumRegions() != 0)
      (void)eraseUnreachableBlocks(rewriter, op->getRegions());
  });
}
