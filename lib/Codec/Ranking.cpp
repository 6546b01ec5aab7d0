//===- Ranking.cpp - The order in which pruning keeps elements ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranking.h"
#include "Parallel.h"
#include "llvm/Support/MathExtras.h"
#include <atomic>
#include <cstring>
#include <mutex>
#include <numeric>

using namespace mlir::compress::codec;

void KeyReader::read(int64_t offset, int64_t count, uint32_t *keys) const {
  float scratch[piece];
  const float *values = reader.read(offset, count, scratch);
  constexpr uint32_t sign = uint32_t(1) << 31;
  if (magnitudes) {
    for (int64_t i = 0; i < count; ++i) {
      uint32_t bits;
      std::memcpy(&bits, values + i, sizeof(bits));
      // Without the sign; the lowest bit would otherwise go unused.
      keys[i] = bits << 1;
    }
    return;
  }
  for (int64_t i = 0; i < count; ++i) {
    // Both zeros are one score.
    float value = values[i] + 0.0f;
    uint32_t bits;
    std::memcpy(&bits, &value, sizeof(bits));
    keys[i] = bits & sign ? ~bits : bits | sign;
  }
}

template <typename Add>
void KeyHistogram::addAll(int64_t elements, llvm::ThreadPoolInterface *threads,
                          Add add) {
  // Each worker clears and adds up a histogram of its own, which must pay off.
  constexpr int64_t share = int64_t(1) << 20;
  std::mutex lock;
  size_t shares = llvm::divideCeil(uint64_t(elements), uint64_t(share));
  parallelFor(threads, shares, [&](NextIndex next) {
    std::vector<int64_t> own(size, 0);
    uint32_t keys[KeyReader::piece];
    for (size_t i; next(i);) {
      int64_t at = int64_t(i) * share, end = std::min(elements, at + share);
      for (; at < end; at += KeyReader::piece)
        add(at, std::min(KeyReader::piece, end - at), keys, own.data());
    }
    std::lock_guard<std::mutex> guard(lock);
    for (size_t half = 0; half < size; ++half)
      counts[half] += own[half];
  });
}

void KeyHistogram::addUpper(const KeyReader &reader, int64_t elements,
                            llvm::ThreadPoolInterface *threads) {
  addAll(elements, threads,
         [&](int64_t at, int64_t count, uint32_t *keys, int64_t *own) {
           reader.read(at, count, keys);
           for (int64_t i = 0; i < count; ++i)
             ++own[keys[i] >> 16];
         });
}

int64_t KeyHistogram::addLower(const KeyReader &reader, int64_t elements,
                               uint32_t upper,
                               llvm::ThreadPoolInterface *threads) {
  std::atomic<int64_t> above{0};
  addAll(elements, threads,
         [&](int64_t at, int64_t count, uint32_t *keys, int64_t *own) {
           reader.read(at, count, keys);
           int64_t greater = 0;
           for (int64_t i = 0; i < count; ++i) {
             greater += keys[i] >> 16 > upper;
             if (keys[i] >> 16 == upper)
               ++own[keys[i] & 0xffff];
           }
           above += greater;
         });
  return above;
}

int64_t KeyHistogram::getNumKeys() const {
  return std::accumulate(counts.begin(), counts.end(), int64_t(0));
}

uint32_t KeyHistogram::findHalf(int64_t &count) const {
  uint32_t half = size - 1;
  for (; half > 0 && counts[half] < count; --half)
    count -= counts[half];
  return half;
}

Threshold
mlir::compress::codec::findThreshold(const KeyReader &keys, int64_t elements,
                                     int64_t count,
                                     llvm::ThreadPoolInterface *threads) {
  if (count == elements)
    return {0, count};
  KeyHistogram histogram;
  histogram.addUpper(keys, elements, threads);
  uint32_t upper = histogram.findHalf(count);
  histogram.clear();
  histogram.addLower(keys, elements, upper, threads);
  uint32_t lower = histogram.findHalf(count);
  return {upper << 16 | lower, count};
}
