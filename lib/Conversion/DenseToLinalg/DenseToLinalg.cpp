//===- DenseToLinalg.cpp - Lower dense ops that the back ends do not read
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/LookupModels.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Tosa/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTDENSETOLINALGPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Upstream has no lowering of tensor.gather.
static void lowerGather(RewriterBase &rewriter, tensor::GatherOp op) {
  ImplicitLocOpBuilder builder(op.getLoc(), rewriter);
  auto getElement = [&](ImplicitLocOpBuilder &b, ValueRange position) {
    return tensor::ExtractOp::create(b, op.getSource(), position).getResult();
  };
  rewriter.replaceOp(op, buildGather(builder, op, getElement));
}

namespace {
struct ConvertDenseToLinalgPass
    : compress::impl::ConvertDenseToLinalgPassBase<ConvertDenseToLinalgPass> {
  void runOnOperation() override {
    if (failed(lowerTosa()) || failed(lowerRelayouts()))
      signalPassFailure();
  }

private:
  LogicalResult lowerTosa() {
    WalkResult found = getOperation().walk([](Operation *op) {
      return isa<tosa::TosaDialect>(op->getDialect()) ? WalkResult::interrupt()
                                                      : WalkResult::advance();
    });
    if (!found.wasInterrupted())
      return success();
    OpPassManager pm(ModuleOp::getOperationName());
    auto add = [&](std::unique_ptr<Pass> pass) {
      pm.addNestedPass<func::FuncOp>(std::move(pass));
    };
    add(tosa::createTosaOptionalDecompositionsPass());
    add(tosa::createTosaMakeBroadcastablePass());
    add(tosa::createTosaToLinalgNamed());
    add(tosa::createTosaToLinalg());
    add(createTosaToArithPass());
    add(createTosaToTensorPass());
    add(createTosaToSCFPass());
    return runPipeline(pm, getOperation());
  }

  LogicalResult lowerRelayouts() {
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (isa<tensor::GatherOp, linalg::PackOp, linalg::UnPackOp>(op))
        ops.push_back(op);
    });
    IRRewriter rewriter(&getContext());
    for (Operation *op : ops) {
      rewriter.setInsertionPoint(op);
      LogicalResult lowered = success();
      if (auto gather = dyn_cast<tensor::GatherOp>(op))
        lowerGather(rewriter, gather);
      else if (auto pack = dyn_cast<linalg::PackOp>(op))
        lowered = linalg::lowerPack(rewriter, pack);
      else
        lowered = linalg::lowerUnPack(rewriter, cast<linalg::UnPackOp>(op));
      if (failed(lowered))
        return op->emitOpError()
               << "cannot be lowered: its inner tiles must have static sizes";
    }
    return success();
  }
};
} // namespace
