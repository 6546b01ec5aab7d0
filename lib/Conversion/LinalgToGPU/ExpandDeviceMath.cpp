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
#include "mlir/IR/ImplicitLocOpBuilder.h"
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

//===----------------------------------------------------------------------===//
// Functions by approximate instructions
//===----------------------------------------------------------------------===//

static Value constant(ImplicitLocOpBuilder &b, double value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

static Value call(ImplicitLocOpBuilder &b, StringRef intrinsic, Value x) {
  return LLVM::CallIntrinsicOp::create(b, b.getF32Type(),
                                       b.getStringAttr(intrinsic), x)
      .getResult(0);
}

/// 2^x within 2^-22 of it, and zero where that is below 2^-126.
static Value buildExp2(ImplicitLocOpBuilder &b, Value x) {
  return call(b, "llvm.nvvm.ex2.approx.ftz", x);
}

/// e^x = 2^t with t = x log2(e) in two parts, t = h + l: 2^h (1 + l ln(2)),
/// which differs by l^2 ln(2)^2 / 2 < 2^-36 from 2^h 2^l.
static Value buildExp(ImplicitLocOpBuilder &b, Value x) {
  // log2(e) in two parts.
  Value high = constant(b, 0x1.715476p+0), low = constant(b, 0x1.4ae0bep-26);
  // Beyond these the result is infinity or zero, while h and l stay finite. NaN
  // stays too.
  Value clamped = arith::MinimumFOp::create(
      b, arith::MaximumFOp::create(b, x, constant(b, -128.0)),
      constant(b, 128.0));
  Value h = arith::MulFOp::create(b, clamped, high);
  Value rest =
      math::FmaOp::create(b, clamped, high, arith::NegFOp::create(b, h));
  Value l = math::FmaOp::create(b, clamped, low, rest);
  Value correction =
      math::FmaOp::create(b, l, constant(b, 0x1.62e43p-1), constant(b, 1.0));
  return arith::MulFOp::create(b, buildExp2(b, h), correction);
}

static Value buildRsqrt(ImplicitLocOpBuilder &b, Value x) {
  return call(b, "llvm.nvvm.rsqrt.approx.f", x);
}

/// 1 - 2 / (e^2|x| + 1), with the sign of x; below 0.55, where that cancels, an
/// odd polynomial.
static Value buildTanh(ImplicitLocOpBuilder &b, Value x) {
  Value magnitude = math::AbsFOp::create(b, x);
  Value power = buildExp(b, arith::AddFOp::create(b, magnitude, magnitude));
  Value one = constant(b, 1.0);
  Value inverse = call(b, "llvm.nvvm.rcp.approx.ftz.f",
                       arith::AddFOp::create(b, power, one));
  Value large = math::CopySignOp::create(
      b, math::FmaOp::create(b, constant(b, -2.0), inverse, one), x);
  // The coefficients minimize the largest relative error on [0, 0.55].
  Value square = arith::MulFOp::create(b, x, x);
  Value sum = constant(b, -0x1.9b2f2ap-8);
  for (double coefficient :
       {0x1.593cd8p-6, -0x1.b92876p-5, 0x1.110d26p-3, -0x1.55554ap-2})
    sum = math::FmaOp::create(b, sum, square, constant(b, coefficient));
  Value small =
      math::FmaOp::create(b, arith::MulFOp::create(b, x, square), sum, x);
  Value isSmall = arith::CmpFOp::create(b, arith::CmpFPredicate::OLT, magnitude,
                                        constant(b, 0.55));
  return arith::SelectOp::create(b, isSmall, small, large);
}

namespace {
/// Replaces an op on f32 by what `build` makes of its operand.
template <typename Op>
struct ByInstruction : OpRewritePattern<Op> {
  using Build = Value (*)(ImplicitLocOpBuilder &, Value);
  ByInstruction(MLIRContext *context, Build build)
      // Before upstream's patterns for the same op.
      : OpRewritePattern<Op>(context, /*benefit=*/10), build(build) {}

  LogicalResult matchAndRewrite(Op op,
                                PatternRewriter &rewriter) const override {
    if (!op.getType().isF32())
      return rewriter.notifyMatchFailure(op, "only f32 has the instruction");
    ImplicitLocOpBuilder b(op.getLoc(), rewriter);
    rewriter.replaceOp(op, build(b, op.getOperand()));
    return success();
  }

  Build build;
};

struct ExpandDeviceMath
    : compress::impl::ExpandDeviceMathPassBase<ExpandDeviceMath> {
  void runOnOperation() override {
    Operation *kernels = getOperation();
    MLIRContext *context = &getContext();
    RewritePatternSet expansion(context);
    expansion.add<ByInstruction<math::ExpOp>>(context, buildExp);
    expansion.add<ByInstruction<math::Exp2Op>>(context, buildExp2);
    expansion.add<ByInstruction<math::RsqrtOp>>(context, buildRsqrt);
    expansion.add<ByInstruction<math::TanhOp>>(context, buildTanh);
    math::populateExpansionPatterns(
        expansion, {"sinh", "cosh", "tan", "asinh", "acosh", "atanh", "round",
                    "rsqrt", "powf", "fpowi", "clampf", "exp2"});
    auto always = [](StringRef) { return true; };
    populateMathF32ExpansionPatterns(expansion, [](StringRef name) {
      return name != "math.sqrt" && name != "math.fma" && name != "math.absf";
    });
    populateMathPolynomialApproximationPatterns(expansion, always);
    if (failed(applyPatternsGreedily(kernels, std::move(expansion))))
      return signalPassFailure();

    LLVMTypeConverter types(context);
    RewritePatternSet intrinsics(context);
    populateMathToLLVMConversionPatterns(types, intrinsics);
    ConversionTarget target(*context);
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
                        context, flags | arith::FastMathFlags::contract));
      }
    });
  }
};
} // namespace
