//===- EmulatorMemoryTest.cpp - Tests of the checks of memory -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestEmulator.h"
#include "llvm/ADT/STLExtras.h"

using namespace llvm;
using namespace mlir::compress::runtime;

static int32_t *getData(void **arguments) {
  return static_cast<int32_t *>(arguments[0]);
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

TEST(EmulatorMemory, NamesTheNearestBuffer) {
  TestDevice device;
  std::vector<int32_t> data(100, 7);
  void *first = device.add(data, "input");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  int32_t tid = getTid();
                  if (tid < 100)
                    store(getData(arguments) + tid, 1, "kernel.mlir:3:5");
                },
                {1, 128}, {first}),
            "");
  // An off-by-one.
  std::string fault = device.run(
      [](void **arguments) {
        int32_t tid = getTid();
        if (tid <= 100)
          store(getData(arguments) + tid, 1, "kernel.mlir:3:5");
      },
      {1, 128}, {first});
  EXPECT_TRUE(has(fault, "kernel.mlir:3:5: store of 4 bytes out of "
                         "bounds: 0x"));
  EXPECT_TRUE(has(fault, "0 bytes past the end of 'input' of 400 bytes, "
                         "expected bytes of one buffer; kernel 'kernel', "
                         "block (0,0,0), thread (100,0,0)"));
  // A wild store does not happen.
  EXPECT_TRUE(has(
      device.run(
          [](void **arguments) { store(getData(arguments) - 2, 1, "wild"); },
          {1, 1}, {first}),
      "8 bytes before 'input' of 400 bytes"));
  EXPECT_TRUE(
      has(device.run([](void **) { load<int32_t>(nullptr, "null"); }, {1, 1}),
          "null: load of 4 bytes out of bounds"));
}

TEST(EmulatorMemory, AnAccessMustNotCrossItsBuffersEnd) {
  TestDevice device;
  std::vector<int32_t> data(3);
  void *first = device.add(data, "input");
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        compress_emulated_access(getData(arguments) + 1, 12, 4,
                                                 0, "wide");
                      },
                      {1, 1}, {first}),
                  "wide: load of 12 bytes out of bounds"));
}

TEST(EmulatorMemory, ReadOnlyBuffersAreNotWritten) {
  TestDevice device;
  std::vector<int32_t> data(4, 5);
  void *first = device.add(data, "weight", /*isReadOnly=*/true);
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        store(getData(arguments),
                              load(getData(arguments), "l") + 1, "s");
                      },
                      {1, 1}, {first}),
                  "s: store of 4 bytes: 'weight', which is read-only, "
                  "expected a buffer that kernels may write"));
  EXPECT_EQ(data[0], 5);
}

TEST(EmulatorMemory, AllocationsHaveGuards) {
  TestDevice device;
  void *data = compress_emulated_allocate(1000, "allocate");
  ASSERT_NE(data, nullptr);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(data) % 256, 0u);
  auto kernel = [](void **arguments) {
    store(static_cast<char *>(arguments[0]) + getTid(), 'x', "s");
  };
  EXPECT_EQ(device.run(kernel, {1, 1000}, {data}), "");
  EXPECT_TRUE(has(device.run(kernel, {1, 1001}, {data}),
                  "0 bytes past the end of 'allocation 0'"));
  compress_emulated_free(data, "free");
  EXPECT_TRUE(has(device.run(kernel, {1, 1}, {data}), "out of bounds"));
  compress_emulated_free(data, "again");
  EXPECT_TRUE(has(toString(device.emulator.takeError()), "again: free: 0x"));
}

TEST(EmulatorMemory, SharedMemoryEndsWhereTheLaunchSays) {
  TestDevice device;
  auto kernel = [](void **) { store(getShared(getTid()), 1, "s"); };
  EXPECT_EQ(device.run(kernel, {2, 64, 1, 256}), "");
  EXPECT_TRUE(has(device.run(kernel, {2, 65, 1, 256}),
                  "s: store of 4 bytes out of bounds: byte 256 of shared "
                  "memory, expected at most 256 bytes"));
  EXPECT_TRUE(
      has(device.run([](void **) { load(getShared(-1), "l"); }, {1, 1, 1, 256}),
          "l: load of 4 bytes out of bounds"));
}

TEST(EmulatorMemory, SharedAddressesHave32Bits) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  auto address = reinterpret_cast<uintptr_t>(getShared());
                  EXPECT_EQ(address >> 32, 0u);
                  EXPECT_EQ(address % (256 << 10), 0u);
                },
                {1, 1, 1, 4}),
            "");
}

TEST(EmulatorMemory, FindsAMisalignedAccess) {
  TestDevice device;
  EXPECT_TRUE(has(device.run(
                      [](void **) {
                        compress_emulated_access(getShared<char>(8), 16, 16, 0,
                                                 "l");
                      },
                      {1, 1, 1, 64}),
                  "8, expected a multiple of 16"));
}

TEST(EmulatorMemory, FindsAReadOfWhatNobodyWrote) {
  TestDevice device;
  auto kernel = [](void **arguments) {
    int32_t tid = getTid();
    if (tid < *getData(arguments))
      store(getShared(tid), 1, "s");
    barrier();
    load(getShared(tid ^ 1), "l");
  };
  int32_t all = 64, most = 63;
  EXPECT_EQ(device.run(kernel, {1, 64, 1, 256}, {&all}), "");
  // The block before has written it all, but it is over.
  EXPECT_TRUE(has(device.run(kernel, {1, 64, 1, 256}, {&most}),
                  "l: uninitialised shared memory: load of 4 bytes at "
                  "byte 252, expected bytes that the block has written; "
                  "kernel 'kernel', block (0,0,0), thread (62,0,0)"));
  // A part of the bytes is not enough.
  EXPECT_TRUE(has(device.run(
                      [](void **) {
                        store(getShared<char>(), 'x', "s");
                        load(getShared<int16_t>(), "l");
                      },
                      {1, 1, 1, 4}),
                  "uninitialised"));
}

TEST(EmulatorMemory, AThreadsOwnVariablesAreItsMemory) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  int32_t own = 0;
                  store(&own, getTid(), "s");
                  barrier();
                  EXPECT_EQ(load(&own, "l"), getTid());
                },
                {1, 64}),
            "");
}

//===----------------------------------------------------------------------===//
// Races
//===----------------------------------------------------------------------===//

TEST(EmulatorMemory, FindsAMissingBarrier) {
  TestDevice device;
  // A write, then a read by another thread.
  std::string fault = device.run(
      [](void **) {
        int32_t tid = getTid();
        store(getShared(tid), 1, "write");
        load(getShared(tid ? tid - 1 : 0), "read");
      },
      {1, 64, 1, 256});
  EXPECT_TRUE(
      has(fault, "read: race: read after another thread's write of 0x"));
  EXPECT_TRUE(has(fault, "expected a barrier between the two; kernel "
                         "'kernel', block (0,0,0), thread (1,0,0); the "
                         "other access: write by thread (0,0,0)"));
  // Reads by all, then a write by one.
  auto readThenWrite = [](void **arguments) {
    int32_t tid = getTid();
    if (tid == 0)
      store(getShared(), 1, "write");
    barrier();
    load(getShared(), "read");
    if (*getData(arguments))
      barrier();
    if (tid == 31)
      store(getShared(), 2, "overwrite");
  };
  int32_t yes = 1, no = 0;
  EXPECT_EQ(device.run(readThenWrite, {1, 64, 1, 256}, {&yes}), "");
  EXPECT_TRUE(has(device.run(readThenWrite, {1, 64, 1, 256}, {&no}),
                  "overwrite: race: write after another thread's read"));
  // Two writes.
  EXPECT_TRUE(
      has(device.run([](void **) { store(getShared(getTid() / 2), 1, "w"); },
                     {1, 64, 1, 256}),
          "w: race: write after another thread's write"));
}

TEST(EmulatorMemory, LockstepIsNoSynchronisation) {
  TestDevice device;
  auto kernel = [](void **arguments) {
    int32_t tid = getTid();
    store(getShared(tid), tid, "write");
    if (*getData(arguments) == 0)
      compress_emulated_syncwarp(-1, "sync");
    else
      compress_emulated_shuffle(0, -1, tid, 0, 31, nullptr, "shuffle");
    load(getShared(tid ^ 1), "read");
  };
  int32_t sync = 0, shuffle = 1;
  EXPECT_EQ(device.run(kernel, {1, 32, 1, 128}, {&sync}), "");
  EXPECT_TRUE(
      has(device.run(kernel, {1, 32, 1, 128}, {&shuffle}), "read: race"));
}

TEST(EmulatorMemory, ABarrierOrdersOnlyThoseWhoMeet) {
  TestDevice device;
  EXPECT_TRUE(has(device.run(
                      [](void **) {
                        int32_t tid = getTid();
                        if (tid < 32)
                          store(getShared(tid), 1, "write");
                        if (tid < 64)
                          compress_emulated_barrier(1, 64, "some");
                        else
                          load(getShared(tid - 64), "read");
                      },
                      {1, 96, 1, 256}),
                  "read: race: read after another thread's write"));
}

TEST(EmulatorMemory, NarrowAccessesOfOneWordAreApart) {
  TestDevice device;
  std::vector<int16_t> data(64);
  void *first = device.add(data, "data");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  int32_t tid = getTid();
                  // Wide first, so that cells are refined.
                  if (tid == 0)
                    for (int i = 0; i < 16; ++i)
                      store(getShared<int64_t>(i), int64_t(0), "wide");
                  barrier();
                  store(getShared<int16_t>(tid), int16_t(tid), "s");
                  store(static_cast<int16_t *>(arguments[0]) + tid,
                        int16_t(tid), "g");
                },
                {1, 64, 1, 128}, {first}),
            "");
}

TEST(EmulatorMemory, AtomicsDoNotRaceWithEachOther) {
  TestDevice device;
  std::vector<int32_t> data(1);
  void *first = device.add(data, "data");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  atomicAdd(getData(arguments), 1, "global");
                  if (getTid() == 0)
                    store(getShared(), 0, "zero");
                  barrier();
                  atomicAdd(getShared(), 1, "shared");
                  barrier();
                  EXPECT_EQ(load(getShared(), "l"), 64);
                },
                {2, 64, 1, 4}, {first}),
            "");
  EXPECT_EQ(data[0], 128);
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        if (getTid() == 0)
                          load(getData(arguments), "plain");
                        else
                          atomicAdd(getData(arguments), 1, "atomic");
                      },
                      {1, 2}, {first}),
                  "atomic: race: write after another thread's read"));
}

TEST(EmulatorMemory, FindsRacesInGlobalMemory) {
  TestDevice device;
  std::vector<int32_t> data(64);
  void *first = device.add(data, "data");
  auto kernel = [](void **arguments) {
    int32_t tid = getTid();
    store(getData(arguments) + tid, tid, "write");
    if (arguments[1])
      barrier();
    load(getData(arguments) + (tid ^ 1), "read");
  };
  EXPECT_EQ(device.run(kernel, {1, 64}, {first, first}), "");
  EXPECT_TRUE(has(device.run(kernel, {1, 64}, {first, nullptr}),
                  "write: race: write after another thread's read"));
  // What an earlier launch did is over.
  EXPECT_EQ(device.run(kernel, {1, 64}, {first, first}), "");
}

TEST(EmulatorMemory, FindsTwoBlocksThatWriteTheSame) {
  TestDevice device;
  std::vector<int32_t> data(64);
  void *first = device.add(data, "data");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  store(getData(arguments) + getBlock() * 32 + getTid(), 1,
                        "s");
                },
                {2, 32}, {first}),
            "");
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        store(getData(arguments) + getBlock() * 31 + getTid(),
                              1, "s");
                      },
                      {2, 32}, {first}),
                  "expected blocks that touch different bytes, or "
                  "atomics; kernel 'kernel', block (1,0,0), thread "
                  "(0,0,0); the other access: s by block (0,0,0), thread "
                  "(31,0,0)"));
}

TEST(EmulatorMemory, FindsABlockThatOverwritesWhatAnotherReads) {
  TestDevice device;
  std::vector<int32_t> data(64);
  void *first = device.add(data, "data");
  auto kernel = [](void **arguments) {
    // All of block 0 read it, so that the last reader is one of many.
    if (getBlock() == 0)
      load(getData(arguments), "read");
    else if (getTid() == 0)
      store(getData(arguments), 1, "write");
  };
  EXPECT_TRUE(has(device.run(kernel, {2, 64}, {first}),
                  "write: race of blocks: write after another block's read"));
  EXPECT_TRUE(has(device.run(kernel, {2, 64}, {first}),
                  "the other access: read by block (0,0,0), thread (63,0,0)"));
}

TEST(EmulatorMemory, BlocksMayOrderThemselvesByAtomics) {
  TestDevice device;
  std::vector<int32_t> data(2);
  void *first = device.add(data, "data");
  // The second block is told that the first is done.
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  if (getBlock() == 0)
                    store(getData(arguments), 7, "write");
                  atomicAdd(getData(arguments) + 1, 1, "flag");
                  if (getBlock() == 1) {
                    EXPECT_EQ(load(getData(arguments), "read"), 7);
                  }
                },
                {2, 1}, {first}),
            "");
}

TEST(EmulatorMemory, UncheckedKernelsRunAllTheSame) {
  TestDevice device(/*checks=*/false);
  EXPECT_EQ(device.run(
                [](void **) {
                  int32_t tid = getTid();
                  *getShared(tid) = tid;
                  barrier();
                  EXPECT_EQ(*getShared(tid ^ 1), tid ^ 1);
                },
                {2, 64, 1, 256}),
            "");
}
