//===- PositionLowering.cpp - Index arithmetic of sparsity and layout
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

using namespace mlir;
using namespace mlir::compress;

static Value buildIndex(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIndexOp::create(b, value);
}

//===----------------------------------------------------------------------===//
// DenseSparsityAttr
//===----------------------------------------------------------------------===//

Value DenseSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type,
    function_ref<Value(ValueRange)> getIndex,
    function_ref<Value(ValueRange)> getValue) const {
  return getValue(indices);
}

Value DenseSparsityAttr::buildGroupPosition(
    ImplicitLocOpBuilder &b, ValueRange kept,
    function_ref<Value(ValueRange)> getElement) const {
  return buildIndex(b, 0);
}

Value DenseSparsityAttr::buildKeeps(
    ImplicitLocOpBuilder &b, ValueRange indices,
    function_ref<Value(ValueRange)> getElement) const {
  return arith::ConstantOp::create(b, b.getBoolAttr(true));
}

SmallVector<Value> DenseSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                                        ValueRange kept,
                                                        Value position) const {
  return SmallVector<Value>(kept);
}

//===----------------------------------------------------------------------===//
// NMSparsityAttr
//===----------------------------------------------------------------------===//

Value NMSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type,
    function_ref<Value(ValueRange)> getIndex,
    function_ref<Value(ValueRange)> getValue) const {
  Value along = indices[getAxis()];
  Value group = arith::DivUIOp::create(b, along, buildIndex(b, getM()));
  Value position = arith::RemUIOp::create(b, along, buildIndex(b, getM()));
  Value first = arith::MulIOp::create(b, group, buildIndex(b, getN()));
  Value result = arith::ConstantOp::create(b, b.getZeroAttr(type));
  for (int64_t slot = 0; slot < getN(); ++slot) {
    SmallVector<Value> kept(indices);
    kept[getAxis()] = arith::AddIOp::create(b, first, buildIndex(b, slot));
    Value hit = arith::CmpIOp::create(b, arith::CmpIPredicate::eq,
                                      getIndex(kept), position);
    result = arith::SelectOp::create(b, hit, getValue(kept), result);
  }
  return result;
}

Value NMSparsityAttr::buildGroupPosition(
    ImplicitLocOpBuilder &b, ValueRange kept,
    function_ref<Value(ValueRange)> getElement) const {
  Value along = kept[getAxis()];
  Value group = arith::DivUIOp::create(b, along, buildIndex(b, getN()));
  Value slot = arith::RemUIOp::create(b, along, buildIndex(b, getN()));
  Value first = arith::MulIOp::create(b, group, buildIndex(b, getM()));
  Value zero = buildIndex(b, 0);
  Value numNonzeros = zero;
  SmallVector<Value> nonzero;
  for (int64_t i = 0; i < getM(); ++i) {
    SmallVector<Value> at(kept);
    at[getAxis()] = arith::AddIOp::create(b, first, buildIndex(b, i));
    Value element = getElement(at);
    Value none = arith::ConstantOp::create(b, b.getZeroAttr(element.getType()));
    Value isNonzero =
        arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, element, none);
    nonzero.push_back(
        arith::IndexCastUIOp::create(b, b.getIndexType(), isNonzero));
    numNonzeros = arith::AddIOp::create(b, numNonzeros, nonzero.back());
  }
  // Zeros that fill the group up to n, lowest position first.
  Value n = buildIndex(b, getN());
  Value fill =
      arith::SubIOp::create(b, n, arith::MinUIOp::create(b, numNonzeros, n));
  Value one = buildIndex(b, 1);
  Value numKept = zero, numZeros = zero, result = zero;
  for (int64_t i = 0; i < getM(); ++i) {
    Value isZero = arith::SubIOp::create(b, one, nonzero[i]);
    Value fills = arith::IndexCastUIOp::create(
        b, b.getIndexType(),
        arith::CmpIOp::create(b, arith::CmpIPredicate::ult, numZeros, fill));
    Value isKept = arith::OrIOp::create(
        b, nonzero[i], arith::AndIOp::create(b, isZero, fills));
    Value isSlot =
        arith::CmpIOp::create(b, arith::CmpIPredicate::eq, numKept, slot);
    Value keeps =
        arith::CmpIOp::create(b, arith::CmpIPredicate::ne, isKept, zero);
    result = arith::SelectOp::create(b, arith::AndIOp::create(b, isSlot, keeps),
                                     buildIndex(b, i), result);
    numKept = arith::AddIOp::create(b, numKept, isKept);
    numZeros = arith::AddIOp::create(b, numZeros, isZero);
  }
  return result;
}

Value NMSparsityAttr::buildKeeps(
    ImplicitLocOpBuilder &b, ValueRange indices,
    function_ref<Value(ValueRange)> getElement) const {
  Value along = indices[getAxis()];
  Value position = arith::RemUIOp::create(b, along, buildIndex(b, getM()));
  Value first = arith::SubIOp::create(b, along, position);
  Value magnitude = math::AbsFOp::create(b, getElement(indices));
  // An element is kept when fewer than n of its group go before it: those of
  // larger magnitude, and of the same magnitude those at a lower position.
  Value numBefore = buildIndex(b, 0);
  for (int64_t i = 0; i < getM(); ++i) {
    SmallVector<Value> at(indices);
    at[getAxis()] = arith::AddIOp::create(b, first, buildIndex(b, i));
    Value other = math::AbsFOp::create(b, getElement(at));
    Value isLarger =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, other, magnitude);
    Value isEqual =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, other, magnitude);
    Value isLower = arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                                          buildIndex(b, i), position);
    Value goesBefore = arith::OrIOp::create(
        b, isLarger, arith::AndIOp::create(b, isEqual, isLower));
    numBefore = arith::AddIOp::create(
        b, numBefore,
        arith::IndexCastUIOp::create(b, b.getIndexType(), goesBefore));
  }
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, numBefore,
                               buildIndex(b, getN()));
}

SmallVector<Value> NMSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                                     ValueRange kept,
                                                     Value position) const {
  SmallVector<Value> indices(kept);
  Value group =
      arith::DivUIOp::create(b, kept[getAxis()], buildIndex(b, getN()));
  indices[getAxis()] = arith::AddIOp::create(
      b, arith::MulIOp::create(b, group, buildIndex(b, getM())), position);
  return indices;
}

//===----------------------------------------------------------------------===//
// RowMajorLayoutAttr
//===----------------------------------------------------------------------===//

SmallVector<Value>
RowMajorLayoutAttr::buildPackedIndices(ImplicitLocOpBuilder &b,
                                       ValueRange kept) const {
  return SmallVector<Value>(kept);
}

SmallVector<Value>
RowMajorLayoutAttr::buildKeptIndices(ImplicitLocOpBuilder &b,
                                     ValueRange packed) const {
  return SmallVector<Value>(packed);
}

//===----------------------------------------------------------------------===//
// TiledLayoutAttr
//===----------------------------------------------------------------------===//

SmallVector<Value> TiledLayoutAttr::buildPackedIndices(ImplicitLocOpBuilder &b,
                                                       ValueRange kept) const {
  SmallVector<Value> outer, inner;
  for (auto [index, extent] : llvm::zip(kept, getTile())) {
    Value tile = buildIndex(b, extent);
    outer.push_back(arith::DivUIOp::create(b, index, tile));
    inner.push_back(arith::RemUIOp::create(b, index, tile));
  }
  llvm::append_range(outer, inner);
  return outer;
}

SmallVector<Value> TiledLayoutAttr::buildKeptIndices(ImplicitLocOpBuilder &b,
                                                     ValueRange packed) const {
  unsigned rank = getTile().size();
  SmallVector<Value> kept;
  for (unsigned dim = 0; dim < rank; ++dim)
    kept.push_back(arith::AddIOp::create(
        b, arith::MulIOp::create(b, packed[dim], buildIndex(b, getTile()[dim])),
        packed[rank + dim]));
  return kept;
}
