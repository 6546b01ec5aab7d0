//===- DecodedTile.cpp - Register tiles that decode a weight --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DecodedTile.h"
#include "Contraction.h"
#include "VectorBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using namespace mlir::compress;

/// How many words ahead codes are prefetched: some kilobytes of a panel.
static constexpr int64_t kAhead = 16;

//===----------------------------------------------------------------------===//
// Matching
//===----------------------------------------------------------------------===//

AffineMap mlir::compress::getCodedMap(MLIRContext *context, unsigned rows,
                                      bool withRows,
                                      ArrayRef<CodedLoop> loops) {
  SmallVector<AffineExpr> results;
  for (unsigned row = 0; withRows && row < rows; ++row)
    results.push_back(getAffineDimExpr(row, context));
  for (CodedLoop loop : loops)
    results.push_back(getAffineDimExpr(rows + loop, context));
  return AffineMap::get(rows + kNumCodedLoops, 0, results, context);
}

/// Whether the value depends on nothing but block arguments from `first` on.
static bool dependsOnlyOn(Value value, Block *body, unsigned first) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner() == body && argument.getArgNumber() >= first;
  Operation *op = value.getDefiningOp();
  if (op->getBlock() != body)
    return true;
  return !isa<linalg::IndexOp>(op) &&
         llvm::all_of(op->getOperands(), [&](Value operand) {
           return dependsOnlyOn(operand, body, first);
         });
}

std::optional<CodedOp> mlir::compress::matchCodedOp(linalg::GenericOp op,
                                                    bool isDecode) {
  CodedOp coded;
  coded.op = op;
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  unsigned inputs = op.getNumDpsInputs();
  coded.codes = isDecode ? 0 : 1;
  if (op.getNumDpsInits() != 1 || op.getNumLoops() < kNumCodedLoops ||
      inputs < coded.codes + 1 ||
      !cast<ShapedType>(op->getOperands().back().getType())
           .getElementType()
           .isF32())
    return std::nullopt;
  coded.rows = op.getNumLoops() - kNumCodedLoops;
  MLIRContext *context = op.getContext();
  auto expect = [&](unsigned operand, bool withRows,
                    ArrayRef<CodedLoop> loops) {
    return maps[operand] == getCodedMap(context, coded.rows, withRows, loops);
  };
  if (!expect(coded.codes, false, {kPanel, kGroup, kWord, kColumn}))
    return std::nullopt;
  for (unsigned operand = coded.codes + 1; operand < inputs; ++operand)
    if (!expect(operand, false, {kPanel, kGroup, kColumn}))
      return std::nullopt;

  Block *body = op.getBody();
  Value value = body->getTerminator()->getOperand(0);
  if (isDecode) {
    if (coded.rows ||
        !expect(inputs, false, {kPanel, kGroup, kWord, kCode, kColumn}))
      return std::nullopt;
  } else {
    coded.lhs = 0;
    if (!expect(0, true, {kGroup, kWord, kCode}) ||
        !expect(inputs, true, {kPanel, kColumn}))
      return std::nullopt;
    auto add = value.getDefiningOp<arith::AddFOp>();
    if (!add || add.getLhs() != body->getArguments().back())
      return std::nullopt;
    auto mul = add.getRhs().getDefiningOp<arith::MulFOp>();
    if (!mul || mul.getLhs() != body->getArgument(0))
      return std::nullopt;
    value = mul.getRhs();
  }
  for (unsigned loop : {kWord, kCode, kColumn})
    if (ShapedType::isDynamic(coded.getExtent(coded.rows + loop)))
      return std::nullopt;
  if (!VectorBody::canEvaluate(value, body, coded.rows + kCode, coded.codes,
                               inputs))
    return std::nullopt;
  coded.value = value;
  if (auto mul = value.getDefiningOp<arith::MulFOp>())
    if (dependsOnlyOn(mul.getRhs(), body, coded.codes + 1)) {
      coded.value = mul.getLhs();
      coded.scale = mul.getRhs();
    }
  return coded;
}

//===----------------------------------------------------------------------===//
// Loops
//===----------------------------------------------------------------------===//

namespace {
class Emitter {
public:
  Emitter(RewriterBase &rewriter, CodedOp &coded, int64_t lanes,
          int64_t accumulators)
      : b(rewriter), coded(coded), op(coded.op), loc(op.getLoc()), lanes(lanes),
        accumulators(accumulators),
        vectors(coded.getExtent(coded.rows + kColumn) / lanes),
        type(VectorType::get({lanes}, b.getF32Type())),
        out(op->getOperands().back()) {}

  void emit() {
    zero = index(0);
    one = index(1);
    int64_t all = vectors;
    if (coded.rows)
      vectors =
          chooseVectors(coded.getExtent(coded.rows - 1), all, accumulators);
    forRange(zero, getExtent(coded.codes, 0), 1, [&](Value i) {
      panel = i;
      for (first = 0; first < all; first += vectors)
        if (coded.lhs)
          forEachRow(0);
        else
          forRange(zero, getExtent(coded.codes, 1), 1,
                   [&](Value i) { decodeGroup(i); });
    });
  }

private:
  using Vectors = SmallVector<Value>;

  /// The rows, of which the innermost dimension in tiles from tall to low.
  void forEachRow(unsigned dim) {
    if (dim + 1 < coded.rows)
      return forRange(zero, getExtent(0, dim), 1, [&](Value i) {
        rowIndices.push_back(i);
        forEachRow(dim + 1);
        rowIndices.pop_back();
      });
    if (coded.rows == 0)
      return emitTile(Value(), 1);
    int64_t extent = coded.getExtent(dim);
    int64_t tallest =
        std::clamp<int64_t>(accumulators / vectors, 1, kMaxTileRows);
    SmallVector<int64_t> heights = {tallest};
    if (ShapedType::isDynamic(extent)) {
      for (int64_t height : {int64_t(2), int64_t(1)})
        if (height < tallest)
          heights.push_back(height);
    } else {
      // Tiles of about one height.
      tallest = llvm::divideCeil(extent, llvm::divideCeil(extent, tallest));
      heights = {tallest};
      if (extent % tallest)
        heights.push_back(extent % tallest);
    }
    Value start = zero, count = getExtent(0, dim);
    for (int64_t height : heights) {
      Value left = arith::SubIOp::create(b, loc, count, start);
      Value rest = arith::RemUIOp::create(b, loc, left, index(height));
      Value end = arith::SubIOp::create(b, loc, count, rest);
      forRange(start, end, height,
               [&](Value first) { emitTile(first, height); });
      start = end;
    }
  }

  /// `height` rows of a panel from `first` on, null for no dimension of rows.
  void emitTile(Value first, int64_t height) {
    SmallVector<SmallVector<Value>> rows;
    for (int64_t row = 0; row < height; ++row) {
      SmallVector<Value> &at = rows.emplace_back(rowIndices);
      if (first)
        at.push_back(
            row ? arith::AddIOp::create(b, loc, first, index(row)).getResult()
                : first);
    }
    forRange(zero, getExtent(coded.codes, 1), 1, [&](Value group) {
      Vectors scales = evaluateScales(group);
      SmallVector<Vectors> parameters = loadParameters(group);
      Value none = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
      Vectors sums(height * vectors, none);
      auto loop = scf::ForOp::create(b, loc, zero, getExtent(coded.codes, 2),
                                     one, sums);
      {
        OpBuilder::InsertionGuard guard(b);
        b.setInsertionPointToStart(loop.getBody());
        Value word = loop.getInductionVar();
        scf::YieldOp::create(b, loc,
                             multiplyWord(rows, group, word, parameters,
                                          loop.getRegionIterArgs()));
      }
      for (int64_t row = 0; row < height; ++row)
        for (int64_t v = 0; v < vectors; ++v) {
          SmallVector<Value> at = rows[row];
          at.push_back(panel);
          at.push_back(getColumn(v));
          Value sum = vector::LoadOp::create(b, loc, type, out, at);
          Value part = loop.getResult(row * vectors + v);
          sum = coded.scale
                    ? vector::FMAOp::create(b, loc, part, scales[v], sum)
                          .getResult()
                    : arith::AddFOp::create(b, loc, sum, part).getResult();
          vector::StoreOp::create(b, loc, sum, out, at);
        }
    });
  }

  /// Adds the products of every row with the codes of a word of each column.
  Vectors multiplyWord(ArrayRef<SmallVector<Value>> rows, Value group,
                       Value word, ArrayRef<Vectors> parameters,
                       ValueRange sums) {
    Vectors codes = loadVectors(coded.codes, {panel, group, word});
    prefetch(group, word);
    Vectors result = llvm::to_vector(sums);
    for (int64_t code = 0; code < coded.getExtent(coded.rows + kCode); ++code) {
      Vectors left;
      for (const SmallVector<Value> &row : rows) {
        SmallVector<Value> at = row;
        at.append({group, word, index(code)});
        left.push_back(vector::BroadcastOp::create(
            b, loc, type,
            memref::LoadOp::create(b, loc, op->getOperand(0), at)));
      }
      for (int64_t v = 0; v < vectors; ++v) {
        Value right = evaluate(coded.value, v, code, codes, parameters);
        for (size_t row = 0; row < rows.size(); ++row) {
          Value &sum = result[row * vectors + v];
          sum = vector::FMAOp::create(b, loc, left[row], right, sum);
        }
      }
    }
    return result;
  }

  /// Asks for the codes of words that come later, in this group or the next.
  void prefetch(Value group, Value word) {
    Value later = arith::AddIOp::create(b, loc, word, index(kAhead));
    for (int64_t v = 0; v < vectors; ++v)
      memref::PrefetchOp::create(b, loc, op->getOperand(coded.codes),
                                 ValueRange{panel, group, later, getColumn(v)},
                                 /*isWrite=*/false,
                                 /*localityHint=*/3, /*isDataCache=*/true);
  }

  /// Stores the decoded values of a group of every column.
  void decodeGroup(Value group) {
    Vectors scales = evaluateScales(group);
    SmallVector<Vectors> parameters = loadParameters(group);
    forRange(zero, getExtent(coded.codes, 2), 1, [&](Value word) {
      Vectors codes = loadVectors(coded.codes, {panel, group, word});
      for (int64_t code = 0; code < coded.getExtent(kCode); ++code)
        for (int64_t v = 0; v < vectors; ++v) {
          Value value = evaluate(coded.value, v, code, codes, parameters);
          if (coded.scale)
            value = arith::MulFOp::create(b, loc, value, scales[v]);
          vector::StoreOp::create(
              b, loc, value, out,
              ValueRange{panel, group, word, index(code), getColumn(v)});
        }
    });
  }

  Vectors loadVectors(unsigned operand, SmallVector<Value> at) {
    Value source = op->getOperand(operand);
    auto vectorType = VectorType::get(
        {lanes}, cast<MemRefType>(source.getType()).getElementType());
    at.push_back(zero);
    Vectors result;
    for (int64_t v = 0; v < vectors; ++v) {
      at.back() = getColumn(v);
      result.push_back(vector::LoadOp::create(b, loc, vectorType, source, at));
    }
    return result;
  }

  SmallVector<Vectors> loadParameters(Value group) {
    SmallVector<Vectors> parameters;
    for (int64_t operand = coded.codes + 1; operand < op.getNumDpsInputs();
         ++operand)
      parameters.push_back(loadVectors(operand, {panel, group}));
    return parameters;
  }

  Vectors evaluateScales(Value group) {
    Vectors scales;
    if (!coded.scale)
      return scales;
    SmallVector<Vectors> parameters = loadParameters(group);
    for (int64_t v = 0; v < vectors; ++v)
      scales.push_back(evaluate(coded.scale, v, 0, {}, parameters));
    return scales;
  }

  /// The expression for vector `v` and one code of the words.
  Value evaluate(Value expression, int64_t v, int64_t code,
                 ArrayRef<Value> codes, ArrayRef<Vectors> parameters) {
    auto getArgument = [&](BlockArgument argument) {
      unsigned number = argument.getArgNumber();
      return number == coded.codes ? codes[v]
                                   : parameters[number - coded.codes - 1][v];
    };
    // The only loop whose index the expression may have.
    auto getIndex = [&](int64_t) { return index(code); };
    return VectorBody(b, loc, lanes, getArgument, getIndex)
        .evaluate(expression);
  }

  Value getExtent(unsigned operand, unsigned dim) {
    Value source = op->getOperand(operand);
    int64_t extent = cast<MemRefType>(source.getType()).getDimSize(dim);
    return ShapedType::isDynamic(extent)
               ? memref::DimOp::create(b, loc, source, dim).getResult()
               : index(extent);
  }

  void forRange(Value begin, Value end, int64_t step,
                function_ref<void(Value)> body) {
    auto loop = scf::ForOp::create(b, loc, begin, end, index(step));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  /// The first column of a vector of the tile.
  Value getColumn(int64_t v) { return index((first + v) * lanes); }

  Value index(int64_t value) {
    return arith::ConstantIndexOp::create(b, loc, value);
  }

  RewriterBase &b;
  CodedOp &coded;
  linalg::GenericOp op;
  Location loc;
  int64_t lanes, accumulators;
  /// Vectors in a row of the tile, and the first of them in the panel.
  int64_t vectors, first = 0;
  VectorType type;
  Value out, zero, one, panel;
  SmallVector<Value> rowIndices;
};
} // namespace

void mlir::compress::emitDecodedTiles(RewriterBase &rewriter, CodedOp &coded,
                                      int64_t lanes, int64_t accumulators) {
  Emitter(rewriter, coded, lanes, accumulators).emit();
}
