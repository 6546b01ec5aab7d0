//===- Ranking.h - The order in which pruning keeps elements ----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Elements are ranked by a key of 32 bits: greater keys are kept first, and of
// equal ones the lower position. The keys of floats order like the floats, so
// that counting their upper and then their lower halves finds the threshold of
// any number of elements in memory that does not depend on it.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_RANKING_H
#define COMPRESS_LIB_CODEC_RANKING_H

#include "Lines.h"

namespace mlir::compress::codec {

/// Reads the keys of a tensor.
class KeyReader {
public:
  /// Elements read at a time.
  static constexpr int64_t piece = 4096;

  /// Ranks elements by magnitude. A key of 0 is a zero.
  KeyReader(ElementType type, ConstBytes dense, NonFinite nonFinite)
      : reader(type, dense, nonFinite), magnitudes(true) {}
  /// Ranks elements by their score, an f32 each.
  explicit KeyReader(ConstBytes scores)
      : reader(ElementType::F32, scores, NonFinite::Error), magnitudes(false) {}

  /// The keys of at most `piece` elements from `offset`.
  void read(int64_t offset, int64_t count, uint32_t *keys) const;

private:
  LineReader reader;
  bool magnitudes;
};

/// The first key of an infinity or a NaN, when ranking by magnitude.
constexpr uint32_t infinityKey = uint32_t(infinityBits) << 1;

/// Elements with greater keys than `key` are kept, and the first `ties` of
/// those with this key.
struct Threshold {
  uint32_t key = 0;
  int64_t ties = 0;
};

/// Counts keys by their upper half, or the lower halves of those with a given
/// upper half.
class KeyHistogram {
public:
  static constexpr size_t size = size_t(1) << 16;

  KeyHistogram() : counts(size, 0) {}

  /// Adds all elements by their upper half.
  void addUpper(const KeyReader &keys, int64_t elements,
                llvm::ThreadPoolInterface *threads);
  /// Adds the elements with a given upper half; returns the number of those
  /// above it.
  int64_t addLower(const KeyReader &keys, int64_t elements, uint32_t upper,
                   llvm::ThreadPoolInterface *threads);
  void add(size_t half, int64_t count) { counts[half] += count; }
  void clear() { counts.assign(size, 0); }

  int64_t operator[](size_t half) const { return counts[half]; }
  int64_t getNumKeys() const;

  /// The half at which the greatest `count` elements end, or 0; leaves in
  /// `count` how many of those at that half are among them.
  uint32_t findHalf(int64_t &count) const;

private:
  template <typename Add>
  void addAll(int64_t elements, llvm::ThreadPoolInterface *threads, Add add);

  std::vector<int64_t> counts;
};

/// The threshold that keeps `count` of `elements` elements.
Threshold findThreshold(const KeyReader &keys, int64_t elements, int64_t count,
                        llvm::ThreadPoolInterface *threads);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_RANKING_H
