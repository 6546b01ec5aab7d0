//===- Matmul.cpp - Matrix products among linalg ops ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matmul.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::compress;

std::optional<unsigned> Matmul::getDim(OpOperand &operand, unsigned loop) {
  auto op = cast<linalg::LinalgOp>(operand.getOwner());
  MLIRContext *context = op->getContext();
  return op.getMatchingIndexingMap(&operand).getResultPosition(
      getAffineDimExpr(loop, context));
}

/// The argument that a value is, or that it extends.
static BlockArgument getExtended(Value value) {
  if (auto extension = value.getDefiningOp<arith::ExtFOp>())
    value = extension.getIn();
  return dyn_cast<BlockArgument>(value);
}

/// Whether the body is `c + ext(a) * ext(b)`, in any order of operands.
static bool multipliesAndAdds(linalg::GenericOp op, BlockArgument a,
                              BlockArgument b, BlockArgument c) {
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  auto add = yield.getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!add)
    return false;
  for (auto [accumulator, product] : {std::pair(add.getLhs(), add.getRhs()),
                                      std::pair(add.getRhs(), add.getLhs())}) {
    auto multiply = product.getDefiningOp<arith::MulFOp>();
    if (!multiply || accumulator != c)
      continue;
    BlockArgument lhs = getExtended(multiply.getLhs());
    BlockArgument rhs = getExtended(multiply.getRhs());
    if ((lhs == a && rhs == b) || (lhs == b && rhs == a))
      return true;
  }
  return false;
}

std::optional<Matmul> compress::matchMatmul(linalg::GenericOp op) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 ||
      op.getNumReductionLoops() != 1 ||
      llvm::any_of(op.getIndexingMapsArray(),
                   [](AffineMap map) { return !map.isProjectedPermutation(); }))
    return std::nullopt;
  OpOperand *a = op.getDpsInputOperand(0), *b = op.getDpsInputOperand(1);
  Matmul matmul{a, b, op.getDpsInitOperand(0), {}, 0, 0, 0};
  if (!multipliesAndAdds(op, op.getMatchingBlockArgument(a),
                         op.getMatchingBlockArgument(b),
                         op.getMatchingBlockArgument(matmul.c)))
    return std::nullopt;

  SmallVector<unsigned> rows, columns;
  for (unsigned loop = 0; loop < op.getNumLoops(); ++loop) {
    bool inA = Matmul::getDim(*a, loop).has_value();
    bool inB = Matmul::getDim(*b, loop).has_value();
    bool inC = Matmul::getDim(*matmul.c, loop).has_value();
    if (!inC && inA && inB)
      matmul.k = loop;
    else if (!inC)
      return std::nullopt;
    else if (inA && inB)
      matmul.batch.push_back(loop);
    else if (inA)
      rows.push_back(loop);
    else if (inB)
      columns.push_back(loop);
    else
      return std::nullopt;
  }
  if (rows.size() != 1 || columns.size() != 1)
    return std::nullopt;
  matmul.m = rows.front();
  matmul.n = columns.front();
  return matmul;
}
