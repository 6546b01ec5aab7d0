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

/// The codec's name of a type that tensors can be expressed in: f32, f16 or
/// bf16; none for any other.
inline std::optional<codec::ElementType> getCodecElementType(Type type) {
  if (type.isF32())
    return codec::ElementType::F32;
  if (type.isF16())
    return codec::ElementType::F16;
  if (type.isBF16())
    return codec::ElementType::BF16;
  return std::nullopt;
}

/// The codec's name of a type that elements or scales can be stored in: those
/// above and the floats of 8 and 4 bits; none for any other.
inline std::optional<codec::ElementType> getCodecFloatType(Type type) {
  if (isa<Float8E4M3FNType>(type))
    return codec::ElementType::F8E4M3FN;
  if (isa<Float8E5M2Type>(type))
    return codec::ElementType::F8E5M2;
  if (isa<Float8E8M0FNUType>(type))
    return codec::ElementType::F8E8M0FNU;
  if (isa<Float4E2M1FNType>(type))
    return codec::ElementType::F4E2M1FN;
  return getCodecElementType(type);
}

/// The element type of the tensors that hold values of a float type: integers
/// of as many bits for those of 8 and 4 bits, which arith cannot compute with.
inline Type getCarrierType(Type type) {
  if (type.getIntOrFloatBitWidth() > 8)
    return type;
  return IntegerType::get(type.getContext(), type.getIntOrFloatBitWidth());
}

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_ELEMENTTYPES_H
