//===- Quantizer.h - From values to codes and back --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_QUANTIZER_H
#define COMPRESS_LIB_CODEC_QUANTIZER_H

#include "Lines.h"

namespace mlir::compress::codec {

/// Least and greatest value of a block, both 0 or beyond it. Where only the
/// magnitude counts, the greater one of the two; for ternary storage, `max` is
/// the mean magnitude.
struct Range {
  float min = 0, max = 0;
};

/// The parameters of a piece of a kept line: one of each for every value, or
/// one for all of them.
struct LineParameters {
  bool perColumn = false;
  const float *scales = nullptr;
  const int32_t *zeroPoints = nullptr;
  /// Entry e of column i is at e * stride + i, or at e.
  const float *entries = nullptr, *thresholds = nullptr;
  int64_t stride = 1;
};

/// The formulas of a storage with blocks.
class Quantizer {
public:
  explicit Quantizer(const Storage &storage);

  /// What must be known of a block to find its parameters.
  enum class Statistic : uint8_t {
    Magnitude,
    Range,
    /// The mean magnitude, summed in f64 in row-major order.
    Mean,
    /// All values, to learn a table.
    Values,
  };
  Statistic getStatistic() const { return statistic; }
  /// Whether parameters follow from the extremes of a block. Zeros beside its
  /// values change nothing then, and an observer may choose others.
  bool followsExtremes() const {
    return statistic == Statistic::Magnitude || statistic == Statistic::Range;
  }

  const Scaling &getScaling() const { return *scaling; }
  bool isLearned() const { return statistic == Statistic::Values; }
  bool isSymmetric() const { return statistic != Statistic::Range; }
  /// Whether codes are stored as signed integers.
  bool hasSignedCodes() const { return kind == Kind::Affine; }
  /// Entries of a table.
  int getNumEntries() const { return numEntries; }
  /// The zero point where none is stored.
  int32_t getZeroPoint() const { return zeroPoint; }

  /// The scale of a block before it is rounded; 0 for a block of zeros.
  float getRawScale(Range range) const;
  /// The scale of a block, rounded to its type; 1 for a block of zeros.
  float getScale(Range range) const;
  /// The zero point of a range with a scale.
  int32_t getZeroPoint(Range range, float scale) const;

  /// Encodes and decodes a piece of a line, one code a byte. `saturated`,
  /// unless null, is increased by the number of values beyond the codes.
  void encode(const float *source, int64_t count,
              const LineParameters &parameters, uint8_t *codes,
              int64_t *saturated) const;
  void decode(const uint8_t *codes, int64_t count,
              const LineParameters &parameters, float *result) const;

private:
  enum class Kind : uint8_t { Affine, Float, NF4, Ternary, Learned };

  void initialize(const AffineStorage &storage);
  void initialize(const FloatStorage &storage);
  void initialize(const CodebookStorage &storage);

  void divide(const float *source, int64_t count,
              const LineParameters &parameters, float *result) const;
  void multiply(float *values, int64_t count,
                const LineParameters &parameters) const;

  Kind kind;
  Statistic statistic = Statistic::Magnitude;
  const Scaling *scaling;
  /// The type of float storage.
  ElementType type = ElementType::F32;
  IntegerRange integers;
  int32_t zeroPoint = 0;
  int numEntries = 0;
  /// The largest code of a symmetric range.
  float largest = 1;
  /// Quotients outside of these are saturated.
  float low = 0, high = 0;
};

/// Rounds scales to their type, between its least normal and its largest finite
/// value.
float roundScale(float scale, ElementType type);
void roundScales(llvm::MutableArrayRef<float> scales, ElementType type);

/// The greatest f32 that is not beyond the middle of two entries, so that x is
/// nearer to the upper one exactly if it is greater than that.
float getThreshold(float lower, float upper);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_QUANTIZER_H
