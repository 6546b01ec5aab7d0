//===- CountLowering.cpp - Positions of sparsities with a count
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Positions are found by sequential scans: which slot a position has depends on
// all positions before it. Components that lie (a bit too many, an offset too
// large) make wrong values, but nothing is read or written outside of a tensor.
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

static Value buildI32(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, b.getI32Type(), value);
}

static Value buildToI32(ImplicitLocOpBuilder &b, Value index) {
  return arith::IndexCastUIOp::create(b, b.getI32Type(), index);
}

static Value buildToIndex(ImplicitLocOpBuilder &b, Value integer) {
  return arith::IndexCastUIOp::create(b, b.getIndexType(), integer);
}

/// `index`, or the greatest one below `extent`.
static Value buildAtMost(ImplicitLocOpBuilder &b, Value index, int64_t most) {
  return arith::MinUIOp::create(b, index, buildIndex(b, most));
}

static Value buildInsert(ImplicitLocOpBuilder &b, Value element, Value tensor,
                         ValueRange indices) {
  return tensor::InsertOp::create(b, element, tensor, indices);
}

/// Whether the element at `indices` of a dense tensor is not zero, an i1.
static Value buildIsNonzero(ImplicitLocOpBuilder &b, Value dense,
                            ValueRange indices) {
  Value element = tensor::ExtractOp::create(b, dense, indices);
  Value zero = arith::ConstantOp::create(b, b.getZeroAttr(element.getType()));
  return arith::CmpFOp::create(b, arith::CmpFPredicate::UNE, element, zero);
}

/// Builds the list of the `count` items that are stored out of `numItems`, in
/// ascending order: those for which `isNonzero(item)` holds, and the lowest
/// others.
static Value
buildKeptItems(ImplicitLocOpBuilder &b, int64_t numItems, int64_t count,
               function_ref<Value(ImplicitLocOpBuilder &, Value)> isNonzero) {
  Value zero = buildIndex(b, 0), end = buildIndex(b, numItems);
  auto buildFlag = [&](ImplicitLocOpBuilder &nb, Value item) -> Value {
    return buildToIndex(nb, isNonzero(nb, item));
  };
  Value numNonzeros =
      buildLoop(b, zero, end, zero,
                [&](ImplicitLocOpBuilder &nb, Value item,
                    ValueRange carried) -> SmallVector<Value> {
                  return {arith::AddIOp::create(nb, carried.front(),
                                                buildFlag(nb, item))};
                })
          .front();
  Value fill = arith::SubIOp::create(b, buildIndex(b, count),
                                     buildAtMost(b, numNonzeros, count));
  // Each item is written to the next slot, which moves on when the item stays.
  // There is one more slot for what follows the last item that stays.
  Value items = tensor::EmptyOp::create(b, {count + 1}, b.getIndexType());
  items =
      buildLoop(b, zero, end, {items, zero, zero},
                [&](ImplicitLocOpBuilder &nb, Value item,
                    ValueRange carried) -> SmallVector<Value> {
                  Value slot = carried[1], numZeros = carried[2];
                  Value list =
                      buildInsert(nb, item, carried[0],
                                  ValueRange{buildAtMost(nb, slot, count)});
                  Value flag = buildFlag(nb, item);
                  Value isZero =
                      arith::SubIOp::create(nb, buildIndex(nb, 1), flag);
                  Value fills = buildToIndex(
                      nb, arith::CmpIOp::create(nb, arith::CmpIPredicate::ult,
                                                numZeros, fill));
                  Value stays = arith::OrIOp::create(
                      nb, flag, arith::AndIOp::create(nb, isZero, fills));
                  return {list, arith::AddIOp::create(nb, slot, stays),
                          arith::AddIOp::create(nb, numZeros, isZero)};
                })
          .front();
  return tensor::ExtractSliceOp::create(
      b, RankedTensorType::get({count}, b.getIndexType()), items,
      ArrayRef<OpFoldResult>{b.getIndexAttr(0)},
      ArrayRef<OpFoldResult>{b.getIndexAttr(count)},
      ArrayRef<OpFoldResult>{b.getIndexAttr(1)});
}

/// Reads the slot of an item and builds its value, zero without a slot.
static Value buildFromSlot(ImplicitLocOpBuilder &b, Value slots,
                           ValueRange item, int64_t count, Type type,
                           function_ref<Value(Value)> getValue) {
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(type));
  if (count == 0)
    return none;
  Value slot = tensor::ExtractOp::create(b, slots, item);
  Value isKept =
      arith::CmpIOp::create(b, arith::CmpIPredicate::sge, slot, buildI32(b, 0));
  Value inside = arith::MaxSIOp::create(b, slot, buildI32(b, 0));
  Value value = getValue(buildAtMost(b, buildToIndex(b, inside), count - 1));
  return arith::SelectOp::create(b, isKept, value, none);
}

/// A slot per item of a shape, none yet.
static Value buildNoSlots(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape) {
  return buildFilled(b, shape, buildI32(b, -1));
}

static int64_t getNumRows(ArrayRef<int64_t> shape) {
  return ShapedType::getNumElements(shape.drop_back());
}

//===----------------------------------------------------------------------===//
// BlockSparsityAttr
//===----------------------------------------------------------------------===//

Value BlockSparsityAttr::buildSlots(ImplicitLocOpBuilder &b,
                                    ArrayRef<int64_t> shape,
                                    ValueRange components) const {
  SmallVector<int64_t> grid = getGrid(shape);
  Value slots = buildNoSlots(b, grid);
  if (getCount() == 0)
    return slots;
  int64_t last = ShapedType::getNumElements(grid) - 1;
  return buildLoop(
             b, buildIndex(b, 0), buildIndex(b, getCount()), slots,
             [&](ImplicitLocOpBuilder &nb, Value slot,
                 ValueRange carried) -> SmallVector<Value> {
               Value block = buildToIndex(
                   nb, tensor::ExtractOp::create(nb, components.front(), slot));
               return {buildInsert(
                   nb, buildToI32(nb, slot), carried.front(),
                   buildDelinearized(nb, grid, buildAtMost(nb, block, last)))};
             })
      .front();
}

Value BlockSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type, Value slots,
    function_ref<Value(ValueRange)> getIndex,
    function_ref<Value(ValueRange)> getValue) const {
  SmallVector<Value> item, kept(1);
  for (auto [index, extent] : llvm::zip(indices, getBlock())) {
    Value block = buildIndex(b, extent);
    item.push_back(arith::DivUIOp::create(b, index, block));
    kept.push_back(arith::RemUIOp::create(b, index, block));
  }
  return buildFromSlot(b, slots, item, getCount(), type, [&](Value slot) {
    kept.front() = slot;
    return getValue(kept);
  });
}

Value BlockSparsityAttr::buildPositions(ImplicitLocOpBuilder &b,
                                        Value dense) const {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(dense.getType()).getShape();
  SmallVector<int64_t> grid = getGrid(shape);
  auto isNonzero = [&](ImplicitLocOpBuilder &nb, Value item) -> Value {
    SmallVector<Value> corner = buildDelinearized(nb, grid, item);
    Value none = arith::ConstantOp::create(nb, nb.getBoolAttr(false));
    return buildOverBlock(nb, shape, getBlock(), corner, none,
                          [&](ImplicitLocOpBuilder &inner, ValueRange at,
                              Value inside, Value any) -> Value {
                            Value hit = arith::AndIOp::create(
                                inner, inside,
                                buildIsNonzero(inner, dense, at));
                            return arith::OrIOp::create(inner, any, hit);
                          });
  };
  return buildKeptItems(b, ShapedType::getNumElements(grid), getCount(),
                        isNonzero);
}

SmallVector<Value> BlockSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                                        ArrayRef<int64_t> shape,
                                                        ValueRange kept,
                                                        Value positions) const {
  Value item = tensor::ExtractOp::create(b, positions, kept.front());
  SmallVector<Value> indices = buildDelinearized(b, getGrid(shape), item);
  for (auto [index, extent, inner] :
       llvm::zip(indices, getBlock(), kept.drop_front()))
    index = arith::AddIOp::create(
        b, arith::MulIOp::create(b, index, buildIndex(b, extent)), inner);
  return indices;
}

SmallVector<Value> BlockSparsityAttr::buildPositionComponents(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Value positions) const {
  return {buildElementwise(
      b, tensor::EmptyOp::create(b, {getCount()}, b.getI32Type()), positions,
      [](ImplicitLocOpBuilder &nb, ValueRange items) {
        return buildToI32(nb, items.front());
      })};
}

//===----------------------------------------------------------------------===//
// Bitmap and CSR
//===----------------------------------------------------------------------===//

/// The positions of the `count` elements that are stored.
static Value buildElementPositions(ImplicitLocOpBuilder &b, Value dense,
                                   int64_t count) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(dense.getType()).getShape();
  return buildKeptItems(b, ShapedType::getNumElements(shape), count,
                        [&](ImplicitLocOpBuilder &nb, Value item) {
                          return buildIsNonzero(
                              nb, dense, buildDelinearized(nb, shape, item));
                        });
}

/// The component `offsets` of stored positions: how many lie before each row.
static Value buildOffsets(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
                          int64_t count, Value positions) {
  int64_t numRows = getNumRows(shape);
  Value zero = buildIndex(b, 0), one = buildI32(b, 1);
  Value offsets = buildFilled(b, {numRows + 1}, buildI32(b, 0));
  auto extract = [](ImplicitLocOpBuilder &nb, Value tensor, Value at) -> Value {
    return tensor::ExtractOp::create(nb, tensor, at);
  };
  // First what each row has, in the entry behind it.
  offsets = buildLoop(b, zero, buildIndex(b, count), offsets,
                      [&](ImplicitLocOpBuilder &nb, Value slot,
                          ValueRange carried) -> SmallVector<Value> {
                        Value row = arith::DivUIOp::create(
                            nb, extract(nb, positions, slot),
                            buildIndex(nb, shape.back()));
                        Value next =
                            arith::AddIOp::create(nb, row, buildIndex(nb, 1));
                        Value sum = arith::AddIOp::create(
                            nb, extract(nb, carried.front(), next), one);
                        return {buildInsert(nb, sum, carried.front(), next)};
                      })
                .front();
  return buildLoop(b, zero, buildIndex(b, numRows), offsets,
                   [&](ImplicitLocOpBuilder &nb, Value row,
                       ValueRange carried) -> SmallVector<Value> {
                     Value next =
                         arith::AddIOp::create(nb, row, buildIndex(nb, 1));
                     Value sum = arith::AddIOp::create(
                         nb, extract(nb, carried.front(), row),
                         extract(nb, carried.front(), next));
                     return {buildInsert(nb, sum, carried.front(), next)};
                   })
      .front();
}

Value BitmapSparsityAttr::buildSlots(ImplicitLocOpBuilder &b,
                                     ArrayRef<int64_t> shape,
                                     ValueRange components) const {
  // Carries the slots and the number of values that are stored so far.
  return buildLoop(
             b, buildIndex(b, 0),
             buildIndex(b, ShapedType::getNumElements(shape)),
             {buildNoSlots(b, shape), buildI32(b, 0)},
             [&](ImplicitLocOpBuilder &nb, Value item,
                 ValueRange carried) -> SmallVector<Value> {
               SmallVector<Value> at = buildDelinearized(nb, shape, item);
               SmallVector<Value> byteAt(at);
               byteAt.back() =
                   arith::ShRUIOp::create(nb, at.back(), buildIndex(nb, 3));
               Value byte = arith::ExtUIOp::create(
                   nb, nb.getI32Type(),
                   tensor::ExtractOp::create(nb, components.front(), byteAt));
               Value shift = buildToI32(
                   nb, arith::AndIOp::create(nb, at.back(), buildIndex(nb, 7)));
               Value bit = arith::AndIOp::create(
                   nb, arith::ShRUIOp::create(nb, byte, shift),
                   buildI32(nb, 1));
               Value isKept = arith::CmpIOp::create(
                   nb, arith::CmpIPredicate::ne, bit, buildI32(nb, 0));
               Value slot = arith::SelectOp::create(nb, isKept, carried[1],
                                                    buildI32(nb, -1));
               return {buildInsert(nb, slot, carried[0], at),
                       arith::AddIOp::create(nb, carried[1], bit)};
             })
      .front();
}

Value BitmapSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type, Value slots,
    function_ref<Value(ValueRange)> getIndex,
    function_ref<Value(ValueRange)> getValue) const {
  return buildFromSlot(b, slots, indices, getCount(), type,
                       [&](Value slot) { return getValue(slot); });
}

Value BitmapSparsityAttr::buildPositions(ImplicitLocOpBuilder &b,
                                         Value dense) const {
  return buildElementPositions(b, dense, getCount());
}

SmallVector<Value>
BitmapSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                      ArrayRef<int64_t> shape, ValueRange kept,
                                      Value positions) const {
  return buildDelinearized(
      b, shape, tensor::ExtractOp::create(b, positions, kept.front()));
}

SmallVector<Value> BitmapSparsityAttr::buildPositionComponents(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Value positions) const {
  RankedTensorType type = getPositionComponents(shape).front().type;
  Value zero = arith::ConstantOp::create(b, b.getI8IntegerAttr(0));
  Value bitmap =
      buildLoop(
          b, buildIndex(b, 0), buildIndex(b, getCount()),
          buildFilled(b, type.getShape(), zero),
          [&](ImplicitLocOpBuilder &nb, Value slot,
              ValueRange carried) -> SmallVector<Value> {
            SmallVector<Value> at = buildDelinearized(
                nb, shape, tensor::ExtractOp::create(nb, positions, slot));
            Value bit = arith::AndIOp::create(nb, at.back(), buildIndex(nb, 7));
            at.back() =
                arith::ShRUIOp::create(nb, at.back(), buildIndex(nb, 3));
            Value set =
                arith::ShLIOp::create(nb, buildI32(nb, 1), buildToI32(nb, bit));
            Value byte = arith::OrIOp::create(
                nb, tensor::ExtractOp::create(nb, carried.front(), at),
                arith::TruncIOp::create(nb, nb.getI8Type(), set));
            return {buildInsert(nb, byte, carried.front(), at)};
          })
          .front();
  return {bitmap, buildOffsets(b, shape, getCount(), positions)};
}

Value CSRSparsityAttr::buildSlots(ImplicitLocOpBuilder &b,
                                  ArrayRef<int64_t> shape,
                                  ValueRange components) const {
  Value slots = buildNoSlots(b, shape);
  if (getCount() == 0)
    return slots;
  Value columns = components[0], offsets = components[1];
  return buildLoop(
             b, buildIndex(b, 0), buildIndex(b, getNumRows(shape)), slots,
             [&](ImplicitLocOpBuilder &nb, Value row,
                 ValueRange carried) -> SmallVector<Value> {
               auto getOffset = [&](Value at) {
                 Value offset = tensor::ExtractOp::create(nb, offsets, at);
                 return buildAtMost(nb, buildToIndex(nb, offset), getCount());
               };
               SmallVector<Value> at =
                   buildDelinearized(nb, shape.drop_back(), row);
               at.emplace_back();
               Value next = arith::AddIOp::create(nb, row, buildIndex(nb, 1));
               return buildLoop(
                   nb, getOffset(row), getOffset(next), carried,
                   [&](ImplicitLocOpBuilder &inner, Value slot,
                       ValueRange row) -> SmallVector<Value> {
                     Value column = buildToIndex(
                         inner,
                         tensor::ExtractOp::create(inner, columns, slot));
                     at.back() = buildAtMost(inner, column, shape.back() - 1);
                     return {buildInsert(inner, buildToI32(inner, slot),
                                         row.front(), at)};
                   });
             })
      .front();
}

Value CSRSparsityAttr::buildDecode(
    ImplicitLocOpBuilder &b, ValueRange indices, Type type, Value slots,
    function_ref<Value(ValueRange)> getIndex,
    function_ref<Value(ValueRange)> getValue) const {
  return buildFromSlot(b, slots, indices, getCount(), type,
                       [&](Value slot) { return getValue(slot); });
}

Value CSRSparsityAttr::buildPositions(ImplicitLocOpBuilder &b,
                                      Value dense) const {
  return buildElementPositions(b, dense, getCount());
}

SmallVector<Value> CSRSparsityAttr::buildDenseIndices(ImplicitLocOpBuilder &b,
                                                      ArrayRef<int64_t> shape,
                                                      ValueRange kept,
                                                      Value positions) const {
  return buildDelinearized(
      b, shape, tensor::ExtractOp::create(b, positions, kept.front()));
}

SmallVector<Value> CSRSparsityAttr::buildPositionComponents(
    ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape, Value positions) const {
  Value columns = buildElementwise(
      b, tensor::EmptyOp::create(b, {getCount()}, b.getI32Type()), positions,
      [&](ImplicitLocOpBuilder &nb, ValueRange items) {
        return buildToI32(nb,
                          arith::RemUIOp::create(nb, items.front(),
                                                 buildIndex(nb, shape.back())));
      });
  return {columns, buildOffsets(b, shape, getCount(), positions)};
}
