//===- Contraction.cpp - What a contraction multiplies --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "compress/Dialect/Compress/IR/Convolution.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

int64_t LoopContraction::getNumRows() {
  int64_t product = 1;
  for (unsigned loop : rows) {
    if (ShapedType::isDynamic(getExtent(loop)))
      return ShapedType::kDynamic;
    product *= getExtent(loop);
  }
  return product;
}

int64_t LoopContraction::getInnermostFactor(unsigned operand, unsigned loop) {
  AffineMap map = getMap(operand);
  if (map.getNumResults() == 0)
    return 0;
  for (WindowTerm term : getWindowTerms(map.getResults().back()))
    if (term.dim == loop)
      return term.factor;
  return 0;
}

/// The block argument from which a chain of conversions starts, or null.
static BlockArgument getConverted(Value value) {
  while (Operation *op = value.getDefiningOp()) {
    if (!isa<arith::ExtFOp, arith::TruncFOp, arith::ExtSIOp, arith::ExtUIOp,
             arith::SIToFPOp, arith::UIToFPOp>(op))
      return nullptr;
    value = op->getOperand(0);
  }
  return cast<BlockArgument>(value);
}

/// Whether the body yields acc + convert(arg 0) * convert(arg 1).
static bool multipliesAndAdds(Block &body) {
  Value yielded = body.getTerminator()->getOperand(0);
  Operation *add = yielded.getDefiningOp();
  if (!add || !isa<arith::AddFOp, arith::AddIOp>(add))
    return false;
  BlockArgument acc = body.getArgument(2);
  bool accFirst = add->getOperand(0) == acc;
  if (!accFirst && add->getOperand(1) != acc)
    return false;
  Operation *mul = add->getOperand(accFirst ? 1 : 0).getDefiningOp();
  if (!mul || !isa<arith::MulFOp, arith::MulIOp>(mul))
    return false;
  BlockArgument first = getConverted(mul->getOperand(0));
  BlockArgument second = getConverted(mul->getOperand(1));
  return first && second && first.getOwner() == &body &&
         second.getOwner() == &body &&
         first.getArgNumber() + second.getArgNumber() == 1;
}

std::optional<LoopContraction>
mlir::compress::matchContraction(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      !multipliesAndAdds(*op.getBody()))
    return std::nullopt;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  bool swapped = maps[0].isProjectedPermutation();
  if (maps[2].getNumResults() == 0 ||
      !checkConvolutionMaps({maps[swapped], maps[!swapped], maps[2]}).empty())
    return std::nullopt;

  unsigned last = maps[2].getDimPosition(maps[2].getNumResults() - 1);
  bool lastInFirst = maps[0].isFunctionOfDim(last);
  bool lastInSecond = maps[1].isFunctionOfDim(last);
  if (lastInFirst == lastInSecond)
    return std::nullopt;

  LoopContraction result{
      op, lastInFirst ? 1u : 0u, lastInFirst ? 0u : 1u, {}, {}, {}, {}};
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  // Parallel loops in the order of the result.
  for (AffineExpr expr : maps[2].getResults()) {
    unsigned loop = cast<AffineDimExpr>(expr).getPosition();
    bool inLhs = maps[result.lhs].isFunctionOfDim(loop);
    bool inRhs = maps[result.rhs].isFunctionOfDim(loop);
    if (iterators[loop] != utils::IteratorType::parallel || (!inLhs && !inRhs))
      return std::nullopt;
    (inLhs && inRhs ? result.batch
     : inLhs        ? result.rows
                    : result.columns)
        .push_back(loop);
  }
  // Reductions in the order of the right-hand side.
  for (AffineExpr expr : maps[result.rhs].getResults())
    for (WindowTerm term : getWindowTerms(expr)) {
      if (maps[2].isFunctionOfDim(term.dim))
        continue;
      if (iterators[term.dim] != utils::IteratorType::reduction)
        return std::nullopt;
      result.reduced.push_back(term.dim);
    }
  size_t found = result.batch.size() + result.rows.size() +
                 result.columns.size() + result.reduced.size();
  bool contracts = llvm::any_of(result.reduced, [&](unsigned loop) {
    return maps[result.lhs].isFunctionOfDim(loop);
  });
  if (!contracts || found != iterators.size())
    return std::nullopt;
  return result;
}

int64_t mlir::compress::chooseColumns(int64_t extent, int64_t vectorWidth,
                                      int64_t tileN) {
  int64_t best = tileN;
  for (int64_t columns = tileN; columns >= vectorWidth; columns -= vectorWidth)
    if (llvm::alignTo(extent, columns) < llvm::alignTo(extent, best))
      best = columns;
  return best;
}

int64_t mlir::compress::chooseVectors(int64_t rows, int64_t vectors,
                                      int64_t accumulators) {
  if (!ShapedType::isDynamic(rows) && rows <= kMaxTileRows)
    for (int64_t fewer = vectors; fewer >= 1; --fewer)
      if (vectors % fewer == 0 && rows * fewer <= accumulators)
        return fewer;
  return vectors;
}
