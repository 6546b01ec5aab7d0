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

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_FLOATCAST_H
