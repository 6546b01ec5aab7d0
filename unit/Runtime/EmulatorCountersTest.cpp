//===- EmulatorCountersTest.cpp - Tests of the counters -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestEmulator.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

KernelCounters count(void (*kernel)(void **), Sizes sizes,
                     std::vector<int64_t> numbers = {}) {
  TestDevice device(/*checks=*/true, /*counters=*/true);
  // Of a sector's alignment, so that sectors can be counted by hand.
  void *data = compress_emulated_allocate(1 << 16, "allocate");
  std::vector<void *> arguments = {data};
  for (int64_t &number : numbers)
    arguments.push_back(&number);
  EXPECT_EQ(device.run(kernel, sizes, arguments), "");
  compress_emulated_free(data, "free");
  std::vector<KernelCounters> all = device.emulator.getCounters();
  EXPECT_EQ(all.size(), 1u);
  return all.front();
}

int64_t getNumber(void **arguments, int index) {
  return *static_cast<int64_t *>(arguments[index + 1]);
}

} // namespace

TEST(EmulatorCounters, CountsSectors) {
  auto kernel = [](void **arguments) {
    auto *data = static_cast<int32_t *>(arguments[0]);
    int64_t stride = getNumber(arguments, 0);
    load(data + getTid() * stride, "load");
    load(data + getTid() * stride, "again");
  };
  // 64 threads: each warp's 128 bytes are 4 sectors, or 32 when spread.
  KernelCounters dense = count(kernel, {1, 64}, {1});
  EXPECT_EQ(dense.globalLoadBytes, 2 * 2 * 128);
  EXPECT_EQ(dense.compulsoryLoadBytes, 2 * 128);
  EXPECT_EQ(dense.globalStoreBytes, 0);
  KernelCounters strided = count(kernel, {1, 64}, {8});
  EXPECT_EQ(strided.globalLoadBytes, 2 * 64 * 32);
  EXPECT_EQ(strided.compulsoryLoadBytes, 64 * 32);
  KernelCounters broadcast = count(kernel, {1, 64}, {0});
  EXPECT_EQ(broadcast.globalLoadBytes, 2 * 2 * 32);
  EXPECT_EQ(broadcast.compulsoryLoadBytes, 32);
  // Blocks share no sectors, as far as one of them knows.
  EXPECT_EQ(count(kernel, {3, 64}, {1}).compulsoryLoadBytes, 3 * 2 * 128);
}

TEST(EmulatorCounters, GroupsTheVisitsOfALoop) {
  // Lane by lane, each goes through all its rounds before the next starts.
  KernelCounters counters = count(
      [](void **arguments) {
        auto *data = static_cast<int32_t *>(arguments[0]);
        for (int32_t i = 0; i < 8; ++i)
          store(data + i * 32 + getTid(), 1, "store");
        // Half of the lanes go on alone.
        if (getTid() % 2)
          store(data + 1024 + getTid() * 8, 1, "odd");
      },
      {1, 32});
  EXPECT_EQ(counters.globalStoreBytes, 8 * 128 + 16 * 32);
  EXPECT_EQ(counters.compulsoryStoreBytes, 8 * 128 + 16 * 32);
}

TEST(EmulatorCounters, CountsBankConflicts) {
  // A column of a matrix of 32 x 32 words, with rows of `stride` words, or its
  // columns permuted by the row.
  auto kernel = [](void **arguments) {
    int64_t stride = getNumber(arguments, 0);
    bool permutes = getNumber(arguments, 1);
    int32_t tid = getTid();
    for (int32_t row = 0; row < 32; ++row)
      store(getShared(row * stride + (permutes ? tid ^ row : tid)), tid, "row");
    compress_emulated_syncwarp(-1, "sync");
    for (int32_t column = 0; column < 32; ++column)
      load(getShared(tid * stride + (permutes ? column ^ tid : column)), "col");
  };
  KernelCounters plain = count(kernel, {1, 32, 1, 33 * 32 * 4}, {32, 0});
  EXPECT_EQ(plain.sharedAccesses, 64);
  EXPECT_EQ(plain.bankConflicts, 32 * 31);
  EXPECT_EQ(count(kernel, {1, 32, 1, 33 * 32 * 4}, {33, 0}).bankConflicts, 0);
  EXPECT_EQ(count(kernel, {1, 32, 1, 33 * 32 * 4}, {32, 1}).bankConflicts, 0);
  EXPECT_EQ(count(kernel, {1, 32, 1, 34 * 32 * 4}, {34, 0}).bankConflicts,
            32 * 1);
}

TEST(EmulatorCounters, WideAccessesTakeTurns) {
  // Consecutive lanes: no conflict at any width. All at a stride of 128 bytes:
  // 8 or 16 lanes of a turn in the same banks.
  auto kernel = [](void **arguments) {
    auto bytes = int32_t(getNumber(arguments, 0));
    compress_emulated_access(
        getShared<char>(getTid() * getNumber(arguments, 1)), bytes, bytes,
        int32_t(EmulatedAccess::Store), "store");
  };
  auto getConflicts = [&](int64_t bytes, int64_t stride) {
    return count(kernel, {1, 32, 1, 32 * 128}, {bytes, stride}).bankConflicts;
  };
  EXPECT_EQ(getConflicts(4, 4), 0);
  EXPECT_EQ(getConflicts(8, 8), 0);
  EXPECT_EQ(getConflicts(16, 16), 0);
  EXPECT_EQ(getConflicts(4, 128), 31);
  EXPECT_EQ(getConflicts(8, 128), 2 * 15);
  EXPECT_EQ(getConflicts(16, 128), 4 * 7);
}

TEST(EmulatorCounters, CountsLdmatrixByItsMatrices) {
  // Rows of 64 bytes: four lanes of a matrix lie in the same banks. With the
  // chunk of each row permuted, none do.
  auto kernel = [](void **arguments) {
    int32_t tid = getTid();
    for (int32_t i = 0; i < 16; ++i)
      store(getShared(i * 32 + tid), 0, "fill");
    compress_emulated_syncwarp(-1, "sync");
    int32_t chunk = tid / 8;
    if (getNumber(arguments, 0))
      chunk ^= tid % 8 / 2;
    uint32_t values[4];
    compress_emulated_ldmatrix(
        values, getShared<char>(tid % 8 * 64 + chunk * 16), 4, 0, "ldmatrix");
  };
  KernelCounters plain = count(kernel, {1, 32, 1, 2048}, {0});
  EXPECT_EQ(plain.sharedAccesses, 17);
  EXPECT_EQ(plain.bankConflicts, 4 * 3);
  EXPECT_EQ(count(kernel, {1, 32, 1, 2048}, {1}).bankConflicts, 0);
}

TEST(EmulatorCounters, CountsCopiesTwice) {
  KernelCounters counters = count(
      [](void **arguments) {
        compress_emulated_cp_async(getShared(getTid() * 4),
                                   static_cast<int32_t *>(arguments[0]) +
                                       getTid() * 4,
                                   16, 16, "copy");
        compress_emulated_cp_async_commit("commit");
        compress_emulated_cp_async_wait(0, "wait");
      },
      {1, 64, 1, 1024});
  EXPECT_EQ(counters.globalLoadBytes, 1024);
  EXPECT_EQ(counters.sharedAccesses, 2);
  EXPECT_EQ(counters.bankConflicts, 0);
}

TEST(EmulatorCounters, CountsInstructionsAndLaunches) {
  TestDevice device(/*checks=*/true, /*counters=*/true);
  auto kernel = [](void **) {
    barrier();
    compress_emulated_shuffle(0, -1, 0, 0, 31, nullptr, "shuffle");
    compress_emulated_count(int32_t(EmulatedClass::Integer), 3);
    compress_emulated_count(int32_t(EmulatedClass::Convert), 2);
    uint32_t a[4] = {}, b[2] = {};
    float c[4] = {};
    EmulatedMma form = {16,
                        8,
                        16,
                        EmulatedType::F16,
                        EmulatedType::F16,
                        EmulatedType::F32,
                        EmulatedType::F32,
                        0,
                        0,
                        0};
    compress_emulated_mma(c, a, b, c, 0, &form, "mma");
  };
  EXPECT_EQ(device.run(kernel, {2, 64}), "");
  EXPECT_EQ(device.run(kernel, {1, 64}), "");
  EXPECT_EQ(
      formatv("{0}", device.emulator.getCountersJSON()).str(),
      R"({"kernels":[{"bankConflicts":0,"barriers":3,"blocks":3,)"
      R"("compulsoryLoadBytes":0,"compulsoryStoreBytes":0,)"
      R"("globalLoadBytes":0,"globalStoreBytes":0,)"
      R"("instructions":{"branch":0,"convert":384,"float":0,"integer":576,)"
      R"("other":0},"launches":2,"matrixInstructions":6,"name":"kernel",)"
      R"("sharedAccesses":0,"shuffles":6,"threads":192}],"version":1})");
}
