//===- EmulatorTest.cpp - Tests of launches, barriers and collectives -----===//
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

//===----------------------------------------------------------------------===//
// Launches
//===----------------------------------------------------------------------===//

TEST(Emulator, ThreadsKnowTheirPlace) {
  TestDevice device;
  std::vector<int32_t> out(12 * 40 * 6);
  void *arguments[] = {device.add(out, "out")};
  int64_t sizes[9] = {2, 3, 2, 5, 4, 2, 1, 1, 1};
  compress_emulated_launch(
      "kernel",
      [](void **arguments) {
        auto get = [](EmulatedRegister which) {
          return compress_emulated_register(int32_t(which));
        };
        int32_t id[] = {
            get(EmulatedRegister::CtaidX), get(EmulatedRegister::CtaidY),
            get(EmulatedRegister::CtaidZ), get(EmulatedRegister::TidX),
            get(EmulatedRegister::TidY),   get(EmulatedRegister::TidZ)};
        int32_t thread = id[3] + 5 * (id[4] + 4 * id[5]);
        int32_t block = id[0] + 2 * (id[1] + 3 * id[2]);
        auto *out = static_cast<int32_t *>(arguments[0]);
        for (int i = 0; i < 6; ++i)
          store(out + (block * 40 + thread) * 6 + i, id[i] + 1, "out");
        EXPECT_EQ(get(EmulatedRegister::LaneId), thread % 32);
        EXPECT_EQ(get(EmulatedRegister::WarpId), thread / 32);
        EXPECT_EQ(get(EmulatedRegister::NctaidY), 3);
        EXPECT_EQ(get(EmulatedRegister::NtidY), 4);
        uint32_t bit = 1u << thread % 32;
        EXPECT_EQ(uint32_t(get(EmulatedRegister::LaneMaskEq)), bit);
        EXPECT_EQ(uint32_t(get(EmulatedRegister::LaneMaskLt)), bit - 1);
        EXPECT_EQ(uint32_t(get(EmulatedRegister::LaneMaskGe)), ~(bit - 1));
      },
      arguments, sizes, 0, 0, "launch");
  ASSERT_EQ(toString(device.emulator.takeError()), "");
  int32_t limits[] = {2, 3, 2, 5, 4, 2};
  for (int i = 0; i < 12 * 40; ++i) {
    int block = i / 40, thread = i % 40;
    int expected[] = {block % 2,  block / 2 % 3,  block / 6,
                      thread % 5, thread / 5 % 4, thread / 20};
    for (int j = 0; j < 6; ++j) {
      EXPECT_LT(expected[j], limits[j]);
      EXPECT_EQ(out[i * 6 + j], expected[j] + 1);
    }
  }
}

TEST(Emulator, RejectsALaunchThatNoDeviceTakes) {
  TestDevice device;
  auto kernel = [](void **) { FAIL() << "must not run"; };
  EXPECT_EQ(device.run(kernel, {1, 1025}),
            "launch: launch of 'kernel': block's extent x: 1025, expected 1 to "
            "1024");
  EXPECT_EQ(device.run(kernel, {0, 32}),
            "launch: launch of 'kernel': grid's extent x: 0, expected 1 to "
            "2147483647");
  EXPECT_EQ(device.run(kernel, {3, 32, 2}),
            "launch: launch of 'kernel': grid: extents that the cluster's do "
            "not divide, expected whole clusters");
  EXPECT_EQ(device.run(kernel, {1, 32, 1, 227 * 1024 + 1}),
            "launch: launch of 'kernel': shared memory: 0 + 232449 bytes, "
            "expected at most 232448");
}

TEST(Emulator, LaterLaunchesDoNotRunAfterAFault) {
  TestDevice device;
  std::vector<int32_t> out(1);
  void *arguments[] = {device.add(out, "out")};
  int64_t sizes[9] = {1, 1, 1, 1, 1, 1, 1, 1, 1};
  auto fails = [](void **) { load<int32_t>(nullptr, "first"); };
  auto writes = [](void **arguments) {
    store(static_cast<int32_t *>(arguments[0]), 1, "second");
  };
  compress_emulated_launch("fails", fails, arguments, sizes, 0, 0, "launch");
  compress_emulated_launch("writes", writes, arguments, sizes, 0, 0, "launch");
  EXPECT_TRUE(has(toString(device.emulator.takeError()), "'fails'"));
  EXPECT_EQ(out[0], 0);
  compress_emulated_launch("writes", writes, arguments, sizes, 0, 0, "launch");
  EXPECT_EQ(toString(device.emulator.takeError()), "");
  EXPECT_EQ(out[0], 1);
}

TEST(Emulator, EverySymbolIsNamedOnce) {
  std::vector<StringRef> names;
  for (auto [name, address] : getEmulatedSymbols()) {
    EXPECT_NE(address, nullptr);
    EXPECT_TRUE(name.starts_with("compress_emulated_"));
    names.push_back(name);
  }
  llvm::sort(names);
  EXPECT_EQ(std::adjacent_find(names.begin(), names.end()), names.end());
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

TEST(Emulator, BarriersReduceABlock) {
  for (bool checks : {true, false}) {
    TestDevice device(checks);
    std::vector<int32_t> out(3);
    void *data = device.add(out, "out");
    EXPECT_EQ(device.run(
                  [](void **arguments) {
                    int32_t tid = getTid();
                    store(getShared(tid), tid + getBlock(), "write");
                    barrier();
                    for (int32_t step = 512; step; step /= 2) {
                      if (tid < step)
                        store(getShared(tid),
                              load(getShared(tid), "own") +
                                  load(getShared(tid + step), "other"),
                              "sum");
                      barrier();
                    }
                    if (tid == 0)
                      store(static_cast<int32_t *>(arguments[0]) + getBlock(),
                            load(getShared(), "result"), "out");
                  },
                  {3, 1024, 1, 4096}, {data}),
              "");
    int32_t sum = 1023 * 1024 / 2;
    EXPECT_EQ(out, (std::vector<int32_t>{sum, sum + 1024, sum + 2048}));
  }
}

TEST(Emulator, NamedBarriersSplitABlock) {
  TestDevice device;
  std::vector<int32_t> out(64);
  void *data = device.add(out, "out");
  // Warps 0 and 1 produce, 2 and 3 consume: 1 says full, 2 says empty.
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  int32_t tid = getTid(), sum = 0;
                  for (int32_t round = 0; round < 4; ++round) {
                    if (tid < 64) {
                      compress_emulated_barrier(2, 128, "empty");
                      store(getShared(tid), tid * (round + 1), "produce");
                      compress_emulated_barrier_arrive(1, 128, "full");
                    } else {
                      compress_emulated_barrier_arrive(2, 128, "empty");
                      compress_emulated_barrier(1, 128, "full");
                      sum += load(getShared(127 - tid), "consume");
                    }
                  }
                  if (tid >= 64)
                    store(static_cast<int32_t *>(arguments[0]) + tid - 64, sum,
                          "out");
                },
                {1, 128, 1, 256}, {data}),
            "");
  for (int32_t i = 0; i < 64; ++i)
    EXPECT_EQ(out[i], (63 - i) * 10);
}

TEST(Emulator, ThreadsThatExitCountAsArrived) {
  TestDevice device;
  std::vector<int32_t> out(1);
  void *data = device.add(out, "out");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  int32_t tid = getTid();
                  store(getShared(tid), 1, "write");
                  if (tid >= 48)
                    return;
                  barrier();
                  if (tid)
                    return;
                  int32_t sum = 0;
                  for (int32_t i = 0; i < 100; ++i)
                    sum += load(getShared(i), "read");
                  barrier();
                  store(static_cast<int32_t *>(arguments[0]), sum, "out");
                },
                {1, 100, 1, 400}, {data}),
            "");
  EXPECT_EQ(out[0], 100);
}

TEST(Emulator, FindsADeadlock) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  if (getTid() < 96)
                    barrier("here");
                  else
                    compress_emulated_barrier(1, 64, "there");
                },
                {1, 128}),
            "here: deadlock: 96 threads wait in barrier 0 at here (96 of 128 "
            "arrived), 32 threads wait in barrier 1 at there (32 of 64 "
            "arrived), expected all of a barrier's threads, or of a mask's "
            "lanes, at the same place; kernel 'kernel', block (0,0,0), thread "
            "(0,0,0)");
}

TEST(Emulator, FindsDivergentCollectives) {
  TestDevice device;
  EXPECT_TRUE(has(device.run(
                      [](void **) {
                        if (getTid() % 4)
                          compress_emulated_shuffle(0, -1, 0, 0, 31, nullptr,
                                                    "shuffle");
                        else
                          compress_emulated_vote(0, -1, 0, "vote");
                      },
                      {}),
                  "deadlock: 8 threads wait in vote at vote, 24 threads "
                  "wait in shuffle at shuffle"));
}

TEST(Emulator, FindsAWrongBarrierCount) {
  TestDevice device;
  EXPECT_TRUE(
      has(device.run([](void **) { compress_emulated_barrier(1, 48, "b"); },
                     {1, 64}),
          "b: barrier count: 48 threads, expected a multiple of 32 up to "
          "64"));
  EXPECT_TRUE(
      has(device.run([](void **) { compress_emulated_barrier(1, 128, "b"); },
                     {1, 64}),
          "128 threads"));
  EXPECT_TRUE(has(device.run(
                      [](void **) {
                        compress_emulated_barrier(1, getTid() < 32 ? 96 : 64,
                                                  "b");
                      },
                      {1, 96}),
                  "64 threads at barrier 1, expected 96 as at b"));
  EXPECT_TRUE(has(
      device.run([](void **) { compress_emulated_barrier(16, 0, "b"); }, {}),
      "barrier 16, expected 0 to 15"));
}

//===----------------------------------------------------------------------===//
// Collectives
//===----------------------------------------------------------------------===//

namespace {
struct ShuffleArguments {
  int32_t mode, mask, lane, clamp;
  int32_t values[32];
  int8_t inRange[32];
};

void shuffleKernel(void **arguments) {
  auto *own = static_cast<ShuffleArguments *>(arguments[0]);
  int32_t tid = getTid();
  if (own->mask >> tid & 1)
    own->values[tid] = compress_emulated_shuffle(
        own->mode, own->mask, 100 + tid, own->lane < 0 ? tid / 2 : own->lane,
        own->clamp, &own->inRange[tid], "shuffle");
}
} // namespace

TEST(Emulator, ShufflesAsTheISASays) {
  // The last operand of an nvvm.shfl.sync of the given width.
  auto getClamp = [](int32_t width, bool isUp) {
    return (32 - width) << 8 | (isUp ? 0 : 31);
  };
  TestDevice device;
  for (auto mode : {EmulatedShuffle::Idx, EmulatedShuffle::Up,
                    EmulatedShuffle::Down, EmulatedShuffle::Bfly})
    for (int32_t width : {32, 16, 8, 2})
      for (int32_t lane : {0, 1, 3, 17, 31}) {
        ShuffleArguments own = {int32_t(mode),
                                -1,
                                lane,
                                getClamp(width, mode == EmulatedShuffle::Up),
                                {},
                                {}};
        ASSERT_EQ(device.run(shuffleKernel, {}, {&own}), "");
        for (int32_t i = 0; i < 32; ++i) {
          // The segment of `width` lanes, and the lane in it.
          int32_t segment = i / width * width, within = i % width;
          int32_t source = 0;
          bool inRange = true;
          switch (mode) {
          case EmulatedShuffle::Idx:
            source = segment + lane % width;
            break;
          case EmulatedShuffle::Up:
            source = i - lane;
            inRange = within >= lane;
            break;
          case EmulatedShuffle::Down:
            source = i + lane;
            inRange = within + lane < width;
            break;
          case EmulatedShuffle::Bfly:
            source = i ^ lane;
            // A lower segment may be read.
            inRange = source < segment + width;
            break;
          }
          EXPECT_EQ(own.inRange[i], inRange);
          EXPECT_EQ(own.values[i], 100 + (inRange ? source : i));
        }
      }
}

TEST(Emulator, PartialMasksMeetApart) {
  TestDevice device;
  // The lanes of a mask shuffle while the others are elsewhere.
  ShuffleArguments own = {
      int32_t(EmulatedShuffle::Idx), 0x0000ffff, -1, 31, {}, {}};
  EXPECT_EQ(device.run(shuffleKernel, {}, {&own}), "");
  for (int32_t i = 0; i < 16; ++i)
    EXPECT_EQ(own.values[i], 100 + i / 2);
  // Two halves at one op, each with a mask of its own.
  EXPECT_EQ(device.run(
                [](void **) {
                  int32_t tid = getTid();
                  uint32_t mask = tid < 16 ? 0xffff : 0xffff0000;
                  EXPECT_EQ(uint32_t(compress_emulated_vote(
                                int32_t(EmulatedVote::Ballot), mask, tid % 2,
                                "ballot")),
                            mask & 0xaaaaaaaa);
                },
                {}),
            "");
}

TEST(Emulator, RejectsAMaskThatIsWrong) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  compress_emulated_shuffle(0, 0xff, 0, 0, 31, nullptr, "s");
                },
                {}),
            "s: mask: lane 8 outside of mask 0xff, expected a mask with every "
            "lane that executes the op; kernel 'kernel', block (0,0,0), thread "
            "(8,0,0)");
  ShuffleArguments own = {int32_t(EmulatedShuffle::Idx), 0xff, 9, 31, {}, {}};
  EXPECT_TRUE(has(device.run(shuffleKernel, {}, {&own}),
                  "lane 9 as the source, which takes no part"));
}

TEST(Emulator, Votes) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  int32_t tid = getTid();
                  auto vote = [](EmulatedVote mode, int32_t predicate) {
                    return compress_emulated_vote(int32_t(mode), -1, predicate,
                                                  "vote");
                  };
                  EXPECT_EQ(vote(EmulatedVote::All, 1), 1);
                  EXPECT_EQ(vote(EmulatedVote::All, tid != 5), 0);
                  EXPECT_EQ(vote(EmulatedVote::Any, tid == 5), 1);
                  EXPECT_EQ(vote(EmulatedVote::Any, 0), 0);
                  EXPECT_EQ(vote(EmulatedVote::Uni, 0), 1);
                  EXPECT_EQ(vote(EmulatedVote::Uni, 1), 1);
                  EXPECT_EQ(vote(EmulatedVote::Uni, tid == 5), 0);
                  EXPECT_EQ(vote(EmulatedVote::Ballot, tid % 4 == 1),
                            0x22222222);
                },
                {}),
            "");
}

TEST(Emulator, ElectsOneLane) {
  TestDevice device;
  std::vector<int32_t> elected(64);
  void *data = device.add(elected, "elected");
  EXPECT_EQ(device.run(
                [](void **arguments) {
                  store(static_cast<int32_t *>(arguments[0]) + getTid(),
                        compress_emulated_elect("elect"), "out");
                },
                {1, 64}, {data}),
            "");
  EXPECT_EQ(std::accumulate(elected.begin(), elected.begin() + 32, 0), 1);
  EXPECT_EQ(std::accumulate(elected.begin() + 32, elected.end(), 0), 1);
}

TEST(Emulator, LanesThatExitAreNotWaitedFor) {
  TestDevice device;
  EXPECT_EQ(device.run(
                [](void **) {
                  if (getTid() >= 10)
                    return;
                  EXPECT_EQ(compress_emulated_vote(
                                int32_t(EmulatedVote::Ballot), -1, 1, "ballot"),
                            0x3ff);
                  compress_emulated_syncwarp(-1, "sync");
                },
                {1, 30}),
            "");
}
