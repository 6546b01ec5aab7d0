//===- CompressToLinalg.cpp - The reference lowering
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/Convolution.h"
#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTCOMPRESSTOLINALGPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct LowerDecode : OpConversionPattern<DecodeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(DecodeOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, op.getInput().getType().getScheme().buildDecode(
                               builder, adaptor.getInput(), op.getType()));
    return success();
  }
};

struct LowerExtract : OpConversionPattern<ExtractOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(ExtractOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    CompressedTensorType type = op.getInput().getType();
    SchemeAttrInterface scheme = type.getScheme();
    // Outside of the body that holds the op: it is computed once.
    builder.setInsertionPoint(
        op.getInput().getParentRegion()->findAncestorOpInRegion(*op));
    Value slots = scheme.buildDecodeSlots(builder, adaptor.getInput(),
                                          type.getDenseType());
    builder.setInsertionPoint(op);
    rewriter.replaceOp(op, scheme.buildDecodeAt(builder, adaptor.getInput(),
                                                type.getDenseType(), slots,
                                                op.getIndices()));
    return success();
  }
};

struct LowerFakeQuantize : OpConversionPattern<FakeQuantizeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(FakeQuantizeOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    SchemeAttrInterface scheme = op.getScheme();
    SmallVector<Value> components =
        scheme.buildEncode(builder, op.getInput(), op.getParameters());
    rewriter.replaceOp(op,
                       scheme.buildDecode(builder, components, op.getType()));
    return success();
  }
};

struct LowerEncode : OpConversionPattern<EncodeOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(EncodeOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOpWithMultiple(
        op, {op.getType().getScheme().buildEncode(builder, op.getInput(),
                                                  op.getParameters())});
    return success();
  }
};

struct LowerChooseQParams : OpConversionPattern<ChooseQParamsOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(ChooseQParamsOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    rewriter.replaceOp(op, op.getStorage().buildParameters(
                               builder, op.getInput(), [] { return Value(); }));
    return success();
  }
};

struct LowerPrune : OpConversionPattern<PruneOp> {
  using OpConversionPattern::OpConversionPattern;
  LogicalResult
  matchAndRewrite(PruneOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Value input = op.getInput(), scores = op.getScores();
    RankedTensorType type = op.getType();
    SparsityAttrInterface sparsity = op.getSparsity();
    auto getImportance = [&](ImplicitLocOpBuilder &b, ValueRange at) -> Value {
      if (scores)
        return tensor::ExtractOp::create(b, scores, at);
      Value element = tensor::ExtractOp::create(b, input, at);
      return math::AbsFOp::create(b,
                                  buildFloatCast(b, element, b.getF32Type()));
    };
    SmallVector<Value> inputs{input};
    Value pruning;
    if (op.getMask())
      inputs.push_back(op.getMask());
    else
      pruning = sparsity.buildPruning(
          builder, input, op.getBudget() == PruneBudget::Row, getImportance);
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, op.getLoc(), input);
    Value empty =
        tensor::EmptyOp::create(builder, sizes, type.getElementType());
    SmallVector<AffineMap> maps(inputs.size() + 1,
                                builder.getMultiDimIdentityMap(type.getRank()));
    SmallVector<utils::IteratorType> iterators(type.getRank(),
                                               utils::IteratorType::parallel);
    auto body = [&](OpBuilder &nested, Location loc, ValueRange elements) {
      ImplicitLocOpBuilder b(loc, nested);
      Value keeps;
      if (op.getMask()) {
        Value none =
            arith::ConstantOp::create(b, b.getZeroAttr(elements[1].getType()));
        keeps = arith::CmpIOp::create(b, arith::CmpIPredicate::ne, elements[1],
                                      none);
      } else {
        SmallVector<Value> indices;
        for (int64_t dim = 0; dim < type.getRank(); ++dim)
          indices.push_back(linalg::IndexOp::create(b, dim));
        keeps = sparsity.buildKeeps(b, indices, pruning, getImportance);
      }
      Value zero =
          arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
      Value kept = arith::SelectOp::create(b, keeps, elements.front(), zero);
      linalg::YieldOp::create(b, kept);
    };
    rewriter.replaceOp(op,
                       linalg::GenericOp::create(builder, type, inputs, empty,
                                                 maps, iterators, body));
    return success();
  }
};

/// Lowers a contract or a conv.
template <typename Op>
struct LowerContraction : OpConversionPattern<Op> {
  using OpConversionPattern<Op>::OpConversionPattern;
  using Adaptor = typename OpConversionPattern<Op>::OneToNOpAdaptor;

  LogicalResult
  matchAndRewrite(Op op, Adaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
    Value lhs = op->getOperand(0), rhs = op->getOperand(1);
    ValueRange lhsComponents = adaptor.getOperands()[0];
    ValueRange rhsComponents = adaptor.getOperands()[1];
    if (op.isIntegerContraction())
      rewriter.replaceOp(
          op, lowerInteger(op, lhsComponents, rhsComponents, builder));
    else
      rewriter.replaceOp(
          op,
          buildContraction(builder, op, decode(builder, lhs, lhsComponents),
                           decode(builder, rhs, rhsComponents), op.getInit()));
    return success();
  }

private:
  /// The dense operand: itself, or its decode.
  static Value decode(ImplicitLocOpBuilder &builder, Value operand,
                      ValueRange components) {
    auto type = dyn_cast<CompressedTensorType>(operand.getType());
    if (!type)
      return operand;
    return type.getScheme().buildDecode(builder, components,
                                        type.getDenseType());
  }

  /// The stored integers of an affine operand less their zero points: i8
  /// without zero points, otherwise i16, which holds every difference.
  static Value decodeIntegers(ImplicitLocOpBuilder &builder, Value operand,
                              ValueRange components) {
    auto type = cast<CompressedTensorType>(operand.getType());
    SchemeAttrInterface scheme = type.getScheme();
    bool hasZeroPoints = llvm::any_of(
        scheme.getParameters(type.getShape(), type.getElementType()),
        [](const ComponentSpec &spec) { return spec.name == "zero_points"; });
    Type integer = builder.getIntegerType(hasZeroPoints ? 16 : 8);
    return scheme.buildDecode(builder, components,
                              RankedTensorType::get(type.getShape(), integer));
  }

  /// init + sum of lhs * rhs, computed in the type of `init`.
  static Value buildContraction(ImplicitLocOpBuilder &builder, Op op, Value lhs,
                                Value rhs, Value init) {
    SmallVector<AffineMap> maps = llvm::to_vector(
        op.getIndexingMaps().template getAsValueRange<AffineMapAttr>());
    SmallVector<utils::IteratorType> iterators(maps[2].getNumDims(),
                                               utils::IteratorType::reduction);
    for (AffineExpr expr : maps[2].getResults())
      iterators[cast<AffineDimExpr>(expr).getPosition()] =
          utils::IteratorType::parallel;
    auto body = [](OpBuilder &nested, Location loc, ValueRange elements) {
      ImplicitLocOpBuilder b(loc, nested);
      Type type = elements[2].getType();
      if (isa<IntegerType>(type)) {
        Value product = arith::MulIOp::create(
            b, arith::ExtSIOp::create(b, type, elements[0]),
            arith::ExtSIOp::create(b, type, elements[1]));
        linalg::YieldOp::create(
            b, arith::AddIOp::create(b, elements[2], product).getResult());
        return;
      }
      Value product =
          arith::MulFOp::create(b, buildFloatCast(b, elements[0], type),
                                buildFloatCast(b, elements[1], type));
      linalg::YieldOp::create(
          b, arith::AddFOp::create(b, elements[2], product).getResult());
    };
    auto generic =
        linalg::GenericOp::create(builder, init.getType(), ValueRange{lhs, rhs},
                                  init, maps, iterators, body);
    // Such as a schedule that was written by hand.
    generic->setDiscardableAttrs(op->getDiscardableAttrDictionary());
    return generic.getResult(0);
  }

  /// The index of a scale along an axis, from the loops over the result. The
  /// parameters do not vary along reduced dimensions: position 0 does.
  static Value buildScaleIndex(ImplicitLocOpBuilder &b, AffineExpr expr,
                               AffineMap result) {
    SmallVector<WindowTerm, 2> terms = getWindowTerms(expr);
    bool reduced = llvm::any_of(terms, [&](WindowTerm term) {
      return !result.isFunctionOfDim(term.dim);
    });
    if (reduced)
      return arith::ConstantIndexOp::create(b, 0);
    Value sum;
    for (WindowTerm term : terms) {
      Value index = linalg::IndexOp::create(
          b, *result.getResultPosition(b.getAffineDimExpr(term.dim)));
      if (term.factor != 1)
        index = arith::MulIOp::create(
            b, index, arith::ConstantIndexOp::create(b, term.factor));
      sum = sum ? arith::AddIOp::create(b, sum, index).getResult() : index;
    }
    return sum;
  }

  /// The exact form: a contraction in i32, scaled afterwards.
  static Value lowerInteger(Op op, ValueRange lhsComponents,
                            ValueRange rhsComponents,
                            ImplicitLocOpBuilder &builder) {
    RankedTensorType type = op.getType();
    Value init = op.getInit();
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, op.getLoc(), init);
    Value zero =
        arith::ConstantOp::create(builder, builder.getI32IntegerAttr(0));
    Value empty = tensor::EmptyOp::create(builder, sizes, builder.getI32Type());
    Value accumulator =
        linalg::FillOp::create(builder, ValueRange{zero}, ValueRange{empty})
            .getResult(0);
    Value lhs = decodeIntegers(builder, op->getOperand(0), lhsComponents);
    Value rhs = decodeIntegers(builder, op->getOperand(1), rhsComponents);
    Value sum = buildContraction(builder, op, lhs, rhs, accumulator);

    SmallVector<AffineMap> maps = llvm::to_vector(
        op.getIndexingMaps().template getAsValueRange<AffineMapAttr>());
    SmallVector<AffineMap> identities(
        3, builder.getMultiDimIdentityMap(type.getRank()));
    SmallVector<utils::IteratorType> iterators(type.getRank(),
                                               utils::IteratorType::parallel);
    Value output =
        tensor::EmptyOp::create(builder, sizes, type.getElementType());
    auto body = [&](OpBuilder &nested, Location loc, ValueRange elements) {
      ImplicitLocOpBuilder b(loc, nested);
      auto buildScale = [&](Value operand, ValueRange components,
                            AffineMap map) -> Value {
        auto compressed = cast<CompressedTensorType>(operand.getType());
        SchemeAttrInterface scheme = compressed.getScheme();
        SmallVector<Value> indices;
        for (AffineExpr expr : map.getResults())
          indices.push_back(buildScaleIndex(b, expr, maps[2]));
        unsigned numParameters = scheme
                                     .getParameters(compressed.getShape(),
                                                    compressed.getElementType())
                                     .size();
        return scheme.getStorage().buildScale(
            b, components.slice(1, numParameters), indices);
      };
      Value scale = arith::MulFOp::create(
          b, buildScale(op->getOperand(0), lhsComponents, maps[0]),
          buildScale(op->getOperand(1), rhsComponents, maps[1]));
      Value value = arith::MulFOp::create(
          b, arith::SIToFPOp::create(b, b.getF32Type(), elements[0]), scale);
      Value start = buildFloatCast(b, elements[1], b.getF32Type());
      Value result = arith::AddFOp::create(b, start, value);
      linalg::YieldOp::create(b,
                              buildFloatCast(b, result, type.getElementType()));
    };
    return linalg::GenericOp::create(builder, type, ValueRange{sum, init},
                                     output, identities, iterators, body)
        .getResult(0);
  }
};

struct ConvertCompressToLinalgPass
    : compress::impl::ConvertCompressToLinalgPassBase<
          ConvertCompressToLinalgPass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    TypeConverter converter;
    populateExplodeTypeConversions(converter);
    RewritePatternSet patterns(context);
    ConversionTarget target(*context);
    populateExplodePatterns(converter, patterns, target);
    populateCompressToLinalgPatterns(converter, patterns);
    target.addIllegalDialect<CompressDialect>();
    if (failed(verifyExplodable(getOperation())) || failed(verifyEncodes()) ||
        failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      signalPassFailure();
  }

private:
  /// Checks that an op which encodes by `storage` can choose its parameters.
  static LogicalResult verifyParameters(Operation *op,
                                        StorageAttrInterface storage,
                                        ValueRange parameters) {
    if (!storage.isLearned() || !parameters.empty())
      return success();
    return op->emitOpError()
           << "cannot run with " << storage
           << ": a codebook is learned from a whole weight; run compress-fold "
              "first, which needs a weight, or give the codebook as a "
              "parameter";
  }

  /// Checks that every op that encodes can run.
  LogicalResult verifyEncodes() {
    auto verify = [](Operation *op) -> LogicalResult {
      if (auto fake = dyn_cast<FakeQuantizeOp>(op))
        return verifyParameters(fake, fake.getStorage(), fake.getParameters());
      auto encode = dyn_cast<EncodeOp>(op);
      if (!encode)
        return success();
      if (encode.getObserver() &&
          encode.getObserver()->getKind() != ObserverKind::MinMax)
        return encode.emitOpError()
               << "cannot run with observer " << *encode.getObserver()
               << ": only minmax is computed at run time; run compress-fold "
                  "first, which needs a weight";
      return verifyParameters(encode, encode.getType().getScheme().getStorage(),
                              encode.getParameters());
    };
    return failure(
        getOperation()
            .walk([&](Operation *op) { return WalkResult(verify(op)); })
            .wasInterrupted());
  }
};
} // namespace

void compress::populateCompressToLinalgPatterns(const TypeConverter &converter,
                                                RewritePatternSet &patterns) {
  patterns.add<LowerDecode, LowerExtract, LowerFakeQuantize, LowerEncode,
               LowerChooseQParams, LowerPrune, LowerContraction<ContractOp>,
               LowerContraction<ConvOp>>(converter, patterns.getContext());
}
