//===- LowerMini.cpp - Lower the dialect to linalg ------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Knows nothing of compression: what was compressed is no op of this dialect
// any more.
//
//===----------------------------------------------------------------------===//

#include "Mini.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/ImplicitLocOpBuilder.h"

using namespace mlir;
using namespace mini;

/// Zeros with the extents that `sizes` gives.
static Value buildZeros(ImplicitLocOpBuilder &b, ArrayRef<OpFoldResult> sizes) {
  Value empty = tensor::EmptyOp::create(b, sizes, b.getF32Type());
  Value zero = arith::ConstantOp::create(b, b.getF32FloatAttr(0));
  return linalg::FillOp::create(b, ValueRange{zero}, ValueRange{empty})
      .getResult(0);
}

static Value lower(ImplicitLocOpBuilder &b, LinearOp op) {
  std::string reason;
  OpFoldResult sizes[] = {
      tensor::getMixedSize(b, b.getLoc(), op.getInput(), 0),
      tensor::getMixedSize(b, b.getLoc(), op.getWeight(), 0)};
  Value zeros = buildZeros(b, sizes);
  return linalg::ContractOp::create(
             b, zeros.getType(), ValueRange{op.getInput(), op.getWeight()},
             ValueRange{zeros},
             b.getAffineMapArrayAttr(op.getContraction(reason)->maps))
      .getResult(0);
}

static Value lower(ImplicitLocOpBuilder &b, TransposeOp op) {
  OpFoldResult sizes[] = {
      tensor::getMixedSize(b, b.getLoc(), op.getInput(), 1),
      tensor::getMixedSize(b, b.getLoc(), op.getInput(), 0)};
  Value empty = tensor::EmptyOp::create(b, sizes, b.getF32Type());
  return linalg::TransposeOp::create(b, op.getInput(), empty,
                                     ArrayRef<int64_t>{1, 0})
      ->getResult(0);
}

static Value lower(ImplicitLocOpBuilder &b, ReluOp op) {
  Value zeros =
      buildZeros(b, tensor::getMixedSizes(b, b.getLoc(), op.getInput()));
  return linalg::MaxOp::create(b, ValueRange{op.getInput(), zeros},
                               ValueRange{zeros})
      .getResult(0);
}

static Value lower(ImplicitLocOpBuilder &b, WeightOp op) {
  return arith::ConstantOp::create(b, cast<TypedAttr>(op.getValue()));
}

namespace {
struct LowerMiniPass : PassWrapper<LowerMiniPass, OperationPass<>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(LowerMiniPass)

  StringRef getArgument() const final { return "lower-mini"; }
  StringRef getDescription() const final { return "Lower mini to linalg"; }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<arith::ArithDialect, linalg::LinalgDialect,
                    tensor::TensorDialect>();
  }

  template <typename Op>
  void lowerAll() {
    getOperation()->walk([](Op op) {
      ImplicitLocOpBuilder b(op.getLoc(), op);
      Value result = lower(b, op);
      Type type = op.getResult().getType();
      if (result.getType() != type)
        result = tensor::CastOp::create(b, type, result);
      op.getResult().replaceAllUsesWith(result);
      op.erase();
    });
  }

  void runOnOperation() final {
    lowerAll<WeightOp>();
    lowerAll<TransposeOp>();
    lowerAll<LinearOp>();
    lowerAll<ReluOp>();
  }
};
} // namespace

std::unique_ptr<Pass> mini::createLowerMiniPass() {
  return std::make_unique<LowerMiniPass>();
}
