//===- Floats.cpp - Conversions that code generation calls ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Floats.h"
#include <cstring>

using namespace mlir::compress;
using namespace mlir::compress::runtime;

static uint32_t getBits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof(bits));
  return bits;
}

static float makeFloat(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof(bits));
  return value;
}

float runtime::truncateToBF16(float value) {
  uint32_t bits = getBits(value);
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  bool isNaN = (bits & 0x7fffffff) > 0x7f800000;
  return makeFloat(isNaN ? bits >> 16 | 0x40 : rounded);
}

float runtime::truncateToF16(float value) {
  uint32_t bits = getBits(value);
  uint32_t sign = bits >> 16 & 0x8000, magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000)
    return makeFloat(sign | 0x7e00 | (magnitude >> 13 & 0x3ff));
  // 65520 and more round to infinity.
  if (magnitude >= 0x477ff000)
    return makeFloat(sign | 0x7c00);
  // Below 2^-14 there are steps of 2^-24, which the addition rounds to.
  if (magnitude < 0x38800000)
    return makeFloat(sign |
                     (getBits(makeFloat(magnitude) + 0.5f) - 0x3f000000));
  uint32_t rounded = magnitude + 0xfff + (magnitude >> 13 & 1);
  return makeFloat(sign | (rounded - 0x38000000) >> 13);
}

float runtime::extendF16(float value) {
  uint32_t bits = getBits(value);
  uint32_t sign = (bits & 0x8000) << 16, magnitude = bits & 0x7fff;
  // The exponent moves by 112, which the product does also for subnormals.
  if (magnitude < 0x7c00)
    return makeFloat(sign | getBits(makeFloat(magnitude << 13) * 0x1p112f));
  return makeFloat(sign | 0x7f800000 | magnitude << 13 |
                   (magnitude > 0x7c00 ? 0x400000 : 0));
}

// Only models have these names: a process has those of its own library.
#define COMPRESS_HIDDEN __attribute__((visibility("hidden")))
extern "C" {
COMPRESS_HIDDEN float __truncsfbf2(float value) {
  return truncateToBF16(value);
}
COMPRESS_HIDDEN float __truncsfhf2(float value) { return truncateToF16(value); }
COMPRESS_HIDDEN float __extendhfsf2(float value) { return extendF16(value); }
}
