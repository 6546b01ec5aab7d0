//===- EmulatorMatrixTest.cpp - Tests of matrix instructions --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The layouts of fragments are written here once more, element by element as
// the tables of the PTX ISA give them, so that a slip in the emulator's one
// formula shows.
//
//===----------------------------------------------------------------------===//

#include "TestEmulator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/bit.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace mlir::compress::runtime;

//===----------------------------------------------------------------------===//
// ldmatrix and stmatrix
//===----------------------------------------------------------------------===//

namespace {
struct MatrixArguments {
  int32_t count, transpose;
  uint32_t values[32][4];
};
} // namespace

/// Row r of matrix i is at row 8i + r, whose elements count from 100 * row.
static void fillRows() {
  int32_t tid = getTid();
  for (int16_t i = 0; i < 8; ++i)
    store(getShared<int16_t>(tid * 8 + i), int16_t(100 * tid + i), "fill");
  compress_emulated_syncwarp(-1, "sync");
}

static int16_t getHalf(uint32_t word, int32_t half) {
  return int16_t(word >> 16 * half);
}

TEST(EmulatorMatrix, LdmatrixGivesEachLaneItsElements) {
  TestDevice device;
  for (int32_t count : {1, 2, 4})
    for (int32_t transpose : {0, 1}) {
      MatrixArguments own = {count, transpose, {}};
      ASSERT_EQ(device.run(
                    [](void **arguments) {
                      auto *own = static_cast<MatrixArguments *>(arguments[0]);
                      fillRows();
                      int32_t tid = getTid();
                      compress_emulated_ldmatrix(
                          own->values[tid], getShared<int16_t>(tid * 8),
                          own->count, own->transpose, "ldmatrix");
                    },
                    {1, 32, 1, 512}, {&own}),
                "");
      for (int32_t lane = 0; lane < 32; ++lane)
        for (int32_t i = 0; i < count; ++i)
          for (int32_t half = 0; half < 2; ++half) {
            int32_t row = lane / 4, column = lane % 4 * 2 + half;
            if (transpose)
              std::swap(row, column);
            EXPECT_EQ(getHalf(own.values[lane][i], half),
                      100 * (8 * i + row) + column);
          }
    }
}

TEST(EmulatorMatrix, StmatrixIsTheInverse) {
  TestDevice device;
  for (int32_t count : {1, 2, 4})
    for (int32_t transpose : {0, 1}) {
      MatrixArguments own = {count, transpose, {}};
      ASSERT_EQ(device.run(
                    [](void **arguments) {
                      auto *own = static_cast<MatrixArguments *>(arguments[0]);
                      fillRows();
                      int32_t tid = getTid();
                      uint32_t values[4];
                      void *row = getShared<int16_t>(tid * 8);
                      compress_emulated_ldmatrix(values, row, own->count,
                                                 own->transpose, "ldmatrix");
                      // Where nothing has been written.
                      void *target = getShared<int16_t>(256 + tid * 8);
                      compress_emulated_stmatrix(values, target, own->count,
                                                 own->transpose, "stmatrix");
                      compress_emulated_syncwarp(-1, "sync");
                      if (tid < 8 * own->count) {
                        for (int32_t i = 0; i < 8; ++i) {
                          EXPECT_EQ(
                              load(getShared<int16_t>(256 + tid * 8 + i), "l"),
                              100 * tid + i);
                        }
                      }
                    },
                    {1, 32, 1, 1024}, {&own}),
                "");
    }
}

TEST(EmulatorMatrix, LdmatrixChecksItsRows) {
  TestDevice device;
  auto kernel = [](void **arguments) {
    fillRows();
    uint32_t values[4];
    int32_t offset = *static_cast<int32_t *>(arguments[0]);
    compress_emulated_ldmatrix(values, getShared<char>(getTid() * 16 + offset),
                               4, 0, "ldmatrix");
  };
  int32_t misaligned = 8, beyond = 32;
  EXPECT_TRUE(has(device.run(kernel, {1, 32, 1, 1024}, {&misaligned}),
                  "ldmatrix: misaligned load of 16 bytes"));
  EXPECT_TRUE(
      has(device.run(kernel, {1, 32, 1, 512}, {&beyond}),
          "ldmatrix: load of 16 bytes out of bounds: byte 512 of shared "
          "memory, expected at most 512 bytes; kernel 'kernel', block "
          "(0,0,0), thread (30,0,0)"));
  EXPECT_TRUE(has(device.run(kernel, {1, 32, 1, 1024}, {&beyond}),
                  "uninitialised shared memory"));
  EXPECT_TRUE(has(device.run(kernel, {1, 40, 1, 1024}, {&beyond}), "ldmatrix"));
}

//===----------------------------------------------------------------------===//
// mma
//===----------------------------------------------------------------------===//

namespace {

/// A form of mma, with the number of elements a lane has of each operand.
struct Form {
  EmulatedMma mma;
  int32_t getDepth() const { return mma.sparse ? mma.k / 2 : mma.k; }
};

struct MmaArguments {
  EmulatedMma mma;
  // 32-bit registers of each lane; a double takes two.
  uint32_t a[32][8], b[32][8], c[32][8], d[32][8];
  uint32_t metadata[32];
};

void mmaKernel(void **arguments) {
  auto *own = static_cast<MmaArguments *>(arguments[0]);
  int32_t tid = getTid() % 32;
  compress_emulated_mma(own->d[tid], own->a[tid], own->b[tid], own->c[tid],
                        own->metadata[tid], &own->mma, "mma");
}

int32_t getBits(EmulatedType type) {
  switch (type) {
  case EmulatedType::S4:
  case EmulatedType::U4:
    return 4;
  case EmulatedType::E4M3:
  case EmulatedType::E5M2:
  case EmulatedType::S8:
  case EmulatedType::U8:
    return 8;
  case EmulatedType::F16:
  case EmulatedType::BF16:
    return 16;
  case EmulatedType::F64:
    return 64;
  default:
    return 32;
  }
}

/// The value that a code stands for, from the definition of the format.
double decode(EmulatedType type, uint64_t code) {
  auto decodeFloat = [&](int exponentBits, int mantissaBits, bool hasInfinity) {
    int bias = (1 << (exponentBits - 1)) - 1;
    int64_t mantissa = code & ((uint64_t(1) << mantissaBits) - 1);
    int exponent = code >> mantissaBits & ((1 << exponentBits) - 1);
    double sign = code >> (exponentBits + mantissaBits) & 1 ? -1 : 1;
    int most = (1 << exponentBits) - 1;
    if (exponent == most && hasInfinity)
      return mantissa ? NAN : sign * INFINITY;
    if (exponent == most && mantissa == (1 << mantissaBits) - 1 && !hasInfinity)
      return double(NAN);
    return exponent ? sign * std::ldexp(mantissa + std::ldexp(1, mantissaBits),
                                        exponent - bias - mantissaBits)
                    : sign * std::ldexp(mantissa, 1 - bias - mantissaBits);
  };
  switch (type) {
  case EmulatedType::F16:
    return decodeFloat(5, 10, true);
  case EmulatedType::BF16:
    return decodeFloat(8, 7, true);
  case EmulatedType::E4M3:
    return decodeFloat(4, 3, false);
  case EmulatedType::E5M2:
    return decodeFloat(5, 2, true);
  case EmulatedType::TF32:
    code &= 0xffffe000;
    [[fallthrough]];
  case EmulatedType::F32:
    return decodeFloat(8, 23, true);
  case EmulatedType::F64:
    return llvm::bit_cast<double>(code);
  case EmulatedType::S32:
    return int32_t(code);
  case EmulatedType::S8:
    return int8_t(code);
  case EmulatedType::U8:
    return uint8_t(code);
  case EmulatedType::S4:
    return int32_t(code ^ 8) - 8;
  case EmulatedType::U4:
    return code;
  }
  return 0;
}

bool isFloat(EmulatedType type) { return type < EmulatedType::S8; }

/// Element `i` of the registers of a lane.
uint64_t getElement(const uint32_t *registers, EmulatedType type, int32_t i) {
  int32_t bits = getBits(type);
  if (bits == 64)
    return registers[2 * i] | uint64_t(registers[2 * i + 1]) << 32;
  uint32_t word = registers[i * bits / 32] >> i * bits % 32;
  return bits == 32 ? word : word & ((1u << bits) - 1);
}

/// Where element i of lane's A is, as the ISA's tables say for each form.
std::pair<int32_t, int32_t> placeA(const Form &form, int32_t lane, int32_t i) {
  int32_t group = lane >> 2, inGroup = lane % 4, depth = form.getDepth();
  switch (getBits(form.mma.a)) {
  case 4:
    if (depth == 32)
      return {i < 8 ? group : group + 8, inGroup * 8 + (i & 7)};
    return {i < 8 || (i >= 16 && i < 24) ? group : group + 8,
            inGroup * 8 + (i & 7) + (i < 16 ? 0 : 32)};
  case 8:
    if (depth == 16)
      return {i < 4 ? group : group + 8, inGroup * 4 + (i & 3)};
    return {i < 4 || (i >= 8 && i < 12) ? group : group + 8,
            inGroup * 4 + (i & 3) + (i < 8 ? 0 : 16)};
  case 16:
    if (depth == 8)
      return {i < 2 ? group : group + 8, inGroup * 2 + (i & 1)};
    return {i < 2 || (i >= 4 && i < 6) ? group : group + 8,
            inGroup * 2 + (i & 1) + (i < 4 ? 0 : 8)};
  case 32:
    if (depth == 4)
      return {i == 0 ? group : group + 8, inGroup};
    return {i == 0 || i == 2 ? group : group + 8,
            i < 2 ? inGroup : inGroup + 4};
  default:
    return {group, inGroup};
  }
}

std::pair<int32_t, int32_t> placeB(const Form &form, int32_t lane, int32_t i) {
  int32_t group = lane >> 2, inGroup = lane % 4;
  switch (getBits(form.mma.b)) {
  case 4:
    return {inGroup * 8 + (i & 7) + i / 8 * 32, group};
  case 8:
    return {inGroup * 4 + (i & 3) + i / 4 * 16, group};
  case 16:
    return {inGroup * 2 + (i & 1) + i / 2 * 8, group};
  default:
    return {inGroup + i * 4, group};
  }
}

std::pair<int32_t, int32_t> placeC(int32_t lane, int32_t i) {
  return {(lane >> 2) + (i < 2 ? 0 : 8), lane % 4 * 2 + (i & 1)};
}

enum class Data { Small, AnyCode, Extreme };

/// Random registers. Floats of any code may be infinite or not a number.
void fill(uint32_t (&registers)[32][8], EmulatedType type, Data data,
          std::mt19937 &random) {
  for (uint32_t (&lane)[8] : registers)
    for (uint32_t &word : lane) {
      word = random();
      if (data == Data::AnyCode)
        continue;
      int32_t bits = getBits(type);
      uint32_t sum = 0;
      for (int32_t shift = 0; shift < 32; shift += bits) {
        uint32_t code = word >> shift & (bits >= 32 ? ~0u : (1u << bits) - 1);
        bool sign = code & 1;
        if (!isFloat(type)) {
          if (data == Data::Extreme)
            code = type == EmulatedType::S32 ? (sign ? 0x7ffffff0 : 0x80000010)
                                             : (sign ? 0x7f : 0x80);
        } else {
          // An exponent near that of one, or the greatest finite value.
          switch (type) {
          case EmulatedType::F16:
            code = data == Data::Extreme ? 0x7bff - sign
                                         : (code & 0x87ff) | 0x3800;
            break;
          case EmulatedType::BF16:
            code = data == Data::Extreme ? 0x3f7f + sign
                                         : (code & 0x80ff) | 0x3f00;
            break;
          case EmulatedType::E4M3:
            code = data == Data::Extreme ? 0x7e - sign : (code & 0x8f) | 0x30;
            break;
          case EmulatedType::E5M2:
            code = data == Data::Extreme ? 0x7b - sign : (code & 0x87) | 0x38;
            break;
          case EmulatedType::F64:
            // The upper half of a double is an odd register.
            code = (&word - lane) & 1 ? (code & 0x800fffff) | 0x3ff00000 : code;
            break;
          default:
            code = data == Data::Extreme ? 0x4b7fffff - sign
                                         : (code & 0x807fffff) | 0x3f000000;
          }
        }
        if (bits < 32)
          code &= (1u << bits) - 1;
        sum |= uint32_t(code) << (shift % 32);
        if (bits >= 32)
          break;
      }
      word = sum;
    }
}

/// Metadata of random places, and the places.
void fillMetadata(const Form &form, MmaArguments &own,
                  int32_t (&places)[16][32], std::mt19937 &random) {
  static constexpr int32_t pairs[6][2] = {{0, 1}, {0, 2}, {0, 3},
                                          {1, 2}, {1, 3}, {2, 3}};
  for (uint32_t &word : own.metadata)
    word = 0;
  // Of tf32 one of two elements is kept, which counts as two of 16 bits.
  if (getBits(form.mma.a) == 32) {
    for (int32_t row = 0; row < 16; ++row)
      for (int32_t chunk = 0; chunk < form.mma.k / 2; ++chunk) {
        bool isSecond = random() % 2;
        places[row][chunk] = 2 * chunk + isSecond;
        own.metadata[row % 8 * 4 + 2 * form.mma.selector + chunk / 4] |=
            (isSecond ? 0b1110u : 0b0100u) << (row / 8 * 16 + chunk % 4 * 4);
      }
    return;
  }
  for (int32_t row = 0; row < 16; ++row)
    for (int32_t chunk = 0; chunk < form.mma.k / 4; ++chunk) {
      const int32_t *pair = pairs[random() % 6];
      places[row][2 * chunk] = 4 * chunk + pair[0];
      places[row][2 * chunk + 1] = 4 * chunk + pair[1];
      uint32_t nibble = pair[0] | pair[1] << 2;
      int32_t column = 4 * chunk;
      // 16 bits: a register has 16 columns of rows g and g + 8. 8 bits: it has
      // 32 columns of one row.
      if (getBits(form.mma.a) == 16)
        own.metadata[row % 8 * 4 + 2 * form.mma.selector + column / 16] |=
            nibble << (row / 8 * 16 + column % 16);
      else
        own.metadata[row % 8 * 4 + row / 8 + column / 32 * 2] |= nibble
                                                                 << column % 32;
    }
}

/// Runs one form on random operands and compares with a triple loop.
void check(const Form &form, Data data, unsigned seed) {
  SCOPED_TRACE(testing::Message()
               << "m" << form.mma.m << "n" << form.mma.n << "k" << form.mma.k
               << " a" << int(form.mma.a) << " b" << int(form.mma.b) << " d"
               << int(form.mma.d) << " sparse" << form.mma.sparse << " data"
               << int(data));
  std::mt19937 random(seed);
  MmaArguments own = {};
  own.mma = form.mma;
  fill(own.a, form.mma.a, data, random);
  fill(own.b, form.mma.b, data, random);
  fill(own.c, form.mma.c, data, random);
  int32_t places[16][32];
  int32_t depth = form.getDepth();
  if (form.mma.sparse)
    fillMetadata(form, own, places, random);
  TestDevice device;
  ASSERT_EQ(device.run(mmaKernel, {}, {&own}), "");

  double a[16][64], b[64][8];
  for (int32_t lane = 0; lane < 32; ++lane) {
    for (int32_t i = 0; i < form.mma.m * depth / 32; ++i) {
      auto [row, column] = placeA(form, lane, i);
      a[row][column] =
          decode(form.mma.a, getElement(own.a[lane], form.mma.a, i));
    }
    for (int32_t i = 0; i < form.mma.k * 8 / 32; ++i) {
      auto [row, column] = placeB(form, lane, i);
      b[row][column] =
          decode(form.mma.b, getElement(own.b[lane], form.mma.b, i));
    }
  }
  for (int32_t lane = 0; lane < 32; ++lane)
    for (int32_t i = 0; i < form.mma.m * 8 / 32; ++i) {
      auto [row, column] = placeC(lane, i);
      double c = decode(form.mma.c, getElement(own.c[lane], form.mma.c, i));
      double d = decode(form.mma.d, getElement(own.d[lane], form.mma.d, i));
      long double sum = c, magnitude = std::abs(c);
      for (int32_t k = 0; k < depth; ++k) {
        double product =
            a[row][k] * b[form.mma.sparse ? places[row][k] : k][column];
        sum += product;
        magnitude += std::abs(product);
      }
      if (!isFloat(form.mma.a)) {
        int64_t exact = int64_t(sum);
        int64_t expected =
            form.mma.saturate
                ? std::min<int64_t>(std::max<int64_t>(exact, INT32_MIN),
                                    INT32_MAX)
                : int32_t(uint32_t(exact));
        ASSERT_EQ(d, expected);
        continue;
      }
      if (std::isnan(double(sum))) {
        ASSERT_TRUE(std::isnan(d));
        continue;
      }
      // One rounding to nearest to the type of D, and the sum's own in double.
      int mantissa = form.mma.d == EmulatedType::F16   ? 11
                     : form.mma.d == EmulatedType::F32 ? 24
                                                       : 53;
      double least = form.mma.d == EmulatedType::F16   ? std::ldexp(1, -25)
                     : form.mma.d == EmulatedType::F32 ? std::ldexp(1, -150)
                                                       : 0;
      double greatest = form.mma.d == EmulatedType::F16   ? 65520
                        : form.mma.d == EmulatedType::F32 ? 0x1.ffffffp127
                                                          : INFINITY;
      if (std::abs(double(sum)) >= greatest) {
        ASSERT_TRUE(std::isinf(d)) << double(sum);
        ASSERT_EQ(std::signbit(d), sum < 0);
        continue;
      }
      double bound = std::ldexp(std::abs(double(sum)), -mantissa) + least +
                     std::ldexp(double(magnitude), -53) * (depth + 1);
      ASSERT_LE(std::abs(double(sum - d)), bound) << "sum " << double(sum);
    }
}

void checkAll(EmulatedMma mma) {
  for (Data data : {Data::Small, Data::AnyCode, Data::Extreme})
    check({mma}, data, 7 + int(data));
}

} // namespace

TEST(EmulatorMatrix, MmaOfSixteenBits) {
  using T = EmulatedType;
  for (int32_t k : {8, 16}) {
    checkAll({16, 8, k, T::F16, T::F16, T::F32, T::F32, 0, 0, 0});
    checkAll({16, 8, k, T::F16, T::F16, T::F16, T::F16, 0, 0, 0});
    checkAll({16, 8, k, T::BF16, T::BF16, T::F32, T::F32, 0, 0, 0});
  }
}

TEST(EmulatorMatrix, AHalfIsRoundedOnce) {
  using T = EmulatedType;
  MmaArguments own = {};
  own.mma = {16, 8, 16, T::F16, T::F16, T::F16, T::F16, 0, 0, 0};
  // 1 + 2^-11 * 1 + 2^-15 * 2^-15 is above the middle of 1 and 1 + 2^-10, which
  // rounding to f32 first would not see.
  own.a[0][0] = 0x1000 | 0x0200 << 16;
  own.b[0][0] = 0x3c00 | 0x0200 << 16;
  own.c[0][0] = 0x3c00;
  TestDevice device;
  ASSERT_EQ(device.run(mmaKernel, {}, {&own}), "");
  EXPECT_EQ(own.d[0][0], 0x3c01u);
}

TEST(EmulatorMatrix, MmaOfWideFloats) {
  using T = EmulatedType;
  for (int32_t k : {4, 8})
    checkAll({16, 8, k, T::TF32, T::TF32, T::F32, T::F32, 0, 0, 0});
  check({{8, 8, 4, T::F64, T::F64, T::F64, T::F64, 0, 0, 0}}, Data::Small, 3);
}

TEST(EmulatorMatrix, MmaOfEightBitFloats) {
  using T = EmulatedType;
  for (T a : {T::E4M3, T::E5M2})
    for (T b : {T::E4M3, T::E5M2})
      for (T d : {T::F32, T::F16})
        checkAll({16, 8, 32, a, b, d, d, 0, 0, 0});
}

TEST(EmulatorMatrix, MmaOfIntegers) {
  using T = EmulatedType;
  for (int32_t saturate : {0, 1}) {
    for (T a : {T::S8, T::U8})
      for (T b : {T::S8, T::U8})
        for (int32_t k : {16, 32})
          checkAll({16, 8, k, a, b, T::S32, T::S32, saturate, 0, 0});
    for (T a : {T::S4, T::U4})
      for (T b : {T::S4, T::U4})
        for (int32_t k : {32, 64})
          checkAll({16, 8, k, a, b, T::S32, T::S32, saturate, 0, 0});
  }
}

TEST(EmulatorMatrix, SparseMma) {
  using T = EmulatedType;
  for (int32_t selector : {0, 1}) {
    checkAll({16, 8, 32, T::F16, T::F16, T::F32, T::F32, 0, 1, selector});
    checkAll({16, 8, 32, T::F16, T::F16, T::F16, T::F16, 0, 1, selector});
    checkAll({16, 8, 32, T::BF16, T::BF16, T::F32, T::F32, 0, 1, selector});
    checkAll({16, 8, 16, T::TF32, T::TF32, T::F32, T::F32, 0, 1, selector});
  }
  for (int32_t saturate : {0, 1})
    checkAll({16, 8, 64, T::S8, T::U8, T::S32, T::S32, saturate, 1, 0});
  checkAll({16, 8, 64, T::E4M3, T::E5M2, T::F32, T::F32, 0, 1, 0});
}

TEST(EmulatorMatrix, RejectsWhatNoInstructionDoes) {
  using T = EmulatedType;
  TestDevice device;
  MmaArguments own = {};
  own.mma = {16, 8, 24, T::F16, T::F16, T::F32, T::F32, 0, 0, 0};
  EXPECT_TRUE(has(device.run(mmaKernel, {}, {&own}),
                  "mma: mma: m16n8k24 of these types, expected a form"));
  own.mma = {16, 8, 32, T::F16, T::F16, T::F32, T::F32, 0, 1, 2};
  EXPECT_TRUE(has(device.run(mmaKernel, {}, {&own}),
                  "mma: mma.sp: selector 2, expected 0 to 1"));
  // Both elements at place 0.
  own.mma.selector = 0;
  EXPECT_TRUE(has(device.run(mmaKernel, {}, {&own}),
                  "mma: mma.sp: metadata 0x0, expected places of different "
                  "elements, in order, in each nibble"));
  own.mma = {16, 8, 64, T::E4M3, T::E4M3, T::F16, T::F16, 0, 1, 0};
  EXPECT_TRUE(has(device.run(mmaKernel, {}, {&own}),
                  "mma: mma.sp: m16n8k64 of these types, expected a form"));
  own.mma = {16, 8, 16, T::F16, T::F16, T::F32, T::F32, 0, 0, 0};
  EXPECT_TRUE(has(device.run(mmaKernel, {1, 40}, {&own}),
                  "lanes 0xff, expected all lanes of the warp"));
}
