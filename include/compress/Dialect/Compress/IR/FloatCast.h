//===- FloatCast.h - Conversion between float types -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_FLOATCAST_H
#define COMPRESS_DIALECT_COMPRESS_IR_FLOATCAST_H

#include "mlir/IR/ImplicitLocOpBuilder.h"

namespace mlir::compress {

/// Converts a float to `type`, rounding to nearest even. f16 and bf16, neither
/// of which contains the other, go through f32.
Value buildFloatCast(ImplicitLocOpBuilder &builder, Value value, Type type);

/// The f32 constant `value`.
Value buildF32(ImplicitLocOpBuilder &builder, float value);

/// Keeps `value`, an f32, within [lo, hi].
Value buildClamp(ImplicitLocOpBuilder &builder, Value value, float lo,
                 float hi);

/// The f32 value of `code`, the bits of a float of 8 or 4 bits as an i32 whose
/// higher bits are ignored.
Value buildFloatFromCode(ImplicitLocOpBuilder &builder, Value code,
                         FloatType type);

/// The i32 code of `value`, an f32 within the finite range of `type`, a float
/// of 8 or 4 bits with a sign: rounded to nearest, ties to even.
Value buildCodeFromFloat(ImplicitLocOpBuilder &builder, Value value,
                         FloatType type);

/// The largest finite value of a float type that f32 contains, and its least
/// positive normal one.
float getLargestFinite(FloatType type);
float getLeastNormal(FloatType type);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_FLOATCAST_H
