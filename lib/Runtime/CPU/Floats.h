//===- Floats.h - Conversions that code generation calls --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_CPU_FLOATS_H
#define COMPRESS_LIB_RUNTIME_CPU_FLOATS_H

#include <cstdint>

namespace mlir::compress::runtime {

/// Functions of a compiler's run-time library, which code generation calls
/// where a processor has no instruction: older libraries lack them, and a model
/// is linked with none. A half is passed and returned in the low 16 bits of the
/// register that a float would be in. To nearest, ties to even.
float truncateToBF16(float value);
float truncateToF16(float value);
float extendF16(float value);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_CPU_FLOATS_H
