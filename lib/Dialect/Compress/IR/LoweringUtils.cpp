//===- LoweringUtils.cpp - What lowerings share
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

Value compress::buildElementwise(
    ImplicitLocOpBuilder &b, Value empty, ValueRange inputs,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> body) {
  auto type = cast<RankedTensorType>(empty.getType());
  AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<AffineMap> maps(inputs.size() + 1, identity);
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, b.getLoc(), type, inputs, empty, maps, iterators,
      [&](OpBuilder &nested, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder nb(loc, nested);
        linalg::YieldOp::create(nested, loc,
                                body(nb, elements.take_front(inputs.size())));
      });
  return generic.getResult(0);
}

SmallVector<Value> compress::buildLoopIndices(ImplicitLocOpBuilder &b,
                                              unsigned rank) {
  SmallVector<Value> indices;
  for (unsigned dim = 0; dim < rank; ++dim)
    indices.push_back(linalg::IndexOp::create(b, dim));
  return indices;
}

Value compress::buildEmptyLike(ImplicitLocOpBuilder &b, RankedTensorType type,
                               Value like) {
  SmallVector<OpFoldResult> sizes;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    if (ShapedType::isDynamic(size))
      sizes.push_back(tensor::DimOp::create(b, like, static_cast<int64_t>(dim))
                          .getResult());
    else
      sizes.push_back(b.getIndexAttr(size));
  }
  return tensor::EmptyOp::create(b, sizes, type.getElementType());
}

Value compress::buildIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

Value compress::buildLinearIndex(ImplicitLocOpBuilder &b,
                                 ArrayRef<int64_t> shape, ValueRange indices) {
  Value linear = buildIndex(b, 0);
  for (auto [dim, index] : llvm::enumerate(indices)) {
    if (dim == 0) {
      linear = index;
      continue;
    }
    linear = arith::MulIOp::create(b, linear, buildIndex(b, shape[dim]));
    linear = arith::AddIOp::create(b, linear, index);
  }
  return linear;
}

SmallVector<Value> compress::buildDelinearized(ImplicitLocOpBuilder &b,
                                               ArrayRef<int64_t> shape,
                                               Value index) {
  SmallVector<Value> indices(shape.size());
  for (size_t dim = shape.size(); dim-- > 1;) {
    Value extent = buildIndex(b, shape[dim]);
    indices[dim] = arith::RemUIOp::create(b, index, extent);
    index = arith::DivUIOp::create(b, index, extent);
  }
  if (!shape.empty())
    indices.front() = index;
  return indices;
}

Value compress::buildClampIndices(ImplicitLocOpBuilder &b,
                                  ArrayRef<int64_t> shape,
                                  SmallVectorImpl<Value> &indices) {
  Value inside;
  for (auto [index, extent] : llvm::zip(indices, shape)) {
    Value fits = arith::CmpIOp::create(b, arith::CmpIPredicate::ult, index,
                                       buildIndex(b, extent));
    inside = inside ? arith::AndIOp::create(b, inside, fits).getResult() : fits;
    index = arith::MinUIOp::create(b, index, buildIndex(b, extent - 1));
  }
  return inside;
}

SmallVector<Value> compress::buildLoop(
    ImplicitLocOpBuilder &b, Value begin, Value end, ValueRange carried,
    function_ref<SmallVector<Value>(ImplicitLocOpBuilder &, Value, ValueRange)>
        body) {
  auto loop = scf::ForOp::create(
      b, begin, end, buildIndex(b, 1), carried,
      [&](OpBuilder &nested, Location loc, Value index, ValueRange values) {
        ImplicitLocOpBuilder nb(loc, nested);
        scf::YieldOp::create(nb, body(nb, index, values));
      });
  return SmallVector<Value>(loop.getResults());
}

Value compress::buildOverBlock(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, ArrayRef<int64_t> block,
    ValueRange item, Value carried,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange, Value, Value)>
        body) {
  Value end = buildIndex(b, ShapedType::getNumElements(block));
  return buildLoop(
             b, buildIndex(b, 0), end, carried,
             [&](ImplicitLocOpBuilder &nb, Value position,
                 ValueRange values) -> SmallVector<Value> {
               SmallVector<Value> at = buildDelinearized(nb, block, position);
               for (auto [index, outer, extent] : llvm::zip(at, item, block))
                 index = arith::AddIOp::create(
                     nb,
                     arith::MulIOp::create(nb, outer, buildIndex(nb, extent)),
                     index);
               Value inside = buildClampIndices(nb, shape, at);
               return {body(nb, at, inside, values.front())};
             })
      .front();
}

Value compress::buildFilled(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
                            Value value) {
  Value empty = tensor::EmptyOp::create(b, shape, value.getType());
  return linalg::FillOp::create(b, ValueRange{value}, ValueRange{empty})
      .getResult(0);
}
