//===- BuffersTest.cpp - Memory of compiled code --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Buffers.h"
#include "gtest/gtest.h"
#include <cstring>
#include <random>
#include <thread>
#include <vector>

namespace {

TEST(BuffersTest, BuffersOfAllSizesAreApartAndAligned) {
  std::mt19937 generator(1);
  std::vector<std::pair<unsigned char *, int64_t>> live;
  for (int step = 0; step < 4000; ++step) {
    if (live.empty() || generator() % 5 < 3) {
      int64_t bytes = generator() % (int64_t(1) << (generator() % 20));
      auto *data =
          static_cast<unsigned char *>(compress_allocate_buffer(bytes));
      ASSERT_EQ(reinterpret_cast<uintptr_t>(data) % 64, 0u);
      // What a neighbour writes into this one shows when it is freed.
      memset(data, static_cast<unsigned char>(live.size()), bytes);
      for (int64_t i = 0; i < bytes; ++i)
        data[i] ^= static_cast<unsigned char>(bytes);
      if (bytes)
        data[0] = static_cast<unsigned char>(bytes);
      live.push_back({data, bytes});
      continue;
    }
    size_t at = generator() % live.size();
    auto [data, bytes] = live[at];
    if (bytes)
      EXPECT_EQ(data[0], static_cast<unsigned char>(bytes));
    for (int64_t i = 2; i < bytes; ++i)
      ASSERT_EQ(data[i], data[1]);
    compress_free_buffer(data);
    live[at] = live.back();
    live.pop_back();
  }
  for (auto [data, bytes] : live)
    compress_free_buffer(data);
  compress_release_buffers();
}

TEST(BuffersTest, ABlockIsGivenOutAgain) {
  compress_release_buffers();
  void *first = compress_allocate_buffer(100000);
  compress_free_buffer(first);
  // A size that rounds to the same one.
  void *second = compress_allocate_buffer(99000);
  EXPECT_EQ(first, second);
  compress_free_buffer(second);
  compress_free_buffer(nullptr);
  compress_release_buffers();
}

TEST(BuffersTest, ThreadsHaveBuffersOfTheirOwn) {
  std::vector<std::thread> threads;
  std::vector<int> faults(4, 0);
  for (int number = 0; number < 4; ++number)
    threads.emplace_back([&faults, number] {
      for (int step = 0; step < 2000; ++step) {
        int64_t bytes = 1000 + step % 7 * 300;
        auto *data =
            static_cast<unsigned char *>(compress_allocate_buffer(bytes));
        memset(data, number, bytes);
        for (int64_t i = 0; i < bytes; ++i)
          faults[number] += data[i] != number;
        compress_free_buffer(data);
      }
    });
  for (std::thread &thread : threads)
    thread.join();
  for (int count : faults)
    EXPECT_EQ(count, 0);
  compress_release_buffers();
}

} // namespace
