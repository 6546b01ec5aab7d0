//===- Extents.cpp - Which extents of a function's inputs depend ----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Extents.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::compress::runtime;

namespace {
/// Classes of equal extents: a union-find forest.
class Classes {
public:
  /// The class of a tensor's dimension.
  unsigned get(Value tensor, int64_t dimension) {
    unsigned found = getOrCreate({tensor, dimension});
    auto type = dyn_cast<RankedTensorType>(tensor.getType());
    if (type && !type.isDynamicDim(dimension))
      setValue(found, type.getDimSize(dimension));
    return find(found);
  }

  /// The class of a size.
  unsigned get(OpFoldResult size) {
    if (auto value = dyn_cast<Value>(size))
      return find(getOrCreate({value, -1}));
    unsigned constant = create();
    setValue(constant, *getConstantIntValue(size));
    return constant;
  }

  void unite(unsigned a, unsigned b) {
    a = find(a);
    b = find(b);
    if (a == b)
      return;
    parents[b] = a;
    if (ShapedType::isDynamic(values[a]))
      values[a] = values[b];
  }

  unsigned find(unsigned node) {
    while (parents[node] != node)
      node = parents[node] = parents[parents[node]];
    return node;
  }

  int64_t getValue(unsigned node) { return values[find(node)]; }

private:
  unsigned create() {
    parents.push_back(parents.size());
    values.push_back(ShapedType::kDynamic);
    return parents.back();
  }

  unsigned getOrCreate(std::pair<Value, int64_t> key) {
    auto [it, isNew] = nodes.try_emplace(key, 0);
    if (isNew)
      it->second = create();
    return it->second;
  }

  void setValue(unsigned node, int64_t value) { values[find(node)] = value; }

  DenseMap<std::pair<Value, int64_t>, unsigned> nodes;
  std::vector<unsigned> parents;
  std::vector<int64_t> values;
};
} // namespace

static void visit(Operation *op, Classes &classes) {
  auto uniteSizes = [&](Value tensor, ArrayRef<OpFoldResult> sizes) {
    for (auto [dimension, size] : llvm::enumerate(sizes))
      classes.unite(classes.get(tensor, dimension), classes.get(size));
  };
  if (auto dim = dyn_cast<tensor::DimOp>(op)) {
    std::optional<int64_t> index = dim.getConstantIndex();
    if (index && isa<RankedTensorType>(dim.getSource().getType()))
      classes.unite(classes.get(OpFoldResult(dim.getResult())),
                    classes.get(dim.getSource(), *index));
  } else if (auto empty = dyn_cast<tensor::EmptyOp>(op)) {
    uniteSizes(empty, empty.getMixedSizes());
  } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op)) {
    uniteSizes(expand.getResult(), expand.getMixedOutputShape());
  } else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op)) {
    for (auto [index, group] :
         llvm::enumerate(collapse.getReassociationIndices()))
      if (group.size() == 1)
        classes.unite(classes.get(collapse.getSrc(), group.front()),
                      classes.get(collapse.getResult(), index));
  } else if (auto slice = dyn_cast<tensor::ExtractSliceOp>(op)) {
    if (slice.getSourceType().getRank() == slice.getType().getRank())
      uniteSizes(slice.getResult(), slice.getMixedSizes());
  } else if (auto castOp = dyn_cast<tensor::CastOp>(op)) {
    // Canonicalization casts to what the ops around a tensor know of it.
    auto type = dyn_cast<RankedTensorType>(castOp.getType());
    if (type && isa<RankedTensorType>(castOp.getSource().getType()))
      for (int64_t i = 0; i < type.getRank(); ++i)
        classes.unite(classes.get(castOp.getSource(), i),
                      classes.get(castOp.getResult(), i));
  } else if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    DenseMap<unsigned, unsigned> loops;
    for (OpOperand &operand : op->getOpOperands()) {
      if (!isa<RankedTensorType>(operand.get().getType()))
        continue;
      AffineMap map = linalgOp.getMatchingIndexingMap(&operand);
      for (auto [dimension, expr] : llvm::enumerate(map.getResults())) {
        auto loop = dyn_cast<AffineDimExpr>(expr);
        if (!loop)
          continue;
        unsigned extent = classes.get(operand.get(), dimension);
        auto [it, isNew] = loops.try_emplace(loop.getPosition(), extent);
        if (!isNew)
          classes.unite(it->second, extent);
      }
    }
    for (auto [init, result] :
         llvm::zip(linalgOp.getDpsInits(), op->getResults()))
      for (int64_t i = 0,
                   e = cast<RankedTensorType>(result.getType()).getRank();
           i < e; ++i)
        classes.unite(classes.get(init, i), classes.get(result, i));
  }
}

SmallVector<EqualExtents>
mlir::compress::runtime::findEqualExtents(func::FuncOp function) {
  Classes classes;
  function.walk([&](Operation *op) { visit(op, classes); });

  llvm::MapVector<unsigned, EqualExtents> found;
  for (auto [number, argument] : llvm::enumerate(function.getArguments())) {
    auto type = dyn_cast<RankedTensorType>(argument.getType());
    for (unsigned i = 0, e = type ? type.getRank() : 0; i < e; ++i) {
      if (!type.isDynamicDim(i))
        continue;
      unsigned extent = classes.find(classes.get(argument, i));
      found[extent].dimensions.push_back({static_cast<unsigned>(number), i});
      found[extent].value = classes.getValue(extent);
    }
  }
  SmallVector<EqualExtents> result;
  for (auto &[extent, equal] : found)
    if (equal.dimensions.size() > 1 || !ShapedType::isDynamic(equal.value))
      result.push_back(equal);
  return result;
}
