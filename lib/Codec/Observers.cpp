//===- Observers.cpp - How the range of a block is chosen -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Observers.h"
#include "Messages.h"
#include <algorithm>
#include <cmath>

using namespace mlir::compress::codec;
using llvm::Error;
using llvm::MutableArrayRef;

Error mlir::compress::codec::verify(const Observer &observer,
                                    const Storage &storage) {
  if (observer.kind == Observer::Kind::MinMax)
    return Error::success();
  Quantizer quantizer(storage);
  if (!quantizer.followsExtremes())
    return makeError("{0} storage does not choose a range: expected the "
                     "min-max observer, found {1}",
                     quantizer.isLearned() ? "learned codebook" : "ternary",
                     observer.kind == Observer::Kind::MSE ? "mse"
                                                          : "percentile");
  // The negations also catch NaN.
  if (observer.kind == Observer::Kind::Percentile &&
      !(observer.percentile >= 50 && observer.percentile <= 100))
    return makeError("the percentile must be in 50..100, found {0}",
                     observer.percentile);
  if (observer.kind == Observer::Kind::MSE &&
      !(observer.gridMin > 0 && observer.gridMin <= 1))
    return makeError("the least shrink factor must be in (0, 1], found {0}",
                     observer.gridMin);
  if (observer.kind == Observer::Kind::MSE && observer.gridSteps == 0)
    return makeError("the grid needs at least one step, found 0");
  return Error::success();
}

/// The p-th percentile (0..100), interpolated linearly between the two values
/// next to it. Reorders the values.
static float getPercentile(MutableArrayRef<float> values, double p) {
  double position = p / 100 * double(values.size() - 1);
  size_t lower = std::min(size_t(position), values.size() - 1);
  float *at = values.data() + lower;
  std::nth_element(values.begin(), at, values.end());
  double fraction = position - double(lower);
  if (fraction <= 0)
    return *at;
  float above = *std::min_element(at + 1, values.end());
  return float(double(*at) + (double(above) - double(*at)) * fraction);
}

static Range getMinMax(MutableArrayRef<float> values) {
  Range range;
  getKernels().minMax(values.data(), values.size(), &range.min, &range.max);
  return range;
}

/// The scale that errors are measured with. The rounding of a scale below a
/// super scale depends on other blocks, and is left out.
static float getObservedScale(const Quantizer &quantizer, Range range) {
  if (!quantizer.getScaling().superScaleType)
    return quantizer.getScale(range);
  float scale = quantizer.getRawScale(range);
  return scale == 0 ? 1.0f : roundScale(scale, ElementType::F32);
}

/// The squared error of a block that is quantized with `range`.
static double getSquaredError(const Quantizer &quantizer, ElementType expressed,
                              Range range, MutableArrayRef<float> values) {
  constexpr int64_t piece = 2048;
  uint8_t codes[piece];
  float decoded[piece];
  std::vector<char> scratch;
  float scale = getObservedScale(quantizer, range);
  int32_t zeroPoint = quantizer.getZeroPoint(range, scale);
  LineParameters parameters;
  parameters.scales = &scale;
  parameters.zeroPoints = &zeroPoint;
  ErrorSums sums;
  for (size_t begin = 0; begin < values.size(); begin += piece) {
    int64_t count = std::min<int64_t>(values.size() - begin, piece);
    const float *source = values.data() + begin;
    quantizer.encode(source, count, parameters, codes, nullptr);
    quantizer.decode(codes, count, parameters, decoded);
    roundFloats(expressed, decoded, count, scratch);
    getKernels().compare(source, decoded, count, &sums);
  }
  double error = 0;
  for (double lane : sums.error)
    error += lane;
  return error;
}

Range mlir::compress::codec::chooseRange(const Quantizer &quantizer,
                                         ElementType expressed,
                                         const Observer &observer,
                                         MutableArrayRef<float> values) {
  if (values.empty())
    return {};
  Range full = getMinMax(values);
  if (observer.kind == Observer::Kind::MinMax)
    return full;
  if (observer.kind == Observer::Kind::Percentile) {
    Range range;
    if (quantizer.isSymmetric()) {
      for (float &value : values)
        value = std::fabs(value);
      range.max = getPercentile(values, observer.percentile);
    } else {
      range.max = std::max(getPercentile(values, observer.percentile), 0.0f);
      range.min =
          std::min(getPercentile(values, 100 - observer.percentile), 0.0f);
    }
    // A block may have fewer nonzeros than the percentile leaves out.
    return range.min == range.max ? full : range;
  }

  Range best = full;
  double least = getSquaredError(quantizer, expressed, full, values);
  double step = (1 - observer.gridMin) / observer.gridSteps;
  for (unsigned i = 1; i <= observer.gridSteps; ++i) {
    float factor = float(1 - i * step);
    Range range{full.min * factor, full.max * factor};
    double error = getSquaredError(quantizer, expressed, range, values);
    if (error < least) {
      least = error;
      best = range;
    }
  }
  return best;
}
