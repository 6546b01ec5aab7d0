//===- Elements.cpp - Elements of matrix operands -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elements.h"
#include "compress/Codec/Convert.h"
#include "llvm/Support/ErrorHandling.h"
#include <cmath>

using namespace llvm;

namespace mlir::compress::runtime::emulated {

using Type = EmulatedType;

unsigned getBits(Type type) {
  switch (type) {
  case Type::S4:
  case Type::U4:
    return 4;
  case Type::E4M3:
  case Type::E5M2:
  case Type::S8:
  case Type::U8:
    return 8;
  case Type::F16:
  case Type::BF16:
    return 16;
  case Type::TF32:
  case Type::F32:
  case Type::S32:
    return 32;
  case Type::F64:
    return 64;
  }
  return 0;
}

bool isInteger(Type type) {
  return type == Type::S4 || type == Type::U4 || type == Type::S8 ||
         type == Type::U8;
}

void widen(Type type, const uint32_t *words, unsigned count,
           MutableArrayRef<float> result) {
  ArrayRef<char> bytes(reinterpret_cast<const char *>(words),
                       size_t(count) * getBits(type) / 8);
  MutableArrayRef<float> values = result.take_front(count);
  switch (type) {
  case Type::F16:
    return codec::convertToF32(codec::ElementType::F16, bytes, values);
  case Type::BF16:
    return codec::convertToF32(codec::ElementType::BF16, bytes, values);
  case Type::E4M3:
    return codec::convertToF32(codec::ElementType::F8E4M3FN, bytes, values);
  case Type::E5M2:
    return codec::convertToF32(codec::ElementType::F8E5M2, bytes, values);
  case Type::TF32:
    // The low 13 bits are not part of the operand.
    for (unsigned i = 0; i < count; ++i) {
      uint32_t bits = words[i] & ~0x1fffu;
      std::memcpy(&values[i], &bits, sizeof(bits));
    }
    return;
  default:
    llvm_unreachable("not a float operand");
  }
}

void widen(Type type, const uint32_t *words, unsigned count,
           MutableArrayRef<int32_t> result) {
  unsigned bits = getBits(type);
  bool isSigned = type == Type::S8 || type == Type::S4;
  for (unsigned i = 0; i < count; ++i) {
    uint32_t word = words[i * bits / 32] << (32 - bits - i * bits % 32);
    result[i] = isSigned ? int32_t(word) >> (32 - bits) : word >> (32 - bits);
  }
}

/// Rounds to a float whose last bit is set when it is inexact, so that rounding
/// it again, to fewer bits, rounds once.
static float roundToOdd(double value) {
  float nearest = value;
  if (double(nearest) == value || !std::isfinite(nearest))
    return nearest;
  uint32_t bits;
  std::memcpy(&bits, &nearest, sizeof(bits));
  if (bits & 1)
    return nearest;
  // The neighbour on the other side of the value is odd.
  bool isAbove = std::abs(double(nearest)) > std::abs(value);
  bits += isAbove ? -1 : 1;
  std::memcpy(&nearest, &bits, sizeof(bits));
  return nearest;
}

float widenHalf(uint16_t half) {
  float value;
  codec::convertToF32(
      codec::ElementType::F16,
      ArrayRef<char>(reinterpret_cast<const char *>(&half), sizeof(half)),
      value);
  return value;
}

uint16_t narrowToHalf(double value) {
  uint16_t half;
  codec::convertFromF32(
      roundToOdd(value), codec::ElementType::F16,
      MutableArrayRef<char>(reinterpret_cast<char *>(&half), sizeof(half)));
  return half;
}

} // namespace mlir::compress::runtime::emulated
