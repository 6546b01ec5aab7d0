//===- PruneLowering.cpp - What pruning keeps
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LoweringUtils.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

using ImportanceFn = function_ref<Value(ImplicitLocOpBuilder &, ValueRange)>;

static Value buildFalse(ImplicitLocOpBuilder &b) {
  return arith::ConstantOp::create(b, b.getBoolAttr(false));
}

//===----------------------------------------------------------------------===//
// The greatest of each line
//===----------------------------------------------------------------------===//

/// Builds an integer that orders, unsigned, as floats do; both zeros are one.
static Value buildKey(ImplicitLocOpBuilder &b, Value value) {
  Type type = value.getType();
  unsigned width = type.getIntOrFloatBitWidth();
  Type integer = b.getIntegerType(width);
  value = arith::AddFOp::create(
      b, value, arith::ConstantOp::create(b, b.getZeroAttr(type)));
  Value bits = arith::BitcastOp::create(b, integer, value);
  Value sign = arith::ConstantOp::create(
      b, b.getIntegerAttr(integer, llvm::APInt::getSignMask(width)));
  Value ones = arith::ConstantOp::create(
      b, b.getIntegerAttr(integer, llvm::APInt::getAllOnes(width)));
  Value isNegative = arith::CmpIOp::create(
      b, arith::CmpIPredicate::slt, bits,
      arith::ConstantOp::create(b, b.getZeroAttr(integer)));
  return arith::XOrIOp::create(
      b, bits, arith::SelectOp::create(b, isNegative, ones, sign));
}

/// Counts, for each line of `keys`, the keys that `predicate` holds for against
/// the line's entry of `bounds`.
static Value buildCount(ImplicitLocOpBuilder &b, Value keys, Value bounds,
                        arith::CmpIPredicate predicate) {
  auto type = cast<RankedTensorType>(keys.getType());
  Value zero = arith::ConstantOp::create(b, b.getI32IntegerAttr(0));
  Value counts = buildFilled(b, {type.getDimSize(0)}, zero);
  AffineMap line = AffineMap::get(2, 0, b.getAffineDimExpr(0));
  return linalg::GenericOp::create(
             b, counts.getType(), ValueRange{keys, bounds}, counts,
             {b.getMultiDimIdentityMap(2), line, line},
             {utils::IteratorType::parallel, utils::IteratorType::reduction},
             [&](OpBuilder &nested, Location loc, ValueRange elements) {
               ImplicitLocOpBuilder nb(loc, nested);
               Value hit = arith::CmpIOp::create(nb, predicate, elements[0],
                                                 elements[1]);
               Value one = arith::ExtUIOp::create(nb, nb.getI32Type(), hit);
               linalg::YieldOp::create(
                   nb, arith::AddIOp::create(nb, elements[2], one).getResult());
             })
      .getResult(0);
}

/// Builds, for each line of `keys`, its `count`-th greatest key: the greatest
/// bound that at least `count` keys reach, found bit by bit.
static Value buildThresholds(ImplicitLocOpBuilder &b, Value keys,
                             int64_t count) {
  auto type = cast<RankedTensorType>(keys.getType());
  auto key = cast<IntegerType>(type.getElementType());
  int64_t lines = type.getDimSize(0);
  Value none = arith::ConstantOp::create(b, b.getZeroAttr(key));
  return buildLoop(
             b, buildIndex(b, 0), buildIndex(b, key.getWidth()),
             buildFilled(b, {lines}, none),
             [&](ImplicitLocOpBuilder &nb, Value step,
                 ValueRange carried) -> SmallVector<Value> {
               Value top = arith::ConstantOp::create(
                   nb, nb.getIntegerAttr(
                           key, llvm::APInt::getSignMask(key.getWidth())));
               Value bit = arith::ShRUIOp::create(
                   nb, top, arith::IndexCastUIOp::create(nb, key, step));
               Value empty = tensor::EmptyOp::create(nb, {lines}, key);
               Value bounds = buildElementwise(
                   nb, empty, carried.front(),
                   [&](ImplicitLocOpBuilder &inner, ValueRange bound) -> Value {
                     return arith::OrIOp::create(inner, bound.front(), bit);
                   });
               Value reached =
                   buildCount(nb, keys, bounds, arith::CmpIPredicate::uge);
               Value wanted =
                   arith::ConstantOp::create(nb, nb.getI32IntegerAttr(count));
               return {buildElementwise(
                   nb, carried.front(), {carried.front(), bounds, reached},
                   [&](ImplicitLocOpBuilder &inner,
                       ValueRange elements) -> Value {
                     Value enough = arith::CmpIOp::create(
                         inner, arith::CmpIPredicate::sge, elements[2], wanted);
                     return arith::SelectOp::create(inner, enough, elements[1],
                                                    elements[0]);
                   })};
             })
      .front();
}

/// Builds a mask (i1) of `shape`, whose items in row-major order are the lines
/// of `keys` one after the other: the `count` greatest keys of each line, the
/// first on ties.
static Value buildGreatest(ImplicitLocOpBuilder &b, Value keys, int64_t count,
                           ArrayRef<int64_t> shape) {
  auto type = cast<RankedTensorType>(keys.getType());
  int64_t lines = type.getDimSize(0), items = type.getDimSize(1);
  Value mask = buildFilled(b, shape, buildFalse(b));
  if (count == 0)
    return mask;
  Value thresholds = buildThresholds(b, keys, count);
  Value above = buildCount(b, keys, thresholds, arith::CmpIPredicate::ugt);
  Value zero = buildIndex(b, 0), one = buildIndex(b, 1);
  // What is left for ties goes to the first of them.
  return buildLoop(
             b, zero, buildIndex(b, lines), mask,
             [&](ImplicitLocOpBuilder &nb, Value line,
                 ValueRange carried) -> SmallVector<Value> {
               Value threshold =
                   tensor::ExtractOp::create(nb, thresholds, line);
               Value numAbove = arith::IndexCastUIOp::create(
                   nb, nb.getIndexType(),
                   tensor::ExtractOp::create(nb, above, line));
               Value ties =
                   arith::SubIOp::create(nb, buildIndex(nb, count), numAbove);
               Value first =
                   arith::MulIOp::create(nb, line, buildIndex(nb, items));
               auto scan = [&](ImplicitLocOpBuilder &inner, Value item,
                               ValueRange state) -> SmallVector<Value> {
                 Value key = tensor::ExtractOp::create(inner, keys,
                                                       ValueRange{line, item});
                 Value isAbove = arith::CmpIOp::create(
                     inner, arith::CmpIPredicate::ugt, key, threshold);
                 Value isTie = arith::CmpIOp::create(
                     inner, arith::CmpIPredicate::eq, key, threshold);
                 Value left = arith::CmpIOp::create(
                     inner, arith::CmpIPredicate::ult, state[1], ties);
                 Value keeps = arith::OrIOp::create(
                     inner, isAbove, arith::AndIOp::create(inner, isTie, left));
                 Value position = arith::AddIOp::create(inner, first, item);
                 Value updated = tensor::InsertOp::create(
                     inner, keeps, state[0],
                     buildDelinearized(inner, shape, position));
                 Value next = arith::AddIOp::create(inner, state[1], one);
                 return {updated,
                         arith::SelectOp::create(inner, isTie, next, state[1])};
               };
               return {buildLoop(nb, zero, buildIndex(nb, items),
                                 {carried.front(), zero}, scan)
                           .front()};
             })
      .front();
}

//===----------------------------------------------------------------------===//
// Dense
//===----------------------------------------------------------------------===//

Value DenseSparsityAttr::buildPruning(ImplicitLocOpBuilder &b, Value input,
                                      bool perRow, ImportanceFn) const {
  return {};
}

Value DenseSparsityAttr::buildKeeps(ImplicitLocOpBuilder &b, ValueRange indices,
                                    Value pruning, ImportanceFn) const {
  return arith::ConstantOp::create(b, b.getBoolAttr(true));
}

//===----------------------------------------------------------------------===//
// N:M
//===----------------------------------------------------------------------===//

/// Builds whether the element at `indices` is among the n of its group of
/// greatest importance.
static Value buildIsGreatest(ImplicitLocOpBuilder &b, NMSparsityAttr nm,
                             ValueRange indices, ImportanceFn getImportance) {
  Value along = indices[nm.getAxis()];
  Value position = arith::RemUIOp::create(b, along, buildIndex(b, nm.getM()));
  Value first = arith::SubIOp::create(b, along, position);
  Value importance = getImportance(b, indices);
  // An element is kept when fewer than n of its group go before it: those of
  // greater importance, and of the same importance those at a lower position.
  Value numBefore = buildIndex(b, 0);
  for (int64_t i = 0; i < nm.getM(); ++i) {
    SmallVector<Value> at(indices);
    at[nm.getAxis()] = arith::AddIOp::create(b, first, buildIndex(b, i));
    Value other = getImportance(b, at);
    Value isGreater =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OGT, other, importance);
    Value isEqual =
        arith::CmpFOp::create(b, arith::CmpFPredicate::OEQ, other, importance);
    Value isLower = arith::CmpIOp::create(b, arith::CmpIPredicate::ult,
                                          buildIndex(b, i), position);
    Value goesBefore = arith::OrIOp::create(
        b, isGreater, arith::AndIOp::create(b, isEqual, isLower));
    numBefore = arith::AddIOp::create(
        b, numBefore,
        arith::IndexCastUIOp::create(b, b.getIndexType(), goesBefore));
  }
  return arith::CmpIOp::create(b, arith::CmpIPredicate::ult, numBefore,
                               buildIndex(b, nm.getN()));
}

/// The masks of an m x m tile with n ones in each row and column, a bit for
/// each element in row-major order, the first highest: sorted, they are in
/// lexicographic order.
static SmallVector<int32_t> getTileMasks(int64_t n, int64_t m) {
  SmallVector<int32_t> masks;
  for (int32_t mask = 0; mask < int32_t(1) << (m * m); ++mask) {
    bool fits = true;
    for (int64_t i = 0; i < m; ++i) {
      int64_t inRow = 0, inColumn = 0;
      for (int64_t j = 0; j < m; ++j) {
        inRow += mask >> (i * m + j) & 1;
        inColumn += mask >> (j * m + i) & 1;
      }
      fits &= inRow == n && inColumn == n;
    }
    if (fits)
      masks.push_back(mask);
  }
  return masks;
}

Value NMSparsityAttr::buildPruning(ImplicitLocOpBuilder &b, Value input,
                                   bool perRow,
                                   ImportanceFn getImportance) const {
  if (!getTransposedAxis())
    return {};
  // A tile's rows lie along the outer one of the two axes.
  int64_t rowAxis = std::min(getAxis(), *getTransposedAxis());
  int64_t columnAxis = std::max(getAxis(), *getTransposedAxis());
  int64_t m = getM();
  Type i32 = b.getI32Type(), f32 = b.getF32Type();
  SmallVector<int64_t> grid(cast<RankedTensorType>(input.getType()).getShape());
  grid[rowAxis] /= m;
  grid[columnAxis] /= m;
  SmallVector<int32_t> masks = getTileMasks(getN(), m);
  Value table = arith::ConstantOp::create(
      b, DenseElementsAttr::get(
             RankedTensorType::get({int64_t(masks.size())}, i32),
             ArrayRef<int32_t>(masks)));
  auto type = RankedTensorType::get(grid, i32);
  return buildElementwise(
      b, buildEmptyLike(b, type, input), {},
      [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
        SmallVector<Value> tile = buildLoopIndices(nb, grid.size());
        SmallVector<Value> importances;
        Value extent = buildIndex(nb, m);
        for (int64_t i = 0; i < m * m; ++i) {
          SmallVector<Value> at(tile);
          for (auto [axis, offset] :
               {std::pair(rowAxis, i / m), std::pair(columnAxis, i % m)}) {
            Value first = arith::MulIOp::create(nb, tile[axis], extent);
            at[axis] = arith::AddIOp::create(nb, first, buildIndex(nb, offset));
          }
          importances.push_back(getImportance(nb, at));
        }
        auto getTotal = [&](ImplicitLocOpBuilder &inner, Value mask) -> Value {
          Value zero = arith::ConstantOp::create(inner, inner.getZeroAttr(f32));
          Value total = zero;
          for (int64_t i = 0; i < m * m; ++i) {
            Value bit = arith::ConstantIntOp::create(
                inner, i32, int64_t(1) << (m * m - 1 - i));
            Value isKept = arith::CmpIOp::create(
                inner, arith::CmpIPredicate::ne,
                arith::AndIOp::create(inner, mask, bit),
                arith::ConstantIntOp::create(inner, i32, 0));
            total = arith::AddFOp::create(
                inner, total,
                arith::SelectOp::create(inner, isKept, importances[i], zero));
          }
          return total;
        };
        Value first = tensor::ExtractOp::create(nb, table, buildIndex(nb, 0));
        return buildLoop(nb, buildIndex(nb, 1), buildIndex(nb, masks.size()),
                         {first, getTotal(nb, first)},
                         [&](ImplicitLocOpBuilder &inner, Value number,
                             ValueRange best) -> SmallVector<Value> {
                           Value mask =
                               tensor::ExtractOp::create(inner, table, number);
                           Value total = getTotal(inner, mask);
                           Value isBetter = arith::CmpFOp::create(
                               inner, arith::CmpFPredicate::OGT, total,
                               best[1]);
                           return {arith::SelectOp::create(inner, isBetter,
                                                           mask, best[0]),
                                   arith::SelectOp::create(inner, isBetter,
                                                           total, best[1])};
                         })
            .front();
      });
}

Value NMSparsityAttr::buildKeeps(ImplicitLocOpBuilder &b, ValueRange indices,
                                 Value pruning,
                                 ImportanceFn getImportance) const {
  if (!getTransposedAxis())
    return buildIsGreatest(b, *this, indices, getImportance);
  int64_t rowAxis = std::min(getAxis(), *getTransposedAxis());
  int64_t columnAxis = std::max(getAxis(), *getTransposedAxis());
  Value m = buildIndex(b, getM());
  SmallVector<Value> tile(indices);
  for (int64_t axis : {rowAxis, columnAxis})
    tile[axis] = arith::DivUIOp::create(b, indices[axis], m);
  Value mask = tensor::ExtractOp::create(b, pruning, tile);
  Value row = arith::RemUIOp::create(b, indices[rowAxis], m);
  Value column = arith::RemUIOp::create(b, indices[columnAxis], m);
  Value position =
      arith::AddIOp::create(b, arith::MulIOp::create(b, row, m), column);
  // The first element has the highest bit.
  Value shift =
      arith::SubIOp::create(b, buildIndex(b, getM() * getM() - 1), position);
  Value bit = arith::ShRUIOp::create(
      b, mask, arith::IndexCastUIOp::create(b, b.getI32Type(), shift));
  return arith::TruncIOp::create(b, b.getI1Type(), bit);
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

Value BlockSparsityAttr::buildPruning(ImplicitLocOpBuilder &b, Value input,
                                      bool perRow,
                                      ImportanceFn getImportance) const {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(input.getType()).getShape();
  SmallVector<int64_t> grid = getGrid(shape);
  int64_t numBlocks = ShapedType::getNumElements(grid);
  Type f64 = b.getF64Type();
  Value empty = tensor::EmptyOp::create(b, {1, numBlocks}, b.getI64Type());
  Value zero = buildIndex(b, 0);
  // One block after the other: the order of a sum of floats matters.
  Value keys =
      buildLoop(
          b, zero, buildIndex(b, numBlocks), empty,
          [&](ImplicitLocOpBuilder &nb, Value item,
              ValueRange carried) -> SmallVector<Value> {
            Value none = arith::ConstantOp::create(nb, nb.getZeroAttr(f64));
            Value sum = buildOverBlock(
                nb, shape, getBlock(), buildDelinearized(nb, grid, item), none,
                [&](ImplicitLocOpBuilder &inner, ValueRange at, Value inside,
                    Value sum) -> Value {
                  Value importance = arith::ExtFOp::create(
                      inner, f64, getImportance(inner, at));
                  Value counts =
                      arith::SelectOp::create(inner, inside, importance, none);
                  return arith::AddFOp::create(inner, sum, counts);
                });
            return {tensor::InsertOp::create(nb, buildKey(nb, sum),
                                             carried.front(),
                                             ValueRange{zero, item})};
          })
          .front();
  return buildGreatest(b, keys, getCount(), grid);
}

Value BlockSparsityAttr::buildKeeps(ImplicitLocOpBuilder &b, ValueRange indices,
                                    Value pruning, ImportanceFn) const {
  SmallVector<Value> item;
  for (auto [index, extent] : llvm::zip(indices, getBlock()))
    item.push_back(arith::DivUIOp::create(b, index, buildIndex(b, extent)));
  return tensor::ExtractOp::create(b, pruning, item);
}

//===----------------------------------------------------------------------===//
// Bitmap and CSR
//===----------------------------------------------------------------------===//

/// The mask of the elements of greatest importance, in the tensor or per row.
static Value buildGreatestElements(ImplicitLocOpBuilder &b, Value input,
                                   int64_t count, bool perRow,
                                   ImportanceFn getImportance) {
  ArrayRef<int64_t> shape = cast<RankedTensorType>(input.getType()).getShape();
  int64_t elements = ShapedType::getNumElements(shape);
  int64_t lines =
      perRow ? ShapedType::getNumElements(shape.drop_back()) : int64_t(1);
  if (elements == 0)
    return buildFilled(b, shape, buildFalse(b));
  int64_t items = elements / lines;
  Value empty = tensor::EmptyOp::create(b, {lines, items}, b.getI32Type());
  Value keys = buildElementwise(
      b, empty, {}, [&](ImplicitLocOpBuilder &nb, ValueRange) -> Value {
        Value position =
            buildLinearIndex(nb, {lines, items}, buildLoopIndices(nb, 2));
        return buildKey(
            nb, getImportance(nb, buildDelinearized(nb, shape, position)));
      });
  return buildGreatest(b, keys, count / lines, shape);
}

Value BitmapSparsityAttr::buildPruning(ImplicitLocOpBuilder &b, Value input,
                                       bool perRow,
                                       ImportanceFn getImportance) const {
  return buildGreatestElements(b, input, getCount(), perRow, getImportance);
}

Value BitmapSparsityAttr::buildKeeps(ImplicitLocOpBuilder &b,
                                     ValueRange indices, Value pruning,
                                     ImportanceFn) const {
  return tensor::ExtractOp::create(b, pruning, indices);
}

Value CSRSparsityAttr::buildPruning(ImplicitLocOpBuilder &b, Value input,
                                    bool perRow,
                                    ImportanceFn getImportance) const {
  return buildGreatestElements(b, input, getCount(), perRow, getImportance);
}

Value CSRSparsityAttr::buildKeeps(ImplicitLocOpBuilder &b, ValueRange indices,
                                  Value pruning, ImportanceFn) const {
  return tensor::ExtractOp::create(b, pruning, indices);
}
