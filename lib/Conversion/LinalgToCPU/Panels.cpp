//===- Panels.cpp - Results that are computed panel by panel ===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Panels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

Value mlir::compress::createPackedConstant(OpBuilder &b, Location loc,
                                           RankedTensorType type,
                                           StringRef name,
                                           ArrayRef<char> bytes) {
  constexpr size_t kCacheLine = 64;
  return arith::ConstantOp::create(
      b, loc, type,
      DenseResourceElementsAttr::get(
          type, name,
          HeapAsmResourceBlob::allocateAndCopyWithAlign(bytes, kCacheLine)));
}

SmallVector<ReassociationIndices>
mlir::compress::splitLastDimension(int64_t rank, int64_t parts) {
  SmallVector<ReassociationIndices> groups;
  for (int64_t i = 0; i < rank; ++i)
    groups.push_back({i});
  for (int64_t i = 1; i < parts; ++i)
    groups.back().push_back(rank + i - 1);
  return groups;
}

Value mlir::compress::createPanels(OpBuilder &b, Location loc, Value init,
                                   int64_t panels, int64_t width) {
  Type element = cast<RankedTensorType>(init.getType()).getElementType();
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, init);
  sizes.back() = b.getIndexAttr(panels);
  sizes.push_back(b.getIndexAttr(width));
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
  Value empty = tensor::EmptyOp::create(b, loc, sizes, element);
  return linalg::FillOp::create(b, loc, zero, empty).getResult(0);
}

static bool isZeroFill(Value value) {
  auto fill = value.getDefiningOp<linalg::FillOp>();
  return fill && (matchPattern(fill.value(), m_AnyZeroFloat()) ||
                  matchPattern(fill.value(), m_Zero()));
}

/// The sum of `values`, where one of fewer dimensions has the last ones.
static Value add(OpBuilder &b, Location loc, ArrayRef<Value> values) {
  auto type = cast<RankedTensorType>(values[0].getType());
  AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<AffineMap> maps;
  for (Value value : values)
    maps.push_back(identity.getMinorSubMap(
        cast<RankedTensorType>(value.getType()).getRank()));
  maps.push_back(identity);
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  Value empty = tensor::EmptyOp::create(
      b, loc, tensor::getMixedSizes(b, loc, values[0]), type.getElementType());
  return linalg::GenericOp::create(
             b, loc, type, values, empty, maps, iterators,
             [](OpBuilder &nested, Location loc, ValueRange args) {
               Value sum = args[0];
               for (Value arg : args.drop_front().drop_back())
                 sum = isa<FloatType>(arg.getType())
                           ? arith::AddFOp::create(nested, loc, arg, sum)
                                 .getResult()
                           : arith::AddIOp::create(nested, loc, arg, sum)
                                 .getResult();
               linalg::YieldOp::create(nested, loc, sum);
             })
      .getResult(0);
}

Value mlir::compress::unpackResult(OpBuilder &b, Location loc, Value panels,
                                   Value init, Value columns) {
  auto type = cast<RankedTensorType>(init.getType());
  Value result = tensor::CollapseShapeOp::create(
      b, loc, panels, splitLastDimension(type.getRank(), 2));
  int64_t extent = type.getShape().back();
  if (cast<RankedTensorType>(result.getType()).getShape().back() != extent) {
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, init),
                              offsets(type.getRank(), b.getIndexAttr(0)),
                              strides(type.getRank(), b.getIndexAttr(1));
    result = tensor::ExtractSliceOp::create(b, loc, type, result, offsets,
                                            sizes, strides);
  }
  SmallVector<Value> values = {result};
  if (!isZeroFill(init))
    values.push_back(init);
  if (columns)
    values.push_back(columns);
  return values.size() == 1 ? result : add(b, loc, values);
}

Value mlir::compress::padLastDimension(OpBuilder &b, Location loc, Value tensor,
                                       int64_t extent) {
  auto type = cast<RankedTensorType>(tensor.getType());
  int64_t padding = extent - type.getShape().back();
  if (padding == 0)
    return tensor;
  SmallVector<int64_t> shape(type.getShape());
  shape.back() = extent;
  SmallVector<OpFoldResult> low(type.getRank(), b.getIndexAttr(0));
  SmallVector<OpFoldResult> high = low;
  high.back() = b.getIndexAttr(padding);
  Value zero =
      arith::ConstantOp::create(b, loc, b.getZeroAttr(type.getElementType()));
  return tensor::PadOp::create(b, loc, type.clone(shape), tensor, low, high,
                               zero);
}
