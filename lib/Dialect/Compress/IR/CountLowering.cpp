//===- CountLowering.cpp - Positions of sparsities with a count
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Decoding finds the slot of each position on its own, so that positions can be
// decoded in any order or at once. Encoding finds them by sequential scans:
// which are stored depends on all before. Components that lie (a bit too many,
// an offset too large) make wrong values, but nothing is read or written
// outside of a tensor.
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
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

/// A slot per item of a shape, which `getSlot` builds from the item's indices.
static Value
buildEachSlot(ImplicitLocOpBuilder &b, ArrayRef<int64_t> shape,
              function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> getSlot) {
  Value empty = tensor::EmptyOp::create(b, shape, b.getI32Type());
  return buildElementwise(
      b, empty, {}, [&](ImplicitLocOpBuilder &nb, ValueRange) {
        return getSlot(nb, buildLoopIndices(nb, shape.size()));
      });
}

/// The slot of `item`, an index, in a list of `count` items that ascend from
/// slot `begin` to before `end`, of which there are at most `most`: a binary
/// search. -1 where the list does not have it.
static Value buildFind(ImplicitLocOpBuilder &b, Value list, int64_t count,
                       Value begin, Value end, int64_t most, Value item) {
  auto getItem = [&](ImplicitLocOpBuilder &nb, Value slot) {
    return buildToIndex(nb, tensor::ExtractOp::create(
                                nb, list, buildAtMost(nb, slot, count - 1)));
  };
  auto compare = [](ImplicitLocOpBuilder &nb, arith::CmpIPredicate predicate,
                    Value a, Value c) -> Value {
    return arith::CmpIOp::create(nb, predicate, a, c);
  };
  int64_t steps = llvm::Log2_64_Ceil(most + 1);
  Value slot =
      buildLoop(
          b, buildIndex(b, 0), buildIndex(b, steps), {begin, end},
          [&](ImplicitLocOpBuilder &nb, Value,
              ValueRange range) -> SmallVector<Value> {
            Value low = range[0], high = range[1];
            Value middle = arith::ShRUIOp::create(
                nb, arith::AddIOp::create(nb, low, high), buildIndex(nb, 1));
            Value isAfter = arith::AndIOp::create(
                nb, compare(nb, arith::CmpIPredicate::ult, low, high),
                compare(nb, arith::CmpIPredicate::ult, getItem(nb, middle),
                        item));
            Value next = arith::AddIOp::create(nb, middle, buildIndex(nb, 1));
            return {arith::SelectOp::create(nb, isAfter, next, low),
                    arith::SelectOp::create(nb, isAfter, high, middle)};
          })
          .front();
  Value isThere = arith::AndIOp::create(
      b, compare(b, arith::CmpIPredicate::ult, slot, end),
      compare(b, arith::CmpIPredicate::eq, getItem(b, slot), item));
  return arith::SelectOp::create(b, isThere, buildToI32(b, slot),
                                 buildI32(b, -1));
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
  return buildEachSlot(
      b, grid, [&](ImplicitLocOpBuilder &nb, ValueRange block) -> Value {
        if (getCount() == 0)
          return buildI32(nb, -1);
        return buildFind(nb, components.front(), getCount(), buildIndex(nb, 0),
                         buildIndex(nb, getCount()), getCount(),
                         buildLinearIndex(nb, grid, block));
      });
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
  Value bitmap = components[0], offsets = components[1];
  auto getByte = [&](ImplicitLocOpBuilder &nb, ValueRange at) -> Value {
    return arith::ExtUIOp::create(nb, nb.getI32Type(),
                                  tensor::ExtractOp::create(nb, bitmap, at));
  };
  // How many values are stored before each byte, counted within its row.
  SmallVector<int64_t> bytes(
      getPositionComponents(shape).front().type.getShape());
  Value before = buildEachSlot(
      b, bytes, [&](ImplicitLocOpBuilder &nb, ValueRange at) -> Value {
        Value row = buildLinearIndex(nb, shape.drop_back(), at.drop_back());
        return buildLoop(
                   nb, buildIndex(nb, 0), at.back(),
                   tensor::ExtractOp::create(nb, offsets, row).getResult(),
                   [&](ImplicitLocOpBuilder &inner, Value byte,
                       ValueRange carried) -> SmallVector<Value> {
                     SmallVector<Value> other(at);
                     other.back() = byte;
                     Value stored =
                         math::CtPopOp::create(inner, getByte(inner, other));
                     return {
                         arith::AddIOp::create(inner, carried.front(), stored)};
                   })
            .front();
      });
  return buildEachSlot(
      b, shape, [&](ImplicitLocOpBuilder &nb, ValueRange at) -> Value {
        SmallVector<Value> byteAt(at);
        byteAt.back() =
            arith::ShRUIOp::create(nb, at.back(), buildIndex(nb, 3));
        Value byte = getByte(nb, byteAt);
        Value bit = arith::ShLIOp::create(
            nb, buildI32(nb, 1),
            buildToI32(
                nb, arith::AndIOp::create(nb, at.back(), buildIndex(nb, 7))));
        Value isKept = arith::CmpIOp::create(
            nb, arith::CmpIPredicate::ne, arith::AndIOp::create(nb, byte, bit),
            buildI32(nb, 0));
        Value lower = arith::AndIOp::create(
            nb, byte, arith::SubIOp::create(nb, bit, buildI32(nb, 1)));
        Value slot = arith::AddIOp::create(
            nb, tensor::ExtractOp::create(nb, before, byteAt),
            math::CtPopOp::create(nb, lower));
        return arith::SelectOp::create(nb, isKept, slot, buildI32(nb, -1));
      });
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
  return buildEachSlot(
      b, shape, [&](ImplicitLocOpBuilder &nb, ValueRange at) -> Value {
        if (getCount() == 0)
          return buildI32(nb, -1);
        auto getOffset = [&](Value row) {
          Value offset = tensor::ExtractOp::create(nb, components[1], row);
          return buildAtMost(nb, buildToIndex(nb, offset), getCount());
        };
        Value row = buildLinearIndex(nb, shape.drop_back(), at.drop_back());
        Value next = arith::AddIOp::create(nb, row, buildIndex(nb, 1));
        return buildFind(nb, components[0], getCount(), getOffset(row),
                         getOffset(next), shape.back(), at.back());
      });
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
