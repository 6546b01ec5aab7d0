//===- Parameters.h - Scales and zero points --------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_PARAMETERS_H
#define COMPRESS_LIB_CODEC_PARAMETERS_H

#include "Lines.h"

namespace mlir::compress::codec {

/// Least and greatest value of a block, both 0 or beyond it. Symmetric storage
/// uses the greater magnitude of the two.
struct Range {
  float min = 0, max = 0;
};

/// The integers that affine storage of this width holds.
IntegerRange getIntegerRange(const AffineStorage &storage);

/// Computes the parameters for a range, with the scale rounded to its type.
void computeParameters(const AffineStorage &storage, Range range, float &scale,
                       int32_t &zeroPoint);

/// Chooses the range of a block from all of its values, which may be
/// reordered.
Range chooseRange(const AffineStorage &storage, ElementType expressed,
                  const Observer &observer,
                  llvm::MutableArrayRef<float> values);

/// Checks the options of an observer.
llvm::Error verify(const Observer &observer);

/// The parameters of the blocks that one chunk touches.
struct BlockParameters {
  std::vector<float> scales;
  std::vector<int32_t> zeroPoints;

  /// Allocates parameters for the blocks of a chunk.
  void resize(const Chunk &blocks);
};

/// Moves parameters between a chunk and the components. There are no
/// `zeroPoints` for symmetric storage.
void loadParameters(const Geometry &geometry, const AffineStorage &storage,
                    const Chunk &blocks, ConstBytes scales,
                    ConstBytes zeroPoints, BlockParameters &parameters);
void storeParameters(const Geometry &geometry, const AffineStorage &storage,
                     const Chunk &blocks, const BlockParameters &parameters,
                     MutableBytes scales, MutableBytes zeroPoints);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_PARAMETERS_H
