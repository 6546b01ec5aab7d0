//===- ExpandDeviceMath.cpp - Math without a device library ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Transforms/DialectConversion.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace mlir::compress {
#define GEN_PASS_DEF_EXPANDDEVICEMATHPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;

/// Ops that the NVPTX back end selects as instructions.
static bool hasInstruction(Operation *op) {
  return isa<math::SqrtOp, math::AbsFOp, math::AbsIOp, math::FloorOp,
             math::CeilOp, math::TruncOp, math::RoundEvenOp, math::FmaOp,
             math::CopySignOp, math::CountLeadingZerosOp,
             math::CountTrailingZerosOp, math::CtPopOp>(op);
}

namespace {
struct ExpandDeviceMath
    : compress::impl::ExpandDeviceMathPassBase<ExpandDeviceMath> {
  void runOnOperation() override {
    Operation *kernels = getOperation();
    RewritePatternSet expansion(&getContext());
    math::populateExpansionPatterns(
        expansion, {"sinh", "cosh", "tan", "asinh", "acosh", "atanh", "round",
                    "rsqrt", "powf", "fpowi", "clampf", "exp2"});
    auto always = [](StringRef) { return true; };
    populateMathF32ExpansionPatterns(expansion, [](StringRef name) {
      return !name.ends_with("sqrt") && name != "math.fma" &&
             name != "math.absf";
    });
    populateMathPolynomialApproximationPatterns(expansion, always);
    if (failed(applyPatternsGreedily(kernels, std::move(expansion))))
      return signalPassFailure();

    LLVMTypeConverter types(&getContext());
    RewritePatternSet intrinsics(&getContext());
    populateMathToLLVMConversionPatterns(types, intrinsics);
    ConversionTarget target(getContext());
    target.addLegalDialect<LLVM::LLVMDialect>();
    target.addDynamicallyLegalDialect<math::MathDialect>(
        [](Operation *op) { return !hasInstruction(op); });
    if (failed(applyPartialConversion(kernels, target, std::move(intrinsics))))
      return signalPassFailure();

    kernels->walk([&](Operation *op) {
      if (isa<math::MathDialect>(op->getDialect())) {
        op->emitOpError("has no expansion for GPUs for operands of type ")
            << op->getOperandTypes();
        signalPassFailure();
      } else if (isa<arith::AddFOp, arith::SubFOp, arith::MulFOp>(op)) {
        auto fast = cast<arith::ArithFastMathInterface>(op);
        arith::FastMathFlags flags = fast.getFastMathFlagsAttr().getValue();
        op->setAttr(fast.getFastMathAttrName(),
                    arith::FastMathFlagsAttr::get(
                        &getContext(), flags | arith::FastMathFlags::contract));
      }
    });
  }
};
} // namespace
