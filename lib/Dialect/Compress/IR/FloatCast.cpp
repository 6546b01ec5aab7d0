//===- FloatCast.cpp - Conversion between float types
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/FloatCast.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "llvm/ADT/bit.h"

using namespace mlir;
using namespace mlir::compress;

Value compress::buildFloatCast(ImplicitLocOpBuilder &b, Value value,
                               Type type) {
  unsigned from = value.getType().getIntOrFloatBitWidth();
  unsigned to = type.getIntOrFloatBitWidth();
  if (value.getType() == type)
    return value;
  if (from < to)
    return arith::ExtFOp::create(b, type, value);
  if (from > to)
    return arith::TruncFOp::create(b, type, value);
  return arith::TruncFOp::create(
      b, type, arith::ExtFOp::create(b, b.getF32Type(), value));
}

Value compress::buildF32(ImplicitLocOpBuilder &b, float value) {
  return arith::ConstantOp::create(b, b.getF32FloatAttr(value));
}

Value compress::buildClamp(ImplicitLocOpBuilder &b, Value value, float lo,
                           float hi) {
  value = arith::MaximumFOp::create(b, value, buildF32(b, lo));
  return arith::MinimumFOp::create(b, value, buildF32(b, hi));
}

float compress::getLargestFinite(FloatType type) {
  return llvm::APFloat::getLargest(type.getFloatSemantics()).convertToFloat();
}

float compress::getLeastNormal(FloatType type) {
  return llvm::APFloat::getSmallestNormalized(type.getFloatSemantics())
      .convertToFloat();
}

//===----------------------------------------------------------------------===//
// Floats of 8 and 4 bits
//===----------------------------------------------------------------------===//

namespace {
/// How the bits of a float with a sign are divided.
struct Fields {
  explicit Fields(FloatType type)
      : sign(type.getWidth() - 1), mantissa(type.getFPMantissaWidth() - 1),
        leastExponent(llvm::ilogb(
            llvm::APFloat::getSmallestNormalized(type.getFloatSemantics()))) {}

  /// The position of the sign bit.
  unsigned sign;
  /// The bits of the mantissa that are stored.
  unsigned mantissa;
  /// Of normal values.
  int leastExponent;

  unsigned getShift() const { return 23 - mantissa; }
  /// What an exponent of f32 exceeds the type's by, as stored.
  int getBias() const { return 127 + leastExponent - 1; }
};
} // namespace

static Value buildI32(ImplicitLocOpBuilder &b, int64_t value) {
  return arith::ConstantIntOp::create(b, b.getI32Type(), value);
}

static Value buildToBits(ImplicitLocOpBuilder &b, Value value) {
  return arith::BitcastOp::create(b, b.getI32Type(), value);
}

static Value buildFromBits(ImplicitLocOpBuilder &b, Value bits) {
  return arith::BitcastOp::create(b, b.getF32Type(), bits);
}

/// `bits` where `code` is at least `first`, else `others`.
static Value buildSelectFrom(ImplicitLocOpBuilder &b, Value code, int64_t first,
                             Value bits, Value others) {
  Value isSpecial = arith::CmpIOp::create(b, arith::CmpIPredicate::uge, code,
                                          buildI32(b, first));
  return arith::SelectOp::create(b, isSpecial, bits, others);
}

/// 2^(code - 127); the least code is a subnormal f32, the greatest NaN.
static Value buildPowerOfTwo(ImplicitLocOpBuilder &b, Value code) {
  code = arith::AndIOp::create(b, code, buildI32(b, 0xff));
  Value bits = arith::ShLIOp::create(b, code, buildI32(b, 23));
  Value isLeast =
      arith::CmpIOp::create(b, arith::CmpIPredicate::eq, code, buildI32(b, 0));
  bits = arith::SelectOp::create(b, isLeast, buildI32(b, 0x400000), bits);
  bits = buildSelectFrom(b, code, 0xff, buildI32(b, 0x7fc00000), bits);
  return buildFromBits(b, bits);
}

Value compress::buildFloatFromCode(ImplicitLocOpBuilder &b, Value code,
                                   FloatType type) {
  if (isa<Float8E8M0FNUType>(type))
    return buildPowerOfTwo(b, code);
  Fields fields(type);
  Value magnitude = arith::AndIOp::create(
      b, code, buildI32(b, (int64_t(1) << fields.sign) - 1));
  Value mantissa =
      arith::ShLIOp::create(b, magnitude, buildI32(b, fields.getShift()));
  Value normal = arith::AddIOp::create(
      b, mantissa, buildI32(b, int64_t(fields.getBias()) << 23));
  // Subnormals are multiples of the least one, exact in f32.
  Value subnormal = arith::MulFOp::create(
      b, arith::UIToFPOp::create(b, b.getF32Type(), magnitude),
      buildF32(b, std::ldexp(1.0f, fields.leastExponent -
                                       static_cast<int>(fields.mantissa))));
  Value bits = buildSelectFrom(b, magnitude, int64_t(1) << fields.mantissa,
                               normal, buildToBits(b, subnormal));
  if (isa<Float8E4M3FNType>(type))
    bits = buildSelectFrom(b, magnitude, 0x7f, buildI32(b, 0x7fc00000), bits);
  else if (isa<Float8E5M2Type>(type))
    // Infinity and NaN, which keeps its mantissa.
    bits = buildSelectFrom(
        b, magnitude, 0x7c,
        arith::OrIOp::create(b, mantissa, buildI32(b, 0x7f800000)), bits);
  Value sign = arith::ShLIOp::create(
      b, arith::ShRUIOp::create(b, code, buildI32(b, fields.sign)),
      buildI32(b, 31));
  return buildFromBits(b, arith::OrIOp::create(b, bits, sign));
}

Value compress::buildCodeFromFloat(ImplicitLocOpBuilder &b, Value value,
                                   FloatType type) {
  Fields fields(type);
  Value bits = buildToBits(b, value);
  Value magnitude = arith::AndIOp::create(b, bits, buildI32(b, 0x7fffffff));
  // Half a unit in the last place, less one where the mantissa is even.
  Value shift = buildI32(b, fields.getShift());
  Value isOdd = arith::AndIOp::create(
      b, arith::ShRUIOp::create(b, magnitude, shift), buildI32(b, 1));
  Value half = buildI32(b, (int64_t(1) << (fields.getShift() - 1)) - 1);
  Value rounded = arith::AddIOp::create(b, magnitude,
                                        arith::AddIOp::create(b, half, isOdd));
  Value normal = arith::SubIOp::create(
      b, arith::ShRUIOp::create(b, rounded, shift),
      buildI32(b, int64_t(fields.getBias()) << fields.mantissa));
  // Next to 2^(23 + e) a unit in the last place of f32 is 2^e, that of
  // subnormals: the addition rounds.
  float large = std::ldexp(1.0f, 23 + fields.leastExponent -
                                     static_cast<int>(fields.mantissa));
  Value sum =
      arith::AddFOp::create(b, buildFromBits(b, magnitude), buildF32(b, large));
  Value subnormal = arith::SubIOp::create(
      b, buildToBits(b, sum), buildI32(b, llvm::bit_cast<int32_t>(large)));
  float least = std::ldexp(1.0f, fields.leastExponent);
  Value code = buildSelectFrom(b, magnitude, llvm::bit_cast<int32_t>(least),
                               normal, subnormal);
  Value sign =
      arith::ShLIOp::create(b, arith::ShRUIOp::create(b, bits, buildI32(b, 31)),
                            buildI32(b, fields.sign));
  return arith::OrIOp::create(b, code, sign);
}
