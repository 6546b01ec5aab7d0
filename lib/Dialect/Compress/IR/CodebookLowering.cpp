//===- CodebookLowering.cpp - The reference lowering of codebooks
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "ScaleLowering.h"
#include "compress/Dialect/Compress/IR/ConstantTables.h"
#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr float kNF4[16] = {-1.0f,
                                   -0.6961928009986877f,
                                   -0.5250730514526367f,
                                   -0.39491748809814453f,
                                   -0.28444138169288635f,
                                   -0.18477343022823334f,
                                   -0.09105003625154495f,
                                   0.0f,
                                   0.07958029955625534f,
                                   0.16093020141124725f,
                                   0.24611230194568634f,
                                   0.33791524171829224f,
                                   0.44070982933044434f,
                                   0.5626170039176941f,
                                   0.7229568362236023f,
                                   1.0f};

ArrayRef<float> compress::getNF4Table() { return kNF4; }

static Value buildI32(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, b.getI32Type(), value);
}

Value CodebookStorageAttr::buildScale(ImplicitLocOpBuilder &b,
                                      ValueRange parameters,
                                      ValueRange indices) const {
  if (isLearned())
    return buildF32(b, 1);
  return buildScaleOf(b, getScaling(), parameters, indices);
}

//===----------------------------------------------------------------------===//
// Decode
//===----------------------------------------------------------------------===//

/// The f32 entry `code`, an index, at position `lane` of a learned table.
static Value buildEntry(ImplicitLocOpBuilder &b, Value table,
                        ValueRange position, Value code, Value lane) {
  SmallVector<Value> at(position);
  at.push_back(code);
  at.push_back(lane);
  return buildFloatCast(b, tensor::ExtractOp::create(b, table, at),
                        b.getF32Type());
}

Value CodebookStorageAttr::buildDecodeElement(ImplicitLocOpBuilder &b,
                                              Value stored, Value lane,
                                              ValueRange parameters,
                                              ValueRange indices,
                                              Type type) const {
  // Codes have no sign.
  Value code =
      arith::AndIOp::create(b, stored, buildI32(b, (1 << getWidth()) - 1));
  auto buildCodeIndex = [&]() -> Value {
    return arith::IndexCastOp::create(b, b.getIndexType(), code);
  };
  if (isLearned())
    return buildFloatCast(
        b,
        buildEntry(b, parameters.front(),
                   buildBlockPosition(b, getScaling(), indices),
                   buildCodeIndex(), lane ? lane : buildIndex(b, 0)),
        type);
  Value entry;
  if (getKind() == CodebookKind::Ternary) {
    entry = arith::SIToFPOp::create(
        b, b.getF32Type(), arith::SubIOp::create(b, code, buildI32(b, 1)));
  } else {
    auto tableType = RankedTensorType::get({16}, b.getF32Type());
    Value table = arith::ConstantOp::create(
        b, DenseElementsAttr::get(tableType, ArrayRef<float>(kNF4)));
    entry = tensor::ExtractOp::create(b, table, buildCodeIndex());
  }
  return buildFloatCast(
      b, arith::MulFOp::create(b, entry, buildScale(b, parameters, indices)),
      type);
}

//===----------------------------------------------------------------------===//
// Encode
//===----------------------------------------------------------------------===//

/// The i8 code of the entry of normal float that is nearest to `x`, an f32.
static Value buildNearestNF4(ImplicitLocOpBuilder &b, Value x) {
  // The number of midpoints below x.
  Value code = buildI32(b, 0);
  for (unsigned i = 0; i + 1 < std::size(kNF4); ++i) {
    Value midpoint = buildF32(b, (kNF4[i] + kNF4[i + 1]) * 0.5f);
    Value isAbove =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, x, midpoint);
    code = arith::AddIOp::create(
        b, code, arith::ExtUIOp::create(b, b.getI32Type(), isAbove));
  }
  return arith::TruncIOp::create(b, b.getI8Type(), code);
}

/// The i8 code of the entry of a learned table nearest to `x`, an f32; the
/// lower one on ties. Entries ascend, so it is the number of midpoints below x,
/// which f64 holds.
static Value buildNearestScalar(ImplicitLocOpBuilder &b, Value x, Value table,
                                ValueRange position, unsigned width) {
  Type f64 = b.getF64Type();
  Value zero = buildIndex(b, 0), one = buildIndex(b, 1);
  auto getEntry = [&](ImplicitLocOpBuilder &nb, Value code) -> Value {
    return arith::ExtFOp::create(nb, f64,
                                 buildEntry(nb, table, position, code, zero));
  };
  Value wide = arith::ExtFOp::create(b, f64, x);
  Value half = arith::ConstantOp::create(b, b.getF64FloatAttr(0.5));
  SmallVector<Value> result = buildLoop(
      b, one, buildIndex(b, int64_t(1) << width), {zero, getEntry(b, zero)},
      [&](ImplicitLocOpBuilder &nb, Value code,
          ValueRange carried) -> SmallVector<Value> {
        Value entry = getEntry(nb, code);
        Value middle = arith::MulFOp::create(
            nb, arith::AddFOp::create(nb, carried[1], entry), half);
        Value isAbove =
            arith::CmpFOp::create(nb, arith::CmpFPredicate::OGT, wide, middle);
        Value count = arith::AddIOp::create(
            nb, carried[0],
            arith::IndexCastUIOp::create(nb, nb.getIndexType(), isAbove));
        return {count, entry};
      });
  return arith::IndexCastOp::create(b, b.getI8Type(), result.front());
}

/// The same for a vector, by the sum of squared differences in f64.
static Value buildNearestVector(ImplicitLocOpBuilder &b, ValueRange elements,
                                Value table, ValueRange position,
                                unsigned width) {
  Type f64 = b.getF64Type();
  SmallVector<Value> xs;
  for (Value element : elements)
    xs.push_back(arith::ExtFOp::create(b, f64, element));
  auto getDistance = [&](ImplicitLocOpBuilder &nb, Value code) {
    Value distance;
    for (auto [lane, x] : llvm::enumerate(xs)) {
      Value entry = buildEntry(nb, table, position, code, buildIndex(nb, lane));
      Value difference =
          arith::SubFOp::create(nb, x, arith::ExtFOp::create(nb, f64, entry));
      Value square = arith::MulFOp::create(nb, difference, difference);
      distance = distance
                     ? arith::AddFOp::create(nb, distance, square).getResult()
                     : square;
    }
    return distance;
  };
  Value zero = buildIndex(b, 0), one = buildIndex(b, 1);
  SmallVector<Value> result = buildLoop(
      b, one, buildIndex(b, int64_t(1) << width), {zero, getDistance(b, zero)},
      [&](ImplicitLocOpBuilder &nb, Value code,
          ValueRange best) -> SmallVector<Value> {
        Value distance = getDistance(nb, code);
        Value isNearer = arith::CmpFOp::create(nb, arith::CmpFPredicate::OLT,
                                               distance, best[1]);
        return {arith::SelectOp::create(nb, isNearer, code, best[0]),
                arith::SelectOp::create(nb, isNearer, distance, best[1])};
      });
  return arith::IndexCastOp::create(b, b.getI8Type(), result.front());
}

Value CodebookStorageAttr::buildEncodeElement(ImplicitLocOpBuilder &b,
                                              ValueRange elements,
                                              ValueRange parameters,
                                              ValueRange indices) const {
  SmallVector<Value> xs;
  for (Value element : elements)
    xs.push_back(buildFloatCast(b, element, b.getF32Type()));
  if (isLearned()) {
    SmallVector<Value> position = buildBlockPosition(b, getScaling(), indices);
    if (getVector() == 1)
      return buildNearestScalar(b, xs.front(), parameters.front(), position,
                                getWidth());
    return buildNearestVector(b, xs, parameters.front(), position, getWidth());
  }
  Value x =
      arith::DivFOp::create(b, xs.front(), buildScale(b, parameters, indices));
  if (getKind() == CodebookKind::NF4)
    return buildNearestNF4(b, x);
  x = buildClamp(b, math::RoundEvenOp::create(b, x), -1, 1);
  x = arith::AddFOp::create(b, x, buildF32(b, 1));
  return arith::FPToSIOp::create(b, b.getI8Type(), x);
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

/// The mean magnitude of each block's kept values, f32: sums in f64 in
/// row-major order. The loops are not a linalg reduction, whose sums may be
/// reordered.
static Value buildMeans(ImplicitLocOpBuilder &b, Value dense, Value mask,
                        const BlockGrid &grid) {
  SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, b.getLoc(), dense);
  unsigned rank = sizes.size();
  SmallVector<Value> extents;
  for (OpFoldResult size : sizes)
    extents.push_back(getValueOrCreateConstantIndexOp(b, b.getLoc(), size));
  auto body = [&](ImplicitLocOpBuilder &nb, ValueRange,
                  ValueRange position) -> SmallVector<Value> {
    Type f64 = nb.getF64Type();
    Value none = arith::ConstantOp::create(nb, nb.getF64FloatAttr(0));
    SmallVector<Value> indices;
    std::function<SmallVector<Value>(ImplicitLocOpBuilder &, ValueRange)> sum =
        [&](ImplicitLocOpBuilder &b, ValueRange sums) -> SmallVector<Value> {
      unsigned dim = indices.size();
      if (dim == rank) {
        Value x = tensor::ExtractOp::create(b, dense, indices);
        x = math::AbsFOp::create(b, x);
        x = arith::ExtFOp::create(b, f64, x);
        Value kept = arith::ConstantOp::create(b, b.getF64FloatAttr(1));
        if (mask)
          kept = arith::UIToFPOp::create(
              b, f64, tensor::ExtractOp::create(b, mask, indices));
        return {arith::AddFOp::create(b, sums[0], x),
                arith::AddFOp::create(b, sums[1], kept)};
      }
      int64_t extent = grid.block[dim];
      Value begin = buildIndex(b, 0), end = extents[dim];
      if (extent) {
        begin = arith::MulIOp::create(b, position[dim], buildIndex(b, extent));
        end = arith::MinUIOp::create(
            b, end, arith::AddIOp::create(b, begin, buildIndex(b, extent)));
      }
      return buildLoop(
          b, begin, end, sums,
          [&](ImplicitLocOpBuilder &nb, Value index, ValueRange inner) {
            indices.push_back(index);
            SmallVector<Value> results = sum(nb, inner);
            indices.pop_back();
            return results;
          });
    };
    SmallVector<Value> sums = sum(nb, ValueRange{none, none});
    Value mean = arith::TruncFOp::create(
        nb, nb.getF32Type(), arith::DivFOp::create(nb, sums[0], sums[1]));
    // A block may keep nothing.
    Value isEmpty =
        arith::CmpFOp::create(nb, arith::CmpFPredicate::OEQ, sums[1], none);
    return {arith::SelectOp::create(nb, isEmpty, buildF32(nb, 0), mean)};
  };
  return buildOverGrid(b, grid, {}, b.getF32Type(), body).front();
}

SmallVector<Value>
CodebookStorageAttr::buildParameters(ImplicitLocOpBuilder &b, Value dense,
                                     function_ref<Value()> getMask) const {
  auto type = cast<RankedTensorType>(dense.getType());
  ScalingAttr scaling = getScaling();
  BlockGrid grid = buildGrid(
      b, dense, [&](unsigned dim) { return scaling.getBlockExtent(dim); });
  Value range = getKind() == CodebookKind::Ternary
                    ? buildMeans(b, dense, getMask(), grid)
                    : buildExtremes(b, dense, grid, /*symmetric=*/true).front();
  return buildCasts(b, buildScales(b, scaling, grid, range, {}),
                    getParameters(type.getShape()));
}
