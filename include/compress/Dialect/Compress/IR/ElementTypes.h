//===- ElementTypes.h - Types of the codec and of MLIR -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_ELEMENTTYPES_H
#define COMPRESS_DIALECT_COMPRESS_IR_ELEMENTTYPES_H

#include "compress/Codec/Format.h"
#include "mlir/IR/BuiltinTypes.h"
#include <optional>

namespace mlir::compress {

/// The codec's name of a type that tensors can be expressed, scaled or stored
/// in: f32, f16 or bf16; none for any other.
inline std::optional<codec::ElementType> getCodecElementType(Type type) {
  if (type.isF32())
    return codec::ElementType::F32;
  if (type.isF16())
    return codec::ElementType::F16;
  if (type.isBF16())
    return codec::ElementType::BF16;
  return std::nullopt;
}

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_ELEMENTTYPES_H
