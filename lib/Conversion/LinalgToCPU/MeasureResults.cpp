//===- MeasureResults.cpp - Extents of results before a call --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/MemRef/Transforms/Transforms.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::compress {
#define GEN_PASS_DEF_MEASURERESULTSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Makes a copy of a function one that writes the extents of its results.
static void makeMeasure(func::FuncOp function) {
  Location loc = function.getLoc();
  Operation *exit = function.getBody().front().getTerminator();
  OpBuilder builder(exit);
  unsigned number = function.getNumArguments();
  (void)function.insertArgument(
      number, MemRefType::get({ShapedType::kDynamic}, builder.getIndexType()),
      /*argAttrs=*/{}, loc);
  Value plan = function.getArgument(number);
  int64_t index = 0;
  for (Value result : exit->getOperands())
    for (int64_t d = 0; d < cast<RankedTensorType>(result.getType()).getRank();
         ++d) {
      Value extent = tensor::DimOp::create(builder, loc, result, d);
      Value at = arith::ConstantIndexOp::create(builder, loc, index++);
      memref::StoreOp::create(builder, loc, extent, plan, at);
    }
  exit->setOperands({});
  function.removeResAttrsAttr();
  function.setFunctionType(
      builder.getFunctionType(function.getArgumentTypes(), {}));
}

namespace {
struct MeasureResults : compress::impl::MeasureResultsPassBase<MeasureResults> {
  void runOnOperation() override {
    SymbolTable symbols(getOperation());
    RewritePatternSet list(&getContext());
    memref::populateResolveRankedShapedTypeResultDimsPatterns(list);
    memref::populateResolveShapedTypeResultDimsPatterns(list);
    tensor::DimOp::getCanonicalizationPatterns(list, &getContext());
    FrozenRewritePatternSet patterns(std::move(list));
    for (auto function :
         llvm::make_early_inc_range(getOperation().getOps<func::FuncOp>())) {
      if (!function.isPublic() || function.isExternal() ||
          llvm::all_of(function.getResultTypes(), [](Type type) {
            auto tensor = dyn_cast<RankedTensorType>(type);
            return !tensor || tensor.hasStaticShape();
          }))
        continue;
      if (!llvm::hasSingleElement(function.getBody())) {
        function.emitOpError("branches between blocks; expected control flow "
                             "of the scf dialect");
        return signalPassFailure();
      }
      func::FuncOp measure = function.clone();
      measure.setName((function.getName() + "_measure").str());
      symbols.insert(measure, ++Block::iterator(function));
      makeMeasure(measure);
      // What no extent follows from goes.
      if (failed(applyPatternsGreedily(measure, patterns)))
        return signalPassFailure();
      function->setAttr(kMeasureResultsAttr,
                        FlatSymbolRefAttr::get(measure.getNameAttr()));
    }
  }
};
} // namespace
