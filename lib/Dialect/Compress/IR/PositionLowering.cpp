//===- PositionLowering.cpp - Index arithmetic of sparsity and layout
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// DenseSparsityAttr
//===----------------------------------------------------------------------===//

Value DenseSparsityAttr::buildSlots(ImplicitLocOpBuilder &b,
                                    ArrayRef<int64_t> shape,
                                    ValueRange components) const {
  return {};
}

Value DenseSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type, Value slots,
    function_ref<Value(ValueRange)> getIndex,
    function_ref<Value(ValueRange)> getValue) const {
  return getValue(indices);
}

Value DenseSparsityAttr::buildPositions(ImplicitLocOpBuilder &b,
                                        Value dense) const {
  return {};
}

SmallVector<Value> DenseSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                                        ArrayRef<int64_t> shape,
                                                        ValueRange kept,
                                                        Value positions) const {
  return SmallVector<Value>(kept);
}

SmallVector<Value> DenseSparsityAttr::buildPositionComponents(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Value positions) const {
  return {};
}

//===----------------------------------------------------------------------===//
// NMSparsityAttr
//===----------------------------------------------------------------------===//

Value NMSparsityAttr::buildSlots(ImplicitLocOpBuilder &b,
                                 ArrayRef<int64_t> shape,
                                 ValueRange components) const {
  return {};
}

Value NMSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type, Value slots,
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

/// Builds the position within its group, an index, of the stored value at
/// `kept`.
static Value buildGroupPosition(ImplicitLocOpBuilder &b, NMSparsityAttr nm,
                                ValueRange kept, Value dense) {
  Value along = kept[nm.getAxis()];
  Value group = arith::DivUIOp::create(b, along, buildIndex(b, nm.getN()));
  Value slot = arith::RemUIOp::create(b, along, buildIndex(b, nm.getN()));
  Value first = arith::MulIOp::create(b, group, buildIndex(b, nm.getM()));
  Value zero = buildIndex(b, 0);
  Value numNonzeros = zero;
  SmallVector<Value> nonzero;
  for (int64_t i = 0; i < nm.getM(); ++i) {
    SmallVector<Value> at(kept);
    at[nm.getAxis()] = arith::AddIOp::create(b, first, buildIndex(b, i));
    Value element = tensor::ExtractOp::create(b, dense, at);
    Value none = arith::ConstantOp::create(b, b.getZeroAttr(element.getType()));
    Value isNonzero =
        arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, element, none);
    nonzero.push_back(
        arith::IndexCastUIOp::create(b, b.getIndexType(), isNonzero));
    numNonzeros = arith::AddIOp::create(b, numNonzeros, nonzero.back());
  }
  // Zeros that fill the group up to n, lowest position first.
  Value n = buildIndex(b, nm.getN());
  Value fill =
      arith::SubIOp::create(b, n, arith::MinUIOp::create(b, numNonzeros, n));
  Value one = buildIndex(b, 1);
  Value numKept = zero, numZeros = zero, result = zero;
  for (int64_t i = 0; i < nm.getM(); ++i) {
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

Value NMSparsityAttr::buildPositions(ImplicitLocOpBuilder &b,
                                     Value dense) const {
  auto type = cast<RankedTensorType>(dense.getType());
  auto kept =
      RankedTensorType::get(getKeptShape(type.getShape()), b.getI8Type());
  return buildElementwise(
      b, buildEmptyLike(b, kept, dense), {},
      [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
        SmallVector<Value> indices = buildLoopIndices(nb, type.getRank());
        return arith::IndexCastUIOp::create(
            nb, nb.getI8Type(), buildGroupPosition(nb, *this, indices, dense));
      });
}

SmallVector<Value> NMSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                                     ArrayRef<int64_t> shape,
                                                     ValueRange kept,
                                                     Value positions) const {
  Value position = arith::IndexCastUIOp::create(
      b, b.getIndexType(), tensor::ExtractOp::create(b, positions, kept));
  SmallVector<Value> indices(kept);
  Value group =
      arith::DivUIOp::create(b, kept[getAxis()], buildIndex(b, getN()));
  indices[getAxis()] = arith::AddIOp::create(
      b, arith::MulIOp::create(b, group, buildIndex(b, getM())), position);
  return indices;
}

SmallVector<Value> NMSparsityAttr::buildPositionComponents(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Value positions) const {
  return {};
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

/// The row-major position of an element in a tile.
static Value buildPosition(ImplicitLocOpBuilder &b, ValueRange inner,
                           ArrayRef<int64_t> tile) {
  Value position = inner.front();
  for (auto [index, extent] : llvm::drop_begin(llvm::zip_equal(inner, tile)))
    position = arith::AddIOp::create(
        b, arith::MulIOp::create(b, position, buildIndex(b, extent)), index);
  return position;
}

/// The opposite.
static void splitPosition(ImplicitLocOpBuilder &b, Value position,
                          ArrayRef<int64_t> tile,
                          SmallVectorImpl<Value> &inner) {
  size_t first = inner.size();
  for (int64_t extent : llvm::reverse(tile)) {
    Value size = buildIndex(b, extent);
    inner.insert(inner.begin() + first,
                 arith::RemUIOp::create(b, position, size));
    position = arith::DivUIOp::create(b, position, size);
  }
}

/// Bit i of the result is bit `from[i]` of `position`. Runs of bits that stay
/// together move together.
static Value buildPermutation(ImplicitLocOpBuilder &b, Value position,
                              ArrayRef<int64_t> from) {
  Value result = buildIndex(b, 0);
  for (size_t i = 0; i < from.size();) {
    size_t end = i + 1;
    while (end < from.size() && from[end] == from[end - 1] + 1)
      ++end;
    Value run = arith::ShRUIOp::create(b, position, buildIndex(b, from[i]));
    run = arith::AndIOp::create(b, run,
                                buildIndex(b, (int64_t(1) << (end - i)) - 1));
    run = arith::ShLIOp::create(b, run, buildIndex(b, i));
    result = arith::OrIOp::create(b, result, run);
    i = end;
  }
  return result;
}

SmallVector<Value> TiledLayoutAttr::buildPackedIndices(ImplicitLocOpBuilder &b,
                                                       ValueRange kept) const {
  SmallVector<Value> outer, inner;
  for (auto [index, extent] : llvm::zip(kept, getTile())) {
    Value tile = buildIndex(b, extent);
    outer.push_back(arith::DivUIOp::create(b, index, tile));
    inner.push_back(arith::RemUIOp::create(b, index, tile));
  }
  if (getBits().empty())
    llvm::append_range(outer, inner);
  else
    splitPosition(
        b, buildPermutation(b, buildPosition(b, inner, getTile()), getBits()),
        getTile(), outer);
  return outer;
}

SmallVector<Value> TiledLayoutAttr::buildKeptIndices(ImplicitLocOpBuilder &b,
                                                     ValueRange packed) const {
  unsigned rank = getTile().size();
  SmallVector<Value> inner(packed.drop_front(rank));
  if (!getBits().empty()) {
    SmallVector<int64_t> inverse(getBits().size());
    for (auto [i, bit] : llvm::enumerate(getBits()))
      inverse[bit] = i;
    Value position =
        buildPermutation(b, buildPosition(b, inner, getTile()), inverse);
    inner.clear();
    splitPosition(b, position, getTile(), inner);
  }
  SmallVector<Value> kept;
  for (unsigned dim = 0; dim < rank; ++dim)
    kept.push_back(arith::AddIOp::create(
        b, arith::MulIOp::create(b, packed[dim], buildIndex(b, getTile()[dim])),
        inner[dim]));
  return kept;
}
