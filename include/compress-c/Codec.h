//===- Codec.h - Encode and decode buffers ------------------------*- C -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_C_CODEC_H
#define COMPRESS_C_CODEC_H

#include "compress-c/TensorType.h"

#ifdef __cplusplus
extern "C" {
#endif

/// Bytes to read. Row-major, without an alignment.
struct CompressBytes {
  const void *data;
  size_t size;
};
typedef struct CompressBytes CompressBytes;

/// Bytes to write.
struct CompressMutableBytes {
  void *data;
  size_t size;
};
typedef struct CompressMutableBytes CompressMutableBytes;

/// How to encode. Zeros are the defaults.
struct CompressEncodeOptions {
  /// A `#compress.observer`, which chooses ranges; null for the extremes.
  MlirAttribute observer;
  /// Keep what is largest, as pruning would. Without it, more nonzeros than the
  /// sparsity of the scheme keeps are an error.
  bool select;
  /// NaN becomes 0, infinity the largest finite value. Without it, either is an
  /// error.
  bool clampNonFinite;
};
typedef struct CompressEncodeOptions CompressEncodeOptions;

/// The error of what was encoded against the dense buffer.
struct CompressErrorStats {
  int64_t elements;
  /// Elements that decode to zero.
  int64_t zeros;
  /// Elements beyond the range of the codes.
  int64_t saturated;
  double maxAbsError;
  double meanSquaredError;
  /// 10 log10(signal / error) in dB; infinite without an error.
  double signalToNoise;
};
typedef struct CompressErrorStats CompressErrorStats;

/// Encodes `dense`, the elements of a compressed tensor of a static shape in
/// its element type, into its components, each of the size that
/// compressTensorTypeGetComponentNumBytes gives. `options` and `stats` may be
/// null. The formulas are those of compress/Codec/Codec.h.
MLIR_CAPI_EXPORTED CompressStatus
compressEncode(MlirType type, CompressBytes dense, intptr_t numComponents,
               const CompressMutableBytes *components,
               const CompressEncodeOptions *options, CompressErrorStats *stats);

/// Decodes components into `dense`, in the element type of the tensor.
/// Components that contradict the scheme or each other are an error.
MLIR_CAPI_EXPORTED CompressStatus
compressDecode(MlirType type, intptr_t numComponents,
               const CompressBytes *components, CompressMutableBytes dense);

#ifdef __cplusplus
}
#endif

#endif // COMPRESS_C_CODEC_H
