//===- StorageLowering.cpp - Arithmetic between stored and expressed values
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScaleLowering.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// AffineStorageAttr
//===----------------------------------------------------------------------===//

Value AffineStorageAttr::buildScale(ImplicitLocOpBuilder &b,
                                    ValueRange parameters,
                                    ValueRange indices) const {
  return buildScaleOf(b, getScaling(), parameters, indices);
}

Value AffineStorageAttr::buildDecodeElement(ImplicitLocOpBuilder &b,
                                            Value stored, Value lane,
                                            ValueRange parameters,
                                            ValueRange indices,
                                            Type type) const {
  Value difference = stored;
  if (!getSymmetric()) {
    Value zeroPoint = tensor::ExtractOp::create(
        b, parameters[1], buildBlockPosition(b, getScaling(), indices));
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
                                            ValueRange elements,
                                            ValueRange parameters,
                                            ValueRange indices) const {
  Value x = buildFloatCast(b, elements.front(), b.getF32Type());
  Value scale = buildScale(b, parameters, indices);
  Value q = math::RoundEvenOp::create(b, arith::DivFOp::create(b, x, scale));
  if (!getSymmetric()) {
    Value zeroPoint = tensor::ExtractOp::create(
        b, parameters[1], buildBlockPosition(b, getScaling(), indices));
    q = arith::AddFOp::create(
        b, q, arith::SIToFPOp::create(b, b.getF32Type(), zeroPoint));
  }
  q = buildClamp(b, q, getMin(), getMax());
  return arith::FPToSIOp::create(b, b.getI8Type(), q);
}

SmallVector<Value>
AffineStorageAttr::buildParameters(ImplicitLocOpBuilder &b, Value dense,
                                   function_ref<Value()> getMask) const {
  // Zeros neither raise an amax nor widen [min(0, min), max(0, max)], so the
  // extremes over kept values are those over all.
  auto type = cast<RankedTensorType>(dense.getType());
  ScalingAttr scaling = getScaling();
  BlockGrid grid = buildGrid(
      b, dense, [&](unsigned dim) { return scaling.getBlockExtent(dim); });
  float min = getMin(), max = getMax();
  ScaleRule rule{max, /*floor=*/true};
  if (!getSymmetric())
    rule = {max - min, /*floor=*/false,
            [=](ImplicitLocOpBuilder &nb, Value lo, Value scale) -> Value {
              Value z = arith::SubFOp::create(
                  nb, buildF32(nb, min), arith::DivFOp::create(nb, lo, scale));
              z = buildClamp(nb, math::RoundEvenOp::create(nb, z), min, max);
              return arith::FPToSIOp::create(nb, nb.getI8Type(), z);
            }};
  SmallVector<Value> extremes = buildExtremes(b, dense, grid, getSymmetric());
  return buildCasts(b, buildScales(b, scaling, grid, extremes, rule),
                    getParameters(type.getShape()));
}

//===----------------------------------------------------------------------===//
// FloatStorageAttr
//===----------------------------------------------------------------------===//

Value FloatStorageAttr::buildScale(ImplicitLocOpBuilder &b,
                                   ValueRange parameters,
                                   ValueRange indices) const {
  if (!getScaling())
    return buildF32(b, 1);
  return buildScaleOf(b, getScaling(), parameters, indices);
}

Value FloatStorageAttr::buildDecodeElement(ImplicitLocOpBuilder &b,
                                           Value stored, Value lane,
                                           ValueRange parameters,
                                           ValueRange indices,
                                           Type type) const {
  if (getCodecElementType(getType()))
    return buildFloatCast(b, stored, type);
  Value value = buildFloatFromCode(b, stored, cast<FloatType>(getType()));
  if (getScaling())
    value = arith::MulFOp::create(b, value, buildScale(b, parameters, indices));
  return buildFloatCast(b, value, type);
}

Value FloatStorageAttr::buildEncodeElement(ImplicitLocOpBuilder &b,
                                           ValueRange elements,
                                           ValueRange parameters,
                                           ValueRange indices) const {
  Value x = elements.front();
  auto from = cast<FloatType>(x.getType());
  auto to = cast<FloatType>(getType());
  if (from == to)
    return x;
  x = buildFloatCast(b, x, b.getF32Type());
  if (getScaling())
    x = arith::DivFOp::create(b, x, buildScale(b, parameters, indices));
  float largest = getLargestFinite(to);
  x = buildClamp(b, x, -largest, largest);
  if (to.getWidth() > 8)
    return buildFloatCast(b, x, to);
  return arith::TruncIOp::create(b, b.getI8Type(),
                                 buildCodeFromFloat(b, x, to));
}

SmallVector<Value>
FloatStorageAttr::buildParameters(ImplicitLocOpBuilder &b, Value dense,
                                  function_ref<Value()> getMask) const {
  ScalingAttr scaling = getScaling();
  if (!scaling)
    return {};
  auto type = cast<RankedTensorType>(dense.getType());
  BlockGrid grid = buildGrid(
      b, dense, [&](unsigned dim) { return scaling.getBlockExtent(dim); });
  Value amax = buildExtremes(b, dense, grid, /*symmetric=*/true).front();
  float largest = getLargestFinite(cast<FloatType>(getType()));
  return buildCasts(
      b, buildScales(b, scaling, grid, amax, {largest, /*floor=*/true}),
      getParameters(type.getShape()));
}
