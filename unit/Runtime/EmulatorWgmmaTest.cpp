//===- EmulatorWgmmaTest.cpp - Tests of wgmma -----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Operands are small integers, so that every sum is exact in every type of
// accumulator and results must be equal.
//
//===----------------------------------------------------------------------===//

#include "TestEmulator.h"
#include "llvm/ADT/STLExtras.h"
#include <cmath>
#include <random>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

using Type = EmulatedType;

int32_t getBits(Type type) {
  switch (type) {
  case Type::F16:
  case Type::BF16:
    return 16;
  case Type::TF32:
    return 32;
  default:
    return 8;
  }
}

uint32_t encodeFloat(int32_t value, int32_t exponentBits,
                     int32_t mantissaBits) {
  if (!value)
    return 0;
  int32_t exponent = std::ilogb(std::abs(value));
  int32_t biased = exponent + (1 << (exponentBits - 1)) - 1;
  int32_t fraction =
      (std::abs(value) << mantissaBits >> exponent) - (1 << mantissaBits);
  return (value < 0 ? 1u << (exponentBits + mantissaBits) : 0) |
         biased << mantissaBits | fraction;
}

uint32_t encode(Type type, int32_t value) {
  switch (type) {
  case Type::F16:
    return encodeFloat(value, 5, 10);
  case Type::BF16:
    return encodeFloat(value, 8, 7);
  case Type::TF32:
    // Bits below the operand's, which must not count.
    return encodeFloat(value, 8, 23) | 0x1fff;
  case Type::E4M3:
    return encodeFloat(value, 4, 3);
  case Type::E5M2:
    return encodeFloat(value, 5, 2);
  default:
    return value;
  }
}

/// How an operand lies in shared memory.
struct Layout {
  int32_t start;
  /// 0 for core matrices, 1 for 128, 2 for 64 and 3 for 32 bytes.
  int32_t mode;
  bool isTransposed;
  int32_t leading, stride;
  /// Units of 128 bytes from a multiple of the swizzle's period to the start of
  /// its pattern.
  int32_t baseOffset = 0;

  int64_t getDescriptor() const {
    return int64_t(start >> 4) | int64_t(leading >> 4) << 16 |
           int64_t(stride >> 4) << 32 | int64_t(baseOffset) << 49 |
           int64_t(mode) << 62;
  }
  /// The byte of an element of `size` bytes, by the table "Canonical layouts".
  int32_t place(int32_t row, int32_t k, int32_t size) const {
    // Elements in 16 bytes, and 16 bytes in the width of the swizzle.
    int32_t t = 16 / size;
    int32_t width = mode == 0 ? 1 : mode == 1 ? 8 : mode == 2 ? 4 : 2;
    int32_t byte;
    if (!isTransposed)
      byte = row % 8 * width * 16 + row / 8 * stride + k % t * size +
             k / t * (mode ? 16 : leading);
    else if (mode)
      byte = row % (t * width) * size + row / (t * width) * leading +
             k % 8 * width * 16 + k / 8 * stride;
    else
      byte = row % t * size + row / t * stride + k % 8 * 16 + k / 8 * leading;
    int32_t address = start + byte;
    return address ^ ((address / 128 - baseOffset) % width) * 16;
  }
};

struct Arguments {
  EmulatedWgmma form;
  Layout a, b;
  bool fromRegisters = false, accumulates = true;
  /// What shared memory holds.
  std::vector<uint32_t> shared;
  uint32_t aWords[128][4];
  uint32_t metadata[128] = {};
  uint32_t d[128][128];
  int32_t numWords;
};

constexpr int32_t sharedBytes = 128 << 10;

void multiply(void **arguments) {
  auto *own = static_cast<Arguments *>(arguments[0]);
  int32_t tid = getTid();
  for (size_t i = tid; i < own->shared.size(); i += 128)
    store(getShared<uint32_t>(i), own->shared[i], "fill");
  compress_emulated_fence_proxy("fence");
  barrier();
  int64_t d = compress_emulated_wgmma_accumulator(own->d[tid], own->numWords,
                                                  "accumulator");
  compress_emulated_wgmma_fence("fence");
  d = compress_emulated_wgmma(
      d, own->fromRegisters ? own->aWords[tid] : nullptr,
      own->a.getDescriptor(), own->b.getDescriptor(), own->metadata[tid],
      own->accumulates, &own->form, "wgmma");
  compress_emulated_wgmma_commit("commit");
  compress_emulated_wgmma_wait(0, "wait");
  compress_emulated_wgmma_read(d, own->d[tid], "read");
}

/// Which elements of sparse rows of `depth` are kept, at random, with their
/// metadata: of warp w those of rows 16w to 16w + 15, as mma.sp has them. The
/// lanes of a group that the selector does not name have what is no metadata.
std::vector<int32_t> fillMetadata(Arguments &own, int32_t depth,
                                  std::mt19937 &random) {
  static constexpr int32_t pairs[6][2] = {{0, 1}, {0, 2}, {0, 3},
                                          {1, 2}, {1, 3}, {2, 3}};
  bool isWide = getBits(own.form.a) == 32, isNarrow = getBits(own.form.a) == 8;
  // Elements of tf32 count as two.
  int32_t chunks = depth / (isWide ? 2 : 4);
  std::vector<int32_t> places;
  for (int32_t lane = 0; lane < 128; ++lane)
    own.metadata[lane] =
        isNarrow || lane % 4 / 2 == own.form.selector ? 0 : ~0u;
  for (int32_t row = 0; row < 64; ++row)
    for (int32_t chunk = 0; chunk < chunks; ++chunk) {
      const int32_t *pair = pairs[isWide ? random() % 2 * 5 : random() % 6];
      if (isWide)
        places.push_back(2 * chunk + pair[0] / 2);
      else
        places.insert(places.end(), {4 * chunk + pair[0], 4 * chunk + pair[1]});
      int32_t lane = row / 16 * 32 + row % 8 * 4, isLower = row / 8 % 2;
      uint32_t nibble = pair[0] | pair[1] << 2;
      if (isNarrow)
        own.metadata[lane + isLower + chunk / 8 * 2] |= nibble
                                                        << 4 * (chunk % 8);
      else
        own.metadata[lane + 2 * own.form.selector + chunk / 4] |=
            nibble << (16 * isLower + 4 * (chunk % 4));
    }
  return places;
}

/// Random operands in their places; returns what the accumulator must hold.
std::vector<int32_t> fill(Arguments &own) {
  std::mt19937 random(own.form.n);
  const EmulatedWgmma &form = own.form;
  int32_t size = getBits(form.a) / 8, kept = 32 / size;
  int32_t depth = form.sparse ? 2 * kept : kept;
  bool isUnsigned = form.a == Type::U8 || form.b == Type::U8;
  auto draw = [&] { return int32_t(random() % 7) - (isUnsigned ? 0 : 3); };
  std::vector<int32_t> a(64 * kept), b(form.n * depth), d(64 * form.n);
  for (std::vector<int32_t> *values : {&a, &b, &d})
    for (int32_t &value : *values)
      value = draw();
  own.shared.assign(sharedBytes / 4, 0xffffffff);
  auto *bytes = reinterpret_cast<char *>(own.shared.data());
  for (int32_t row = 0; row < 64 && !own.fromRegisters; ++row)
    for (int32_t k = 0; k < kept; ++k) {
      uint32_t code = encode(form.a, a[row * kept + k]);
      std::memcpy(bytes + own.a.place(row, k, size), &code, size);
    }
  for (int32_t row = 0; row < form.n; ++row)
    for (int32_t k = 0; k < depth; ++k) {
      uint32_t code = encode(form.b, b[row * depth + k]);
      std::memcpy(bytes + own.b.place(row, k, size), &code, size);
    }
  // Register r of A: rows 8 apart, then 16 bytes of a row apart.
  for (int32_t tid = 0; tid < 128; ++tid)
    for (int32_t r = 0; r < 4; ++r) {
      int32_t row = tid / 32 * 16 + tid % 32 / 4 + (r % 2 ? 8 : 0);
      int32_t first = (tid % 4 * 4 + (r < 2 ? 0 : 16)) / size;
      uint32_t word = 0;
      for (int32_t i = 0; i < 4 / size; ++i)
        word |= (encode(form.a, a[row * kept + first + i]) &
                 (size == 4 ? ~0u : (1u << 8 * size) - 1))
                << 8 * size * i;
      own.aWords[tid][r] = word;
    }
  bool isHalf = form.d == Type::F16;
  own.numWords = form.n / (isHalf ? 4 : 2);
  for (int32_t tid = 0; tid < 128; ++tid)
    for (int32_t i = 0; i < form.n / 2; ++i) {
      int32_t row = tid / 32 * 16 + tid % 32 / 4 + (i & 2 ? 8 : 0);
      int32_t column = i / 4 * 8 + tid % 4 * 2 + (i & 1);
      int32_t value = d[row * form.n + column];
      auto *words = reinterpret_cast<char *>(own.d[tid]);
      if (isHalf) {
        uint16_t code = encodeFloat(value, 5, 10);
        std::memcpy(words + 2 * i, &code, 2);
      } else {
        float real = value;
        std::memcpy(words + 4 * i, form.d == Type::S32 ? (void *)&value : &real,
                    4);
      }
    }
  std::vector<int32_t> places;
  if (form.sparse)
    places = fillMetadata(own, depth, random);
  int32_t sign = form.negateA == form.negateB ? 1 : -1;
  for (int32_t i = 0; i < 64; ++i)
    for (int32_t j = 0; j < form.n; ++j) {
      int32_t sum = own.accumulates ? d[i * form.n + j] : 0;
      for (int32_t k = 0; k < kept; ++k)
        sum += sign * a[i * kept + k] *
               b[j * depth + (form.sparse ? places[i * kept + k] : k)];
      d[i * form.n + j] = sum;
    }
  return d;
}

void check(Arguments &own) {
  std::vector<int32_t> expected = fill(own);
  TestDevice device;
  ASSERT_EQ(device.run(multiply, {1, 128, 1, sharedBytes}, {&own}), "");
  for (int32_t tid = 0; tid < 128; ++tid)
    for (int32_t i = 0; i < own.form.n / 2; ++i) {
      int32_t row = tid / 32 * 16 + tid % 32 / 4 + (i & 2 ? 8 : 0);
      int32_t column = i / 4 * 8 + tid % 4 * 2 + (i & 1);
      int32_t value = expected[row * own.form.n + column];
      uint32_t word = own.d[tid][i];
      if (own.form.d == Type::F16)
        ASSERT_EQ(own.d[tid][i / 2] >> i % 2 * 16 & 0xffff,
                  encodeFloat(value, 5, 10));
      else if (own.form.d == Type::S32)
        ASSERT_EQ(int32_t(word), value);
      else
        ASSERT_EQ(word, encodeFloat(value, 8, 23));
    }
}

/// Dense layouts of 64 rows at 0 and n rows at 64 KiB.
Arguments make(Type a, Type b, Type d, int32_t n, int32_t mode,
               bool transposeA = false, bool transposeB = false) {
  Arguments own;
  own.form = {n, a, b, d, transposeA, transposeB, 0, 0, 0, 0, 0};
  int32_t width = mode == 0 ? 16 : 256 >> mode;
  auto layOut = [&](int32_t start, int32_t rows, bool isTransposed) {
    // Core matrices: halves of k after all rows. Transposed: 16 of k for each
    // width of rows.
    if (mode == 0)
      return isTransposed ? Layout{start, 0, true, rows / 8 * 128, 128}
                          : Layout{start, 0, false, rows * 16, 128};
    return isTransposed ? Layout{start, mode, true, width * 16, width * 8}
                        : Layout{start, mode, false, 16, width * 8};
  };
  own.a = layOut(0, 64, transposeA);
  own.b = layOut(64 << 10, n, transposeB);
  return own;
}

} // namespace

TEST(EmulatorWgmma, EveryTypeAndWidth) {
  const std::tuple<Type, Type, Type> types[] = {
      {Type::F16, Type::F16, Type::F32},   {Type::F16, Type::F16, Type::F16},
      {Type::BF16, Type::BF16, Type::F32}, {Type::TF32, Type::TF32, Type::F32},
      {Type::E4M3, Type::E4M3, Type::F32}, {Type::E5M2, Type::E5M2, Type::F32},
      {Type::E4M3, Type::E5M2, Type::F16}, {Type::E5M2, Type::E4M3, Type::F16},
      {Type::S8, Type::S8, Type::S32},     {Type::U8, Type::U8, Type::S32},
      {Type::S8, Type::U8, Type::S32},
  };
  for (auto [a, b, d] : types)
    for (int32_t n : {8, 24, 128, 256})
      for (int32_t mode : {0, 1}) {
        Arguments own = make(a, b, d, n, mode);
        check(own);
        own = make(a, b, d, n, mode);
        own.fromRegisters = true;
        own.accumulates = false;
        check(own);
      }
}

TEST(EmulatorWgmma, EverySwizzleAndMajorness) {
  for (int32_t mode : {0, 1, 2, 3})
    for (bool transposeA : {false, true})
      for (bool transposeB : {false, true})
        for (Type type : {Type::F16, Type::BF16}) {
          // Whole widths of the swizzle.
          Arguments own =
              make(type, type, Type::F32, 192, mode, transposeA, transposeB);
          check(own);
          // The second 32 bytes of a row, where rows are wider.
          if (mode == 1 && !transposeA) {
            own = make(type, type, Type::F32, 64, mode, false, transposeB);
            own.a.start += 32;
            check(own);
          }
          // A pattern that does not begin at a multiple of its period.
          if (mode) {
            own = make(type, type, Type::F32, 64, mode, transposeA, transposeB);
            own.a.start += 128;
            own.a.baseOffset = 1;
            check(own);
          }
        }
}

TEST(EmulatorWgmma, Signs) {
  for (int32_t negateA : {0, 1})
    for (int32_t negateB : {0, 1}) {
      Arguments own = make(Type::BF16, Type::BF16, Type::F32, 16, 1);
      own.form.negateA = negateA;
      own.form.negateB = negateB;
      check(own);
    }
}

namespace {

/// As `make`, with sparse rows of A and columns of 64 bytes of B.
Arguments makeSparse(Type a, Type b, Type d, int32_t n, int32_t mode,
                     int32_t selector) {
  Arguments own = make(a, b, d, n, mode);
  own.form.sparse = 1;
  own.form.selector = selector;
  return own;
}

} // namespace

TEST(EmulatorWgmma, SparseRows) {
  const std::tuple<Type, Type, Type> types[] = {
      {Type::F16, Type::F16, Type::F32},   {Type::F16, Type::F16, Type::F16},
      {Type::BF16, Type::BF16, Type::F32}, {Type::TF32, Type::TF32, Type::F32},
      {Type::E4M3, Type::E5M2, Type::F32}, {Type::E5M2, Type::E4M3, Type::F16},
      {Type::S8, Type::S8, Type::S32},     {Type::U8, Type::S8, Type::S32},
  };
  for (auto [a, b, d] : types)
    for (int32_t selector : {0, 1})
      for (int32_t n : {8, 64, 256})
        for (int32_t mode : {0, 1, 2})
          for (bool fromRegisters : {false, true}) {
            if (selector && getBits(a) == 8)
              continue;
            Arguments own = makeSparse(a, b, d, n, mode, selector);
            own.fromRegisters = fromRegisters;
            check(own);
          }
}

TEST(EmulatorWgmma, WrongSparsity) {
  auto run = [](Arguments &own) {
    TestDevice device;
    return device.run(multiply, {1, 128, 1, sharedBytes}, {&own});
  };
  // Two equal places, two in the wrong order, and half an element of tf32.
  for (auto [type, nibble] : {std::pair(Type::BF16, 0b1010u),
                              {Type::E4M3, 0b0110u},
                              {Type::TF32, 0b1000u}}) {
    Arguments own = makeSparse(type, type, Type::F32, 8, 1, 0);
    fill(own);
    uint32_t &word = own.metadata[64 + 4 * 5];
    word = (word & ~(0xfu << 8)) | nibble << 8;
    std::string message = run(own);
    EXPECT_TRUE(has(message, "wgmma: wgmma.sp: metadata 0x"));
    EXPECT_TRUE(has(message, "expected places of different elements, in order, "
                             "in each nibble; kernel 'kernel', block (0,0,0), "
                             "thread (84,0,0)"));
  }
  Arguments own = makeSparse(Type::BF16, Type::BF16, Type::F32, 8, 3, 0);
  fill(own);
  EXPECT_TRUE(has(run(own), "columns of 64 bytes of B with a swizzle of 32 "
                            "bytes, expected no swizzle, or one of 64 or 128 "
                            "bytes"));
}

TEST(EmulatorWgmma, AnOperandOfWrongStrides) {
  // Only the numbers show it.
  Arguments own = make(Type::BF16, Type::BF16, Type::F32, 16, 1);
  std::vector<int32_t> expected = fill(own);
  own.a.stride += 128;
  TestDevice device;
  ASSERT_EQ(device.run(multiply, {1, 128, 1, sharedBytes}, {&own}), "");
  EXPECT_NE(own.d[127][0], encodeFloat(expected[(48 + 7) * 16 + 6], 8, 23));
}

//===----------------------------------------------------------------------===//
// Faults
//===----------------------------------------------------------------------===//

namespace {

enum class Fault : int64_t {
  None,
  ReadFirst,
  ReadEarly,
  Overwritten,
  Fence,
  FenceOfRegisters,
  Operand,
  Released,
  Unready,
  Lane,
  Warp,
  Missing,
  Lost,
  Words,
  Proxy,
  ProxyOfReader,
  Copied,
  CopiedProxy,
  CopiedEarly,
  Skewed
};

/// Two wgmmas of one warpgroup, whose operands thread by thread come from and
/// go to the 128 threads of another.
void faultyKernel(void **arguments) {
  auto fault = static_cast<Fault>(reinterpret_cast<int64_t>(arguments[0]));
  static const EmulatedWgmma form = {8, Type::BF16, Type::BF16, Type::F32, 0, 0,
                                     0, 0,          0,          0,         0};
  constexpr int32_t bytes = 64 * 32 + 8 * 32;
  int32_t tid = getTid();
  if (tid >= 128) {
    bool isCopied = fault == Fault::Copied || fault == Fault::CopiedProxy ||
                    fault == Fault::CopiedEarly;
    if (isCopied)
      for (int32_t i = tid - 128; i < bytes / 16; i += 128)
        compress_emulated_cp_async(getShared(i * 4), nullptr, 16, 0, "copy");
    else
      for (int32_t i = tid - 128; i < bytes / 4; i += 128)
        store(getShared(i), 0, "fill");
    // A fence before the wait does not cover what lands at the wait.
    if (fault == Fault::CopiedEarly)
      compress_emulated_fence_proxy("fence");
    if (isCopied) {
      compress_emulated_cp_async_commit("commit");
      compress_emulated_cp_async_wait(0, "wait");
    }
    if (fault != Fault::Proxy && fault != Fault::ProxyOfReader &&
        fault != Fault::CopiedProxy && fault != Fault::CopiedEarly)
      compress_emulated_fence_proxy("fence");
    if (fault != Fault::Unready)
      compress_emulated_barrier(1, 256, "ready");
    compress_emulated_barrier(2, 256, "free");
    if (fault != Fault::Lost)
      store(getShared(tid - 128), 1, "refill");
    if (fault == Fault::Released)
      compress_emulated_barrier(3, 256, "later");
    return;
  }
  if (fault != Fault::Unready)
    compress_emulated_barrier(1, 256, "ready");
  // Who reads may have the fence as well.
  if (fault == Fault::ProxyOfReader)
    compress_emulated_fence_proxy("fence");
  Layout a = {0, 0, false, 1024, 128}, b = {2048, 0, false, 128, 128};
  uint32_t words[4] = {};
  int64_t d = compress_emulated_wgmma_accumulator(
      words, fault == Fault::Words ? 3 : 4, "accumulator");
  if (fault != Fault::Fence)
    compress_emulated_wgmma_fence("fence");
  auto issue = [&](int64_t d, const void *registers, int64_t skew) {
    return compress_emulated_wgmma(d, registers, a.getDescriptor() + skew,
                                   b.getDescriptor(), /*metadata=*/0, 1, &form,
                                   "wgmma");
  };
  int64_t first = d;
  if (fault != Fault::Missing || tid < 96)
    first = issue(d, nullptr,
                  (fault == Fault::Lane && tid == 5) ||
                          (fault == Fault::Warp && tid >= 64)
                      ? 8
                      : 0);
  int64_t second = first;
  if (fault == Fault::Skewed) {
    // A wait of some warps for the first is none for the second.
    compress_emulated_wgmma_commit("commit");
    compress_emulated_wgmma_wait(0, "wait");
    compress_emulated_wgmma_read(first, words, "read");
  }
  if (fault == Fault::ReadFirst)
    compress_emulated_wgmma_read(first, words, "read");
  second = issue(first, nullptr, 0);
  if (fault == Fault::ReadEarly)
    compress_emulated_wgmma_read(second, words, "read");
  compress_emulated_wgmma_commit("commit");
  // Others overwrite the operands while they are read.
  if (fault == Fault::Operand)
    compress_emulated_barrier(2, 256, "free");
  if (fault == Fault::Released)
    compress_emulated_barrier_arrive(2, 256, "free");
  if (fault != Fault::Lost)
    compress_emulated_wgmma_wait(0, "wait");
  if (fault == Fault::Released)
    compress_emulated_barrier(3, 256, "later");
  if (fault == Fault::FenceOfRegisters)
    issue(second, words, 0);
  if (fault != Fault::Lost)
    compress_emulated_wgmma_read(fault == Fault::Overwritten ? first : second,
                                 words, "read");
  if (fault != Fault::Operand && fault != Fault::Released)
    compress_emulated_barrier(2, 256, "free");
}

std::string run(Fault fault) {
  TestDevice device;
  return device.run(faultyKernel, {1, 256, 1, 64 * 32 + 8 * 32},
                    {reinterpret_cast<void *>(static_cast<int64_t>(fault))});
}

} // namespace

TEST(EmulatorWgmma, FindsMisuse) {
  EXPECT_EQ(run(Fault::None), "");
  EXPECT_EQ(run(Fault::Skewed), "");
  EXPECT_EQ(run(Fault::ProxyOfReader), "");
  EXPECT_TRUE(
      has(run(Fault::Proxy),
          "wgmma: read by the async proxy after a generic write of 0x"));
  EXPECT_EQ(run(Fault::Copied), "");
  for (Fault fault : {Fault::CopiedProxy, Fault::CopiedEarly})
    EXPECT_TRUE(has(run(fault), "wgmma: read by the async proxy after a "
                                "generic write of 0x"));
  EXPECT_TRUE(has(run(Fault::ReadEarly),
                  "read: wgmma in flight: a read of its accumulator, expected "
                  "a commit and the wait before the access"));
  EXPECT_TRUE(has(run(Fault::ReadFirst), "read: wgmma in flight"));
  EXPECT_TRUE(has(run(Fault::Overwritten),
                  "read: wgmma: an accumulator that a later wgmma has "
                  "overwritten, expected the result of the last one"));
  EXPECT_TRUE(has(run(Fault::Fence), "wgmma: wgmma: registers that the thread "
                                     "may have changed since the last wait, "
                                     "expected a wgmma.fence before"));
  EXPECT_TRUE(has(run(Fault::FenceOfRegisters), "expected a wgmma.fence"));
  EXPECT_TRUE(has(run(Fault::Operand),
                  "refill: wgmma in flight: write of its operand of 0x"));
  // Whether the wait comes first or not, nothing orders it.
  EXPECT_TRUE(has(run(Fault::Released), "refill: "));
  EXPECT_TRUE(has(run(Fault::Unready), "wgmma: "));
  EXPECT_TRUE(has(run(Fault::Lane),
                  "wgmma: wgmma: other operands than lane 0, expected the "
                  "same in all lanes of the warp"));
  EXPECT_TRUE(has(run(Fault::Warp), "expected the same in all four warps"));
  EXPECT_NE(run(Fault::Missing), "");
  EXPECT_TRUE(has(run(Fault::Lost), "wgmma: lost wgmma: a warpgroup that exits "
                                    "with it in flight"));
  EXPECT_TRUE(has(run(Fault::Words),
                  "wgmma: wgmma: an accumulator of 3 registers, expected 4"));
}

TEST(EmulatorWgmma, ChecksItsForm) {
  auto runForm = [&](EmulatedWgmma form, int64_t threads) {
    Arguments own = make(Type::BF16, Type::BF16, Type::F32, 8, 1);
    fill(own);
    own.form = form;
    TestDevice device;
    return device.run(multiply, {1, threads, 1, sharedBytes}, {&own});
  };
  EmulatedWgmma good = {8, Type::BF16, Type::BF16, Type::F32, 0, 0,
                        0, 0,          0,          0,         0};
  EXPECT_EQ(runForm(good, 128), "");
  EXPECT_TRUE(has(runForm(good, 96), "expected blocks of a multiple of 128 "
                                     "threads"));
  for (auto change : std::initializer_list<void (*)(EmulatedWgmma &)>{
           [](EmulatedWgmma &form) { form.n = 12; },
           [](EmulatedWgmma &form) { form.n = 264; },
           [](EmulatedWgmma &form) { form.b = Type::F16; },
           [](EmulatedWgmma &form) { form.d = Type::F16; },
           [](EmulatedWgmma &form) { form.saturate = 1; },
           [](EmulatedWgmma &form) {
             form.a = form.b = Type::E4M3;
             form.transposeB = 1;
           },
           [](EmulatedWgmma &form) { form.sparse = form.transposeB = 1; },
           [](EmulatedWgmma &form) {
             form.sparse = 1;
             form.selector = 2;
           },
           [](EmulatedWgmma &form) {
             form.a = form.b = Type::E4M3;
             form.sparse = form.selector = 1;
           },
           [](EmulatedWgmma &form) {
             form.a = form.b = Type::S8;
             form.d = Type::S32;
             form.n = 40;
           }}) {
    EmulatedWgmma form = good;
    change(form);
    EXPECT_TRUE(has(runForm(form, 128),
                    "expected a form of the PTX ISA that the emulator knows"));
  }
}
