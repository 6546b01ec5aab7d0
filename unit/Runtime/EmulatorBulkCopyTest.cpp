//===- EmulatorBulkCopyTest.cpp - Tests of bulk and tensor copies ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestTensorMap.h"
#include "llvm/ADT/STLExtras.h"
#include <numeric>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

constexpr EmulatedSwizzle swizzles[] = {
    EmulatedSwizzle::None, EmulatedSwizzle::Bytes32, EmulatedSwizzle::Bytes64,
    EmulatedSwizzle::Bytes128};

/// What the one thread of a kernel does with a box.
struct BoxArguments {
  const EncodedMap *map = nullptr;
  std::vector<int32_t> coordinates;
  int32_t bytes = 0;
  /// What the kernel leaves in shared memory, or puts there.
  std::vector<char> shared;
  bool waits = true, initializes = true;
  int32_t expected = -1;
};

constexpr int64_t barrierByte = 64 << 10;
constexpr int64_t sharedBytes = barrierByte + 64;

void loadBox(void **arguments) {
  auto *own = static_cast<BoxArguments *>(arguments[0]);
  int64_t *barrier = getMBarrier(barrierByte);
  if (own->initializes)
    compress_emulated_mbarrier_init(barrier, 1, "init");
  compress_emulated_mbarrier_arrive(
      barrier, 1, own->expected < 0 ? own->bytes : own->expected, "arrive");
  compress_emulated_tma_load(getShared(), own->map, own->coordinates.data(),
                             own->coordinates.size(), barrier, -1, "load");
  if (own->waits)
    compress_emulated_mbarrier_wait_parity(barrier, 0, "wait");
  own->shared.resize(own->bytes);
  for (int32_t i = 0; i < own->bytes; ++i)
    own->shared[i] = load(getShared<char>(i), "read");
}

void storeBox(void **arguments) {
  auto *own = static_cast<BoxArguments *>(arguments[0]);
  for (int32_t i = 0; i < own->bytes; ++i)
    store(getShared<char>(i), own->shared[i], "fill");
  compress_emulated_fence_proxy("fence");
  compress_emulated_tma_store(own->map, getShared(), own->coordinates.data(),
                              own->coordinates.size(), "store");
  compress_emulated_bulk_commit("commit");
  compress_emulated_bulk_wait(0, 0, "wait");
}

/// Where the PTX ISA's tables put the 16 bytes `chunk` of a line of 128 bytes:
/// of 8 lines for 128 bytes, 4 for 64, and 2 for 32.
int32_t placeChunk(EmulatedSwizzle swizzle, int32_t line, int32_t chunk) {
  switch (swizzle) {
  case EmulatedSwizzle::None:
    return chunk;
  case EmulatedSwizzle::Bytes32:
    return line % 2 ? chunk ^ 1 : chunk;
  case EmulatedSwizzle::Bytes64:
    return chunk ^ line % 4;
  case EmulatedSwizzle::Bytes128:
    return chunk ^ line % 8;
  }
  return chunk;
}

} // namespace

TEST(EmulatorBulkCopy, EverySwizzleOfABox) {
  for (EmulatedSwizzle swizzle : swizzles)
    for (std::optional<uint64_t> seed :
         {std::optional<uint64_t>(), std::optional<uint64_t>(3)}) {
      TestDevice device(/*checks=*/true, /*counters=*/false, seed);
      std::vector<uint16_t> data(64 * 40);
      std::iota(data.begin(), data.end(), 1);
      device.add(data, "data", /*isReadOnly=*/true);
      int32_t columns = swizzle == EmulatedSwizzle::None
                            ? 64
                            : 8 << static_cast<int32_t>(swizzle);
      EncodedMap map =
          encode(describe(EmulatedTensorType::UInt16, 2, data.data(), {64, 40},
                          {columns, 32}, swizzle));
      BoxArguments own;
      own.map = &map;
      own.coordinates = {0, 3};
      own.bytes = columns * 32 * 2;
      ASSERT_EQ(device.run(loadBox, {1, 1, 1, sharedBytes}, {&own}), "");
      for (int32_t row = 0; row < 32; ++row)
        for (int32_t column = 0; column < columns; ++column) {
          int32_t byte = (row * columns + column) * 2;
          int32_t at = byte / 128 * 128 +
                       placeChunk(swizzle, byte / 128, byte / 16 % 8) * 16 +
                       byte % 16;
          uint16_t value;
          std::memcpy(&value, &own.shared[at], 2);
          ASSERT_EQ(value, data[(row + 3) * 64 + column]);
        }
    }
}

TEST(EmulatorBulkCopy, BoxesOfEveryRankBeyondTheTensor) {
  TestDevice device;
  // Extents that leave a part of the box outside on both sides.
  const std::vector<int64_t> extents = {20, 5, 3, 4, 2};
  const std::vector<int32_t> box = {8, 4, 2, 3, 2};
  const std::vector<int32_t> first = {15, -1, 2, -2, 1};
  for (bool isNaN : {false, true})
    for (size_t rank = 1; rank <= 5; ++rank) {
      std::vector<float> data(20 * 5 * 3 * 4 * 2);
      std::iota(data.begin(), data.end(), 1.0f);
      device.add(data, "data");
      EmulatedTensorMap parameters =
          describe(EmulatedTensorType::Float32, 4, data.data(),
                   {extents.begin(), extents.begin() + rank},
                   {box.begin(), box.begin() + rank}, EmulatedSwizzle::None);
      parameters.fillsWithNaN = isNaN;
      EncodedMap map = encode(parameters);
      BoxArguments own;
      own.map = &map;
      own.coordinates.assign(first.begin(), first.begin() + rank);
      int32_t count = 1;
      for (size_t i = 0; i < rank; ++i)
        count *= box[i];
      own.bytes = count * 4;
      ASSERT_EQ(device.run(loadBox, {1, 1, 1, sharedBytes}, {&own}), "");
      auto check = [&](auto fn) {
        for (int32_t i = 0; i < count; ++i) {
          int64_t rest = i, index = 0, size = 1;
          bool isInside = true;
          for (size_t d = 0; d < rank; ++d) {
            int64_t at = rest % box[d] + first[d];
            rest /= box[d];
            isInside &= at >= 0 && at < extents[d];
            index += at * size;
            size *= extents[d];
          }
          fn(i, isInside, index);
        }
      };
      check([&](int32_t i, bool isInside, int64_t index) {
        float value;
        std::memcpy(&value, &own.shared[i * 4], 4);
        if (isInside)
          EXPECT_EQ(value, data[index]);
        else if (isNaN)
          EXPECT_TRUE(value != value);
        else
          EXPECT_EQ(value, 0.0f);
      });
      // The way back writes what is inside, and nothing else.
      std::vector<float> expected(data.size(), -1.0f);
      check([&](int32_t i, bool isInside, int64_t index) {
        if (isInside)
          expected[index] = data[index];
      });
      std::fill(data.begin(), data.end(), -1.0f);
      ASSERT_EQ(device.run(storeBox, {1, 1, 1, sharedBytes}, {&own}), "");
      EXPECT_EQ(data, expected);
      device.emulator.removeBuffer(data.data());
    }
}

TEST(EmulatorBulkCopy, AStoreUndoesALoadsSwizzle) {
  for (EmulatedSwizzle swizzle : swizzles) {
    TestDevice device;
    std::vector<uint16_t> data(64 * 32), result(64 * 32);
    std::iota(data.begin(), data.end(), 1);
    device.add(data, "data", /*isReadOnly=*/true);
    device.add(result, "result");
    int32_t columns = 8 << static_cast<int32_t>(swizzle);
    auto encodeAt = [&](std::vector<uint16_t> &where) {
      return encode(describe(EmulatedTensorType::BFloat16, 2, where.data(),
                             {columns, 32}, {columns, 32}, swizzle));
    };
    EncodedMap from = encodeAt(data), to = encodeAt(result);
    BoxArguments own;
    own.map = &from;
    own.coordinates = {0, 0};
    own.bytes = columns * 32 * 2;
    ASSERT_EQ(device.run(loadBox, {1, 1, 1, sharedBytes}, {&own}), "");
    own.map = &to;
    ASSERT_EQ(device.run(storeBox, {1, 1, 1, sharedBytes}, {&own}), "");
    for (int32_t i = 0; i < columns * 32; ++i)
      EXPECT_EQ(result[i], data[i]);
  }
}

TEST(EmulatorBulkCopy, FindsWhatALoadNeeds) {
  for (std::optional<uint64_t> seed :
       {std::optional<uint64_t>(), std::optional<uint64_t>(2)}) {
    TestDevice device(/*checks=*/true, /*counters=*/false, seed);
    std::vector<uint16_t> data(64 * 32);
    device.add(data, "data");
    EncodedMap map =
        encode(describe(EmulatedTensorType::UInt16, 2, data.data(), {64, 32},
                        {64, 32}, EmulatedSwizzle::Bytes128));
    auto run = [&](auto change) {
      BoxArguments own;
      own.map = &map;
      own.coordinates = {0, 0};
      own.bytes = 64 * 32 * 2;
      change(own);
      return device.run(loadBox, {1, 1, 1, sharedBytes}, {&own});
    };
    // A read before the wait is found, whether the bytes have landed or not.
    std::string message = run([](BoxArguments &own) { own.waits = false; });
    EXPECT_TRUE(has(message, "read: "));
    EXPECT_TRUE(has(message, "the other access: load by thread (0,0,0)"));
    EXPECT_TRUE(
        has(run([](BoxArguments &own) { own.initializes = false; }), "arrive"));
    // More bytes than come, and fewer.
    EXPECT_TRUE(
        has(run([](BoxArguments &own) { own.expected = own.bytes + 16; }),
            "deadlock: 1 threads wait in mbarrier at wait (0 of 1 arrivals and "
            "16 bytes missing in phase 0)"));
    EXPECT_TRUE(
        has(run([](BoxArguments &own) { own.expected = own.bytes - 16; }),
            "0 of 1 arrivals and -16 bytes missing"));
    EXPECT_TRUE(has(run([](BoxArguments &own) { own.coordinates = {0}; }),
                    "load: tensor copy: 1 coordinates, expected 2"));
    EncodedMap other = {};
    EXPECT_TRUE(has(run([&](BoxArguments &own) { own.map = &other; }),
                    "load: tensor copy: no tensor map at 0x"));
  }
}

TEST(EmulatorBulkCopy, ALoadReadsItsSourceUntilItLands) {
  TestDevice device;
  std::vector<int32_t> data(4, 7);
  void *pointer = device.add(data, "data");
  auto kernel = [](void **arguments) {
    auto *from = static_cast<int32_t *>(arguments[0]);
    int64_t *barrier = getMBarrier(64);
    compress_emulated_mbarrier_init(barrier, 1, "init");
    compress_emulated_mbarrier_arrive(barrier, 1, 16, "arrive");
    compress_emulated_bulk_load(getShared(), from, barrier, 16, -1, "load");
    if (arguments[1])
      store(from, 1, "change");
    compress_emulated_mbarrier_wait(barrier, 0, "wait");
    EXPECT_EQ(load(getShared(3), "read"), 7);
    store(from, 1, "change");
  };
  EXPECT_EQ(device.run(kernel, {1, 1, 1, 128}, {pointer, nullptr}), "");
  EXPECT_TRUE(has(device.run(kernel, {1, 1, 1, 128}, {pointer, pointer}),
                  "change: copy in flight: write of its source of 0x"));
}

TEST(EmulatorBulkCopy, FindsWhatAStoreNeeds) {
  // 0: nothing is wrong. 1: the source changes before the wait. 2: the target
  // is read before it. 3: a wait for reads is none for the target. 4: no
  // commit. 5: the bytes have not been written. 6: no fence.
  auto kernel = [](void **arguments) {
    auto *to = static_cast<int32_t *>(arguments[0]);
    int64_t fault = reinterpret_cast<int64_t>(arguments[1]);
    if (fault != 5)
      for (int32_t i = 0; i < 4; ++i)
        store(getShared(i), 5 + i, "fill");
    if (fault != 6)
      compress_emulated_fence_proxy("fence");
    compress_emulated_bulk_store(to, getShared(), 16, "store");
    if (fault == 1)
      store(getShared(), 1, "change");
    if (fault == 2)
      load(to, "read");
    if (fault != 4)
      compress_emulated_bulk_commit("commit");
    compress_emulated_bulk_wait(0, /*read=*/1, "wait");
    store(getShared(), 1, "change");
    if (fault == 3)
      load(to, "read");
    compress_emulated_bulk_wait(0, /*read=*/0, "wait");
    EXPECT_EQ(load(to + 3, "read"), 8);
  };
  TestDevice device;
  std::vector<int32_t> data(4);
  void *pointer = device.add(data, "data");
  auto run = [&](int64_t fault) {
    return device.run(kernel, {1, 1, 1, 16},
                      {pointer, reinterpret_cast<void *>(fault)});
  };
  EXPECT_EQ(run(0), "");
  EXPECT_EQ(data, std::vector<int32_t>({5, 6, 7, 8}));
  EXPECT_TRUE(has(run(1), "change: copy in flight: write of its source"));
  EXPECT_TRUE(has(run(2), "read: copy in flight: read of 0x"));
  EXPECT_TRUE(has(run(3), "read: copy in flight: read of 0x"));
  EXPECT_TRUE(has(run(4), "change: copy in flight: write of its source"));
  EXPECT_TRUE(has(run(5), "store: uninitialised shared memory"));
  EXPECT_TRUE(has(run(6), "store: read by the async proxy after a generic "
                          "write of 0x"));
  EXPECT_TRUE(has(run(6), "expected a fence.proxy.async between the two"));
  EXPECT_TRUE(has(device.run(
                      [](void **arguments) {
                        store(getShared<int64_t>(0), int64_t(1), "fill");
                        store(getShared<int64_t>(1), int64_t(1), "fill");
                        compress_emulated_fence_proxy("fence");
                        compress_emulated_bulk_store(arguments[0], getShared(),
                                                     16, "store");
                        compress_emulated_bulk_commit("commit");
                      },
                      {1, 1, 1, 16}, {pointer}),
                  "store: lost copy: a thread that exits while its bulk "
                  "copies read"));
}

TEST(EmulatorBulkCopy, AnArrivalBeforeTheWaitDoesNotCoverAStoresReads) {
  // The second warp runs after the first has waited, but knows only that it has
  // arrived.
  auto kernel = [](void **arguments) {
    bool isFirst = getTid() < 32;
    if (getTid() == 0) {
      for (int32_t i = 0; i < 4; ++i)
        store(getShared(i), i, "fill");
      compress_emulated_fence_proxy("fence");
      compress_emulated_bulk_store(arguments[0], getShared(), 16, "store");
      compress_emulated_bulk_commit("commit");
    }
    auto wait = [&] {
      if (getTid() == 0)
        compress_emulated_bulk_wait(0, /*read=*/1, "wait");
    };
    if (arguments[1])
      wait();
    if (isFirst)
      compress_emulated_barrier_arrive(1, 64, "arrive");
    wait();
    if (!isFirst) {
      compress_emulated_barrier(1, 64, "barrier");
      if (getTid() == 32)
        store(getShared(), 7, "reuse");
    }
  };
  TestDevice device;
  std::vector<int32_t> data(4);
  void *pointer = device.add(data, "data");
  EXPECT_EQ(device.run(kernel, {1, 64, 1, 16}, {pointer, pointer}), "");
  EXPECT_TRUE(has(device.run(kernel, {1, 64, 1, 16}, {pointer, nullptr}),
                  "reuse: race: write after another thread's read"));
}

TEST(EmulatorBulkCopy, MulticastTellsEveryBlocksBarrier) {
  struct Arguments {
    int32_t *in, *out;
    int32_t mask;
    bool waits;
  };
  auto kernel = [](void **arguments) {
    auto *own = static_cast<Arguments *>(arguments[0]);
    int32_t rank =
        compress_emulated_register(int32_t(EmulatedRegister::ClusterCtarank));
    int64_t *barrier = getMBarrier(1024);
    if (getTid() == 0) {
      compress_emulated_mbarrier_init(barrier, 1, "init");
      compress_emulated_mbarrier_arrive(barrier, 1, 2 * 128, "arrive");
    }
    compress_emulated_cluster_arrive("arrive");
    compress_emulated_cluster_wait("wait");
    // Each block fetches one half for both.
    if (getTid() == 0)
      compress_emulated_bulk_load(getShared(32 * rank), own->in + 32 * rank,
                                  barrier, 128, own->mask, "load");
    if (own->waits)
      compress_emulated_mbarrier_wait_parity(barrier, 0, "full");
    for (int32_t half = 0; half < 2; ++half)
      store(own->out + 64 * getBlock() + 32 * half + getTid(),
            load(getShared(32 * half + getTid()), "read"), "out");
    compress_emulated_cluster_arrive("arrive");
    compress_emulated_cluster_wait("wait");
  };
  for (std::optional<uint64_t> seed :
       {std::optional<uint64_t>(), std::optional<uint64_t>(4)}) {
    TestDevice device(/*checks=*/true, /*counters=*/true, seed);
    // Of a sector's alignment, so that sectors can be counted by hand.
    auto *in =
        static_cast<int32_t *>(compress_emulated_allocate(256, "allocate"));
    std::iota(in, in + 64, 1);
    std::vector<int32_t> out(128);
    Arguments own = {in, device.add(out, "out"), 3, true};
    EXPECT_EQ(device.run(kernel, {2, 32, 2, 1032}, {&own}), "");
    for (int32_t i = 0; i < 128; ++i)
      EXPECT_EQ(out[i], in[i % 64]);
    // Each half is read once.
    EXPECT_EQ(device.emulator.getCounters().front().globalLoadBytes, 256);
    own.waits = false;
    EXPECT_NE(device.run(kernel, {2, 32, 2, 1032}, {&own}), "");
    own.waits = true;
    // A block that nobody copies to waits for ever.
    own.mask = 1;
    EXPECT_TRUE(has(device.run(kernel, {2, 32, 2, 1032}, {&own}), "deadlock"));
    own.mask = 4;
    EXPECT_TRUE(has(device.run(kernel, {2, 32, 2, 1032}, {&own}),
                    "load: bulk copy: the blocks 0x4, expected some of a "
                    "cluster of 2"));
  }
}

TEST(EmulatorBulkCopy, FromBlockToBlock) {
  // 1: no fence. 2: the other block exits before the copy lands. 3: the
  // copy tells an mbarrier of the wrong block.
  auto kernel = [](void **arguments) {
    int64_t fault = reinterpret_cast<int64_t>(arguments[0]);
    int32_t rank =
        compress_emulated_register(int32_t(EmulatedRegister::ClusterCtarank));
    int64_t *barrier = getMBarrier(64);
    compress_emulated_mbarrier_init(barrier, 1, "init");
    compress_emulated_mbarrier_arrive(barrier, 1, 16, "expect");
    compress_emulated_cluster_arrive("arrive");
    compress_emulated_cluster_wait("wait");
    if (rank == 1 && fault == 2)
      return;
    for (int32_t i = 0; i < 4; ++i)
      store(getShared(i), 10 * rank + i, "fill");
    if (fault != 1)
      compress_emulated_fence_proxy("fence");
    int32_t other = 1 - rank;
    compress_emulated_bulk_load(
        compress_emulated_map_shared(getShared(4), other, "map"), getShared(),
        compress_emulated_map_shared(barrier, fault == 3 ? rank : other, "map"),
        16, -1, "copy");
    compress_emulated_mbarrier_wait_parity(barrier, 0, "full");
    EXPECT_EQ(load(getShared(7), "read"), 10 * other + 3);
    compress_emulated_cluster_arrive("arrive");
    compress_emulated_cluster_wait("wait");
  };
  TestDevice device;
  auto run = [&](int64_t fault) {
    return device.run(kernel, {2, 1, 2, 72}, {reinterpret_cast<void *>(fault)});
  };
  EXPECT_EQ(run(0), "");
  EXPECT_TRUE(has(run(1), "copy: read by the async proxy"));
  EXPECT_TRUE(has(run(2), "copy: bulk copy: a block that has exited"));
  std::string message = run(3);
  EXPECT_TRUE(has(message, "copy: bulk copy: an mbarrier in block "));
  EXPECT_TRUE(has(message, ", as its target"));
}

TEST(EmulatorBulkCopy, ChecksATensorMap) {
  TestDevice device;
  std::vector<uint16_t> data(64 * 32);
  auto encodeWith = [&](auto change) {
    EmulatedTensorMap parameters =
        describe(EmulatedTensorType::UInt16, 2, data.data(), {64, 32}, {64, 32},
                 EmulatedSwizzle::Bytes128);
    change(parameters);
    encode(parameters);
    return toString(device.emulator.takeError());
  };
  using Map = EmulatedTensorMap;
  EXPECT_EQ(encodeWith([](Map &) {}), "");
  EXPECT_EQ(encodeWith([](Map &map) { map.rank = 6; }),
            "encode: tensor map: a rank out of range, expected 1 to 5");
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.extents[1] = 0; }),
                  "an extent out of range, expected 1 to 2^32"));
  EXPECT_EQ(encodeWith([](Map &map) { map.extents[1] = int64_t(1) << 32; }),
            "");
  EXPECT_TRUE(
      has(encodeWith([](Map &map) { map.extents[1] = (int64_t(1) << 32) + 1; }),
          "an extent out of range"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.strides[0] = 136; }),
                  "a multiple of 16 below 2^40"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.strides[0] = 112; }),
                  "at least its extent times its stride"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.box[1] = 257; }),
                  "a box's extent out of range, expected 1 to 256"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.box[0] = 128; }),
                  "wider than the swizzle"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.box[0] = 4; }),
                  "rows of a multiple of 16 bytes"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.elementStrides[0] = 2; }),
                  "an element stride that is not emulated, expected 1"));
  EXPECT_TRUE(has(encodeWith([](Map &map) { map.fillsWithNaN = 1; }),
                  "expected a float type"));
  EXPECT_TRUE(has(encodeWith([](Map &map) {
                    map.address = static_cast<char *>(map.address) + 8;
                  }),
                  "a misaligned tensor"));
}

TEST(EmulatorBulkCopy, ChecksABulkCopysOperands) {
  TestDevice device;
  std::vector<int32_t> data(8);
  void *pointer = device.add(data, "data");
  auto run = [&](void (*kernel)(void **)) {
    return device.run(kernel, {1, 1, 1, 64}, {pointer});
  };
  EXPECT_TRUE(has(run([](void **arguments) {
                    compress_emulated_mbarrier_init(getMBarrier(32), 1, "init");
                    compress_emulated_bulk_load(getShared(), arguments[0],
                                                getMBarrier(32), 8, -1, "load");
                  }),
                  "load: bulk copy: 8 bytes, expected a multiple of 16"));
  EXPECT_TRUE(has(run([](void **arguments) {
                    compress_emulated_bulk_load(getShared(1), arguments[0],
                                                getMBarrier(32), 16, -1,
                                                "load");
                  }),
                  "expected shared memory at a multiple of 16"));
  EXPECT_TRUE(has(run([](void **arguments) {
                    compress_emulated_mbarrier_init(getMBarrier(32), 1, "init");
                    compress_emulated_bulk_load(getShared(), arguments[0],
                                                getMBarrier(32), 48, -1,
                                                "load");
                  }),
                  "load: load of 16 bytes out of bounds"));
  // Nobody waits for it.
  EXPECT_TRUE(has(run([](void **arguments) {
                    compress_emulated_mbarrier_init(getMBarrier(32), 1, "init");
                    compress_emulated_mbarrier_expect(getMBarrier(32), 16, "e");
                    compress_emulated_bulk_load(getShared(), arguments[0],
                                                getMBarrier(32), 16, -1,
                                                "load");
                  }),
                  "load: lost copy"));
}

TEST(EmulatorBulkCopy, MBarriersCountDownAndDrop) {
  TestDevice device;
  EXPECT_EQ(
      device.run(
          [](void **) {
            int64_t *barrier = getMBarrier(0);
            compress_emulated_mbarrier_init(barrier, 2, "init");
            compress_emulated_mbarrier_expect(barrier, 64, "expect");
            int64_t state =
                compress_emulated_mbarrier_drop(barrier, 1, 0, "drop");
            compress_emulated_mbarrier_arrive(barrier, 1, 0, "arrive");
            EXPECT_EQ(
                compress_emulated_mbarrier_test_parity(barrier, 0, "test"), 0);
            compress_emulated_mbarrier_complete(barrier, 64, "complete");
            compress_emulated_mbarrier_wait(barrier, state, "wait");
            EXPECT_EQ(
                compress_emulated_mbarrier_test_parity(barrier, 0, "test"), 1);
            // One arrival ends the next phase.
            state = compress_emulated_mbarrier_arrive(barrier, 1, 0, "arrive");
            compress_emulated_mbarrier_wait(barrier, state, "wait");
          },
          {1, 1, 1, 8}),
      "");
}
