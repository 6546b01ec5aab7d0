//===- Quantizer.cpp - From values to codes and back ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Quantizer.h"
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>

using namespace mlir::compress::codec;

//===----------------------------------------------------------------------===//
// NF4
//===----------------------------------------------------------------------===//

/// QLoRA (arXiv:2305.14314), Appendix E.
static constexpr std::array<float, 16> nf4Entries = {
    -1.0f,
    -0.6961928009986877f,
    -0.5250730514526367f,
    -0.39491748809814453f,
    -0.28444138169288635f,
    -0.18477343022823334f,
    -0.09105003625154495f,
    0.0f,
    0.07958029955625534f,
    0.16093020141124725f,
    0.24611230194568634f,
    0.33791524171829224f,
    0.44070982933044434f,
    0.5626170039176941f,
    0.7229568362236023f,
    1.0f,
};

static std::array<float, 15> getNF4Thresholds() {
  std::array<float, 15> thresholds;
  for (size_t i = 0; i < thresholds.size(); ++i)
    thresholds[i] = (nf4Entries[i] + nf4Entries[i + 1]) * 0.5f;
  return thresholds;
}

static const std::array<float, 15> nf4Thresholds = getNF4Thresholds();

//===----------------------------------------------------------------------===//
// Construction
//===----------------------------------------------------------------------===//

/// The greatest quotient that still rounds to the largest finite value.
static float getSaturationLimit(ElementType type) {
  switch (type) {
  case ElementType::F8E4M3FN:
    // Halfway to 480, whose last bit is odd.
    return 464.0f;
  case ElementType::F8E5M2:
    // Before halfway to 65536, and to 8, whose last bits are even.
    return std::nextafter(61440.0f, 0.0f);
  default:
    return std::nextafter(7.0f, 0.0f);
  }
}

Quantizer::Quantizer(const Storage &storage) {
  std::visit(
      [this](const auto &store) {
        scaling = &store;
        initialize(store);
      },
      storage);
}

void Quantizer::initialize(const AffineStorage &storage) {
  kind = Kind::Affine;
  int32_t half = 1 << (storage.width - 1);
  integers = {-half, half - 1};
  largest = float(integers.max);
  if (!storage.symmetric)
    statistic = Statistic::Range;
}

void Quantizer::initialize(const FloatStorage &storage) {
  kind = Kind::Float;
  type = storage.type;
  largest = getLargestFinite(type);
  high = getSaturationLimit(type);
  low = -high;
}

void Quantizer::initialize(const CodebookStorage &codebook) {
  if (codebook.kind == CodebookStorage::Kind::NF4) {
    kind = Kind::NF4;
    // Half a step beyond the ends.
    low = 2 * nf4Entries.front() - nf4Thresholds.front();
    high = 2 * nf4Entries.back() - nf4Thresholds.back();
  } else if (codebook.kind == CodebookStorage::Kind::Ternary) {
    kind = Kind::Ternary;
    statistic = Statistic::Mean;
    integers = {0, 2};
    zeroPoint = 1;
  } else {
    kind = Kind::Learned;
    statistic = Statistic::Values;
    numEntries = 1 << codebook.width;
  }
}

//===----------------------------------------------------------------------===//
// Parameters
//===----------------------------------------------------------------------===//

void mlir::compress::codec::roundScales(llvm::MutableArrayRef<float> scales,
                                        ElementType type) {
  float largest = getLargestFinite(type), least = getLeastNormal(type);
  for (float &scale : scales)
    scale = std::min(scale, largest);
  std::vector<char> scratch;
  roundFloats(type, scales.data(), scales.size(), scratch);
  for (float &scale : scales)
    scale = std::max(scale, least);
}

float mlir::compress::codec::roundScale(float scale, ElementType type) {
  char bytes[sizeof(float)];
  scale = std::min(scale, getLargestFinite(type));
  storeFloats(type, &scale, 1, bytes);
  loadFloats(type, bytes, 1, &scale);
  return std::max(scale, getLeastNormal(type));
}

float mlir::compress::codec::getThreshold(float lower, float upper) {
  double middle = (double(lower) + double(upper)) * 0.5;
  float threshold = float(middle);
  if (double(threshold) > middle)
    threshold =
        std::nextafter(threshold, -std::numeric_limits<float>::infinity());
  return threshold;
}

/// 2^exponent, kept to the normal numbers of f32.
static float getPowerOfTwo(int exponent) {
  return std::ldexp(1.0f, std::clamp(exponent, -126, 127));
}

float Quantizer::getRawScale(Range range) const {
  if (statistic == Statistic::Range)
    return (range.max - range.min) / float(integers.max - integers.min);
  float span = std::max(-range.min, range.max);
  return kind == Kind::Ternary ? span : span / largest;
}

float Quantizer::getScale(Range range) const {
  if (range.min == 0 && range.max == 0)
    return 1.0f;
  if (scaling->scaleType != ElementType::F8E8M0FNU)
    return roundScale(getRawScale(range), scaling->scaleType);
  // The rule of OCP MX v1.0, section 6.3, for what has a largest code.
  if (kind == Kind::Float ||
      (kind == Kind::Affine && statistic == Statistic::Magnitude))
    return getPowerOfTwo(std::ilogb(std::max(-range.min, range.max)) -
                         std::ilogb(largest));
  float raw = getRawScale(range);
  if (raw == 0 || std::isinf(raw))
    return getPowerOfTwo(raw == 0 ? -126 : 127);
  int exponent;
  float fraction = std::frexp(raw, &exponent);
  return getPowerOfTwo(fraction == 0.5f ? exponent - 1 : exponent);
}

int32_t Quantizer::getZeroPoint(Range range, float scale) const {
  if (statistic != Statistic::Range)
    return zeroPoint;
  float position = float(integers.min) - range.min / scale;
  return int32_t(std::clamp(std::nearbyint(position), float(integers.min),
                            float(integers.max)));
}

//===----------------------------------------------------------------------===//
// Codes
//===----------------------------------------------------------------------===//

void Quantizer::divide(const float *source, int64_t count,
                       const LineParameters &parameters, float *result) const {
  if (parameters.perColumn)
    getKernels().divideColumns(source, count, parameters.scales, result);
  else
    getKernels().divide(source, count, *parameters.scales, result);
}

void Quantizer::multiply(float *values, int64_t count,
                         const LineParameters &parameters) const {
  if (parameters.perColumn)
    getKernels().multiplyColumns(values, count, parameters.scales);
  else
    getKernels().multiply(values, count, *parameters.scales);
}

void Quantizer::encode(const float *source, int64_t count,
                       const LineParameters &parameters, uint8_t *codes,
                       int64_t *saturated) const {
  const Kernels &kernels = getKernels();
  if (kind == Kind::Affine || kind == Kind::Ternary) {
    int8_t *result = reinterpret_cast<int8_t *>(codes);
    if (parameters.perColumn)
      return kernels.quantizeColumns(source, count, parameters.scales,
                                     parameters.zeroPoints, integers, result,
                                     saturated);
    return kernels.quantize(source, count, *parameters.scales,
                            *parameters.zeroPoints, integers, result,
                            saturated);
  }
  if (kind == Kind::Learned) {
    if (parameters.perColumn)
      return kernels.classifyColumns(source, count, parameters.thresholds,
                                     parameters.stride, numEntries, codes);
    return kernels.classify(source, count, parameters.thresholds, numEntries,
                            codes);
  }
  // Pieces whose quotients stay in the first level of the cache.
  constexpr int64_t piece = 1024;
  float quotients[piece];
  for (int64_t begin = 0; begin < count; begin += piece) {
    int64_t size = std::min(count - begin, piece);
    LineParameters part = parameters;
    if (part.perColumn)
      part.scales += begin;
    divide(source + begin, size, part, quotients);
    if (saturated)
      *saturated += kernels.countBeyond(quotients, size, low, high);
    if (kind == Kind::NF4)
      kernels.classify(quotients, size, nf4Thresholds.data(), nf4Entries.size(),
                       codes + begin);
    else
      storeFloats(type, quotients, size,
                  reinterpret_cast<char *>(codes + begin));
  }
}

void Quantizer::decode(const uint8_t *codes, int64_t count,
                       const LineParameters &parameters, float *result) const {
  const Kernels &kernels = getKernels();
  switch (kind) {
  case Kind::Affine:
  case Kind::Ternary: {
    auto *source = reinterpret_cast<const int8_t *>(codes);
    if (parameters.perColumn)
      return kernels.dequantizeColumns(source, count, parameters.scales,
                                       parameters.zeroPoints, result);
    return kernels.dequantize(source, count, *parameters.scales,
                              *parameters.zeroPoints, result);
  }
  case Kind::Learned:
    if (parameters.perColumn)
      return kernels.lookUpColumns(codes, count, parameters.entries,
                                   parameters.stride, result);
    return kernels.lookUp(codes, count, parameters.entries, result);
  case Kind::NF4:
    kernels.lookUp(codes, count, nf4Entries.data(), result);
    return multiply(result, count, parameters);
  case Kind::Float:
    loadFloats(type, reinterpret_cast<const char *>(codes), count, result);
    return multiply(result, count, parameters);
  }
}
