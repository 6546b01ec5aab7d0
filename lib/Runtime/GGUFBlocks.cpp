//===- GGUFBlocks.cpp - Decode the block types of GGUF files --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layouts and formulas of ggml-quants
// (https://github.com/ggml-org/ggml/blob/master/src/ggml-quants.c). All
// arithmetic is in f32, a product and then a sum, in the order written here.
//
//===----------------------------------------------------------------------===//

#include "GGUFBlocks.h"
#include "compress/Codec/Convert.h"
#include "llvm/Support/Endian.h"

using namespace llvm;

namespace mlir::compress::runtime {

/// A scale.
static float readF16(const uint8_t *bytes) {
  float value;
  codec::convertToF32(codec::ElementType::F16,
                      ArrayRef(reinterpret_cast<const char *>(bytes), 2),
                      value);
  return value;
}

//===----------------------------------------------------------------------===//
// Blocks of 32: one scale d, and in the types _1 a minimum m. Element j and
// element j + 16 share a byte of nibbles.
//===----------------------------------------------------------------------===//

/// f16 d, nibbles: (q - 8) d.
static void decodeQ4_0(const uint8_t *block, float *result) {
  float d = readF16(block);
  const uint8_t *nibbles = block + 2;
  for (int j = 0; j < 16; ++j) {
    result[j] = float((nibbles[j] & 15) - 8) * d;
    result[j + 16] = float((nibbles[j] >> 4) - 8) * d;
  }
}

/// f16 d, f16 m, nibbles: q d + m.
static void decodeQ4_1(const uint8_t *block, float *result) {
  float d = readF16(block), m = readF16(block + 2);
  const uint8_t *nibbles = block + 4;
  for (int j = 0; j < 16; ++j) {
    result[j] = float(nibbles[j] & 15) * d + m;
    result[j + 16] = float(nibbles[j] >> 4) * d + m;
  }
}

/// The fifth bit of element j.
static int getFifthBit(uint32_t bits, int j) { return ((bits >> j) & 1) << 4; }

/// f16 d, 32 fifth bits, nibbles: (q - 16) d.
static void decodeQ5_0(const uint8_t *block, float *result) {
  float d = readF16(block);
  uint32_t bits = support::endian::read32le(block + 2);
  const uint8_t *nibbles = block + 6;
  for (int j = 0; j < 16; ++j) {
    int low = (nibbles[j] & 15) | getFifthBit(bits, j);
    int high = (nibbles[j] >> 4) | getFifthBit(bits, j + 16);
    result[j] = float(low - 16) * d;
    result[j + 16] = float(high - 16) * d;
  }
}

/// f16 d, f16 m, 32 fifth bits, nibbles: q d + m.
static void decodeQ5_1(const uint8_t *block, float *result) {
  float d = readF16(block), m = readF16(block + 2);
  uint32_t bits = support::endian::read32le(block + 4);
  const uint8_t *nibbles = block + 8;
  for (int j = 0; j < 16; ++j) {
    int low = (nibbles[j] & 15) | getFifthBit(bits, j);
    int high = (nibbles[j] >> 4) | getFifthBit(bits, j + 16);
    result[j] = float(low) * d + m;
    result[j + 16] = float(high) * d + m;
  }
}

/// f16 d, 32 signed bytes: q d.
static void decodeQ8_0(const uint8_t *block, float *result) {
  float d = readF16(block);
  for (int j = 0; j < 32; ++j)
    result[j] = float(int8_t(block[2 + j])) * d;
}

//===----------------------------------------------------------------------===//
// Blocks of 256 ("K"): d scales the integer scales of groups of 16 or 32.
//===----------------------------------------------------------------------===//

/// 16 bytes of 4-bit scales and minima, 64 bytes of 2-bit codes, f16 d,
/// f16 dmin: (d sc) q - (dmin m). A byte holds elements j, j + 32, j + 64 and
/// j + 96 of its half block.
static void decodeQ2_K(const uint8_t *block, float *result) {
  const uint8_t *scales = block, *codes = block + 16;
  float d = readF16(block + 80), dmin = readF16(block + 82);
  for (int group = 0; group < 16; ++group) {
    int half = group / 8, shift = 2 * (group % 8 / 2), odd = group % 2;
    float scale = d * float(scales[group] & 15);
    float minimum = dmin * float(scales[group] >> 4);
    const uint8_t *bytes = codes + 32 * half + 16 * odd;
    for (int j = 0; j < 16; ++j)
      *result++ = scale * float((bytes[j] >> shift) & 3) - minimum;
  }
}

/// 32 bytes of high bits, 64 bytes of the codes' low 2 bits, 12 bytes of 6-bit
/// scales, f16 d: (d (sc - 32)) (q - 4). Codes lie as in Q2_K; the high bit of
/// element j of each run of 32 is in byte j, one bit per run. Scale i has its
/// low nibble in byte i % 8, its high two bits in byte 8 + i % 4.
static void decodeQ3_K(const uint8_t *block, float *result) {
  const uint8_t *highBits = block, *codes = block + 32, *scales = block + 96;
  float d = readF16(block + 108);
  for (int group = 0; group < 16; ++group) {
    int half = group / 8, shift = 2 * (group % 8 / 2), odd = group % 2;
    int low = (scales[group % 8] >> (group / 8 * 4)) & 15;
    int high = (scales[8 + group % 4] >> (2 * (group / 4))) & 3;
    float scale = d * float((low | high << 4) - 32);
    const uint8_t *bytes = codes + 32 * half + 16 * odd;
    for (int j = 0; j < 16; ++j) {
      int code = (bytes[j] >> shift) & 3;
      int bit = (highBits[16 * odd + j] >> (group / 2)) & 1;
      *result++ = scale * float((code | bit << 2) - 4);
    }
  }
}

namespace {
/// The scales and minima of Q4_K and Q5_K, 6 bits each, of 8 groups of 32 in 12
/// bytes.
struct SixBits {
  SixBits(const uint8_t *bytes, int group) {
    if (group < 4) {
      scale = bytes[group] & 63;
      minimum = bytes[group + 4] & 63;
    } else {
      scale = (bytes[group + 4] & 15) | (bytes[group - 4] >> 6 << 4);
      minimum = (bytes[group + 4] >> 4) | (bytes[group] >> 6 << 4);
    }
  }
  int scale, minimum;
};
} // namespace

/// f16 d, f16 dmin, 12 bytes of scales and minima, 128 bytes of nibbles:
/// (d sc) q - (dmin m). Groups 2i and 2i + 1 share 32 bytes.
static void decodeQ4_K(const uint8_t *block, float *result) {
  float d = readF16(block), dmin = readF16(block + 2);
  for (int group = 0; group < 8; ++group) {
    SixBits bits(block + 4, group);
    float scale = d * float(bits.scale), minimum = dmin * float(bits.minimum);
    const uint8_t *nibbles = block + 16 + group / 2 * 32;
    for (int j = 0; j < 32; ++j)
      *result++ = scale * float((nibbles[j] >> (group % 2 * 4)) & 15) - minimum;
  }
}

/// As Q4_K, with 32 bytes of fifth bits before the nibbles: byte j has a bit
/// for element j of each group.
static void decodeQ5_K(const uint8_t *block, float *result) {
  float d = readF16(block), dmin = readF16(block + 2);
  const uint8_t *fifthBits = block + 16;
  for (int group = 0; group < 8; ++group) {
    SixBits bits(block + 4, group);
    float scale = d * float(bits.scale), minimum = dmin * float(bits.minimum);
    const uint8_t *nibbles = block + 48 + group / 2 * 32;
    for (int j = 0; j < 32; ++j) {
      int code = (nibbles[j] >> (group % 2 * 4)) & 15;
      code |= ((fifthBits[j] >> group) & 1) << 4;
      *result++ = scale * float(code) - minimum;
    }
  }
}

/// 128 bytes of low nibbles, 64 bytes of high two bits, 16 signed bytes of
/// scales, f16 d: (d sc) (q - 32), a scale for 16 elements. Of each half block,
/// byte j of the nibbles has elements j and j + 64 (64 bytes), byte j of the
/// high bits elements j, j + 32, j + 64 and j + 96 (32 bytes).
static void decodeQ6_K(const uint8_t *block, float *result) {
  const uint8_t *scales = block + 192;
  float d = readF16(block + 208);
  for (int i = 0; i < 256; ++i) {
    int half = i / 128, j = i % 128;
    const uint8_t *low = block + 64 * half, *high = block + 128 + 32 * half;
    int code = (low[j % 64] >> (j / 64 * 4)) & 15;
    code |= ((high[j % 32] >> (j / 32 * 2)) & 3) << 4;
    result[i] = d * float(int8_t(scales[i / 16])) * float(code - 32);
  }
}

//===----------------------------------------------------------------------===//
// Table
//===----------------------------------------------------------------------===//

static constexpr GGUFType types[] = {
    {0, "F32", 1, 4, DType::F32, nullptr},
    {1, "F16", 1, 2, DType::F16, nullptr},
    {2, "Q4_0", 32, 18, std::nullopt, decodeQ4_0},
    {3, "Q4_1", 32, 20, std::nullopt, decodeQ4_1},
    {6, "Q5_0", 32, 22, std::nullopt, decodeQ5_0},
    {7, "Q5_1", 32, 24, std::nullopt, decodeQ5_1},
    {8, "Q8_0", 32, 34, std::nullopt, decodeQ8_0},
    {10, "Q2_K", 256, 84, std::nullopt, decodeQ2_K},
    {11, "Q3_K", 256, 110, std::nullopt, decodeQ3_K},
    {12, "Q4_K", 256, 144, std::nullopt, decodeQ4_K},
    {13, "Q5_K", 256, 176, std::nullopt, decodeQ5_K},
    {14, "Q6_K", 256, 210, std::nullopt, decodeQ6_K},
    {24, "I8", 1, 1, DType::I8, nullptr},
    {25, "I16", 1, 2, DType::I16, nullptr},
    {26, "I32", 1, 4, DType::I32, nullptr},
    {27, "I64", 1, 8, DType::I64, nullptr},
    {28, "F64", 1, 8, DType::F64, nullptr},
    {30, "BF16", 1, 2, DType::BF16, nullptr},
};

const GGUFType *getGGUFType(uint32_t id) {
  for (const GGUFType &type : types)
    if (type.id == id)
      return &type;
  return nullptr;
}

std::string listGGUFTypes() {
  std::string text;
  for (const GGUFType &type : types)
    text += (text.empty() ? "" : ", ") + type.name.str() + " (" +
            std::to_string(type.id) + ")";
  return text;
}

} // namespace mlir::compress::runtime
