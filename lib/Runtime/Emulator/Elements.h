//===- Elements.h - Elements of matrix operands -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_ELEMENTS_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_ELEMENTS_H

#include "compress/Runtime/EmulatedABI.h"
#include "llvm/ADT/ArrayRef.h"
#include <cstring>

namespace mlir::compress::runtime::emulated {

unsigned getBits(EmulatedType type);

/// Whether multiplicands of the type are integers.
bool isInteger(EmulatedType type);

/// The values of the first `count` elements that the words hold.
void widen(EmulatedType type, const uint32_t *words, unsigned count,
           llvm::MutableArrayRef<float> result);
void widen(EmulatedType type, const uint32_t *words, unsigned count,
           llvm::MutableArrayRef<int32_t> result);

float widenHalf(uint16_t half);
/// To nearest even, once.
uint16_t narrowToHalf(double value);

template <typename T>
T readElement(const void *from, unsigned index) {
  T value;
  std::memcpy(&value, static_cast<const char *>(from) + index * sizeof(T),
              sizeof(T));
  return value;
}

template <typename T>
void writeElement(void *to, unsigned index, T value) {
  std::memcpy(static_cast<char *>(to) + index * sizeof(T), &value, sizeof(T));
}

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_ELEMENTS_H
