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
  ChunkBlocks(const Geometry &geometry, const Quantizer &quantizer)
      : geometry(geometry), quantizer(quantizer) {}

  /// Goes on to another chunk, with empty ranges.
  void begin(const Chunk &chunk);
  /// Reads the parameters of the chunk, unless the last one had the same
  /// blocks.
  void load(const ParameterSource &source);

  /// The box of the grid, and the number of blocks in it.
  const Chunk &getBlocks() const { return blocks; }
  int64_t getNumBlocks() const { return blocks.getNumElements(); }

  /// Adds the kept lines of a group to the ranges; returns whether they are
  /// finite. `mask`, unless null, is not 0 where a value of the line is kept,
  /// for dense sparsity; the others must be zero.
  bool observe(const Group &group, llvm::ArrayRef<const uint8_t *> positions,
               llvm::ArrayRef<const float *> values,
               const uint8_t *mask = nullptr);
  /// The ranges observed so far.
  void getRanges(std::vector<Range> &ranges) const;

  /// Parameters to set, by their offset in the box.
  BlockParameters &resetParameters() {
    parameters.resize(quantizer, blocks, isPerColumn());
    loaded = {};
    return parameters;
  }

  void encode(const Group &group, const uint8_t *positions, const float *values,
              uint8_t *codes, int64_t *saturated);
  void decode(const Group &group, const uint8_t *positions,
              const uint8_t *codes, float *result);

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
  /// Visits pieces of a kept line, as long as possible, with their parameters.
  template <typename Visit>
  void forEachPiece(const Group &group, const uint8_t *positions, Visit visit);
  /// Brings the parameters of each value into a line.
  LineParameters gatherParameters(const Group &group, const uint8_t *positions);
  /// The same for blocks of a few neighbours, whose pieces would be too short.
  LineParameters spreadParameters(const Group &group);
  LineParameters getParameters(int64_t block) const;

  bool observeRanges(const Group &group, const uint8_t *positions,
                     const float *values);
  bool observeMeans(const Group &group,
                    llvm::ArrayRef<const uint8_t *> positions,
                    llvm::ArrayRef<const float *> values, const uint8_t *mask);
  /// Adds the kept values of dense line `line` across the groups' axis.
  void addDenseLine(const Group &group, int64_t line,
                    llvm::ArrayRef<const uint8_t *> positions,
                    llvm::ArrayRef<const float *> values);

  const Geometry &geometry;
  const Quantizer &quantizer;
  Chunk chunk, blocks;
  /// Extents of the kept line, and of the box along the last dimension.
  int64_t keptColumns = 0, gridColumns = 0;
  /// Distance of neighbouring blocks along the N:M axis in the box.
  int64_t axisStride = 0;
  std::vector<int32_t> magnitudes;
  std::vector<float> mins, maxs;
  /// For means: sums of magnitudes, and the number of kept values.
  std::vector<double> sums;
  std::vector<int64_t> counts;
  BlockParameters parameters;
  /// The box that the parameters were read for.
  Chunk loaded;
  std::vector<int64_t> blockOfEach;
  std::vector<float> lineScales, lineEntries, lineThresholds;
  std::vector<int32_t> lineZeroPoints;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_BLOCKS_H
