//===- Reference.h - The codec's formulas, element by element ---*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Written from the documentation of Codec.h and Format.h alone, one element at
// a time, to be compared with the codec bit for bit.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_CODEC_REFERENCE_H
#define COMPRESS_UNIT_CODEC_REFERENCE_H

#include "compress/Codec/Codec.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <random>
#include <string>
#include <vector>

namespace mlir::compress::codec::test {

using Bytes = std::vector<char>;
using Index = std::vector<int64_t>;

/// A value rounded to nearest, ties to even; infinite beyond the type's range.
float roundTo(ElementType type, float value);
/// Element `i` of an array, and its opposite, which rounds.
float getElement(ElementType type, const char *data, int64_t i);
void setElement(ElementType type, char *data, int64_t i, float value);
Bytes toBytes(ElementType type, const std::vector<float> &values);
std::vector<float> toFloats(ElementType type, const Bytes &bytes);

/// Row-major offsets and indices.
int64_t getOffset(const Index &shape, const Index &index);
void forEachIndex(const Index &shape,
                  llvm::function_ref<void(const Index &)> visit);

struct Encoded {
  std::vector<Bytes> components;
  /// What the components decode to.
  std::vector<float> decoded;
  int64_t saturated = 0;
};

/// A value that is stored: its index in the dense tensor and in the kept shape,
/// and its position in its group.
struct KeptValue {
  Index dense, kept;
  int64_t position = 0;
};

/// Encodes by the formulas for the min-max observer with magnitude selection.
Encoded encodeReference(const Format &format, const std::vector<float> &dense);

/// Keeps the n greatest magnitudes of each group.
std::vector<float> pruneReference(const Index &shape, const NMSparsity &nm,
                                  std::vector<float> dense);

/// The components' buffers, each exactly of its size, filled with noise that
/// encoding must overwrite.
std::vector<Bytes> allocate(const Format &format);
std::vector<MutableBytes> getViews(std::vector<Bytes> &components);
std::vector<ConstBytes> getConstViews(const std::vector<Bytes> &components);

/// Normally distributed values that `type` represents.
std::vector<float> makeRandom(const Format &format, unsigned seed);

/// Runs codec::encode and expects success.
std::vector<Bytes> encodeOrFail(const Format &format,
                                const std::vector<float> &dense,
                                const EncodeOptions &options,
                                ErrorStats *stats = nullptr);
/// Runs codec::decode and expects success.
std::vector<float> decodeOrFail(const Format &format,
                                const std::vector<Bytes> &components,
                                llvm::ThreadPoolInterface *threads = nullptr);

std::string describe(const Format &format);

} // namespace mlir::compress::codec::test

#endif // COMPRESS_UNIT_CODEC_REFERENCE_H
