//===- PackWeights.cpp - Constant operands as register tiles read them ----===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "Panels.h"
#include "compress/Analysis/Weights.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PACKWEIGHTSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The op that converts an argument of the body, or null where none does.
static Operation *getConversion(BlockArgument argument) {
  Operation *user = *argument.getUsers().begin();
  return isa<arith::MulFOp, arith::MulIOp>(user) ? nullptr : user;
}

/// Whether the contraction adds products of signed 8-bit integers in i32.
static bool multipliesSignedBytes(LoopContraction &contraction) {
  Block *body = contraction.op.getBody();
  for (unsigned operand = 0; operand < 2; ++operand) {
    BlockArgument argument = body->getArgument(operand);
    auto extension = dyn_cast_or_null<arith::ExtSIOp>(getConversion(argument));
    if (!argument.getType().isInteger(8) || !extension ||
        !extension.getType().isInteger(32))
      return false;
  }
  return true;
}

namespace {
/// How a weight was packed, and the constants.
struct Packed {
  int64_t width, products;
  SmallVector<int64_t> order;
  Value constant, correction;
};
using PackedWeights = DenseMap<Value, SmallVector<Packed, 1>>;

/// Rewrites one contraction with a constant on its right.
class Packing {
public:
  Packing(RewriterBase &rewriter, LoopContraction &contraction,
          const PackWeightsPassOptions &options, PackedWeights &packed)
      : b(rewriter), contraction(contraction), op(contraction.op),
        loc(op.getLoc()), column(contraction.columns.back()), packed(packed) {
    extent = contraction.getExtent(column);
    // A panel of a tile of few rows has as many columns as that tile.
    int64_t rows = contraction.rows.empty()
                       ? 1
                       : contraction.getExtent(contraction.rows.back());
    int64_t vectors = chooseVectors(rows, options.tileN / options.vectorWidth,
                                    options.accumulators);
    width = chooseColumns(extent, options.vectorWidth,
                          vectors * options.vectorWidth);
    lhs = op.getOperand(contraction.lhs);
    rhs = op.getOperand(contraction.rhs);
    reduced = orderReducedLoops();
    AffineMap map = contraction.getMap(contraction.lhs);
    if (options.dotLength > 1 && multipliesSignedBytes(contraction) &&
        contraction.batch.empty() && contraction.columns.size() == 1 &&
        map.getNumResults() > 0)
      if (auto dim = dyn_cast<AffineDimExpr>(map.getResults().back()))
        if (llvm::is_contained(reduced, dim.getPosition())) {
          products = options.dotLength;
          inner = dim.getPosition();
        }
  }

  LogicalResult rewrite(const Weight &weight, ExternalStore &store) {
    // Products share what is packed, wherever they are.
    b.setInsertionPointAfterValue(rhs);
    FailureOr<Value> right = packWeight(weight, store);
    if (failed(right))
      return failure();
    b.setInsertionPoint(op);
    Value left = products > 1 ? splitLeft() : lhs;
    b.replaceOp(op, unpackResult(b, loc, contract(left, *right),
                                 op.getOperand(2), correction));
    return success();
  }

private:
  /// Reduced loops in the order of the left-hand side's memory, and then those
  /// that it lacks.
  SmallVector<unsigned> orderReducedLoops() {
    SmallVector<unsigned> order;
    AffineMap map = contraction.getMap(contraction.lhs);
    for (AffineExpr expr : map.getResults())
      for (unsigned loop : contraction.reduced)
        if (expr.isFunctionOfDim(loop) && !llvm::is_contained(order, loop))
          order.push_back(loop);
    for (unsigned loop : contraction.reduced)
      if (!llvm::is_contained(order, loop))
        order.push_back(loop);
    return order;
  }

  int64_t getNumPanels() { return llvm::divideCeil(extent, width); }

  /// The constant, panel by panel of `width` columns: the other columns and
  /// batches, the panels, the reduced dimensions, the columns of a panel, and
  /// those products that one lane adds.
  FailureOr<Value> packWeight(const Weight &weight, ExternalStore &store) {
    AffineMap map = contraction.getMap(contraction.rhs);
    auto type = cast<RankedTensorType>(rhs.getType());
    auto getDim = [&](unsigned loop) -> int64_t {
      return *map.getResultPosition(b.getAffineDimExpr(loop));
    };
    SmallVector<int64_t> order, positions = {getDim(column)};
    SmallVector<OpFoldResult> tiles = {b.getIndexAttr(width)};
    for (unsigned loop : contraction.batch)
      order.push_back(getDim(loop));
    for (unsigned loop : contraction.columns)
      order.push_back(getDim(loop));
    for (unsigned loop : reduced)
      order.push_back(getDim(loop));
    if (products > 1) {
      positions.push_back(getDim(*inner));
      tiles.push_back(b.getIndexAttr(products));
    }
    for (const Packed &known : packed[rhs])
      if (known.width == width && known.products == products &&
          known.order == order) {
        correction = known.correction;
        return known.constant;
      }
    // The bytes are those that the op would make of the weight.
    Value zero =
        arith::ConstantOp::create(b, loc, b.getZeroAttr(type.getElementType()));
    auto pack =
        linalg::PackOp::create(b, loc, rhs,
                               linalg::PackOp::createDestinationTensor(
                                   b, loc, rhs, tiles, positions, order),
                               positions, tiles, zero, order);
    Weight view = weight;
    view.views.push_back(pack);
    auto packedType = cast<RankedTensorType>(pack->getResult(0).getType());
    FailureOr<WeightBytes> bytes = readWeight(
        view, store, [&] { return op->emitError(); },
        &b.getContext()->getThreadPool());
    b.eraseOp(pack);
    if (failed(bytes))
      return failure();
    Value constant = makeConstant(packedType, weight.name, bytes->data);
    packed[rhs].push_back({width, products, order, constant, correction});
    return constant;
  }

  Value makeConstant(RankedTensorType type, StringRef name,
                     ArrayRef<char> bytes) {
    std::vector<char> wide;
    if (products == 4) {
      correction = sumColumns(type, bytes);
    } else if (products == 2) {
      wide.resize(2 * bytes.size());
      auto *target = reinterpret_cast<int16_t *>(wide.data());
      for (auto [i, byte] : llvm::enumerate(bytes))
        target[i] = static_cast<signed char>(byte);
      bytes = wide;
      type = type.clone(b.getI16Type());
    }
    return createPackedConstant(b, loc, type, name.empty() ? "packed" : name,
                                bytes);
  }

  /// What the sums of unsigned products have too much, negated: 128 times the
  /// sum of each column.
  Value sumColumns(RankedTensorType type, ArrayRef<char> bytes) {
    // Modulo 2^32, as the sums of products are.
    std::vector<uint32_t> sums(extent, 0);
    int64_t rows = type.getNumElements() / (getNumPanels() * width * products);
    const char *at = bytes.data();
    for (int64_t first = 0; first < getNumPanels() * width; first += width)
      for (int64_t row = 0; row < rows; ++row)
        for (int64_t j = 0; j < width; ++j, at += products)
          if (first + j < extent)
            for (int64_t i = 0; i < products; ++i)
              sums[first + j] -=
                  128u * static_cast<uint32_t>(static_cast<signed char>(at[i]));
    auto sumType = RankedTensorType::get({extent}, b.getI32Type());
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(sumType, ArrayRef<uint32_t>(sums)));
  }

  /// The left-hand side with its innermost dimension split into rows of
  /// `products` elements, as the instruction reads them.
  Value splitLeft() {
    auto type = cast<RankedTensorType>(lhs.getType());
    Type element = products == 4 ? b.getI8Type() : b.getI16Type();
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, lhs);
    AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
    SmallVector<utils::IteratorType> iterators(type.getRank(),
                                               utils::IteratorType::parallel);
    Value converted =
        linalg::GenericOp::create(
            b, loc, type.clone(element), lhs,
            tensor::EmptyOp::create(b, loc, sizes, element).getResult(),
            {identity, identity}, iterators,
            [&](OpBuilder &nested, Location loc, ValueRange args) {
              Value value;
              if (products == 4) {
                // x + 128 as an unsigned integer.
                Value sign = arith::ConstantOp::create(
                    nested, loc, nested.getI8IntegerAttr(-128));
                value = arith::XOrIOp::create(nested, loc, args[0], sign);
              } else {
                value = arith::ExtSIOp::create(nested, loc, element, args[0]);
              }
              linalg::YieldOp::create(nested, loc, value);
            })
            .getResult(0);
    // The weight is zero where the rows are padded.
    int64_t padded = llvm::alignTo(type.getShape().back(), products);
    converted = padLastDimension(b, loc, converted, padded);
    SmallVector<int64_t> shape(type.getShape());
    shape.back() = padded / products;
    shape.push_back(products);
    sizes.back() = b.getIndexAttr(padded / products);
    sizes.push_back(b.getIndexAttr(products));
    return tensor::ExpandShapeOp::create(
        b, loc, RankedTensorType::get(shape, element), converted,
        splitLastDimension(type.getRank(), 2), sizes);
  }

  /// The product, panel by panel.
  Value contract(Value left, Value packed) {
    // The loop of the columns counts panels, and a new last but one counts the
    // columns of a panel; likewise that of the products that a lane adds.
    unsigned loops = op.getNumLoops();
    AffineExpr inPanel = b.getAffineDimExpr(loops);
    AffineExpr inLane = b.getAffineDimExpr(loops + 1);
    unsigned total = loops + (products > 1 ? 2 : 1);
    auto makeMap = [&](ArrayRef<AffineExpr> results) {
      return AffineMap::get(total, 0, results, b.getContext());
    };
    AffineMap leftMap = contraction.getMap(contraction.lhs);
    SmallVector<AffineExpr> leftResults(leftMap.getResults()), rightResults,
        outResults(contraction.getMap(2).getResults());
    for (ArrayRef<unsigned> some :
         {ArrayRef<unsigned>(contraction.batch),
          ArrayRef<unsigned>(contraction.columns), ArrayRef(reduced)})
      for (unsigned loop : some)
        rightResults.push_back(b.getAffineDimExpr(loop));
    rightResults.push_back(inPanel);
    outResults.push_back(inPanel);
    if (products > 1) {
      leftResults.push_back(inLane);
      rightResults.push_back(inLane);
    }
    SmallVector<AffineMap> maps(3);
    maps[contraction.lhs] = makeMap(leftResults);
    maps[contraction.rhs] = makeMap(rightResults);
    maps[2] = makeMap(outResults);
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    iterators.push_back(utils::IteratorType::parallel);
    if (products > 1)
      iterators.push_back(utils::IteratorType::reduction);

    Value init = createPanels(b, loc, op.getOperand(2), getNumPanels(), width);
    Value inputs[2];
    inputs[contraction.lhs] = left;
    inputs[contraction.rhs] = packed;
    auto product = linalg::GenericOp::create(
        b, loc, init.getType(), inputs, init, maps, iterators,
        [&](OpBuilder &nested, Location loc, ValueRange args) {
          buildBody(nested, loc, args);
        });
    product->setDiscardableAttrs(op->getDiscardableAttrDictionary());

    return product.getResult(0);
  }

  void buildBody(OpBuilder &nested, Location loc, ValueRange args) {
    if (products == 1) {
      IRMapping map;
      map.map(op.getBody()->getArguments(), args);
      for (Operation &inner : *op.getBody())
        nested.clone(inner, map);
      return;
    }
    Type i32 = nested.getI32Type();
    auto extend = [&](unsigned operand) -> Value {
      if (products == 4 && operand == contraction.lhs)
        return arith::ExtUIOp::create(nested, loc, i32, args[operand]);
      return arith::ExtSIOp::create(nested, loc, i32, args[operand]);
    };
    Value product =
        arith::MulIOp::create(nested, loc, extend(0), extend(1)).getResult();
    linalg::YieldOp::create(
        nested, loc,
        arith::AddIOp::create(nested, loc, args[2], product).getResult());
  }

  RewriterBase &b;
  LoopContraction &contraction;
  linalg::GenericOp op;
  Location loc;
  /// The loop of the columns, its extent, and the columns of a panel.
  unsigned column;
  int64_t extent, width;
  SmallVector<unsigned> reduced;
  /// How many products one lane adds, and the loop over them.
  int64_t products = 1;
  std::optional<unsigned> inner;
  Value lhs, rhs;
  /// What to add to the sums of each column, or null.
  Value correction;
  /// Those of all products so far.
  PackedWeights &packed;
};

struct PackWeights : compress::impl::PackWeightsPassBase<PackWeights> {
  using PackWeightsPassBase::PackWeightsPassBase;

  void runOnOperation() override {
    if (vectorWidth < 1 || tileN < vectorWidth || tileN % vectorWidth ||
        accumulators < 1 ||
        (dotLength != 1 && dotLength != 2 && dotLength != 4)) {
      getOperation().emitError()
          << "expected tile-n to be a positive multiple of vector-width, "
             "accumulators to be positive, and dot-length to be 1, 2 or 4; "
             "found vector-width="
          << vectorWidth.getValue() << " tile-n=" << tileN.getValue()
          << " accumulators=" << accumulators.getValue()
          << " dot-length=" << dotLength.getValue();
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    SymbolTableCollection symbols;
    ExternalStore &store =
        getContext().getOrLoadDialect<CompressDialect>()->getExternalStore();
    SmallVector<linalg::LinalgOp> ops;
    getOperation().walk([&](linalg::LinalgOp op) {
      if (op.hasPureTensorSemantics() && op.getNumDpsInputs() == 2 &&
          op.getNumDpsInits() == 1)
        ops.push_back(op);
    });
    PackedWeights packed;
    for (linalg::LinalgOp op : ops)
      if (failed(pack(rewriter, op, symbols, store, packed)))
        return signalPassFailure();
  }

  LogicalResult pack(RewriterBase &rewriter, linalg::LinalgOp op,
                     SymbolTableCollection &symbols, ExternalStore &store,
                     PackedWeights &packed) {
    std::optional<Weight> weights[2];
    for (unsigned operand = 0; operand < 2; ++operand) {
      std::string reason;
      FailureOr<Weight> weight =
          findWeight(op->getOperand(operand), symbols, reason);
      if (succeeded(weight) && !isSplat(weight->elements))
        weights[operand] = *weight;
    }
    if (!weights[0] && !weights[1])
      return success();
    auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
    if (!generic) {
      if (!isa<linalg::ContractionOpInterface, linalg::ConvolutionOpInterface>(
              op.getOperation()))
        return success();
      rewriter.setInsertionPoint(op);
      DictionaryAttr attributes = op->getDiscardableAttrDictionary();
      FailureOr<linalg::GenericOp> made =
          linalg::generalizeNamedOp(rewriter, op);
      if (failed(made))
        return success();
      generic = *made;
      generic->setDiscardableAttrs(attributes);
    }
    std::optional<LoopContraction> contraction = matchContraction(generic);
    if (!contraction || !weights[contraction->rhs])
      return success();
    auto type =
        cast<RankedTensorType>(generic.getOperand(contraction->rhs).getType());
    AffineMap map = contraction->getMap(contraction->rhs);
    if (!type.getElementType().isIntOrFloat() ||
        type.getElementTypeBitWidth() % 8 || type.getNumElements() == 0 ||
        !map.isProjectedPermutation())
      return success();
    return Packing(rewriter, *contraction,
                   {vectorWidth, tileN, accumulators, dotLength}, packed)
        .rewrite(*weights[contraction->rhs], store);
  }
};
} // namespace
