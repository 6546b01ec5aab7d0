//===- Matmul.cpp - Matrix products among linalg ops ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Matmul.h"
#include "Kernel.h"
#include "mlir/Analysis/FlatLinearValueConstraints.h"
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

SmallVector<int64_t> compress::getLoopStrides(OpOperand &buffer) {
  constexpr int64_t dynamic = ShapedType::kDynamic;
  auto op = cast<linalg::LinalgOp>(buffer.getOwner());
  SmallVector<int64_t> strides;
  int64_t offset;
  (void)cast<MemRefType>(buffer.get().getType())
      .getStridesAndOffset(strides, offset);
  SmallVector<int64_t> result(op.getNumLoops() + 1, 0);
  result.back() = offset;
  AffineMap map = op.getMatchingIndexingMap(&buffer);
  for (auto [expr, stride] : llvm::zip(map.getResults(), strides)) {
    // The coefficients of the loops, then the constant.
    SmallVector<int64_t> coefficients;
    if (failed(getFlattenedAffineExpr(expr, map.getNumDims(), /*numSymbols=*/0,
                                      &coefficients)) ||
        coefficients.size() != result.size()) {
      // A division or remainder: not linear.
      result.assign(result.size(), dynamic);
      return result;
    }
    for (auto [sum, coefficient] : llvm::zip(result, coefficients))
      if (coefficient != 0)
        sum = ShapedType::isDynamic(sum) || ShapedType::isDynamic(stride)
                  ? dynamic
                  : sum + coefficient * stride;
  }
  return result;
}

bool compress::isContiguous(OpOperand &buffer, ArrayRef<unsigned> loops) {
  return getLoopStrides(buffer)[loops.back()] == 1;
}

int64_t compress::getLineAlignment(OpOperand &buffer, ArrayRef<unsigned> loops,
                                   int64_t most) {
  SmallVector<int64_t> strides = getLoopStrides(buffer);
  SmallVector<int64_t> extents =
      cast<linalg::LinalgOp>(buffer.getOwner()).getStaticLoopRanges();
  int64_t width = most;
  auto restrict = [&](int64_t multiple) {
    if (ShapedType::isDynamic(multiple))
      width = 1;
    while (width > 1 && multiple % width)
      width /= 2;
  };
  // Loops that continue one another's lines are as one.
  int64_t length = 1;
  while (!loops.empty() && strides[loops.back()] == length &&
         !ShapedType::isDynamic(length)) {
    int64_t extent = extents[loops.back()];
    length = ShapedType::isDynamic(extent) ? extent : length * extent;
    strides[loops.back()] = 0;
    loops = loops.drop_back();
  }
  // Where a line ends before the loops do, it must not end within a copy.
  if (!loops.empty())
    restrict(length);
  for (int64_t stride : strides)
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
      if (next == value)
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

/// Whether some operand is read at sums of indices.
static bool hasWindow(linalg::GenericOp op) {
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    return !op.getMatchingIndexingMap(input).isProjectedPermutation();
  });
}

std::optional<Matmul> compress::matchMatmul(linalg::GenericOp op) {
  if (op.getNumDpsInits() != 1 || op.getNumReductionLoops() == 0)
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
  Matmul matmul{std::move(*a), std::move(*b), c, {}, {}, {}, {}};
  matmul.k = getReductionLoops(op);
  for (unsigned loop : matmul.k)
    if (!matmul.a.loops.test(loop) || !matmul.b.loops.test(loop))
      return std::nullopt;
  // Of several loops of one operand, the innermost makes the matrix; but
  // windows go over positions in two dimensions or more.
  bool isConvolution = hasWindow(op);
  for (unsigned loop : llvm::reverse(loops)) {
    bool inA = matmul.a.loops.test(loop), inB = matmul.b.loops.test(loop);
    if (!inA && !inB)
      return std::nullopt;
    if (inA && !inB && (matmul.m.empty() || isConvolution))
      matmul.m.insert(matmul.m.begin(), loop);
    else if (inB && !inA && (matmul.n.empty() || isConvolution))
      matmul.n.insert(matmul.n.begin(), loop);
    else
      matmul.batch.push_back(loop);
  }
  if (matmul.m.empty() || matmul.n.empty())
    return std::nullopt;
  // Loops of one step, such as those of a window of 1x1, do not break lines.
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  for (SmallVector<unsigned> *list : {&matmul.m, &matmul.n, &matmul.k}) {
    unsigned last = list->back();
    llvm::erase_if(*list, [&](unsigned loop) { return ranges[loop] == 1; });
    if (list->empty())
      list->push_back(last);
  }
  return matmul;
}

bool compress::isForTensorCores(const Matmul &matmul, bool tf32) {
  Type element = matmul.a.getElementType();
  Type result = getElementTypeOrSelf(matmul.c->get());
  return (element.isF16() || element.isBF16() || (tf32 && element.isF32())) &&
         matmul.b.getElementType() == element &&
         (result.isF32() || result == element);
}
