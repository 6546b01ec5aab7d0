//===- ChunkEncoder.h - Encodes one chunk after the other -------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_CHUNKENCODER_H
#define COMPRESS_LIB_CODEC_CHUNKENCODER_H

#include "Blocks.h"
#include "Stats.h"
#include <atomic>
#include <mutex>

namespace mlir::compress::codec {

/// What all threads share.
struct Encoding {
  Encoding(const Format &format, ConstBytes dense,
           llvm::ArrayRef<MutableBytes> components,
           const EncodeOptions &options)
      : format(format), options(options), geometry(format),
        reader(format.expressed, dense, options.nonFinite),
        bytes(format.storage, components) {
    if (getBlocking(format.storage))
      quantizer.emplace(format.storage);
    if (geometry.sparse)
      indices = components[bytes.count];
  }

  const Format &format;
  const EncodeOptions &options;
  Geometry geometry;
  LineReader reader;
  /// None for floats without scales.
  std::optional<Quantizer> quantizer;
  StorageBytes<MutableBytes> bytes;
  MutableBytes indices;
  /// Not 0 where an element is kept, or null (see Masked.h).
  const uint8_t *mask = nullptr;
  /// The walk that found the parameters has seen that every value is finite.
  bool checked = false;
  /// Stop: some element is not finite, or some group has too many nonzeros.
  std::atomic<bool> failed{false};
};

/// The kept lines of a group, and the position of each value.
struct KeptGroup {
  llvm::SmallVector<const float *, 8> values;
  llvm::SmallVector<const uint8_t *, 8> positions;
};

/// Encodes one chunk after the other, with its own scratch memory.
class ChunkEncoder {
public:
  ChunkEncoder(Encoding &shared, bool wantStats)
      : shared(shared), geometry(shared.geometry), selector(geometry),
        wantStats(wantStats) {
    if (shared.quantizer)
      blocks.emplace(geometry, *shared.quantizer);
  }

  /// Finds the parameters of the chunk's blocks, then encodes it.
  void encodeWholeBlocks(const Chunk &chunk);
  /// Encodes with parameters from the components, if there are any.
  void encodeWithParameters(const Chunk &chunk, const ParameterSource &source);
  /// Widens the ranges of the grid by the chunk's, or stores the tables that
  /// are learned from it.
  void observe(const Chunk &chunk, std::vector<Range> &grid, std::mutex &lock);

  /// The statistics of the last chunk.
  ErrorStats getStats() const {
    return mlir::compress::codec::getStats(sums, chunk.getNumElements(),
                                           saturated);
  }

private:
  /// Begins a chunk; `slots` groups are held at a time.
  void begin(const Chunk &chunk, int64_t slots);
  /// The number of groups, and whether the parameters need them all at once.
  int64_t getNumGroups(const Chunk &chunk) const;
  bool needsValues() const;
  /// Reads a group and chooses its positions.
  void load(const Group &group, int64_t slot);
  /// The lines of a group that is loaded.
  void getLoaded(const Group &group, int64_t slot);
  void observe(const Group &group);
  void encode(const Group &group);
  /// Writes one kept line; its decoded values go to `decoded` for statistics.
  void encodeBlocks(const Group &group, int64_t line, float *decoded);
  void encodeFloat(const Group &group, int64_t line, float *decoded);
  /// Calls `visit` with the number of each block and its kept values, which it
  /// may reorder.
  void forEachBlock(
      llvm::function_ref<void(int64_t, llvm::MutableArrayRef<float>)> visit);
  void chooseRanges(std::vector<Range> &ranges);
  void learnTables(BlockParameters &parameters);

  Encoding &shared;
  const Geometry &geometry;
  GroupSelector selector;
  std::optional<ChunkBlocks> blocks;
  bool wantStats;
  ErrorSums sums;
  int64_t saturated = 0;

  Chunk chunk;
  int64_t columns = 0, keptColumns = 0, firstKept = 0;
  /// The group at hand.
  KeptGroup kept;
  std::vector<float> denseLines, keptLines, limited, decodedLines,
      expandedLines;
  std::vector<uint8_t> keptPositions;
  std::vector<char> codes, rounding;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_CHUNKENCODER_H
