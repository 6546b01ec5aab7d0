//===- Buffers.cpp - Memory of compiled code ------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// It is linked into every model, where there is no C++ library.
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Buffers.h"
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <pthread.h>
#include <unistd.h>

namespace {
/// What lies before a buffer: its size, and the next block at hand of the same.
struct alignas(64) Block {
  int64_t bytes;
  Block *next;
};
} // namespace

/// Sizes are rounded up to a quarter of a power of two; smaller ones to the
/// least.
static constexpr int kLeastLog = 8;
static constexpr int kSizesPerPower = 4;
static constexpr int kNumSizes = (62 - kLeastLog) * kSizesPerPower;

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static Block *blocks[kNumSizes];
/// Bytes given out and the most that ever were, and bytes at hand.
static int64_t inUse, mostInUse, atHand;

/// The number of the least size that holds so many bytes, which become it.
static int roundUp(int64_t &bytes) {
  int log = 63 - __builtin_clzll(bytes | (int64_t(1) << kLeastLog));
  int64_t quarter = (int64_t(1) << log) / kSizesPerPower;
  int64_t quarters = (bytes + quarter - 1) / quarter;
  if (quarters < kSizesPerPower)
    quarters = kSizesPerPower;
  bytes = quarters * quarter;
  return (log - kLeastLog) * kSizesPerPower +
         static_cast<int>(quarters - kSizesPerPower);
}

void *compress_allocate_buffer(int64_t bytes) {
  constexpr int64_t kMost = int64_t(1) << 60;
  Block *block = nullptr;
  if (bytes >= 0 && bytes <= kMost) {
    int size = roundUp(bytes);
    pthread_mutex_lock(&mutex);
    block = blocks[size];
    if (block) {
      blocks[size] = block->next;
      atHand -= bytes;
    }
    inUse += bytes;
    if (inUse > mostInUse)
      mostInUse = inUse;
    pthread_mutex_unlock(&mutex);
    if (!block)
      block = static_cast<Block *>(
          aligned_alloc(alignof(Block), sizeof(Block) + bytes));
  }
  if (!block) {
    dprintf(STDERR_FILENO, "out of memory: a buffer of %lld bytes\n",
            static_cast<long long>(bytes));
    abort();
  }
  block->bytes = bytes;
  return block + 1;
}

void compress_free_buffer(void *buffer) {
  if (!buffer)
    return;
  Block *block = static_cast<Block *>(buffer) - 1;
  int64_t bytes = block->bytes;
  int size = roundUp(bytes);
  pthread_mutex_lock(&mutex);
  inUse -= bytes;
  bool stays = atHand + bytes <= 2 * mostInUse;
  if (stays) {
    block->next = blocks[size];
    blocks[size] = block;
    atHand += bytes;
  }
  pthread_mutex_unlock(&mutex);
  if (!stays)
    free(block);
}

void compress_release_buffers() {
  pthread_mutex_lock(&mutex);
  for (Block *&first : blocks)
    while (Block *block = first) {
      first = block->next;
      free(block);
    }
  atHand = 0;
  mostInUse = inUse;
  pthread_mutex_unlock(&mutex);
}
