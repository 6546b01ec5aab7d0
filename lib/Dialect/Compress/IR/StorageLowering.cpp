//===- StorageLowering.cpp - Arithmetic between stored and expressed values
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

Value compress::buildFloatCast(ImplicitLocOpBuilder &b, Value value,
                               Type type) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (value.getType() == type)
    return value;
  if (from < to)
    return arith::ExtFOp::create(b, type, value);
  if (from > to)
    return arith::TruncFOp::create(b, type, value);
  return arith::TruncFOp::create(
      b, type, arith::ExtFOp::create(b, b.getF32Type(), value));
}

static Value buildF32(ImplicitLocOpBuilder &b, float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

/// Keeps `value`, an f32, within [lo, hi].
static Value buildClamp(ImplicitLocOpBuilder &b, Value value, float lo,
                        float hi) {
  value = arith::MaximumFOp::create(b, value, buildF32(b, lo));
  return arith::MinimumFOp::create(b, value, buildF32(b, hi));
}

/// Reads the parameter of the block that dense position `indices` lies in.
static Value buildParameter(ImplicitLocOpBuilder &b, AffineStorageAttr storage,
                            Value parameter, ValueRange indices) {
  SmallVector<Value> position;
  for (auto [dim, index] : llvm::enumerate(indices)) {
    int64_t extent = storage.getBlockExtent(dim);
    if (extent == 0)
      position.push_back(arith::ConstantIndexOp::create(b, 0));
    else if (extent == 1)
      position.push_back(index);
    else
      position.push_back(arith::DivUIOp::create(
          b, index, arith::ConstantIndexOp::create(b, extent)));
  }
  return tensor::ExtractOp::create(b, parameter, position);
}

//===----------------------------------------------------------------------===//
// AffineStorageAttr
//===----------------------------------------------------------------------===//

Value AffineStorageAttr::buildScale(ImplicitLocOpBuilder &b,
                                    ValueRange parameters,
                                    ValueRange indices) const {
  Value scale = buildParameter(b, *this, parameters.front(), indices);
  return buildFloatCast(b, scale, b.getF32Type());
}

Value AffineStorageAttr::buildDecodeElement(ImplicitLocOpBuilder &b,
                                            Value stored, ValueRange parameters,
                                            ValueRange indices,
                                            Type type) const {
  Value difference = stored;
  if (!getSymmetric()) {
    Value zeroPoint = buildParameter(b, *this, parameters[1], indices);
    difference = arith::SubIOp::create(
        b, stored, arith::ExtSIOp::create(b, b.getI32Type(), zeroPoint));
  }
  if (auto integer = dyn_cast<IntegerType>(type)) {
    if (integer.getWidth() == 32)
      return difference;
    return arith::TruncIOp::create(b, type, difference);
  }
  Value value = arith::SIToFPOp::create(b, b.getF32Type(), difference);
  value = arith::MulFOp::create(b, value, buildScale(b, parameters, indices));
  return buildFloatCast(b, value, type);
}

Value AffineStorageAttr::buildEncodeElement(ImplicitLocOpBuilder &b,
                                            Value element,
                                            ValueRange parameters,
                                            ValueRange indices) const {
  Value x = buildFloatCast(b, element, b.getF32Type());
  Value scale = buildScale(b, parameters, indices);
  Value q = math::RoundEvenOp::create(b, arith::DivFOp::create(b, x, scale));
  if (!getSymmetric()) {
    Value zeroPoint = buildParameter(b, *this, parameters[1], indices);
    q = arith::AddFOp::create(
        b, q, arith::SIToFPOp::create(b, b.getF32Type(), zeroPoint));
  }
  q = buildClamp(b, q, getMin(), getMax());
  return arith::FPToSIOp::create(b, b.getI8Type(), q);
}

/// The extremes of each block, as f32: {amax} or {min(0, min), max(0, max)}.
static SmallVector<Value> buildExtremes(ImplicitLocOpBuilder &b,
                                        AffineStorageAttr storage, Value dense,
                                        RankedTensorType gridType) {
  auto type = cast<RankedTensorType>(dense.getType());
  unsigned rank = type.getRank();
  bool symmetric = storage.getSymmetric();
  Type f32 = b.getF32Type();
  SmallVector<OpFoldResult> gridSizes, blockSizes;
  SmallVector<AffineExpr> gridExprs, denseExprs;
  SmallVector<utils::IteratorType> iterators;
  // Blocks of extent 1 or of the whole dimension make the elements an ordinary
  // operand; others are walked by a loop of the block's extent and a bound.
  bool direct = true;
  for (unsigned dim = 0; dim < rank; ++dim) {
    int64_t extent = storage.getBlockExtent(dim);
    direct &= extent <= 1;
    Value size;
    if (type.isDynamicDim(dim))
      size = tensor::DimOp::create(b, dense, static_cast<int64_t>(dim));
    OpFoldResult full =
        size ? OpFoldResult(size)
             : OpFoldResult(b.getIndexAttr(type.getDimSize(dim)));
    gridSizes.push_back(
        extent == 1 ? full
                    : OpFoldResult(b.getIndexAttr(gridType.getDimSize(dim))));
    blockSizes.push_back(extent == 0 ? full
                                     : OpFoldResult(b.getIndexAttr(extent)));
  }
  // Loops: the grid's, then the blocks'.
  for (unsigned dim = 0; dim < rank; ++dim) {
    gridExprs.push_back(b.getAffineDimExpr(dim));
    iterators.push_back(utils::IteratorType::parallel);
  }
  for (unsigned dim = 0; dim < rank; ++dim) {
    denseExprs.push_back(b.getAffineDimExpr(
        storage.getBlockExtent(dim) == 1 ? dim : rank + dim));
    iterators.push_back(utils::IteratorType::reduction);
  }
  SmallVector<AffineExpr> blockExprs;
  for (unsigned dim = 0; dim < rank; ++dim)
    blockExprs.push_back(b.getAffineDimExpr(rank + dim));
  MLIRContext *context = b.getContext();
  AffineMap gridMap = AffineMap::get(2 * rank, 0, gridExprs, context);
  AffineMap blockMap = AffineMap::get(2 * rank, 0, blockExprs, context);
  AffineMap denseMap = AffineMap::get(2 * rank, 0, denseExprs, context);

  // An operand that only gives the extents of the blocks' loops.
  Value shape = tensor::EmptyOp::create(b, blockSizes, b.getI1Type());
  SmallVector<Value> inputs{shape};
  SmallVector<AffineMap> maps{blockMap};
  if (direct) {
    inputs.push_back(dense);
    maps.push_back(denseMap);
  }
  SmallVector<Value> inits;
  unsigned numExtremes = symmetric ? 1 : 2;
  for (unsigned i = 0; i < numExtremes; ++i) {
    Value empty = tensor::EmptyOp::create(b, gridSizes, f32);
    inits.push_back(
        linalg::FillOp::create(b, ValueRange{buildF32(b, 0)}, ValueRange{empty})
            .getResult(0));
    maps.push_back(gridMap);
  }
  auto body = [&](OpBuilder &nested, Location loc, ValueRange args) {
    ImplicitLocOpBuilder nb(loc, nested);
    Value x;
    if (direct) {
      x = args[1];
    } else {
      SmallVector<Value> position;
      Value inside;
      for (unsigned dim = 0; dim < rank; ++dim) {
        int64_t extent = storage.getBlockExtent(dim);
        Value grid = linalg::IndexOp::create(nb, dim);
        Value block = linalg::IndexOp::create(nb, rank + dim);
        if (extent == 0) {
          position.push_back(block);
          continue;
        }
        if (extent == 1) {
          position.push_back(grid);
          continue;
        }
        Value at = arith::AddIOp::create(
            nb,
            arith::MulIOp::create(nb, grid,
                                  arith::ConstantIndexOp::create(nb, extent)),
            block);
        int64_t size = type.getDimSize(dim);
        if (size % extent != 0) {
          Value fits =
              arith::CmpIOp::create(nb, arith::CmpIPredicate::ult, at,
                                    arith::ConstantIndexOp::create(nb, size));
          inside = inside ? arith::AndIOp::create(nb, inside, fits).getResult()
                          : fits;
          at = arith::MinUIOp::create(
              nb, at, arith::ConstantIndexOp::create(nb, size - 1));
        }
        position.push_back(at);
      }
      x = tensor::ExtractOp::create(nb, dense, position);
      if (inside)
        x = arith::SelectOp::create(
            nb, inside, x,
            arith::ConstantOp::create(nb, nb.getZeroAttr(x.getType())));
    }
    x = buildFloatCast(nb, x, f32);
    ValueRange extremes = args.take_back(numExtremes);
    SmallVector<Value> results;
    if (symmetric) {
      results.push_back(arith::MaximumFOp::create(nb, extremes[0],
                                                  math::AbsFOp::create(nb, x)));
    } else {
      results.push_back(arith::MinimumFOp::create(nb, extremes[0], x));
      results.push_back(arith::MaximumFOp::create(nb, extremes[1], x));
    }
    linalg::YieldOp::create(nb, results);
  };
  auto generic =
      linalg::GenericOp::create(b, b.getLoc(), ValueRange(inits).getTypes(),
                                inputs, inits, maps, iterators, body);
  return SmallVector<Value>(generic.getResults());
}

SmallVector<Value> AffineStorageAttr::buildParameters(ImplicitLocOpBuilder &b,
                                                      Value dense) const {
  auto type = cast<RankedTensorType>(dense.getType());
  SmallVector<ComponentSpec> specs = getParameters(type.getShape());
  RankedTensorType scalesType = specs.front().type;
  SmallVector<Value> extremes = buildExtremes(b, *this, dense, scalesType);

  SmallVector<Value> empties;
  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(b, b.getLoc(), extremes.front());
  for (const ComponentSpec &spec : specs)
    empties.push_back(
        tensor::EmptyOp::create(b, sizes, spec.type.getElementType()));
  unsigned numMaps = extremes.size() + empties.size();
  SmallVector<AffineMap> maps(numMaps,
                              b.getMultiDimIdentityMap(type.getRank()));
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  const llvm::fltSemantics &semantics =
      cast<FloatType>(getScaleType()).getFloatSemantics();
  float least =
      llvm::APFloat::getSmallestNormalized(semantics).convertToFloat();
  float largest = llvm::APFloat::getLargest(semantics).convertToFloat();

  auto body = [&](OpBuilder &nested, Location loc, ValueRange args) {
    ImplicitLocOpBuilder nb(loc, nested);
    Value zero = buildF32(nb, 0);
    Value range = getSymmetric()
                      ? args[0]
                      : arith::SubFOp::create(nb, args[1], args[0]).getResult();
    float steps = getSymmetric() ? getMax() : getMax() - getMin();
    Value scale = arith::DivFOp::create(nb, range, buildF32(nb, steps));
    scale = buildClamp(nb, scale, least, largest);
    Value isZero =
        arith::CmpFOp::create(nb, arith::CmpFPredicate::OEQ, range, zero);
    scale = arith::SelectOp::create(nb, isZero, buildF32(nb, 1), scale);
    Value stored = buildFloatCast(nb, scale, getScaleType());
    SmallVector<Value> results{stored};
    if (!getSymmetric()) {
      Value rounded = buildFloatCast(nb, stored, nb.getF32Type());
      Value z =
          arith::SubFOp::create(nb, buildF32(nb, getMin()),
                                arith::DivFOp::create(nb, args[0], rounded));
      z = buildClamp(nb, math::RoundEvenOp::create(nb, z), getMin(), getMax());
      results.push_back(arith::FPToSIOp::create(nb, nb.getI8Type(), z));
    }
    linalg::YieldOp::create(nb, results);
  };
  auto generic =
      linalg::GenericOp::create(b, b.getLoc(), ValueRange(empties).getTypes(),
                                extremes, empties, maps, iterators, body);
  SmallVector<Value> results;
  for (auto [result, spec] : llvm::zip(generic.getResults(), specs))
    results.push_back(result.getType() == spec.type
                          ? Value(result)
                          : tensor::CastOp::create(b, spec.type, result));
  return results;
}

//===----------------------------------------------------------------------===//
// FloatStorageAttr
//===----------------------------------------------------------------------===//

Value FloatStorageAttr::buildDecodeElement(ImplicitLocOpBuilder &b,
                                           Value stored, ValueRange parameters,
                                           ValueRange indices,
                                           Type type) const {
  return buildFloatCast(b, stored, type);
}

Value FloatStorageAttr::buildEncodeElement(ImplicitLocOpBuilder &b,
                                           Value element, ValueRange parameters,
                                           ValueRange indices) const {
  Value x = element;
  auto from = cast<FloatType>(x.getType());
  auto to = cast<FloatType>(getType());
  if (from == to)
    return x;
  x = buildFloatCast(b, x, b.getF32Type());
  float largest =
      llvm::APFloat::getLargest(to.getFloatSemantics()).convertToFloat();
  return buildFloatCast(b, buildClamp(b, x, -largest, largest), to);
}

SmallVector<Value> FloatStorageAttr::buildParameters(ImplicitLocOpBuilder &b,
                                                     Value dense) const {
  return {};
}

Value FloatStorageAttr::buildScale(ImplicitLocOpBuilder &b,
                                   ValueRange parameters,
                                   ValueRange indices) const {
  return buildF32(b, 1);
}
