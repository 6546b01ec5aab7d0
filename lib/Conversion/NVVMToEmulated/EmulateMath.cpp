//===- EmulateMath.cpp - Approximate functions ----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Hardware promises a bound for the error of these instructions and no bits.
// The emulator gives the result that f64 has, rounded to f32, which is within
// each of the bounds (PTX ISA, floating-point instructions): 2^-22 for ex2 and
// 2^-22.4 for rsqrt, relative to the result, and one unit in the last place for
// rcp. Subnormal operands and results become zeros of their sign where `ftz`
// says so.
//
//===----------------------------------------------------------------------===//

#include "Instruction.h"

using namespace mlir;
using namespace mlir::compress;

/// Zero with its sign in place of a subnormal.
static Value flush(OpBuilder &b, Location loc, Value x) {
  Type f32 = b.getF32Type();
  Value least = LLVM::ConstantOp::create(b, loc, b.getF32FloatAttr(0x1p-126));
  Value zero = LLVM::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
  Value isSubnormal = LLVM::FCmpOp::create(
      b, loc, LLVM::FCmpPredicate::olt, LLVM::FAbsOp::create(b, loc, x), least);
  return LLVM::SelectOp::create(
      b, loc, isSubnormal, LLVM::CopySignOp::create(b, loc, f32, zero, x), x);
}

LogicalResult Instruction::lower(LLVM::CallIntrinsicOp function) {
  StringRef name = function.getIntrin();
  bool isExp2 = name == "llvm.nvvm.ex2.approx.ftz",
       isRsqrt = name == "llvm.nvvm.rsqrt.approx.f",
       isInverse = name == "llvm.nvvm.rcp.approx.ftz.f";
  if (!isExp2 && !isRsqrt && !isInverse)
    return op->emitOpError("is not emulated: expected an op of its own for the "
                           "instruction, or the intrinsic of ex2.approx.ftz, "
                           "rsqrt.approx or rcp.approx.ftz of f32");
  Type f32 = builder.getF32Type(), f64 = builder.getF64Type();
  Value x = function.getArgs()[0];
  if (x.getType() != f32)
    return op->emitOpError("is emulated for f32 only");
  if (!isRsqrt)
    x = flush(builder, loc, x);
  Value wide = LLVM::FPExtOp::create(builder, loc, f64, x);
  if (isExp2) {
    wide = LLVM::Exp2Op::create(builder, loc, f64, wide);
  } else {
    if (isRsqrt)
      wide = LLVM::SqrtOp::create(builder, loc, f64, wide);
    Value one =
        LLVM::ConstantOp::create(builder, loc, builder.getF64FloatAttr(1));
    wide = LLVM::FDivOp::create(builder, loc, one, wide);
  }
  Value result = LLVM::FPTruncOp::create(builder, loc, f32, wide);
  return replace(isRsqrt ? result : flush(builder, loc, result));
}
