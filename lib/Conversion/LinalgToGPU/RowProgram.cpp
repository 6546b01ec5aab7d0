//===- RowProgram.cpp - Reductions along rows -----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowProgram.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Analysis/SliceAnalysis.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

static std::optional<arith::AtomicRMWKind> getKind(Operation *op) {
  using K = arith::AtomicRMWKind;
  return llvm::TypeSwitch<Operation *, std::optional<K>>(op)
      .Case([](arith::AddFOp) { return K::addf; })
      .Case([](arith::AddIOp) { return K::addi; })
      .Case([](arith::MulFOp) { return K::mulf; })
      .Case([](arith::MulIOp) { return K::muli; })
      .Case([](arith::MaximumFOp) { return K::maximumf; })
      .Case([](arith::MinimumFOp) { return K::minimumf; })
      .Case([](arith::MaxNumFOp) { return K::maxnumf; })
      .Case([](arith::MinNumFOp) { return K::minnumf; })
      .Case([](arith::MaxSIOp) { return K::maxs; })
      .Case([](arith::MaxUIOp) { return K::maxu; })
      .Case([](arith::MinSIOp) { return K::mins; })
      .Case([](arith::MinUIOp) { return K::minu; })
      .Case([](arith::AndIOp) { return K::andi; })
      .Case([](arith::OrIOp) { return K::ori; })
      .Case([](arith::XOrIOp) { return K::xori; })
      .Default([](Operation *) { return std::nullopt; });
}

std::optional<Combiner> compress::getCombiner(linalg::GenericOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0)
    return std::nullopt;
  SmallVector<Operation *> combiners;
  Value element = matchReduction(op.getRegionOutputArgs(), 0, combiners);
  if (!element || combiners.size() != 1 ||
      combiners[0]->getBlock() != op.getBody() ||
      !element.getType().isIntOrFloat())
    return std::nullopt;
  std::optional<arith::AtomicRMWKind> kind = getKind(combiners[0]);
  if (!kind)
    return std::nullopt;
  return Combiner{combiners[0], *kind, element};
}

OpOperand *compress::getFullOperand(linalg::GenericOp op) {
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    if (map.isPermutation() && !op.getMatchingBlockArgument(input).use_empty())
      return input;
  }
  return nullptr;
}

SmallVector<unsigned> compress::getRowLoops(linalg::GenericOp op) {
  SmallVector<unsigned> loops;
  op.getReductionDims(loops);
  if (loops.empty())
    for (auto reduce : op.getBody()->getOps<kernel::RowReduceOp>())
      return SmallVector<unsigned>(reduce.getLoops());
  return loops;
}

SmallVector<Value> compress::getBodyOperands(Operation &nested) {
  SetVector<Value> values(nested.operand_begin(), nested.operand_end());
  getUsedValuesDefinedAbove(nested.getRegions(), values);
  return llvm::filter_to_vector(values, [&](Value value) {
    return value.getParentBlock() == nested.getBlock();
  });
}
