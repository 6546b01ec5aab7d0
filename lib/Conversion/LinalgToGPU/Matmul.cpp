//===- Matmul.cpp - Matrix products among linalg ops ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matmul.h"
#include "Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;
using namespace mlir::compress;

std::optional<unsigned> Matmul::getDim(OpOperand &buffer, unsigned loop) {
  auto op = cast<linalg::LinalgOp>(buffer.getOwner());
  return op.getMatchingIndexingMap(&buffer).getResultPosition(
      getAffineDimExpr(loop, op->getContext()));
}

static SmallVector<int64_t> getStrides(OpOperand &buffer, int64_t &offset) {
  SmallVector<int64_t> strides;
  (void)cast<MemRefType>(buffer.get().getType())
      .getStridesAndOffset(strides, offset);
  return strides;
}

bool compress::isContiguous(OpOperand &buffer, unsigned loop) {
  int64_t offset;
  std::optional<unsigned> dim = Matmul::getDim(buffer, loop);
  return dim && getStrides(buffer, offset)[*dim] == 1;
}

int64_t compress::getLineAlignment(OpOperand &buffer, int64_t most) {
  int64_t offset;
  SmallVector<int64_t> strides = getStrides(buffer, offset);
  int64_t width = most;
  auto restrict = [&](int64_t multiple) {
    if (ShapedType::isDynamic(multiple))
      width = 1;
    while (width > 1 && multiple % width)
      width /= 2;
  };
  restrict(offset);
  for (int64_t stride : strides)
    if (stride != 1)
      restrict(stride);
  return width;
}

/// The two values whose product the body adds to its output, in the order of
/// the multiplication, before they are extended.
static std::optional<std::pair<Value, Value>> getFactors(linalg::GenericOp op) {
  auto yield = cast<linalg::YieldOp>(op.getBody()->getTerminator());
  auto add = yield.getOperand(0).getDefiningOp<arith::AddFOp>();
  if (!add)
    return std::nullopt;
  auto strip = [](Value value) -> Value {
    auto extension = value.getDefiningOp<arith::ExtFOp>();
    return extension ? extension.getIn() : value;
  };
  Value output = op.getRegionOutputArgs()[0];
  for (auto [sum, product] : {std::pair(add.getLhs(), add.getRhs()),
                              std::pair(add.getRhs(), add.getLhs())})
    if (auto multiply = product.getDefiningOp<arith::MulFOp>())
      if (sum == output)
        return std::pair(strip(multiply.getLhs()), strip(multiply.getRhs()));
  return std::nullopt;
}

/// What a value of the body is made of; none where that is the output, or an op
/// with regions or effects other than reads.
static std::optional<MatmulOperand> getOperand(linalg::GenericOp op,
                                               Value value) {
  MatmulOperand result;
  result.element = value;
  result.loops.resize(op.getNumLoops());
  Block *body = op.getBody();
  llvm::SmallPtrSet<Operation *, 16> computation;
  SmallVector<Value> work = {value};
  while (!work.empty()) {
    Value next = work.pop_back_val();
    if (next.getParentBlock() != body)
      continue;
    if (auto argument = dyn_cast<BlockArgument>(next)) {
      OpOperand *operand = op.getMatchingOpOperand(argument);
      if (op.isDpsInit(operand))
        return std::nullopt;
      AffineMap map = op.getMatchingIndexingMap(operand);
      for (unsigned loop = 0; loop < op.getNumLoops(); ++loop)
        if (map.isFunctionOfDim(loop))
          result.loops.set(loop);
      if (next == value && map.isProjectedPermutation())
        result.buffer = operand;
      continue;
    }
    Operation *definition = next.getDefiningOp();
    if (definition->getNumRegions() ||
        !(isPure(definition) || isa<memref::LoadOp>(definition)))
      return std::nullopt;
    if (auto index = dyn_cast<linalg::IndexOp>(definition))
      result.loops.set(index.getDim());
    if (computation.insert(definition).second)
      llvm::append_range(work, definition->getOperands());
  }
  for (Operation &nested : *body)
    if (computation.contains(&nested))
      result.computation.push_back(&nested);
  return result;
}

std::optional<Matmul> compress::matchMatmul(linalg::GenericOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumReductionLoops() != 1)
    return std::nullopt;
  OpOperand *c = op.getDpsInitOperand(0);
  auto factors = getFactors(op);
  if (!factors || !op.getMatchingIndexingMap(c).isProjectedPermutation())
    return std::nullopt;
  auto a = getOperand(op, factors->first), b = getOperand(op, factors->second);
  if (!a || !b)
    return std::nullopt;

  // The rows are those of the operand without the output's innermost dimension,
  // so that results are written along it.
  SmallVector<unsigned> loops = getParallelLoops(op);
  if (!loops.empty() && !b->loops.test(loops.back()))
    std::swap(a, b);
  Matmul matmul{std::move(*a), std::move(*b), c, {}};
  matmul.k = getReductionLoops(op).front();
  if (!matmul.a.loops.test(matmul.k) || !matmul.b.loops.test(matmul.k))
    return std::nullopt;
  std::optional<unsigned> m, n;
  // Of several loops of one operand, the innermost makes the matrix.
  for (unsigned loop : llvm::reverse(loops)) {
    bool inA = matmul.a.loops.test(loop), inB = matmul.b.loops.test(loop);
    if (!inA && !inB)
      return std::nullopt;
    if (inA && !inB && !m)
      m = loop;
    else if (inB && !inA && !n)
      n = loop;
    else
      matmul.batch.push_back(loop);
  }
  if (!m || !n)
    return std::nullopt;
  matmul.m = *m;
  matmul.n = *n;
  return matmul;
}
