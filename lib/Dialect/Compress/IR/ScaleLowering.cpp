//===- ScaleLowering.cpp - The reference lowering of scales
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScaleLowering.h"
#include "LoweringUtils.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

static Value buildI32(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, b.getI32Type(), value);
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

/// Blocks of `extent`, 0 for the whole dimension, at an element's position.
static Value buildDivision(ImplicitLocOpBuilder &b, Value index,
                           int64_t extent) {
  if (extent == 0)
    return buildIndex(b, 0);
  if (extent == 1)
    return index;
  return arith::DivUIOp::create(b, index, buildIndex(b, extent));
}

SmallVector<Value> compress::buildBlockPosition(ImplicitLocOpBuilder &b,
                                                ScalingAttr scaling,
                                                ValueRange indices) {
  SmallVector<Value> position;
  for (auto [dim, index] : llvm::enumerate(indices))
    position.push_back(buildDivision(b, index, scaling.getBlockExtent(dim)));
  return position;
}

/// Extent of a super block along `dim` in blocks, 0 for the whole dimension.
static int64_t getSuperRatio(ScalingAttr scaling, unsigned dim) {
  int64_t super = scaling.getSuperBlockExtent(dim);
  return super ? super / scaling.getBlockExtent(dim) : 0;
}

/// The f32 value of a scale as it is stored.
static Value buildFromStored(ImplicitLocOpBuilder &b, Type type, Value stored) {
  if (type.getIntOrFloatBitWidth() > 8)
    return buildFloatCast(b, stored, b.getF32Type());
  return buildFloatFromCode(b,
                            arith::ExtUIOp::create(b, b.getI32Type(), stored),
                            cast<FloatType>(type));
}

/// The f32 super scale of the block at `position` of the grid.
static Value buildSuperScale(ImplicitLocOpBuilder &b, ScalingAttr scaling,
                             Value superScales, ValueRange position) {
  SmallVector<Value> super;
  for (auto [dim, index] : llvm::enumerate(position))
    super.push_back(buildDivision(b, index, getSuperRatio(scaling, dim)));
  return buildFromStored(b, scaling.getSuperScaleType(),
                         tensor::ExtractOp::create(b, superScales, super));
}

/// The product of a scale and its super scale; that of finite ones is finite.
static Value buildProduct(ImplicitLocOpBuilder &b, Value scale, Value super) {
  return arith::MinimumFOp::create(
      b, arith::MulFOp::create(b, scale, super),
      buildF32(b, getLargestFinite(b.getF32Type())));
}

Value compress::buildScaleOf(ImplicitLocOpBuilder &b, ScalingAttr scaling,
                             ValueRange parameters, ValueRange indices) {
  SmallVector<Value> position = buildBlockPosition(b, scaling, indices);
  Value stored = tensor::ExtractOp::create(b, parameters.front(), position);
  Value scale = buildFromStored(b, scaling.getScaleType(), stored);
  if (!scaling.getSuperScaleType())
    return scale;
  return buildProduct(b, scale,
                      buildSuperScale(b, scaling, parameters.back(), position));
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

BlockGrid compress::buildGrid(ImplicitLocOpBuilder &b, Value dense,
                              llvm::function_ref<int64_t(unsigned)> getExtent) {
  auto type = cast<RankedTensorType>(dense.getType());
  BlockGrid grid;
  for (auto [dim, size] : llvm::enumerate(type.getShape())) {
    int64_t extent = getExtent(dim);
    grid.block.push_back(extent);
    if (size == 0)
      grid.sizes.push_back(b.getIndexAttr(0));
    else if (extent == 0)
      grid.sizes.push_back(b.getIndexAttr(1));
    else if (ShapedType::isDynamic(size))
      grid.sizes.push_back(
          tensor::DimOp::create(b, dense, static_cast<int64_t>(dim))
              .getResult());
    else
      grid.sizes.push_back(b.getIndexAttr(llvm::divideCeil(size, extent)));
  }
  return grid;
}

SmallVector<Value> compress::buildExtremes(ImplicitLocOpBuilder &b, Value dense,
                                           const BlockGrid &grid,
                                           bool symmetric) {
  auto type = cast<RankedTensorType>(dense.getType());
  unsigned rank = type.getRank();
  Type f32 = b.getF32Type();
  SmallVector<OpFoldResult> blockSizes;
  SmallVector<AffineExpr> gridExprs, denseExprs, blockExprs;
  // Blocks of extent 1 or of the whole dimension make the elements an ordinary
  // operand; others are walked by a loop of the block's extent and a bound.
  bool direct = true;
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), dense);
  // Loops: the grid's, then the blocks'.
  for (auto [dim, extent] : llvm::enumerate(grid.block)) {
    direct &= extent <= 1;
    blockSizes.push_back(extent == 0 ? sizes[dim]
                                     : OpFoldResult(b.getIndexAttr(extent)));
    gridExprs.push_back(b.getAffineDimExpr(dim));
    blockExprs.push_back(b.getAffineDimExpr(rank + dim));
    denseExprs.push_back(b.getAffineDimExpr(extent == 1 ? dim : rank + dim));
  }
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  iterators.append(rank, utils::IteratorType::reduction);
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
    Value empty = tensor::EmptyOp::create(b, grid.sizes, f32);
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
      for (auto [dim, extent] : llvm::enumerate(grid.block)) {
        Value block = linalg::IndexOp::create(nb, rank + dim);
        if (extent == 0) {
          position.push_back(block);
          continue;
        }
        Value begin = linalg::IndexOp::create(nb, dim);
        if (extent == 1) {
          position.push_back(begin);
          continue;
        }
        Value at = arith::AddIOp::create(
            nb, arith::MulIOp::create(nb, begin, buildIndex(nb, extent)),
            block);
        int64_t size = type.getDimSize(dim);
        if (size % extent != 0) {
          Value fits = arith::CmpIOp::create(nb, arith::CmpIPredicate::ult, at,
                                             buildIndex(nb, size));
          inside = inside ? arith::AndIOp::create(nb, inside, fits).getResult()
                          : fits;
          at = arith::MinUIOp::create(nb, at, buildIndex(nb, size - 1));
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

SmallVector<Value> compress::buildOverGrid(
    ImplicitLocOpBuilder &b, const BlockGrid &grid, ValueRange inputs,
    TypeRange resultTypes,
    llvm::function_ref<SmallVector<Value>(ImplicitLocOpBuilder &, ValueRange,
                                          ValueRange)>
        body) {
  unsigned rank = grid.sizes.size();
  SmallVector<Value> empties;
  for (Type type : resultTypes)
    empties.push_back(tensor::EmptyOp::create(b, grid.sizes, type));
  SmallVector<AffineMap> maps(inputs.size() + empties.size(),
                              b.getMultiDimIdentityMap(rank));
  SmallVector<utils::IteratorType> iterators(rank,
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, b.getLoc(), ValueRange(empties).getTypes(), inputs, empties, maps,
      iterators, [&](OpBuilder &nested, Location loc, ValueRange elements) {
        ImplicitLocOpBuilder nb(loc, nested);
        SmallVector<Value> position;
        for (unsigned dim = 0; dim < rank; ++dim)
          position.push_back(linalg::IndexOp::create(nb, dim));
        linalg::YieldOp::create(
            nb, body(nb, elements.take_front(inputs.size()), position));
      });
  return SmallVector<Value>(generic.getResults());
}

SmallVector<Value> compress::buildCasts(ImplicitLocOpBuilder &b,
                                        ValueRange values,
                                        ArrayRef<ComponentSpec> specs) {
  SmallVector<Value> results;
  for (auto [value, spec] : llvm::zip_equal(values, specs))
    results.push_back(value.getType() == spec.type
                          ? value
                          : tensor::CastOp::create(b, spec.type, value));
  return results;
}

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

/// Rounds `scale`, a positive f32, to a type and keeps it between its least
/// normal and its largest finite value.
static Value buildRounded(ImplicitLocOpBuilder &b, Value scale, Type type) {
  auto floatType = cast<FloatType>(type);
  scale = buildClamp(b, scale, getLeastNormal(floatType),
                     getLargestFinite(floatType));
  if (floatType.getWidth() > 8)
    return buildFloatCast(b, scale, type);
  return arith::TruncIOp::create(b, b.getI8Type(),
                                 buildCodeFromFloat(b, scale, floatType));
}

/// The stored power of two of a block, by its range or raw scale.
static Value buildPowerOfTwo(ImplicitLocOpBuilder &b, Value range, Value raw,
                             const ScaleRule &rule) {
  Value bits =
      arith::BitcastOp::create(b, b.getI32Type(), rule.floor ? range : raw);
  Value exponent = arith::ShRUIOp::create(b, bits, buildI32(b, 23));
  if (rule.floor) {
    exponent = arith::SubIOp::create(
        b, exponent, buildI32(b, llvm::ilogb(llvm::APFloat(rule.divisor))));
  } else {
    Value mantissa = arith::AndIOp::create(b, bits, buildI32(b, 0x7fffff));
    Value isBetween = arith::CmpIOp::create(b, arith::CmpIPredicate::ne,
                                            mantissa, buildI32(b, 0));
    exponent = arith::AddIOp::create(
        b, exponent, arith::ExtUIOp::create(b, b.getI32Type(), isBetween));
  }
  exponent = arith::MaxSIOp::create(b, exponent, buildI32(b, 1));
  exponent = arith::MinSIOp::create(b, exponent, buildI32(b, 254));
  return arith::TruncIOp::create(b, b.getI8Type(), exponent);
}

/// The stored value of a scale of 1.
static Value buildOne(ImplicitLocOpBuilder &b, Type type) {
  auto floatType = cast<FloatType>(type);
  llvm::APFloat one(floatType.getFloatSemantics(), 1);
  if (floatType.getWidth() > 8)
    return arith::ConstantOp::create(b, b.getFloatAttr(type, one));
  return arith::ConstantOp::create(
      b, b.getIntegerAttr(b.getI8Type(), one.bitcastToAPInt()));
}

/// `value`, or `otherwise` where `range` is 0.
static Value buildUnlessZero(ImplicitLocOpBuilder &b, Value range, Value value,
                             Value otherwise) {
  Value isZero = arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, range,
                                       buildF32(b, 0));
  return arith::SelectOp::create(b, isZero, otherwise, value);
}

/// The range of a block, and its raw scale.
static std::pair<Value, Value>
buildRaw(ImplicitLocOpBuilder &b, ValueRange measures, const ScaleRule &rule) {
  Value range = measures.front();
  if (measures.size() > 1)
    range = arith::SubFOp::create(b, measures[1], measures[0]);
  if (rule.divisor == 1)
    return {range, range};
  return {range, arith::DivFOp::create(b, range, buildF32(b, rule.divisor))};
}

/// The types of what is stored for each block.
static SmallVector<Type> getStoredTypes(ScalingAttr scaling,
                                        const ScaleRule &rule) {
  SmallVector<Type> types{getCarrierType(scaling.getScaleType())};
  if (rule.zeroPoint)
    types.push_back(IntegerType::get(scaling.getContext(), 8));
  return types;
}

static SmallVector<Value> buildTwoLevels(ImplicitLocOpBuilder &b,
                                         ScalingAttr scaling,
                                         const BlockGrid &grid,
                                         ValueRange measures,
                                         const ScaleRule &rule) {
  Type type = scaling.getScaleType();
  Type superType = scaling.getSuperScaleType();
  Value raw = buildOverGrid(b, grid, measures, b.getF32Type(),
                            [&](ImplicitLocOpBuilder &nb, ValueRange elements,
                                ValueRange position) -> SmallVector<Value> {
                              return {buildRaw(nb, elements, rule).second};
                            })
                  .front();
  BlockGrid superGrid = buildGrid(
      b, raw, [&](unsigned dim) { return getSuperRatio(scaling, dim); });
  Value greatest = buildExtremes(b, raw, superGrid, /*symmetric=*/true).front();
  Value super =
      buildOverGrid(
          b, superGrid, greatest, superType,
          [&](ImplicitLocOpBuilder &nb, ValueRange elements,
              ValueRange position) -> SmallVector<Value> {
            Value most = buildF32(nb, getLargestFinite(cast<FloatType>(type)));
            Value scale = buildRounded(
                nb, arith::DivFOp::create(nb, elements[0], most), superType);
            return {buildUnlessZero(nb, elements[0], scale,
                                    buildOne(nb, superType))};
          })
          .front();
  SmallVector<Value> inputs{raw, measures.front()};
  SmallVector<Value> results = buildOverGrid(
      b, grid, inputs, getStoredTypes(scaling, rule),
      [&](ImplicitLocOpBuilder &nb, ValueRange elements,
          ValueRange position) -> SmallVector<Value> {
        Value divisor = buildSuperScale(nb, scaling, super, position);
        SmallVector<Value> stored{buildRounded(
            nb, arith::DivFOp::create(nb, elements[0], divisor), type)};
        if (rule.zeroPoint)
          stored.push_back(rule.zeroPoint(
              nb, elements[1],
              buildProduct(nb, buildFromStored(nb, type, stored.front()),
                           divisor)));
        return stored;
      });
  results.push_back(super);
  return results;
}

SmallVector<Value> compress::buildScales(ImplicitLocOpBuilder &b,
                                         ScalingAttr scaling,
                                         const BlockGrid &grid,
                                         ValueRange measures,
                                         const ScaleRule &rule) {
  if (scaling.getSuperScaleType())
    return buildTwoLevels(b, scaling, grid, measures, rule);
  Type type = scaling.getScaleType();
  return buildOverGrid(
      b, grid, measures, getStoredTypes(scaling, rule),
      [&](ImplicitLocOpBuilder &nb, ValueRange elements,
          ValueRange position) -> SmallVector<Value> {
        auto [range, raw] = buildRaw(nb, elements, rule);
        Value scale = isa<Float8E8M0FNUType>(type)
                          ? buildPowerOfTwo(nb, range, raw, rule)
                          : buildRounded(nb, raw, type);
        SmallVector<Value> stored{
            buildUnlessZero(nb, range, scale, buildOne(nb, type))};
        if (rule.zeroPoint)
          stored.push_back(rule.zeroPoint(
              nb, elements[0], buildFromStored(nb, type, stored.front())));
        return stored;
      });
}
