//===- EmulatorRandomTest.cpp - Random kernels on the emulator ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels that call anything with any operands, most of them wrong: each must
// end, with a fault or without.
//
//===----------------------------------------------------------------------===//

#include "TestEmulator.h"
#include <random>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

/// A program that all threads execute, where each thread may skip an op.
struct Program {
  unsigned seed;
  bool isTame;
  int32_t *global;
};

void randomKernel(void **arguments) {
  const auto &program = *static_cast<const Program *>(arguments[0]);
  int32_t tid = getTid();
  std::minstd_rand random(program.seed), own(program.seed + 77 * tid + 1);
  auto pick = [&](int32_t count) { return int32_t(random() % count); };
  // Now and then a value that no kernel should have.
  auto choose = [&](int32_t good) {
    return program.isTame || random() % 16 ? good
                                           : int32_t(random()) - (1 << 30);
  };
  static const char *sites[] = {"a", "b", "c", nullptr};
  int32_t length = 1 + pick(8);
  for (int32_t i = 0; i < length; ++i) {
    int32_t op = pick(20), index = pick(32), more = pick(4);
    const char *site = sites[pick(4)];
    int32_t value = choose(more);
    auto *shared = getShared(choose((tid + index) % 64) / 4 * 4);
    int32_t *global = program.global + choose((tid + index) % 64);
    if (!program.isTame && own() % 24 == 0)
      continue;
    switch (op) {
    case 0:
      barrier(site);
      break;
    case 1:
      compress_emulated_barrier(value, choose(more * 32), site);
      break;
    case 2:
      compress_emulated_barrier_arrive(value, choose(more * 32), site);
      break;
    case 3:
    case 4:
      compress_emulated_syncwarp(choose(-1), site);
      break;
    case 5:
      compress_emulated_shuffle(value, choose(-1), i, index, choose(31),
                                nullptr, site);
      break;
    case 6:
      compress_emulated_vote(value, choose(-1), index, site);
      break;
    case 7:
      compress_emulated_elect(site);
      break;
    case 8:
      compress_emulated_access(shared, choose(1 << more), choose(1 << more),
                               pick(3), site);
      break;
    case 9:
      compress_emulated_access(global, choose(1 << more), choose(1 << more),
                               pick(3), site);
      break;
    case 10: {
      uint32_t values[4];
      compress_emulated_ldmatrix(values, shared, choose(1 << more % 3),
                                 more % 2, site);
      break;
    }
    case 11: {
      uint32_t values[4] = {};
      compress_emulated_stmatrix(values, shared, choose(1 << more % 3),
                                 more % 2, site);
      break;
    }
    case 12: {
      uint32_t d[8], a[8] = {}, b[8] = {}, c[8] = {};
      auto type = [&] { return EmulatedType(pick(12)); };
      EmulatedMma form = {choose(16), choose(8), choose(4 << pick(5)),
                          type(),     type(),    type(),
                          type(),     more % 2,  pick(2),
                          choose(0)};
      compress_emulated_mma(d, a, b, c, random(), &form, site);
      break;
    }
    case 13:
      compress_emulated_cp_async(shared, global, choose(4 << more % 3),
                                 choose(4), site);
      break;
    case 14:
      compress_emulated_cp_async_commit(site);
      compress_emulated_cp_async_wait(value, site);
      break;
    case 15:
      if (tid == 0)
        compress_emulated_mbarrier_init(shared, choose(32), site);
      break;
    case 16:
      compress_emulated_cp_async_arrive(shared, more % 2, site);
      break;
    case 17:
      compress_emulated_mbarrier_arrive(shared, choose(1), choose(more), site);
      compress_emulated_mbarrier_wait_parity(shared, choose(more % 2), site);
      break;
    case 18:
      compress_emulated_mbarrier_expect(shared, value, site);
      compress_emulated_mbarrier_inval(shared, site);
      break;
    case 19:
      compress_emulated_cluster_arrive(site);
      if (more)
        compress_emulated_cluster_wait(site);
      compress_emulated_map_shared(shared, value, site);
      break;
    }
  }
  compress_emulated_cp_async_commit("last");
  compress_emulated_cp_async_wait(0, "last");
}

} // namespace

TEST(EmulatorRandom, AnyKernelEnds) {
  unsigned numClean = 0, numFaults = 0;
  for (bool counters : {false, true}) {
    TestDevice device(/*checks=*/true, counters, 3);
    std::vector<int32_t> data(64);
    auto *global = static_cast<int32_t *>(device.add(data, "data"));
    for (unsigned seed = 0; seed < 4000; ++seed) {
      Program program = {seed * 7919 + 1, seed % 2 == 0, global};
      std::string fault = device.run(
          randomKernel, {2, int64_t(seed % 5 * 24 + 8), 1 + seed % 2, 256},
          {&program});
      ++(fault.empty() ? numClean : numFaults);
      if (!fault.empty()) {
        EXPECT_TRUE(has(fault, "expected "));
      }
    }
  }
  // Both ends are reached.
  EXPECT_GT(numClean, 100u);
  EXPECT_GT(numFaults, 100u);
}
