//===- Kernels.h - The codec's inner loops ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The inner loops are compiled once for each level of the instruction set and
// chosen when the program runs. Every level gives the same bits: the loops have
// a fixed order of operations, and the compiler may not contract or reassociate
// them.
//
// The loops see no library header: an inline function that one of them shared
// with the rest of the program could be emitted with instructions that the
// machine lacks.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_KERNELS_H
#define COMPRESS_LIB_CODEC_KERNELS_H

#include <stdint.h>

namespace mlir::compress::codec {

/// Levels of the instruction set, each containing those before.
enum class Level { Generic, AVX2, AVX512 };

/// The range of integers that a value may take.
struct IntegerRange {
  int32_t min = 0, max = 0;
};

/// Sums over the elements of several lines. They are kept in lanes, so that
/// their order does not depend on the width of a vector.
struct ErrorSums {
  static constexpr int lanes = 8;
  int64_t zeros = 0;
  double max = 0;
  double error[lanes] = {};
  double signal[lanes] = {};
};

/// Bits of a float with the sign cleared: these compare like magnitudes, and a
/// NaN or an infinity is at least `infinityBits`.
constexpr int32_t infinityBits = 0x7f800000;

/// Arrays need their natural alignment only, except for packed ones and those
/// of half precision, which are bytes. Results do not overlap operands unless
/// they are the same array.
struct Kernels {
  //===--- Conversion -----------------------------------------------------===//
  void (*loadF16)(const char *source, int64_t count, float *result);
  void (*loadBF16)(const char *source, int64_t count, float *result);
  /// To nearest, ties to even; infinite beyond the greatest finite value.
  void (*storeF16)(const float *source, int64_t count, char *result);
  void (*storeBF16)(const float *source, int64_t count, char *result);
  /// Floats of 8 bits, and of 4 bits with one code a byte.
  void (*loadF8E4M3FN)(const char *source, int64_t count, float *result);
  void (*loadF8E5M2)(const char *source, int64_t count, float *result);
  void (*loadF4E2M1FN)(const char *source, int64_t count, float *result);
  /// To nearest, ties to even; the largest finite value beyond it.
  void (*storeF8E4M3FN)(const float *source, int64_t count, char *result);
  void (*storeF8E5M2)(const float *source, int64_t count, char *result);
  void (*storeF4E2M1FN)(const float *source, int64_t count, char *result);
  /// Powers of two; stores normal ones only.
  void (*loadF8E8M0FNU)(const char *source, int64_t count, float *result);
  void (*storeF8E8M0FNU)(const float *source, int64_t count, char *result);
  /// Brings values into [-limit, limit].
  void (*saturate)(const float *source, int64_t count, float limit,
                   float *result);
  /// NaN becomes 0, infinities the limit.
  void (*sanitize)(const float *source, int64_t count, float limit,
                   float *result);

  //===--- Ranges ---------------------------------------------------------===//
  /// The greatest magnitude, as bits.
  int32_t (*maxMagnitude)(const float *source, int64_t count);
  /// Updates magnitudes element by element; returns the greatest of them.
  int32_t (*accumulateMagnitude)(const float *source, int64_t count,
                                 int32_t *magnitudes);
  /// Updates the least and the greatest value; returns the greatest magnitude.
  int32_t (*minMax)(const float *source, int64_t count, float *min, float *max);
  int32_t (*accumulateMinMax)(const float *source, int64_t count, float *min,
                              float *max);
  /// Adds magnitudes element by element.
  void (*accumulateSum)(const float *source, int64_t count, double *sums);

  //===--- Affine integers ------------------------------------------------===//
  /// clamp(round(x / scale) + zeroPoint). `saturated`, unless null, is
  /// increased by the number of clamped values.
  void (*quantize)(const float *source, int64_t count, float scale,
                   int32_t zeroPoint, IntegerRange range, int8_t *result,
                   int64_t *saturated);
  void (*quantizeColumns)(const float *source, int64_t count,
                          const float *scales, const int32_t *zeroPoints,
                          IntegerRange range, int8_t *result,
                          int64_t *saturated);
  /// (q - zeroPoint) * scale.
  void (*dequantize)(const int8_t *source, int64_t count, float scale,
                     int32_t zeroPoint, float *result);
  void (*dequantizeColumns)(const int8_t *source, int64_t count,
                            const float *scales, const int32_t *zeroPoints,
                            float *result);

  //===--- Scales ---------------------------------------------------------===//
  void (*divide)(const float *source, int64_t count, float scale,
                 float *result);
  void (*divideColumns)(const float *source, int64_t count, const float *scales,
                        float *result);
  void (*multiply)(float *values, int64_t count, float scale);
  void (*multiplyColumns)(float *values, int64_t count, const float *scales);
  /// The number of values outside of [low, high].
  int64_t (*countBeyond)(const float *source, int64_t count, float low,
                         float high);

  //===--- Tables ---------------------------------------------------------===//
  /// The number of thresholds, one fewer than entries, that are less than each
  /// value. Threshold e of column i is at e * stride + i.
  void (*classify)(const float *source, int64_t count, const float *thresholds,
                   int entries, uint8_t *result);
  void (*classifyColumns)(const float *source, int64_t count,
                          const float *thresholds, int64_t stride, int entries,
                          uint8_t *result);
  void (*lookUp)(const uint8_t *codes, int64_t count, const float *table,
                 float *result);
  void (*lookUpColumns)(const uint8_t *codes, int64_t count, const float *table,
                        int64_t stride, float *result);
  /// The entry of `size` (2, 4 or 8) values nearest to each vector, the lower
  /// one on ties; lines[d][i] is dimension d of vector i.
  void (*findNearest)(int size, const float *const *lines, int64_t count,
                      const float *table, int entries, uint8_t *result);

  //===--- Sparsity -------------------------------------------------------===//
  /// Of the m values in each column, copies the n greatest magnitudes, in
  /// ascending position, and their positions. Returns the greatest magnitude
  /// that is left out.
  int32_t (*select)(int n, int m, const float *const *source, int64_t count,
                    float *const *kept, uint8_t *const *positions);
  /// The inverse: the other values are zero.
  void (*expand)(int n, int m, const float *const *kept,
                 const uint8_t *const *positions, int64_t count,
                 float *const *result);
  /// Positions are less than m and ascend in each column.
  bool (*areValidPositions)(int n, int m, const uint8_t *const *positions,
                            int64_t count);
  /// result[j][i] = source[i * lines + j], and back.
  void (*deinterleave)(int lines, const float *source, int64_t count,
                       float *const *result);
  void (*interleave)(int lines, const float *const *source, int64_t count,
                     float *result);
  void (*deinterleaveBytes)(int lines, const uint8_t *source, int64_t count,
                            uint8_t *const *result);
  void (*interleaveBytes)(int lines, const uint8_t *const *source,
                          int64_t count, uint8_t *result);

  //===--- Bits -----------------------------------------------------------===//
  /// Packs the low `bits` of each byte, low bits first; the last byte is padded
  /// with zeros.
  void (*pack)(unsigned bits, const uint8_t *source, int64_t count,
               char *result);
  void (*unpack)(unsigned bits, const char *source, int64_t count,
                 uint8_t *result);
  /// Extends the sign of the low `bits` of each byte.
  void (*signExtend)(unsigned bits, int64_t count, uint8_t *values);

  //===--- Errors ---------------------------------------------------------===//
  void (*compare)(const float *reference, const float *actual, int64_t count,
                  ErrorSums *sums);
};

/// The kernels of the best level that the machine has.
const Kernels &getKernels();

/// The best level of the machine.
Level getMachineLevel();

/// Uses a lower level from now on; for tests and benchmarks. Must not run
/// beside other functions of the codec. A level that the machine lacks is
/// replaced by the machine's.
void setLevel(Level level);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_KERNELS_H
