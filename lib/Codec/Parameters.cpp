//===- Parameters.cpp - Scales and zero points ----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parameters.h"
#include <algorithm>
#include <cmath>

using namespace mlir::compress::codec;
using llvm::Error;
using llvm::MutableArrayRef;

IntegerRange
mlir::compress::codec::getIntegerRange(const AffineStorage &storage) {
  int32_t half = 1 << (storage.width - 1);
  return {-half, half - 1};
}

static float roundScale(float scale, ElementType type) {
  scale = std::min(scale, getLargestFinite(type));
  char bytes[sizeof(float)];
  storeFloats(type, &scale, 1, bytes);
  loadFloats(type, bytes, 1, &scale);
  return std::max(scale, getLeastNormal(type));
}

void mlir::compress::codec::computeParameters(const AffineStorage &storage,
                                              Range range, float &scale,
                                              int32_t &zeroPoint) {
  IntegerRange integers = getIntegerRange(storage);
  float span, steps;
  if (storage.symmetric) {
    span = std::max(-range.min, range.max);
    steps = float(integers.max);
  } else {
    span = range.max - range.min;
    steps = float(integers.max - integers.min);
  }
  scale = span == 0 ? 1.0f : roundScale(span / steps, storage.scaleType);
  zeroPoint = 0;
  if (storage.symmetric)
    return;
  float position = float(integers.min) - range.min / scale;
  zeroPoint = int32_t(std::clamp(std::nearbyint(position), float(integers.min),
                                 float(integers.max)));
}

//===----------------------------------------------------------------------===//
// Observers
//===----------------------------------------------------------------------===//

Error mlir::compress::codec::verify(const Observer &observer) {
  auto makeError = [](const char *text, double found) {
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument), text, found);
  };
  // The negations also catch NaN.
  if (observer.kind == Observer::Kind::Percentile &&
      !(observer.percentile >= 50 && observer.percentile <= 100))
    return makeError("the percentile must be in 50..100, found %g",
                     observer.percentile);
  if (observer.kind == Observer::Kind::MSE &&
      !(observer.gridMin > 0 && observer.gridMin <= 1))
    return makeError("the least shrink factor must be in (0, 1], found %g",
                     observer.gridMin);
  if (observer.kind == Observer::Kind::MSE && observer.gridSteps == 0)
    return makeError("the grid needs at least one step, found %g", 0);
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

/// The squared error of a block that is quantized with `range`.
static double getSquaredError(const AffineStorage &storage,
                              ElementType expressed, Range range,
                              MutableArrayRef<float> values) {
  constexpr int64_t piece = 2048;
  const Kernels &kernels = getKernels();
  int8_t quantized[piece];
  float decoded[piece];
  std::vector<char> scratch;
  float scale;
  int32_t zeroPoint;
  computeParameters(storage, range, scale, zeroPoint);
  ErrorSums sums;
  for (size_t begin = 0; begin < values.size(); begin += piece) {
    int64_t count = std::min<int64_t>(values.size() - begin, piece);
    const float *source = values.data() + begin;
    kernels.quantize(source, count, scale, zeroPoint, getIntegerRange(storage),
                     quantized, nullptr);
    kernels.dequantize(quantized, count, scale, zeroPoint, decoded);
    roundFloats(expressed, decoded, count, scratch);
    kernels.compare(source, decoded, count, &sums);
  }
  double error = 0;
  for (double lane : sums.error)
    error += lane;
  return error;
}

Range mlir::compress::codec::chooseRange(const AffineStorage &storage,
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
    if (storage.symmetric) {
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
  double least = getSquaredError(storage, expressed, full, values);
  double step = (1 - observer.gridMin) / observer.gridSteps;
  for (unsigned i = 1; i <= observer.gridSteps; ++i) {
    float factor = float(1 - i * step);
    Range range{full.min * factor, full.max * factor};
    double error = getSquaredError(storage, expressed, range, values);
    if (error < least) {
      least = error;
      best = range;
    }
  }
  return best;
}

//===----------------------------------------------------------------------===//
// Components
//===----------------------------------------------------------------------===//

void BlockParameters::resize(const Chunk &blocks) {
  size_t count = blocks.getNumElements();
  scales.assign(count, 1.0f);
  zeroPoints.assign(count, 0);
}

void mlir::compress::codec::loadParameters(
    const Geometry &geometry, const AffineStorage &storage, const Chunk &blocks,
    ConstBytes scales, ConstBytes zeroPoints, BlockParameters &parameters) {
  parameters.resize(blocks);
  unsigned width = getByteWidth(storage.scaleType);
  geometry.forEachGridLine(
      blocks, [&](int64_t offset, int64_t local, int64_t count) {
        loadFloats(storage.scaleType, scales.data() + offset * width, count,
                   parameters.scales.data() + local);
        if (storage.symmetric)
          return;
        for (int64_t i = 0; i < count; ++i)
          parameters.zeroPoints[local + i] =
              static_cast<signed char>(zeroPoints[offset + i]);
      });
}

void mlir::compress::codec::storeParameters(const Geometry &geometry,
                                            const AffineStorage &storage,
                                            const Chunk &blocks,
                                            const BlockParameters &parameters,
                                            MutableBytes scales,
                                            MutableBytes zeroPoints) {
  unsigned width = getByteWidth(storage.scaleType);
  geometry.forEachGridLine(
      blocks, [&](int64_t offset, int64_t local, int64_t count) {
        storeFloats(storage.scaleType, parameters.scales.data() + local, count,
                    scales.data() + offset * width);
        if (storage.symmetric)
          return;
        for (int64_t i = 0; i < count; ++i)
          zeroPoints[offset + i] = char(parameters.zeroPoints[local + i]);
      });
}
