//===- EmulatorHopperTest.cpp - A pipeline of TMA and wgmma ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// D = A * B^T of bf16 in tiles of 128x128x64 with four stages: the first
// warpgroup copies, two others multiply 64 rows each, and a tensor copy stores.
// Operands are small integers, so that sums are exact in f32.
//
//===----------------------------------------------------------------------===//

#include "TestTensorMap.h"
#include "llvm/ADT/bit.h"
#include <algorithm>
#include <random>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

enum class Fault {
  None,
  FullWait,
  EmptyWait,
  Bytes,
  FewerBytes,
  Parity,
  Accumulator,
  EarlyRelease,
  StoreSource,
  StoreBarrier,
  StoreProxy
};

constexpr int32_t tile = 128, depth = 64, stages = 4;
constexpr int32_t operandBytes = tile * depth * 2;
constexpr int32_t stageBytes = 2 * operandBytes;
/// After the stages: 128 rows of four boxes of 32 columns, then mbarriers.
constexpr int32_t resultByte = stages * stageBytes;
constexpr int32_t barrierByte = resultByte + tile * tile * 4;
constexpr int32_t sharedBytes = barrierByte + 2 * stages * 8;

struct Gemm {
  EncodedMap a, b, d;
  int32_t k;
  Fault fault = Fault::None;
};

int64_t *getFull(int32_t stage) { return getMBarrier(barrierByte + 8 * stage); }
int64_t *getEmpty(int32_t stage) { return getFull(stages + stage); }

int32_t getCtaidY() {
  return compress_emulated_register(int32_t(EmulatedRegister::CtaidY));
}

void produce(const Gemm &gemm, int32_t row, int32_t column) {
  for (int32_t i = 0; i < (gemm.k + depth - 1) / depth; ++i) {
    int32_t stage = i % stages, parity = i / stages % 2;
    if (gemm.fault != Fault::EmptyWait)
      compress_emulated_mbarrier_wait_parity(getEmpty(stage), parity ^ 1,
                                             "empty");
    int32_t bytes = gemm.fault == Fault::Bytes        ? stageBytes + 128
                    : gemm.fault == Fault::FewerBytes ? operandBytes
                                                      : stageBytes;
    compress_emulated_mbarrier_arrive(getFull(stage), 1, bytes, "expect");
    char *target = getShared<char>(stage * stageBytes);
    int32_t atA[] = {i * depth, row}, atB[] = {i * depth, column};
    compress_emulated_tma_load(target, &gemm.a, atA, 2, getFull(stage), -1,
                               "load A");
    compress_emulated_tma_load(target + operandBytes, &gemm.b, atB, 2,
                               getFull(stage), -1, "load B");
  }
}

int64_t getDescriptor(int32_t byte) {
  return int64_t(byte >> 4) | int64_t(1) << 16 | int64_t(64) << 32 |
         int64_t(1) << 62;
}

void consume(const Gemm &gemm, int32_t row, int32_t column) {
  static const EmulatedWgmma form = {tile,
                                     EmulatedType::BF16,
                                     EmulatedType::BF16,
                                     EmulatedType::F32,
                                     0,
                                     0,
                                     0,
                                     0,
                                     0,
                                     0,
                                     0};
  int32_t tid = getTid() % 128, half = getTid() / 128 - 1;
  float values[tile / 2] = {};
  int64_t d = compress_emulated_wgmma_accumulator(values, tile / 2, "zero");
  for (int32_t i = 0; i < (gemm.k + depth - 1) / depth; ++i) {
    int32_t stage = i % stages, parity = i / stages % 2;
    if (gemm.fault == Fault::Parity)
      parity ^= 1;
    if (gemm.fault != Fault::FullWait)
      compress_emulated_mbarrier_wait_parity(getFull(stage), parity, "full");
    compress_emulated_wgmma_fence("fence");
    for (int32_t k = 0; k < depth / 16; ++k) {
      int32_t byte = stage * stageBytes + k * 32;
      d = compress_emulated_wgmma(d, nullptr,
                                  getDescriptor(byte + half * 64 * depth * 2),
                                  getDescriptor(byte + operandBytes),
                                  /*metadata=*/0, 1, &form, "wgmma");
    }
    compress_emulated_wgmma_commit("commit");
    if (gemm.fault == Fault::EarlyRelease && tid == 0)
      compress_emulated_mbarrier_arrive(getEmpty(stage), 1, 0, "release");
    if (gemm.fault == Fault::Accumulator)
      compress_emulated_wgmma_read(d, values, "result");
    compress_emulated_wgmma_wait(0, "wgmma wait");
    // A wgmma is over for all four warps at once.
    if (gemm.fault != Fault::EarlyRelease && tid == 0)
      compress_emulated_mbarrier_arrive(getEmpty(stage), 1, 0, "release");
  }
  compress_emulated_wgmma_read(d, values, "result");
  // 64 rows of a box of 32 columns after another.
  float *result = reinterpret_cast<float *>(
      getShared<char>(resultByte + half * 64 * tile * 4));
  for (int32_t i = 0; i < tile / 2; ++i) {
    int32_t r = tid / 32 * 16 + tid % 32 / 4 + (i & 2 ? 8 : 0);
    int32_t c = i / 4 * 8 + tid % 4 * 2 + (i & 1);
    store(result + (c / 32 * 64 + r) * 32 + c % 32, values[i], "stage");
  }
  if (gemm.fault != Fault::StoreProxy)
    compress_emulated_fence_proxy("proxy fence");
  if (gemm.fault != Fault::StoreBarrier)
    compress_emulated_barrier(1 + half, 128, "staged");
  if (tid)
    return;
  for (int32_t box = 0; box < tile / 32; ++box) {
    int32_t at[] = {column + 32 * box, row + 64 * half};
    compress_emulated_tma_store(&gemm.d, result + box * 64 * 32, at, 2,
                                "store D");
  }
  compress_emulated_bulk_commit("bulk commit");
  if (gemm.fault == Fault::StoreSource)
    store(result, 0.0f, "reuse");
  compress_emulated_bulk_wait(0, /*read=*/1, "bulk wait");
}

void gemmKernel(void **arguments) {
  auto &gemm = *static_cast<Gemm *>(arguments[0]);
  int32_t row = getCtaidY() * tile, column = getBlock() * tile;
  if (getTid() == 0)
    for (int32_t stage = 0; stage < stages; ++stage) {
      compress_emulated_mbarrier_init(getFull(stage), 1, "init");
      compress_emulated_mbarrier_init(getEmpty(stage), 2, "init");
    }
  barrier();
  if (getTid() >= 128)
    consume(gemm, row, column);
  else if (getTid() == 0)
    produce(gemm, row, column);
}

/// A product of m x n x k; `swizzle` is that of A's copy.
struct Problem {
  int32_t m = tile, n = tile, k = 4 * depth + depth;
  Fault fault = Fault::None;
  EmulatedSwizzle swizzle = EmulatedSwizzle::Bytes128;
};

/// The fault, or how many elements are wrong.
std::string runGemm(TestDevice &device, const Problem &problem) {
  auto [m, n, k] = std::tuple(problem.m, problem.n, problem.k);
  std::mt19937 random(m * n + k);
  // Aligned as device memory is, so that rows are whole sectors.
  auto *a = static_cast<uint16_t *>(compress_emulated_allocate(m * k * 2, "A"));
  auto *b = static_cast<uint16_t *>(compress_emulated_allocate(n * k * 2, "B"));
  auto *d = static_cast<float *>(compress_emulated_allocate(m * n * 4, "D"));
  auto draw = [&] {
    return bit_cast<uint32_t>(float(int32_t(random() % 9) - 4)) >> 16;
  };
  std::generate_n(a, m * k, draw);
  std::generate_n(b, n * k, draw);
  std::fill_n(d, m * n, -1.0f);
  auto type = EmulatedTensorType::BFloat16;
  Gemm gemm;
  gemm.a = encode(describe(type, 2, a, {k, m}, {depth, tile}, problem.swizzle));
  gemm.b = encode(
      describe(type, 2, b, {k, n}, {depth, tile}, EmulatedSwizzle::Bytes128));
  gemm.d = encode(describe(EmulatedTensorType::Float32, 4, d, {n, m}, {32, 64},
                           EmulatedSwizzle::None));
  gemm.k = k;
  gemm.fault = problem.fault;
  int64_t sizes[] = {
      (n + tile - 1) / tile, (m + tile - 1) / tile, 1, 384, 1, 1, 1, 1, 1};
  void *arguments[] = {&gemm};
  compress_emulated_launch("gemm", gemmKernel, arguments, sizes, 0, sharedBytes,
                           "launch");
  std::string message = toString(device.emulator.takeError());
  auto widen = [](uint16_t value) {
    return bit_cast<float>(uint32_t(value) << 16);
  };
  int32_t wrong = 0;
  for (int32_t i = 0; i < m && message.empty(); ++i)
    for (int32_t j = 0; j < n; ++j) {
      float sum = 0;
      for (int32_t l = 0; l < k; ++l)
        sum += widen(a[i * k + l]) * widen(b[j * k + l]);
      wrong += sum != d[i * n + j];
    }
  device.emulator.freeAllocations();
  return wrong ? std::to_string(wrong) + " wrong" : message;
}

} // namespace

TEST(EmulatorHopper, AGemm) {
  for (bool checks : {false, true})
    for (std::optional<uint64_t> seed :
         {std::optional<uint64_t>(), std::optional<uint64_t>(1),
          std::optional<uint64_t>(2)}) {
      TestDevice device(checks, /*counters=*/true, seed);
      EXPECT_EQ(runGemm(device, {}), "");
      KernelCounters counters = device.emulator.getCounters().front();
      // 5 slices of A and B, and D once.
      EXPECT_EQ(counters.globalLoadBytes, 5 * stageBytes);
      EXPECT_EQ(counters.compulsoryLoadBytes, 5 * stageBytes);
      EXPECT_EQ(counters.globalStoreBytes, tile * tile * 4);
      EXPECT_EQ(counters.matrixInstructions, 5 * 4 * 8);
    }
}

TEST(EmulatorHopper, RaggedEdges) {
  TestDevice device;
  EXPECT_EQ(runGemm(device, {77, 200, 72}), "");
  EXPECT_EQ(runGemm(device, {130, 4, 8}), "");
}

TEST(EmulatorHopper, EveryFaultIsFound) {
  for (std::optional<uint64_t> seed :
       {std::optional<uint64_t>(), std::optional<uint64_t>(7)}) {
    TestDevice device(/*checks=*/true, /*counters=*/false, seed);
    auto run = [&](Fault fault) {
      Problem problem;
      problem.fault = fault;
      return runGemm(device, problem);
    };
    EXPECT_TRUE(has(run(Fault::FullWait), "wgmma: "));
    EXPECT_NE(run(Fault::EmptyWait), "");
    EXPECT_TRUE(has(run(Fault::Bytes), "128 bytes missing"));
    EXPECT_NE(run(Fault::FewerBytes), "");
    EXPECT_NE(run(Fault::Parity), "");
    EXPECT_TRUE(has(run(Fault::Accumulator),
                    "result: wgmma in flight: a read of its accumulator"));
    EXPECT_TRUE(has(run(Fault::EarlyRelease), "load "));
    EXPECT_TRUE(has(run(Fault::StoreSource),
                    "reuse: copy in flight: write of its source"));
    EXPECT_TRUE(has(run(Fault::StoreBarrier), "store D: "));
    EXPECT_TRUE(has(run(Fault::StoreProxy),
                    "store D: read by the async proxy after a generic write"));
    // Another swizzle than the descriptor's shows in the numbers.
    Problem problem;
    problem.swizzle = EmulatedSwizzle::None;
    EXPECT_TRUE(has(runGemm(device, problem), " wrong"));
  }
}
