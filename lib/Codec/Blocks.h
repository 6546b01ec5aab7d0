//===- Blocks.h - The blocks of parameters in a chunk -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_BLOCKS_H
#define COMPRESS_LIB_CODEC_BLOCKS_H

#include "Parameters.h"

namespace mlir::compress::codec {

/// The blocks that one chunk touches: finds their ranges and applies their
/// parameters to the chunk's kept lines. Which block a value lies in follows
/// from its column, except where N:M groups straddle blocks: there, the values'
/// positions decide.
class ChunkBlocks {
public:
  ChunkBlocks(const Geometry &geometry, const AffineStorage &storage)
      : geometry(geometry), storage(storage) {}

  /// Goes on to another chunk, with empty ranges.
  void begin(const Chunk &chunk);

  /// The box of the grid, and the number of blocks in it.
  const Chunk &getBlocks() const { return blocks; }
  int64_t getNumBlocks() const { return blocks.getNumElements(); }

  /// Adds a kept line to the ranges; returns whether it is finite.
  bool observe(const Group &group, const uint8_t *positions,
               const float *values);
  /// The ranges observed so far.
  void getRanges(std::vector<Range> &ranges) const;

  /// The parameters, by their offset in the box.
  BlockParameters &getParameters() { return parameters; }

  void quantize(const Group &group, const uint8_t *positions,
                const float *values, int8_t *result, int64_t *saturated);
  void dequantize(const Group &group, const uint8_t *positions,
                  const int8_t *values, float *result);

  /// The block that each value of a kept line lies in.
  llvm::ArrayRef<int64_t> getBlockOfEach(const Group &group,
                                         const uint8_t *positions);

private:
  bool isPerColumn() const {
    return geometry.aligned && geometry.block.back() == 1;
  }
  /// Visits the parts of a kept line that lie in one block each.
  template <typename Visit>
  void forEachPart(const Group &group, Visit visit);
  /// Brings the parameters of each value into a line.
  void gatherParameters(const Group &group, const uint8_t *positions);

  const Geometry &geometry;
  const AffineStorage &storage;
  Chunk chunk, blocks;
  /// Extents of the kept line, and of the box along the last dimension.
  int64_t keptColumns = 0, gridColumns = 0;
  /// Distance of neighbouring blocks along the N:M axis in the box.
  int64_t axisStride = 0;
  std::vector<int32_t> magnitudes;
  std::vector<float> mins, maxs;
  BlockParameters parameters;
  std::vector<int64_t> blockOfEach;
  std::vector<float> lineScales;
  std::vector<int32_t> lineZeroPoints;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_BLOCKS_H
