//===- Explode.cpp - Compressed tensors become their components
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/ControlFlow/Transforms/StructuralTypeConversions.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Func/Transforms/FuncConversions.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Patterns.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::compress {
#define GEN_PASS_DEF_EXPLODEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

void compress::populateExplodeTypeConversions(TypeConverter &converter) {
  converter.addConversion([](Type type) { return type; });
  converter.addConversion([](CompressedTensorType type,
                             SmallVectorImpl<Type> &results) -> LogicalResult {
    for (const ComponentSpec &spec : type.getComponents())
      results.push_back(spec.type);
    return success();
  });
  converter.addSourceMaterialization(
      [](OpBuilder &builder, CompressedTensorType type, ValueRange components,
         Location loc) -> Value {
        return AssembleOp::create(builder, loc, type, components);
      });
  converter.addTargetMaterialization([](OpBuilder &builder, TypeRange types,
                                        ValueRange inputs,
                                        Location loc) -> SmallVector<Value> {
    if (inputs.size() != 1)
      return {};
    auto type = dyn_cast<CompressedTensorType>(inputs.front().getType());
    if (!type)
      return {};
    SmallVector<Value> components;
    for (const ComponentSpec &spec : type.getComponents())
      components.push_back(ComponentOp::create(builder, loc, spec.type,
                                               inputs.front(), spec.name));
    return components;
  });
}

namespace {
/// Splits arguments and results, with their attributes.
struct ExplodeFunc : OpConversionPattern<func::FuncOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(func::FuncOp op, OpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    FunctionType type = op.getFunctionType();
    TypeConverter::SignatureConversion signature(type.getNumInputs());
    SmallVector<Attribute> argAttrs, resultAttrs;
    SmallVector<Type> results;
    for (auto [i, input] : llvm::enumerate(type.getInputs())) {
      SmallVector<Type> converted;
      if (failed(typeConverter->convertType(input, converted)))
        return failure();
      signature.addInputs(i, converted);
      appendAttrs(argAttrs, input, op.getArgAttrDict(i),
                  "arg" + std::to_string(i));
    }
    for (auto [i, result] : llvm::enumerate(type.getResults())) {
      if (failed(typeConverter->convertType(result, results)))
        return failure();
      appendAttrs(resultAttrs, result, op.getResultAttrDict(i),
                  "out" + std::to_string(i));
    }
    if (!op.isExternal() && failed(rewriter.convertRegionTypes(
                                &op.getBody(), *typeConverter, &signature)))
      return failure();
    rewriter.modifyOpInPlace(op, [&] {
      op.setType(FunctionType::get(op.getContext(),
                                   signature.getConvertedTypes(), results));
      op.setArgAttrsAttr(rewriter.getArrayAttr(argAttrs));
      op.setResAttrsAttr(rewriter.getArrayAttr(resultAttrs));
    });
    return success();
  }

private:
  /// Adds the attribute dictionaries of what `type` becomes. The components of
  /// a value named W are named W.values, W.scales, ...
  static void appendAttrs(SmallVectorImpl<Attribute> &attrs, Type type,
                          DictionaryAttr dictionary, std::string name) {
    Builder builder(type.getContext());
    NamedAttrList list(dictionary);
    auto compressed = dyn_cast<CompressedTensorType>(type);
    if (!compressed) {
      attrs.push_back(list.getDictionary(type.getContext()));
      return;
    }
    if (auto given =
            dyn_cast_or_null<StringAttr>(list.get(CompressDialect::kNameAttr)))
      name = given.str();
    for (const ComponentSpec &spec : compressed.getComponents()) {
      list.set(CompressDialect::kNameAttr,
               builder.getStringAttr(name + "." + spec.name));
      attrs.push_back(list.getDictionary(type.getContext()));
    }
  }
};

/// A select of compressed tensors selects each component.
struct ExplodeSelect : OpConversionPattern<arith::SelectOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(arith::SelectOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    if (!isa<CompressedTensorType>(op.getType()))
      return rewriter.notifyMatchFailure(op, "selects no compressed tensor");
    SmallVector<Value> results;
    for (auto [lhs, rhs] :
         llvm::zip(adaptor.getTrueValue(), adaptor.getFalseValue()))
      results.push_back(arith::SelectOp::create(
          rewriter, op.getLoc(), adaptor.getCondition().front(), lhs, rhs));
    rewriter.replaceOpWithMultiple(op, {results});
    return success();
  }
};

/// An assemble is its components.
struct ExplodeAssemble : OpConversionPattern<AssembleOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(AssembleOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    rewriter.replaceOpWithMultiple(op,
                                   {SmallVector<Value>(op.getComponents())});
    return success();
  }
};

/// A component of a converted tensor is one of its values.
struct ExplodeComponent : OpConversionPattern<ComponentOp> {
  using OpConversionPattern::OpConversionPattern;

  LogicalResult
  matchAndRewrite(ComponentOp op, OneToNOpAdaptor adaptor,
                  ConversionPatternRewriter &rewriter) const override {
    for (auto [spec, value] : llvm::zip(op.getInput().getType().getComponents(),
                                        adaptor.getInput())) {
      if (spec.name != op.getComponent())
        continue;
      rewriter.replaceOp(op, value);
      return success();
    }
    return failure();
  }
};

/// Whether an op mentions no compressed tensor, in its own types or in those of
/// the blocks in its regions.
bool isFreeOfCompressedTypes(Operation *op) {
  // Types such as tuples and functions hold others.
  auto isCompressed = [](Type type) {
    return type
        .walk([](CompressedTensorType) { return WalkResult::interrupt(); })
        .wasInterrupted();
  };
  if (llvm::any_of(op->getOperandTypes(), isCompressed) ||
      llvm::any_of(op->getResultTypes(), isCompressed))
    return false;
  for (Region &region : op->getRegions())
    for (Block &block : region)
      if (llvm::any_of(block.getArgumentTypes(), isCompressed))
        return false;
  return true;
}

struct ExplodePass : compress::impl::ExplodePassBase<ExplodePass> {
  void runOnOperation() override {
    MLIRContext *context = &getContext();
    TypeConverter converter;
    populateExplodeTypeConversions(converter);
    RewritePatternSet patterns(context);
    ConversionTarget target(*context);
    populateExplodePatterns(converter, patterns, target);

    // Ops of ours read and make compressed tensors; an assemble that they read
    // is made anew.
    target.addLegalDialect<CompressDialect>();
    target.addIllegalOp<AssembleOp, ComponentOp>();
    if (failed(verifyExplodable(getOperation())) ||
        failed(applyPartialConversion(getOperation(), target,
                                      std::move(patterns))))
      return signalPassFailure();
  }
};
} // namespace

LogicalResult compress::verifyExplodable(Operation *root) {
  WalkResult checked = root->walk([&](Operation *op) {
    if (isa<CompressDialect>(op->getDialect()) ||
        isa<func::FuncOp, func::CallOp, func::ReturnOp, scf::IfOp, scf::ForOp,
            scf::WhileOp, scf::YieldOp, scf::ConditionOp, cf::BranchOp,
            cf::CondBranchOp, arith::SelectOp>(op) ||
        isFreeOfCompressedTypes(op))
      return WalkResult::advance();
    op->emitOpError() << "takes or gives a compressed tensor, but besides the "
                         "ops of compress "
                         "only func.func, func.call, func.return, scf.if, "
                         "scf.for, scf.while, "
                         "cf.br, cf.cond_br and arith.select can; decode the "
                         "tensor before it";
    return WalkResult::interrupt();
  });
  return failure(checked.wasInterrupted());
}

void compress::populateExplodePatterns(const TypeConverter &converter,
                                       RewritePatternSet &patterns,
                                       ConversionTarget &target) {
  MLIRContext *context = patterns.getContext();
  patterns.add<ExplodeAssemble, ExplodeComponent, ExplodeFunc, ExplodeSelect>(
      converter, context);
  populateCallOpTypeConversionPattern(patterns, converter);
  populateReturnOpTypeConversionPattern(patterns, converter);
  cf::populateCFStructuralTypeConversions(converter, patterns);
  scf::populateSCFStructuralTypeConversionsAndLegality(converter, patterns,
                                                       target);
  target.addDynamicallyLegalOp<func::FuncOp>([](func::FuncOp op) {
    auto isCompressed = [](Type type) {
      return isa<CompressedTensorType>(type);
    };
    return llvm::none_of(op.getArgumentTypes(), isCompressed) &&
           llvm::none_of(op.getResultTypes(), isCompressed) &&
           isFreeOfCompressedTypes(op);
  });
  target.addDynamicallyLegalOp<func::CallOp, func::ReturnOp, cf::BranchOp,
                               cf::CondBranchOp, arith::SelectOp>(
      isFreeOfCompressedTypes);
  target.markUnknownOpDynamicallyLegal([](Operation *) { return true; });
}
