//===- OutlineParallel.cpp - Parallel loops to functions for a thread pool ===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/Passes.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/Transforms.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"
#include "mlir/Transforms/RegionUtils.h"

namespace mlir::compress {
#define GEN_PASS_DEF_OUTLINEPARALLELPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct OutlineParallel
    : compress::impl::OutlineParallelPassBase<OutlineParallel> {
  void runOnOperation() override {
    SmallVector<scf::ForallOp> outermost, nested;
    WalkResult walked = getOperation().walk([&](scf::ForallOp op) {
      if (op.getNumResults()) {
        op.emitOpError("expected a parallel loop on buffers; bufferize first");
        return WalkResult::interrupt();
      }
      (op->getParentOfType<scf::ForallOp>() ? nested : outermost).push_back(op);
      return WalkResult::advance();
    });
    if (walked.wasInterrupted())
      return signalPassFailure();
    IRRewriter rewriter(&getContext());
    for (scf::ForallOp op : nested) {
      rewriter.setInsertionPoint(op);
      if (failed(scf::forallToForLoop(rewriter, op)))
        return signalPassFailure();
    }
    for (scf::ForallOp op : outermost)
      if (failed(outline(rewriter, op)))
        return signalPassFailure();
  }

  LogicalResult outline(IRRewriter &rewriter, scf::ForallOp op) {
    Location loc = op.getLoc();
    auto function = op->getParentOfType<func::FuncOp>();
    if (!function)
      return op.emitOpError("expected to be in a func.func");
    LLVMTypeConverter converter(&getContext());
    auto pointerType = LLVM::LLVMPointerType::get(&getContext());
    Type i64 = rewriter.getI64Type();

    // How many iterations there are along each dimension, and in all.
    rewriter.setInsertionPoint(op);
    auto materialize = [&](OpFoldResult value) {
      return getValueOrCreateConstantIndexOp(rewriter, loc, value);
    };
    SmallVector<Value> lower, steps, counts;
    Value total = arith::ConstantIndexOp::create(rewriter, loc, 1);
    for (auto [lb, ub, step] :
         llvm::zip(op.getMixedLowerBound(), op.getMixedUpperBound(),
                   op.getMixedStep())) {
      lower.push_back(materialize(lb));
      steps.push_back(materialize(step));
      OpFoldResult count = affine::makeComposedFoldedAffineApply(
          rewriter, loc,
          AffineMap::get(0, 3,
                         (rewriter.getAffineSymbolExpr(1) -
                          rewriter.getAffineSymbolExpr(0))
                             .ceilDiv(rewriter.getAffineSymbolExpr(2))),
          {lb, ub, step});
      counts.push_back(materialize(count));
      total = arith::MulIOp::create(rewriter, loc, total, counts.back());
    }

    // What the body takes from outside, constants excepted.
    SetVector<Value> used;
    getUsedValuesDefinedAbove(op.getRegion(), used);
    used.insert(lower.begin(), lower.end());
    used.insert(steps.begin(), steps.end());
    used.insert(counts.begin(), counts.end());
    SmallVector<Value> captured;
    SmallVector<Operation *> constants;
    SmallVector<Type> types;
    for (Value value : used) {
      Operation *definition = value.getDefiningOp();
      if (definition && definition->hasTrait<OpTrait::ConstantLike>()) {
        constants.push_back(definition);
        continue;
      }
      Type type = converter.convertType(value.getType());
      if (!type)
        return op.emitOpError("captures a value of type ")
               << value.getType() << ", which has no LLVM type";
      captured.push_back(value);
      types.push_back(type);
    }
    auto contextType = LLVM::LLVMStructType::getLiteral(&getContext(), types);

    // The function.
    auto body = LLVM::LLVMFuncOp::create(
        rewriter, loc, "body",
        LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()),
                                    {pointerType, i64, i64}),
        LLVM::Linkage::Internal);
    body->remove();
    Block *entry = body.addEntryBlock(rewriter);
    rewriter.setInsertionPointToStart(entry);
    IRMapping map;
    for (Operation *constant : constants)
      rewriter.clone(*constant, map);
    Value context =
        LLVM::LoadOp::create(rewriter, loc, contextType, entry->getArgument(0));
    for (auto [i, value] : llvm::enumerate(captured)) {
      Value field = LLVM::ExtractValueOp::create(rewriter, loc, context, i);
      if (field.getType() != value.getType())
        field = UnrealizedConversionCastOp::create(rewriter, loc,
                                                   value.getType(), field)
                    .getResult(0);
      map.map(value, field);
    }
    Type indexType = rewriter.getIndexType();
    Value begin = arith::IndexCastOp::create(rewriter, loc, indexType,
                                             entry->getArgument(1));
    Value end = arith::IndexCastOp::create(rewriter, loc, indexType,
                                           entry->getArgument(2));
    Value one = arith::ConstantIndexOp::create(rewriter, loc, 1);
    auto loop = scf::ForOp::create(rewriter, loc, begin, end, one);
    LLVM::ReturnOp::create(rewriter, loc, ValueRange());
    rewriter.setInsertionPointToStart(loop.getBody());
    Value rest = loop.getInductionVar();
    for (int64_t dim = op.getRank() - 1; dim >= 0; --dim) {
      Value position = rest;
      if (dim > 0) {
        Value count = map.lookup(counts[dim]);
        position = arith::RemUIOp::create(rewriter, loc, rest, count);
        rest = arith::DivUIOp::create(rewriter, loc, rest, count);
      }
      Value offset = arith::MulIOp::create(rewriter, loc, position,
                                           map.lookup(steps[dim]));
      map.map(
          op.getInductionVar(dim),
          arith::AddIOp::create(rewriter, loc, offset, map.lookup(lower[dim])));
    }
    for (Operation &inner : op.getBody()->without_terminator())
      rewriter.clone(inner, map);

    // The call.
    StringAttr name = addOrReuse(rewriter, function, body);
    rewriter.setInsertionPointToStart(&function.getBody().front());
    Value slot = LLVM::AllocaOp::create(
        rewriter, loc, pointerType, contextType,
        LLVM::ConstantOp::create(rewriter, loc, i64, 1).getResult());
    rewriter.setInsertionPoint(op);
    Value filled = LLVM::UndefOp::create(rewriter, loc, contextType);
    for (auto [i, value] : llvm::enumerate(captured)) {
      Value field = value;
      if (field.getType() != types[i])
        field =
            UnrealizedConversionCastOp::create(rewriter, loc, types[i], field)
                .getResult(0);
      filled = LLVM::InsertValueOp::create(rewriter, loc, filled, field, i);
    }
    LLVM::StoreOp::create(rewriter, loc, filled, slot);
    Value pointer =
        LLVM::AddressOfOp::create(rewriter, loc, pointerType, name.getValue());
    Value iterations = arith::IndexCastOp::create(rewriter, loc, i64, total);
    LLVM::CallOp::create(rewriter, loc, getParallelFor(rewriter),
                         ValueRange{pointer, slot, iterations});
    rewriter.eraseOp(op);
    return success();
  }

  /// Puts the function into the module, or finds an equal one there.
  StringAttr addOrReuse(IRRewriter &rewriter, func::FuncOp function,
                        LLVM::LLVMFuncOp body) {
    std::string text;
    llvm::raw_string_ostream(text) << body;
    StringAttr &name = outlined[text];
    if (name) {
      body.erase();
      return name;
    }
    name = rewriter.getStringAttr(function.getName() + "_parallel_" +
                                  Twine(outlined.size() - 1));
    body.setSymNameAttr(name);
    SymbolTable symbols(getOperation());
    name = symbols.insert(body, function->getIterator());
    return name;
  }

  LLVM::LLVMFuncOp getParallelFor(IRRewriter &rewriter) {
    if (auto function =
            getOperation().lookupSymbol<LLVM::LLVMFuncOp>(kParallelForName))
      return function;
    OpBuilder::InsertionGuard guard(rewriter);
    rewriter.setInsertionPointToStart(getOperation().getBody());
    auto pointerType = LLVM::LLVMPointerType::get(&getContext());
    return LLVM::LLVMFuncOp::create(
        rewriter, getOperation().getLoc(), kParallelForName,
        LLVM::LLVMFunctionType::get(
            LLVM::LLVMVoidType::get(&getContext()),
            {pointerType, pointerType, rewriter.getI64Type()}));
  }

  llvm::StringMap<StringAttr> outlined;
};
} // namespace
