//===- Parameters.h - The parameters of blocks ------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_PARAMETERS_H
#define COMPRESS_LIB_CODEC_PARAMETERS_H

#include "Quantizer.h"

namespace mlir::compress::codec {

/// The components of a storage among those of a format.
template <typename Bytes>
struct StorageBytes {
  StorageBytes(const Storage &storage, llvm::ArrayRef<Bytes> components) {
    values = components[count++];
    if (const Scaling *scaling = getScaling(storage)) {
      scales = components[count++];
      auto *affine = std::get_if<AffineStorage>(&storage);
      if (affine && !affine->symmetric)
        zeroPoints = components[count++];
      if (scaling->superScaleType)
        superScales = components[count++];
    } else if (std::holds_alternative<CodebookStorage>(storage)) {
      codebook = components[count++];
    }
  }

  /// Components that are only read.
  template <typename Other>
  StorageBytes(const StorageBytes<Other> &other)
      : values(other.values), scales(other.scales),
        zeroPoints(other.zeroPoints), superScales(other.superScales),
        codebook(other.codebook), count(other.count) {}

  Bytes values, scales, zeroPoints, superScales, codebook;
  /// The components of the sparsity begin here.
  size_t count = 0;
};

/// Computes the scales (of both levels) and the zero points of the whole grid
/// from its ranges.
void storeParameters(const Format &format, const Quantizer &quantizer,
                     llvm::ArrayRef<Range> ranges,
                     const StorageBytes<MutableBytes> &components);

/// Parameters as they are in the components, with two-level scales multiplied
/// into one.
class ParameterSource {
public:
  /// Reads super scales at once and everything else on demand.
  ParameterSource(const Format &format,
                  const StorageBytes<ConstBytes> &components);
  ParameterSource(const ParameterSource &) = delete;
  ParameterSource &operator=(const ParameterSource &) = delete;

  void loadScales(int64_t offset, int64_t count, float *result) const;
  const signed char *getZeroPoints(int64_t offset) const;
  void loadEntries(int64_t offset, int64_t count, float *result) const;

private:
  ElementType type = ElementType::F32;
  ConstBytes scales, zeroPoints, codebook;
  std::vector<float> products;
};

/// The parameters of the blocks that one chunk touches.
struct BlockParameters {
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;
  /// Tables by block, or by entry where each column has its own: entry e of
  /// block b is at e * entryStride + b * blockStride. Thresholds as well.
  std::vector<float> entries, thresholds;
  int64_t entryStride = 1, blockStride = 0;

  /// Allocates parameters for the blocks of a chunk.
  void resize(const Quantizer &quantizer, const Chunk &blocks, bool perColumn);
  /// Sets the table of one block.
  void setTable(int64_t block, llvm::ArrayRef<float> table);
};

/// Moves parameters between a chunk and the components.
void loadParameters(const Geometry &geometry, const Quantizer &quantizer,
                    const Chunk &blocks, const ParameterSource &source,
                    BlockParameters &parameters);
void storeParameters(const Geometry &geometry, const Quantizer &quantizer,
                     const Chunk &blocks, const BlockParameters &parameters,
                     const StorageBytes<MutableBytes> &components);

/// Checks parameters that were given: a value cannot be divided by a scale that
/// is 0 or not finite, and the entries of a table must be finite and ascend.
llvm::Error checkParameters(const Format &format,
                            const StorageBytes<ConstBytes> &components);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_PARAMETERS_H
