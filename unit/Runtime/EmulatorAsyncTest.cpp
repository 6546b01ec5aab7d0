//===- EmulatorAsyncTest.cpp - Tests of asynchronous copies ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestEmulator.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

/// What a kernel leaves out.
enum class Fault : int64_t { None, Wait, Barrier, Reuse, Exit, Source };

void *encode(Fault fault) {
  return reinterpret_cast<void *>(static_cast<int64_t>(fault));
}

void copy(void *shared, void *global, int32_t bytes, int32_t sourceBytes) {
  compress_emulated_cp_async(shared, global, bytes, sourceBytes, "copy");
}

/// Each thread copies 16 bytes a stage, of which others sum up: two stages in
/// flight, three buffers.
void pipelineKernel(void **arguments) {
  auto *in = static_cast<int32_t *>(arguments[0]);
  auto *out = static_cast<int32_t *>(arguments[1]);
  auto fault = static_cast<Fault>(reinterpret_cast<int64_t>(arguments[2]));
  constexpr int32_t stages = 8, perStage = 64 * 4;
  int32_t tid = getTid(), sum = 0;
  auto issue = [&](int32_t stage) {
    if (stage < stages)
      copy(getShared(stage % 3 * perStage + tid * 4),
           in + stage * perStage + tid * 4, 16, 16);
    compress_emulated_cp_async_commit("commit");
  };
  issue(0);
  issue(1);
  for (int32_t stage = 0; stage < stages; ++stage) {
    compress_emulated_cp_async_wait(fault == Fault::Wait ? 2 : 1, "wait");
    if (fault != Fault::Barrier)
      barrier();
    // The buffer that was read in the stage before.
    issue(fault == Fault::Reuse ? stage + 1 : stage + 2);
    for (int32_t i = 0; i < 4; ++i)
      sum += load(getShared(stage % 3 * perStage + (63 - tid) * 4 + i), "read");
  }
  if (fault == Fault::Exit)
    copy(getShared(tid * 4), in + tid * 4, 16, 16);
  if (fault == Fault::Source) {
    barrier();
    copy(getShared(tid * 4), out + tid % 16 * 4, 16, 16);
    barrier();
  }
  store(out + tid, sum, "out");
  compress_emulated_cp_async_commit("commit");
  compress_emulated_cp_async_wait(0, "last");
}

std::string runPipeline(Fault fault, TestDevice &device,
                        std::vector<int32_t> &out) {
  std::vector<int32_t> in(8 * 64 * 4);
  std::iota(in.begin(), in.end(), 0);
  out.assign(64, 0);
  void *data = device.add(in, "in", /*isReadOnly=*/true);
  void *result = device.add(out, "out");
  std::string message = device.run(pipelineKernel, {1, 64, 1, 3 * 64 * 16},
                                   {data, result, encode(fault)});
  device.emulator.removeBuffer(data);
  device.emulator.removeBuffer(result);
  return message;
}

} // namespace

TEST(EmulatorAsync, APipelineOfCopies) {
  for (bool checks : {true, false})
    for (std::optional<uint64_t> seed :
         {std::optional<uint64_t>(), std::optional<uint64_t>(1),
          std::optional<uint64_t>(2)}) {
      TestDevice device(checks, /*counters=*/false, seed);
      std::vector<int32_t> out;
      EXPECT_EQ(runPipeline(Fault::None, device, out), "");
      for (int32_t i = 0; i < 64; ++i) {
        int32_t sum = 0;
        for (int32_t stage = 0; stage < 8; ++stage)
          for (int32_t j = 0; j < 4; ++j)
            sum += stage * 256 + (63 - i) * 4 + j;
        EXPECT_EQ(out[i], sum);
      }
    }
}

TEST(EmulatorAsync, FindsWhatACopyNeeds) {
  for (std::optional<uint64_t> seed :
       {std::optional<uint64_t>(), std::optional<uint64_t>(1)}) {
    TestDevice device(/*checks=*/true, /*counters=*/false, seed);
    std::vector<int32_t> out;
    std::string lost = runPipeline(Fault::Wait, device, out);
    EXPECT_TRUE(has(lost, "read: copy in flight: read of 0x"));
    EXPECT_TRUE(has(lost, "expected the copy's wait before the access"));
    EXPECT_TRUE(has(lost, "the other access: copy by thread (0,0,0)"));
    // The reader must see that the copy's thread has waited; here it has not
    // even begun.
    EXPECT_TRUE(has(runPipeline(Fault::Barrier, device, out),
                    "read: uninitialised shared memory"));
    // A copy onto what others still read, or onto a copy.
    EXPECT_TRUE(has(runPipeline(Fault::Reuse, device, out), "copy"));
    EXPECT_TRUE(has(runPipeline(Fault::Source, device, out),
                    "out: copy in flight: write of its source"));
  }
}

TEST(EmulatorAsync, FindsACopyThatNobodyWaitsFor) {
  TestDevice device;
  std::vector<int32_t> in(4);
  void *data = device.add(in, "in");
  EXPECT_EQ(
      device.run(
          [](void **arguments) { copy(getShared(), arguments[0], 16, 16); },
          {1, 1, 1, 16}, {data}),
      "copy: lost copy: a thread that exits with copies in flight, "
      "expected a wait for all of them; kernel 'kernel', block (0,0,0), "
      "thread (0,0,0)");
  // A wait for groups is none for what no group has.
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        copy(getShared(), arguments[0], 16, 16);
                        compress_emulated_cp_async_wait(0, "wait");
                        load(getShared(), "read");
                      },
                      {1, 1, 1, 16}, {data}),
                  "read: copy in flight"));
}

TEST(EmulatorAsync, CopiesLandAsLateAsIsLegal) {
  TestDevice device(/*checks=*/false);
  std::vector<int32_t> in(4, 7);
  void *data = device.add(in, "in");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  *getShared() = 1;
                  copy(getShared(), arguments[0], 16, 16);
                  compress_emulated_cp_async_commit("commit");
                  EXPECT_EQ(*getShared(), 1);
                  compress_emulated_cp_async_wait(1, "wait");
                  EXPECT_EQ(*getShared(), 1);
                  compress_emulated_cp_async_wait(0, "wait");
                  EXPECT_EQ(*getShared(), 7);
                },
                {1, 1, 1, 16}, {data}),
            "");
}

TEST(EmulatorAsync, TheRestOfACopyIsZero) {
  TestDevice device;
  std::vector<int32_t> in(4, 7);
  void *data = device.add(in, "in");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  copy(getShared(), arguments[0], 16, 8);
                  // Nothing is read, so the address does not matter.
                  copy(getShared(4), nullptr, 16, 0);
                  compress_emulated_cp_async_commit("commit");
                  compress_emulated_cp_async_wait(0, "wait");
                  for (int32_t i = 0; i < 8; ++i)
                    EXPECT_EQ(load(getShared(i), "read"), i < 2 ? 7 : 0);
                },
                {1, 1, 1, 32}, {data}),
            "");
}

TEST(EmulatorAsync, ASourceMayChangeOnceTheCopyHasLanded) {
  TestDevice device;
  std::vector<int32_t> in(4, 7);
  void *data = device.add(in, "in");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  copy(getShared(), arguments[0], 16, 16);
                  copy(getShared(4), arguments[0], 16, 16);
                  compress_emulated_cp_async_commit("commit");
                  compress_emulated_cp_async_wait(0, "wait");
                  store(static_cast<int32_t *>(arguments[0]), 1, "store");
                },
                {1, 1, 1, 32}, {data}),
            "");
}

TEST(EmulatorAsync, ChecksACopysOperands) {
  TestDevice device;
  std::vector<int32_t> in(5);
  void *data = device.add(in, "in");
  EXPECT_TRUE(
      has(device.run(
              [](void **arguments) { copy(getShared(), arguments[0], 12, 12); },
              {1, 1, 1, 16}, {data}),
          "copy: cp.async: 12 bytes, expected 4, 8 or 16"));
  EXPECT_TRUE(
      has(device.run(
              [](void **arguments) { copy(getShared(), arguments[0], 8, 16); },
              {1, 1, 1, 16}, {data}),
          "16 bytes of the source, expected 0 to 8"));
  EXPECT_TRUE(
      has(device.run(
              [](void **arguments) { copy(getShared(1), arguments[0], 8, 8); },
              {1, 1, 1, 16}, {data}),
          "copy: misaligned copy: target 0x"));
  EXPECT_TRUE(
      has(device.run(
              [](void **arguments) { copy(arguments[0], arguments[0], 4, 4); },
              {1, 1, 1, 16}, {data}),
          "expected a target in shared memory"));
  EXPECT_TRUE(has(
      device.run(
          [](void **arguments) { copy(getShared(4), arguments[0], 16, 16); },
          {1, 1, 1, 16}, {data}),
      "copy: store of 16 bytes out of bounds"));
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        copy(getShared(),
                             static_cast<int32_t *>(arguments[0]) + 5, 4, 4);
                      },
                      {1, 1, 1, 16}, {data}),
                  "copy: load of 4 bytes out of bounds"));
}

//===----------------------------------------------------------------------===//
// mbarriers
//===----------------------------------------------------------------------===//

namespace {

int64_t *getMBarrier(int64_t index) { return getShared<int64_t>(index); }

/// Warp 0 fills buffers and warp 1 empties them: a full and an empty mbarrier
/// for each of two buffers. `arguments[2]` is what is left out.
void mbarrierKernel(void **arguments) {
  auto *in = static_cast<int32_t *>(arguments[0]);
  auto *out = static_cast<int32_t *>(arguments[1]);
  auto fault = static_cast<Fault>(reinterpret_cast<int64_t>(arguments[2]));
  constexpr int32_t rounds = 6;
  int32_t tid = getTid(), lane = tid % 32;
  if (tid == 0)
    for (int32_t i = 0; i < 4; ++i)
      compress_emulated_mbarrier_init(getMBarrier(i), 32, "init");
  if (fault != Fault::Barrier)
    barrier();
  auto getBuffer = [](int32_t round) { return getShared(8 + round % 2 * 128); };
  int32_t sum = 0;
  for (int32_t round = 0; round < rounds; ++round) {
    int64_t *full = getMBarrier(round % 2), *empty = getMBarrier(2 + round % 2);
    int32_t parity = round / 2 % 2;
    if (tid < 32) {
      // The first wait of each is for the phase before the first.
      if (fault != Fault::Reuse)
        compress_emulated_mbarrier_wait_parity(empty, parity ^ 1, "empty");
      copy(getBuffer(round) + lane * 4, in + (round * 32 + lane) * 4, 16, 16);
      compress_emulated_cp_async_arrive(full, 1, "arrive");
    } else {
      if (fault != Fault::Wait)
        compress_emulated_mbarrier_wait_parity(full, parity, "full");
      for (int32_t i = 0; i < 4; ++i)
        sum += load(getBuffer(round) + (31 - lane) * 4 + i, "read");
      compress_emulated_mbarrier_arrive(empty, 1, 0, "release");
    }
  }
  if (tid >= 32)
    store(out + lane, sum, "out");
}

std::string runMBarriers(Fault fault, std::optional<uint64_t> seed,
                         std::vector<int32_t> &out, bool checks = true) {
  TestDevice device(checks, /*counters=*/false, seed);
  std::vector<int32_t> in(6 * 32 * 4);
  std::iota(in.begin(), in.end(), 0);
  out.assign(32, 0);
  void *data = device.add(in, "in", /*isReadOnly=*/true);
  void *result = device.add(out, "out");
  return device.run(mbarrierKernel, {1, 64, 1, 32 + 1024},
                    {data, result, encode(fault)});
}

} // namespace

TEST(EmulatorAsync, ProducersAndConsumersMeetAtMBarriers) {
  for (std::optional<uint64_t> seed :
       {std::optional<uint64_t>(), std::optional<uint64_t>(5)}) {
    std::vector<int32_t> out;
    for (bool checks : {true, false}) {
      EXPECT_EQ(runMBarriers(Fault::None, seed, out, checks), "");
      for (int32_t i = 0; i < 32; ++i) {
        int32_t sum = 0;
        for (int32_t round = 0; round < 6; ++round)
          for (int32_t j = 0; j < 4; ++j)
            sum += (round * 32 + 31 - i) * 4 + j;
        EXPECT_EQ(out[i], sum);
      }
    }
    // The consumer reads what has not landed, or was not written.
    EXPECT_NE(runMBarriers(Fault::Wait, seed, out), "");
    // The producer overwrites what has not been read.
    EXPECT_TRUE(has(runMBarriers(Fault::Reuse, seed, out), "copy: "));
    // Others use the mbarrier before they can know of it.
    EXPECT_TRUE(has(runMBarriers(Fault::Barrier, seed, out), "race"));
  }
}

TEST(EmulatorAsync, AnMBarriersPhaseEndsWithItsBytes) {
  TestDevice device;
  // The bytes that an arrival expects keep the phase open.
  EXPECT_TRUE(
      has(device.run(
              [](void **) {
                int64_t *barrier = getMBarrier(0);
                compress_emulated_mbarrier_init(barrier, 2, "init");
                compress_emulated_mbarrier_expect(barrier, 64, "e");
                compress_emulated_mbarrier_arrive(barrier, 2, 64, "a");
                EXPECT_EQ(compress_emulated_mbarrier_test(barrier, 0, "t"), 0);
              },
              {1, 1, 1, 8}),
          "init: mbarrier: 128 bytes of transactions when the block "
          "ends, expected as many as were expected"));
}

TEST(EmulatorAsync, FindsMisuseOfMBarriers) {
  TestDevice device;
  auto run = [&](void (*kernel)(void **)) {
    return device.run(kernel, {1, 1, 1, 16});
  };
  EXPECT_TRUE(has(run([](void **) {
                    compress_emulated_mbarrier_arrive(getMBarrier(0), 1, 0,
                                                      "arrive");
                  }),
                  "arrive: mbarrier: no mbarrier at 0x"));
  EXPECT_TRUE(has(run([](void **) {
                    compress_emulated_mbarrier_init(getMBarrier(0), 1, "one");
                    compress_emulated_mbarrier_init(getMBarrier(0), 1, "two");
                  }),
                  "two: mbarrier: a second initialisation, after one"));
  EXPECT_TRUE(has(run([](void **) {
                    compress_emulated_mbarrier_init(getMBarrier(0), 2, "init");
                    compress_emulated_mbarrier_arrive(getMBarrier(0), 3, 0,
                                                      "arrive");
                  }),
                  "arrive: mbarrier: 3 arrivals where 2 of 2 are pending, "
                  "expected as many as init says"));
  EXPECT_TRUE(has(run([](void **) {
                    compress_emulated_mbarrier_init(getMBarrier(0), 2, "init");
                    compress_emulated_mbarrier_expect(getMBarrier(0), 1 << 20,
                                                      "expect");
                  }),
                  "expect: mbarrier: 1048576 bytes of transactions"));
  EXPECT_TRUE(has(run([](void **) {
                    compress_emulated_mbarrier_init(getMBarrier(0), 0, "init");
                  }),
                  "init: mbarrier: a count of 0 arrivals"));
  // A wrong parity is a deadlock, and so is a test that nobody can satisfy.
  EXPECT_TRUE(has(run([](void **) {
                    compress_emulated_mbarrier_init(getMBarrier(0), 1, "init");
                    compress_emulated_mbarrier_wait_parity(getMBarrier(0), 0,
                                                           "wait");
                  }),
                  "wait: deadlock: 1 threads wait in mbarrier at wait"));
  EXPECT_TRUE(
      has(run([](void **) {
            compress_emulated_mbarrier_init(getMBarrier(0), 1, "init");
            while (!compress_emulated_mbarrier_test(getMBarrier(0), 0, "test"))
              ;
          }),
          "test: deadlock"));
  EXPECT_EQ(run([](void **) {
              for (int i = 0; i < 2; ++i) {
                compress_emulated_mbarrier_init(getMBarrier(0), 1, "init");
                int64_t state = compress_emulated_mbarrier_arrive(
                    getMBarrier(0), 1, 0, "arrive");
                EXPECT_EQ(compress_emulated_mbarrier_test(getMBarrier(0), state,
                                                          "test"),
                          1);
                compress_emulated_mbarrier_inval(getMBarrier(0), "inval");
              }
            }),
            "");
}

//===----------------------------------------------------------------------===//
// Clusters
//===----------------------------------------------------------------------===//

TEST(EmulatorAsync, AThreadMayLeaveAClusterItArrivedAt) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  store(getShared(getTid()), 1, "store");
                  compress_emulated_cluster_arrive("arrive");
                  // Before the others have arrived.
                  if (getTid() == 0 && getBlock() == 0)
                    return;
                  compress_emulated_cluster_wait("wait");
                  // Its arrival stands for none of the others'.
                  load(getShared(31), "load");
                  compress_emulated_cluster_arrive("arrive");
                  compress_emulated_cluster_wait("wait");
                },
                {2, 32, 2, 128}),
            "");
}

TEST(EmulatorAsync, BlocksOfAClusterShareTheirMemory) {
  auto kernel = [](void **arguments) {
    auto get = [](EmulatedRegister which) {
      return compress_emulated_register(int32_t(which));
    };
    auto fault = static_cast<Fault>(reinterpret_cast<int64_t>(arguments[1]));
    int32_t rank = get(EmulatedRegister::ClusterCtarank);
    int32_t size = get(EmulatedRegister::ClusterNctarank), tid = getTid();
    store(getShared(tid), 100 * getBlock() + tid, "own");
    compress_emulated_cluster_arrive("arrive");
    if (fault != Fault::Wait)
      compress_emulated_cluster_wait("wait");
    void *other =
        compress_emulated_map_shared(getShared(tid), (rank + 1) % size, "map");
    store(static_cast<int32_t *>(arguments[0]) + getBlock() * 32 + tid,
          load(static_cast<int32_t *>(other), "read"), "out");
    // Nobody may leave while others read.
    compress_emulated_cluster_arrive("arrive");
    compress_emulated_cluster_wait("wait");
  };
  for (int64_t cluster : {1, 2, 4, 16}) {
    TestDevice device;
    std::vector<int32_t> out(16 * 32);
    void *data = device.add(out, "out");
    EXPECT_EQ(
        device.run(kernel, {16, 32, cluster, 128}, {data, encode(Fault::None)}),
        "");
    for (int32_t block = 0; block < 16; ++block)
      for (int32_t i = 0; i < 32; ++i)
        EXPECT_EQ(out[block * 32 + i],
                  100 * (block / cluster * cluster + (block + 1) % cluster) +
                      i);
  }
  TestDevice device;
  std::vector<int32_t> out(16 * 32);
  void *data = device.add(out, "out");
  EXPECT_NE(device.run(kernel, {16, 32, 4, 128}, {data, encode(Fault::Wait)}),
            "");
  EXPECT_TRUE(
      has(device.run([](void **) { compress_emulated_cluster_wait("w"); },
                     {2, 32, 2}),
          "w: cluster barrier: a wait without an arrival"));
  EXPECT_TRUE(has(
      device.run(
          [](void **) { compress_emulated_map_shared(getShared(), 2, "map"); },
          {2, 32, 2, 16}),
      "map: mapa: 0x"));
}
