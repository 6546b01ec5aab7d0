//===- Stats.cpp - Error statistics ---------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Stats.h"
#include "Lines.h"
#include <cmath>
#include <limits>

using namespace mlir::compress::codec;

double ErrorStats::getMSE() const {
  return elements == 0 ? 0 : sumSquaredError / double(elements);
}

double ErrorStats::getSQNR() const {
  if (sumSquaredError == 0)
    return std::numeric_limits<double>::infinity();
  return 10 * std::log10(sumSquaredSignal / sumSquaredError);
}

void ErrorStats::merge(const ErrorStats &other) {
  elements += other.elements;
  zeros += other.zeros;
  saturated += other.saturated;
  // A NaN of either part stays.
  if (!(other.maxAbsError <= maxAbsError) && !std::isnan(maxAbsError))
    maxAbsError = other.maxAbsError;
  sumSquaredError += other.sumSquaredError;
  sumSquaredSignal += other.sumSquaredSignal;
}

ErrorStats mlir::compress::codec::getStats(const ErrorSums &sums,
                                           int64_t elements,
                                           int64_t saturated) {
  ErrorStats stats;
  stats.elements = elements;
  stats.zeros = sums.zeros;
  stats.saturated = saturated;
  stats.maxAbsError = sums.max;
  for (int i = 0; i < ErrorSums::lanes; ++i) {
    stats.sumSquaredError += sums.error[i];
    stats.sumSquaredSignal += sums.signal[i];
  }
  return stats;
}

ErrorStats mlir::compress::codec::compare(ElementType type,
                                          ConstBytes reference,
                                          ConstBytes actual,
                                          NonFinite nonFinite) {
  constexpr int64_t piece = 4096;
  std::vector<float> scratch(2 * piece);
  LineReader first(type, reference, nonFinite);
  LineReader second(type, actual, NonFinite::Error);
  // Elements that only one of the buffers has are not compared.
  int64_t elements =
      std::min(reference.size(), actual.size()) / getByteWidth(type);
  ErrorSums sums;
  for (int64_t begin = 0; begin < elements; begin += piece) {
    int64_t count = std::min(elements - begin, piece);
    getKernels().compare(first.read(begin, count, scratch.data()),
                         second.read(begin, count, scratch.data() + piece),
                         count, &sums);
  }
  return getStats(sums, elements, 0);
}

ErrorStats mlir::compress::codec::compare(ElementType type,
                                          ConstBytes reference,
                                          ConstBytes actual) {
  return compare(type, reference, actual, NonFinite::Error);
}
