//===- RegisterTile.cpp - Loops and register tiles of a contraction -------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegisterTile.h"
#include "compress/Dialect/Compress/IR/Convolution.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::compress;

/// The side of a square that is transposed in registers while it is packed.
static constexpr int64_t kTransposed = 16;

namespace {
class Emitter {
public:
  Emitter(RewriterBase &rewriter, LoopContraction &contraction,
          const TileShape &shape)
      : b(rewriter), loc(contraction.op.getLoc()), contraction(contraction),
        shape(shape), lhs(contraction.op.getOperand(contraction.lhs)),
        rhs(contraction.op.getOperand(contraction.rhs)),
        out(contraction.op.getOperand(2)),
        elementType(cast<MemRefType>(out.getType()).getElementType()),
        vectorType(VectorType::get({shape.lanes}, elementType)),
        column(contraction.columns.back()),
        indices(contraction.op.getNumLoops()),
        extents(contraction.op.getNumLoops()) {}

  void emit() {
    zero = index(0);
    one = index(1);
    for (unsigned loop = 0; loop < extents.size(); ++loop)
      extents[loop] = getExtent(loop);
    SmallVector<unsigned, 2> outer = llvm::to_vector<2>(contraction.batch);
    outer.append(contraction.columns.begin(), contraction.columns.end() - 1);
    forEach(outer, [&] {
      forRange(zero, extents[column], shape.getColumns(),
               [&](Value start) { emitPanel(start); });
    });
  }

private:
  /// A panel: some columns of the result, all of its rows.
  void emitPanel(Value start) {
    indices[column] = start;
    int64_t extent = contraction.getExtent(column);
    ragged = ShapedType::isDynamic(extent) || extent % shape.getColumns();
    masks.clear();
    if (ragged) {
      remaining = arith::SubIOp::create(b, loc, extents[column], start);
      auto maskType = VectorType::get({shape.lanes}, b.getI1Type());
      for (int64_t v = 0; v < shape.vectors; ++v) {
        Value left =
            arith::SubIOp::create(b, loc, remaining, index(v * shape.lanes));
        masks.push_back(vector::CreateMaskOp::create(b, loc, maskType, left));
      }
    }
    if (shape.packs)
      pack();
    SmallVector<unsigned, 2> outerRows = llvm::to_vector<2>(contraction.rows);
    if (!outerRows.empty())
      outerRows.pop_back();
    forEach(outerRows, [&] { emitRows(); });
    if (shape.packs)
      memref::DeallocOp::create(b, loc, panel);
  }

  /// The innermost dimension of rows, in tiles from tall to low.
  void emitRows() {
    if (contraction.rows.empty())
      return emitTile(1);
    unsigned row = contraction.rows.back();
    int64_t extent = contraction.getExtent(row);
    Value start = zero;
    SmallVector<int64_t> heights{shape.rows};
    if (ShapedType::isDynamic(extent)) {
      if (shape.rows > 4)
        heights.push_back(4);
      if (shape.rows > 1)
        heights.push_back(1);
    } else if (extent > shape.rows && extent % shape.rows) {
      heights.push_back(extent % shape.rows);
    }
    for (int64_t height : heights) {
      // The rows from `start` that full tiles of this height cover.
      Value left = arith::SubIOp::create(b, loc, extents[row], start);
      Value rest = arith::RemUIOp::create(b, loc, left, index(height));
      Value end = arith::SubIOp::create(b, loc, extents[row], rest);
      forRange(start, end, height, [&](Value first) {
        indices[row] = first;
        emitTile(height);
      });
      start = end;
    }
  }

  void emitTile(int64_t rows) {
    Value firstRow =
        contraction.rows.empty() ? Value() : indices[contraction.rows.back()];
    auto atRow = [&](int64_t row) {
      if (row && firstRow)
        indices[contraction.rows.back()] =
            arith::AddIOp::create(b, loc, firstRow, index(row));
    };
    SmallVector<Value> accumulators;
    for (int64_t row = 0; row < rows; ++row) {
      atRow(row);
      for (int64_t v = 0; v < shape.vectors; ++v)
        accumulators.push_back(loadVector(out, getIndices(2), v));
      if (firstRow)
        indices[contraction.rows.back()] = firstRow;
    }
    SmallVector<Value> results =
        forEachReduced(0, accumulators, [&](ValueRange acc) {
          return multiplyAdd(rows, atRow, firstRow, acc);
        });
    for (int64_t row = 0; row < rows; ++row) {
      atRow(row);
      SmallVector<Value> at = getIndices(2);
      for (int64_t v = 0; v < shape.vectors; ++v)
        storeVector(results[row * shape.vectors + v], out, at, v);
      if (firstRow)
        indices[contraction.rows.back()] = firstRow;
    }
  }

  /// One step along the reduced dimensions of every row of the tile.
  SmallVector<Value> multiplyAdd(int64_t rows,
                                 function_ref<void(int64_t)> atRow,
                                 Value firstRow, ValueRange accumulators) {
    if (shape.products > 1)
      return multiplyAddInLanes(rows, atRow, firstRow, accumulators);
    SmallVector<Value> right, results;
    for (int64_t v = 0; v < shape.vectors; ++v) {
      if (shape.packs) {
        SmallVector<Value> at = getPanelIndices();
        at.back() = index(v * shape.lanes);
        right.push_back(vector::LoadOp::create(b, loc, vectorType, panel, at));
      } else {
        right.push_back(convert(loadVector(rhs, getIndices(contraction.rhs), v),
                                contraction.rhs));
      }
    }
    for (int64_t row = 0; row < rows; ++row) {
      atRow(row);
      Value scalar =
          memref::LoadOp::create(b, loc, lhs, getIndices(contraction.lhs));
      Value left = vector::BroadcastOp::create(
          b, loc, vectorType, convert(scalar, contraction.lhs));
      if (firstRow)
        indices[contraction.rows.back()] = firstRow;
      for (int64_t v = 0; v < shape.vectors; ++v) {
        Value acc = accumulators[row * shape.vectors + v];
        if (isa<FloatType>(elementType))
          acc = vector::FMAOp::create(b, loc, left, right[v], acc);
        else
          acc = arith::AddIOp::create(
              b, loc, acc, arith::MulIOp::create(b, loc, left, right[v]));
        results.push_back(acc);
      }
    }
    return results;
  }

  /// Likewise with instructions that multiply neighbours and add them to a lane
  /// of 32 bits.
  SmallVector<Value> multiplyAddInLanes(int64_t rows,
                                        function_ref<void(int64_t)> atRow,
                                        Value firstRow,
                                        ValueRange accumulators) {
    indices[contraction.reduced.back()] = zero;
    Type element = cast<MemRefType>(lhs.getType()).getElementType();
    auto group = VectorType::get({shape.products}, element);
    auto lanes = VectorType::get({shape.products * shape.lanes}, element);
    auto word = VectorType::get({1}, elementType);
    SmallVector<Value> right, results;
    for (int64_t v = 0; v < shape.vectors; ++v) {
      SmallVector<Value> at = getIndices(contraction.rhs);
      if (v)
        at[at.size() - 2] = arith::AddIOp::create(b, loc, at[at.size() - 2],
                                                  index(v * shape.lanes));
      right.push_back(vector::LoadOp::create(b, loc, lanes, rhs, at));
    }
    for (int64_t row = 0; row < rows; ++row) {
      atRow(row);
      Value values = vector::LoadOp::create(b, loc, group, lhs,
                                            getIndices(contraction.lhs));
      Value scalar = vector::ExtractOp::create(
          b, loc, vector::BitCastOp::create(b, loc, word, values),
          ArrayRef<int64_t>{0});
      Value left = vector::BitCastOp::create(
          b, loc, lanes,
          vector::BroadcastOp::create(b, loc, vectorType, scalar));
      if (firstRow)
        indices[contraction.rows.back()] = firstRow;
      for (int64_t v = 0; v < shape.vectors; ++v)
        results.push_back(
            addProducts(accumulators[row * shape.vectors + v], left, right[v]));
    }
    return results;
  }

  /// One instruction that adds products, by its LLVM intrinsic (LLVM's
  /// IntrinsicsX86.td).
  Value addProducts(Value acc, Value left, Value right) {
    int64_t bits = 32 * shape.lanes;
    auto call = [&](const Twine &name, ValueRange operands) {
      return LLVM::CallIntrinsicOp::create(b, loc, vectorType,
                                           b.getStringAttr(name), operands)
          .getResult(0);
    };
    if (shape.products == 4)
      return call("llvm.x86.avx512.vpdpbusd." + Twine(bits),
                  {acc, left, right});
    StringRef name = bits == 512   ? "llvm.x86.avx512.pmaddw.d.512"
                     : bits == 256 ? "llvm.x86.avx2.pmadd.wd"
                                   : "llvm.x86.sse2.pmadd.wd";
    return arith::AddIOp::create(b, loc, acc, call(name, {left, right}));
  }

  /// Copies the panel of the right-hand side into rows of getColumns()
  /// converted elements, padded with zeros.
  void pack() {
    auto type = cast<MemRefType>(rhs.getType());
    auto isContiguousAlong = [&](unsigned loop) {
      return contraction.getInnermostFactor(contraction.rhs, loop) == 1 &&
             type.isLastDimUnitStride();
    };
    bool inRows = isContiguousAlong(column);
    bool squares = !inRows && contraction.reduced.size() == 1 &&
                   isContiguousAlong(contraction.reduced[0]) &&
                   shape.lanes == kTransposed &&
                   elementType.getIntOrFloatBitWidth() == 32;
    // Squares may reach past the last row.
    int64_t padding = squares ? kTransposed - 1 : 0;
    SmallVector<int64_t> dims;
    SmallVector<Value> dynamic;
    for (unsigned loop : contraction.reduced) {
      int64_t extent = contraction.getExtent(loop);
      bool isDynamic = ShapedType::isDynamic(extent);
      dims.push_back(isDynamic ? extent : extent + padding);
      if (isDynamic)
        dynamic.push_back(
            arith::AddIOp::create(b, loc, extents[loop], index(padding)));
    }
    dims.push_back(shape.getColumns());
    panel = memref::AllocOp::create(b, loc, MemRefType::get(dims, elementType),
                                    dynamic, b.getI64IntegerAttr(64));
    if (inRows) {
      forEach(contraction.reduced, [&] {
        SmallVector<Value> at = getPanelIndices();
        for (int64_t v = 0; v < shape.vectors; ++v) {
          Value value = convert(loadVector(rhs, getIndices(contraction.rhs), v),
                                contraction.rhs);
          at.back() = index(v * shape.lanes);
          vector::StoreOp::create(b, loc, value, panel, at);
        }
      });
      return;
    }
    if (squares)
      return packTransposed(contraction.reduced[0]);
    Value start = indices[column];
    Value width = index(shape.getColumns());
    Value filled = width;
    if (ragged)
      filled = arith::MinSIOp::create(b, loc, width, remaining);
    forRange(zero, filled, 1, [&](Value j) {
      indices[column] = arith::AddIOp::create(b, loc, start, j);
      forEach(contraction.reduced, [&] {
        Value value =
            memref::LoadOp::create(b, loc, rhs, getIndices(contraction.rhs));
        SmallVector<Value> at = getPanelIndices();
        at.back() = j;
        memref::StoreOp::create(b, loc, convert(value, contraction.rhs), panel,
                                at);
      });
    });
    indices[column] = start;
    if (!ragged)
      return;
    Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(elementType));
    forEach(contraction.reduced, [&] {
      forRange(filled, width, 1, [&](Value j) {
        SmallVector<Value> at = getPanelIndices();
        at.back() = j;
        memref::StoreOp::create(b, loc, none, panel, at);
      });
    });
  }

  /// Packs squares of rows that are contiguous along the reduced dimension:
  /// loads each row, transposes in registers, stores each column.
  void packTransposed(unsigned reduced) {
    Value start = indices[column];
    auto sourceType = VectorType::get(
        {kTransposed}, cast<MemRefType>(rhs.getType()).getElementType());
    auto maskType = VectorType::get({kTransposed}, b.getI1Type());
    auto squareType = VectorType::get({kTransposed, kTransposed}, elementType);
    Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(sourceType));
    Value empty = arith::ConstantOp::create(b, loc, b.getZeroAttr(squareType));
    forRange(zero, extents[reduced], kTransposed, [&](Value k) {
      indices[reduced] = k;
      Value left = arith::SubIOp::create(b, loc, extents[reduced], k);
      Value mask = vector::CreateMaskOp::create(b, loc, maskType, left);
      forRange(zero, index(shape.getColumns()), kTransposed, [&](Value first) {
        Value square = empty;
        for (int64_t row = 0; row < kTransposed; ++row) {
          Value j = arith::AddIOp::create(b, loc, first, index(row));
          indices[column] = arith::AddIOp::create(b, loc, start, j);
          Value rowMask = mask;
          if (ragged) {
            Value inside = arith::CmpIOp::create(
                b, loc, arith::CmpIPredicate::slt, j, remaining);
            Value count = arith::SelectOp::create(b, loc, inside, left, zero);
            rowMask = vector::CreateMaskOp::create(b, loc, maskType, count);
          }
          Value values = vector::MaskedLoadOp::create(
              b, loc, sourceType, rhs, getIndices(contraction.rhs), rowMask,
              none);
          square = vector::InsertOp::create(
              b, loc, convert(values, contraction.rhs), square, row);
        }
        Value transposed = vector::TransposeOp::create(b, loc, square,
                                                       ArrayRef<int64_t>{1, 0});
        for (int64_t row = 0; row < kTransposed; ++row) {
          Value at = arith::AddIOp::create(b, loc, k, index(row));
          vector::StoreOp::create(
              b, loc, vector::ExtractOp::create(b, loc, transposed, row), panel,
              ValueRange{at, first});
        }
      });
    });
    indices[column] = start;
  }

  /// The operand's element, or vector of elements, as the body converts it.
  Value convert(Value value, unsigned operand) {
    Value current = contraction.op.getBody()->getArgument(operand);
    auto shaped = dyn_cast<VectorType>(value.getType());
    while (true) {
      Operation *user = *current.getUsers().begin();
      if (isa<arith::MulFOp, arith::MulIOp>(user))
        return value;
      Type type = user->getResult(0).getType();
      if (shaped)
        type = shaped.clone(type);
      value = b.create(loc, user->getName().getIdentifier(), value, type)
                  ->getResult(0);
      current = user->getResult(0);
    }
  }

  /// Vector `v` of the row that starts at `at`; lanes past the last column are
  /// zero and not read.
  Value loadVector(Value source, SmallVector<Value> at, int64_t v) {
    auto type = VectorType::get(
        {shape.lanes}, cast<MemRefType>(source.getType()).getElementType());
    advance(at, v);
    if (!ragged)
      return vector::LoadOp::create(b, loc, type, source, at);
    Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
    return vector::MaskedLoadOp::create(b, loc, type, source, at, masks[v],
                                        none);
  }

  void storeVector(Value value, Value target, SmallVector<Value> at,
                   int64_t v) {
    advance(at, v);
    if (ragged)
      vector::MaskedStoreOp::create(b, loc, target, at, masks[v], value);
    else
      vector::StoreOp::create(b, loc, value, target, at);
  }

  void advance(SmallVector<Value> &at, int64_t v) {
    if (v)
      at.back() =
          arith::AddIOp::create(b, loc, at.back(), index(v * shape.lanes));
  }

  SmallVector<Value> getIndices(unsigned operand) {
    SmallVector<Value> at;
    for (AffineExpr expr : contraction.getMap(operand).getResults()) {
      Value sum;
      for (WindowTerm term : getWindowTerms(expr)) {
        Value part = indices[term.dim];
        if (term.factor != 1)
          part = arith::MulIOp::create(b, loc, part, index(term.factor));
        sum = sum ? arith::AddIOp::create(b, loc, sum, part).getResult() : part;
      }
      at.push_back(sum);
    }
    return at;
  }

  SmallVector<Value> getPanelIndices() {
    SmallVector<Value> at;
    for (unsigned loop : contraction.reduced)
      at.push_back(indices[loop]);
    at.push_back(zero);
    return at;
  }

  Value getExtent(unsigned loop) {
    int64_t extent = contraction.getExtent(loop);
    if (!ShapedType::isDynamic(extent))
      return index(extent);
    for (unsigned operand = 0; operand < 3; ++operand)
      if (auto position = contraction.getMap(operand).getResultPosition(
              b.getAffineDimExpr(loop)))
        return memref::DimOp::create(b, loc, contraction.op.getOperand(operand),
                                     *position);
    llvm_unreachable("a loop of a contraction indexes an operand");
  }

  /// Loops over the given dimensions, the last innermost.
  void forEach(ArrayRef<unsigned> loops, function_ref<void()> body) {
    if (loops.empty())
      return body();
    forRange(zero, extents[loops.front()], 1, [&](Value i) {
      indices[loops.front()] = i;
      forEach(loops.drop_front(), body);
    });
  }

  void forRange(Value begin, Value end, int64_t step,
                function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, loc, begin, end, index(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  SmallVector<Value>
  forEachReduced(unsigned depth, ValueRange accumulators,
                 function_ref<SmallVector<Value>(ValueRange)> body) {
    // An instruction runs over the innermost loop where it adds its products.
    if (depth == contraction.reduced.size() - (shape.products > 1))
      return body(accumulators);
    unsigned loop = contraction.reduced[depth];
    auto forOp =
        scf::ForOp::create(b, loc, zero, extents[loop], one, accumulators);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(forOp.getBody());
    indices[loop] = forOp.getInductionVar();
    scf::YieldOp::create(
        b, loc, forEachReduced(depth + 1, forOp.getRegionIterArgs(), body));
    return llvm::to_vector(ValueRange(forOp.getResults()));
  }

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, loc, value);
  }

  RewriterBase &b;
  Location loc;
  LoopContraction &contraction;
  const TileShape &shape;
  Value lhs, rhs, out;
  Type elementType;
  VectorType vectorType;
  unsigned column;
  /// The current index and the extent of every loop.
  SmallVector<Value> indices, extents;
  Value zero, one;
  /// Whether the last panel may be narrower, the columns left from its start
  /// on, and the mask of each of its vectors.
  bool ragged = false;
  Value remaining;
  SmallVector<Value> masks;
  Value panel;
};
} // namespace

void mlir::compress::emitRegisterTiles(RewriterBase &rewriter,
                                       LoopContraction &contraction,
                                       const TileShape &shape) {
  Emitter(rewriter, contraction, shape).emit();
}
