//===- Encode.cpp - From dense tensors to components ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chunk of whole blocks that fits into the cache is encoded in one visit:
// read and select, find the ranges, quantize what is still in the cache. Where
// a block is too large for that, ranges are found in one walk over the tensor
// and values quantized in a second one. The chunks, and with them every byte
// and every sum, do not depend on the number of threads.
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"
#include "Counted.h"
#include "Learn.h"
#include "Masked.h"
#include "Masks.h"
#include "Observers.h"
#include "Parallel.h"
#include "Stats.h"
#include "Transposable.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <atomic>
#include <cmath>
#include <cstring>
#include <mutex>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

namespace {

/// Elements of a chunk that is encoded in one visit; the most that a chunk of
/// whole blocks may have to stay in the second level of the cache; and elements
/// of a chunk where a tensor is walked over twice.
constexpr int64_t chunkElements = int64_t(1) << 16;
constexpr int64_t residentElements = int64_t(1) << 17;
constexpr int64_t streamedElements = int64_t(1) << 18;

/// What all threads share.
struct Encoding {
  Encoding(const Format &format, ConstBytes dense,
           ArrayRef<MutableBytes> components, const EncodeOptions &options)
      : format(format), options(options), geometry(format),
        reader(format.expressed, dense, options.nonFinite),
        bytes(format.storage, components) {
    if (hasBlocks(format.storage))
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
  /// Stop: some element is not finite, or some group has too many nonzeros.
  std::atomic<bool> failed{false};
};

/// The kept lines of a group, and the position of each value.
struct KeptGroup {
  SmallVector<const float *, 8> values;
  SmallVector<const uint8_t *, 8> positions;
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
  void learnTables();

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

} // namespace

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

void ChunkEncoder::begin(const Chunk &newChunk, int64_t slots) {
  chunk = newChunk;
  sums = {};
  saturated = 0;
  columns = chunk.end.back() - chunk.begin.back();
  firstKept = geometry.getKeptColumn(chunk.begin.back());
  keptColumns = geometry.getKeptColumn(chunk.end.back()) - firstKept;
  kept.values.resize(geometry.getKeptLines());
  kept.positions.resize(geometry.getKeptLines(), nullptr);
  if (blocks)
    blocks->begin(chunk);

  int64_t lines = geometry.getKeptLines() * keptColumns;
  if (geometry.sparse) {
    denseLines.resize(geometry.getDenseLines() * columns);
    keptLines.resize(slots * lines);
    keptPositions.resize(slots * lines);
  } else if (!shared.reader.isInPlace()) {
    keptLines.resize(slots * lines);
  }
  codes.resize(keptColumns * sizeof(float));
  if (!wantStats)
    return;
  denseLines.resize(geometry.getDenseLines() * columns);
  decodedLines.resize(lines);
  if (geometry.sparse)
    expandedLines.resize(geometry.getDenseLines() * columns);
}

void ChunkEncoder::getLoaded(const Group &group, int64_t slot) {
  if (!geometry.sparse && shared.reader.isInPlace()) {
    kept.values[0] = shared.reader.read(group.dense, columns, nullptr);
    return;
  }
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    int64_t offset = (slot * geometry.getKeptLines() + k) * keptColumns;
    kept.values[k] = &keptLines[offset];
    if (geometry.sparse)
      kept.positions[k] = &keptPositions[offset];
  }
}

void ChunkEncoder::load(const Group &group, int64_t slot) {
  if (!geometry.sparse) {
    if (!shared.reader.isInPlace())
      shared.reader.read(group.dense, columns, &keptLines[slot * keptColumns]);
    return getLoaded(group, slot);
  }
  SmallVector<const float *, 8> lines;
  for (int64_t j = 0; j < geometry.getDenseLines(); ++j)
    lines.push_back(
        shared.reader.read(group.dense + j * geometry.strides[geometry.axis],
                           columns, &denseLines[j * columns]));
  SmallVector<float *, 8> values;
  SmallVector<uint8_t *, 8> positions;
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    int64_t offset = (slot * geometry.getKeptLines() + k) * keptColumns;
    values.push_back(&keptLines[offset]);
    positions.push_back(&keptPositions[offset]);
  }
  if (selector.select(lines, columns, values, positions) != 0 &&
      !shared.options.select)
    shared.failed = true;
  getLoaded(group, slot);
}

void ChunkEncoder::observe(const Group &group) {
  const uint8_t *mask = shared.mask ? shared.mask + group.dense : nullptr;
  if (!blocks->observe(group, kept.positions, kept.values, mask))
    shared.failed = true;
}

void ChunkEncoder::encodeBlocks(const Group &group, int64_t line,
                                float *decoded) {
  uint8_t *result = reinterpret_cast<uint8_t *>(codes.data());
  bool direct =
      geometry.valueBits == 8 && geometry.tile.back() == geometry.kept.back();
  if (direct)
    result = reinterpret_cast<uint8_t *>(shared.bytes.values.data()) +
             group.rows[line] * geometry.tile.back() + firstKept;
  blocks->encode(group, kept.positions[line], kept.values[line], result,
                 wantStats ? &saturated : nullptr);
  if (!direct)
    writeRow(geometry, group.rows[line], firstKept, keptColumns,
             geometry.valueBits, codes.data(), shared.bytes.values);
  if (decoded)
    blocks->decode(group, kept.positions[line], result, decoded);
}

void ChunkEncoder::encodeFloat(const Group &group, int64_t line,
                               float *decoded) {
  ElementType type = std::get<FloatStorage>(shared.format.storage).type;
  const float *values = kept.values[line];
  if (getKernels().maxMagnitude(values, keptColumns) >= infinityBits)
    shared.failed = true;
  limited.resize(keptColumns);
  getKernels().saturate(values, keptColumns, getLargestFinite(type),
                        limited.data());
  storeFloats(type, limited.data(), keptColumns, codes.data());
  writeRow(geometry, group.rows[line], firstKept, keptColumns,
           geometry.valueBits, codes.data(), shared.bytes.values);
  if (decoded)
    loadFloats(type, codes.data(), keptColumns, decoded);
}

void ChunkEncoder::encode(const Group &group) {
  SmallVector<const float *, 8> decoded;
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    float *line = wantStats ? &decodedLines[k * keptColumns] : nullptr;
    if (blocks)
      encodeBlocks(group, k, line);
    else
      encodeFloat(group, k, line);
    if (geometry.sparse)
      writeRow(
          geometry, group.rows[k], firstKept, keptColumns, geometry.indexBits,
          reinterpret_cast<const char *>(kept.positions[k]), shared.indices);
    if (line) {
      roundFloats(shared.format.expressed, line, keptColumns, rounding);
      decoded.push_back(line);
    }
  }
  if (!wantStats)
    return;

  SmallVector<float *, 8> expanded;
  if (geometry.sparse) {
    for (int64_t j = 0; j < geometry.getDenseLines(); ++j)
      expanded.push_back(&expandedLines[j * columns]);
    selector.expand(decoded, kept.positions, columns, expanded);
    decoded.assign(expanded.begin(), expanded.end());
  }
  for (int64_t j = 0; j < geometry.getDenseLines(); ++j) {
    const float *reference =
        shared.reader.read(group.dense + j * geometry.strides[geometry.axis],
                           columns, denseLines.data());
    getKernels().compare(reference, decoded[j], columns, &sums);
  }
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

int64_t ChunkEncoder::getNumGroups(const Chunk &chunk) const {
  return chunk.getNumElements() /
         (geometry.getDenseLines() * (chunk.end.back() - chunk.begin.back()));
}

bool ChunkEncoder::needsValues() const {
  return shared.quantizer->isLearned() ||
         shared.options.observer.kind != Observer::Kind::MinMax;
}

void ChunkEncoder::forEachBlock(
    llvm::function_ref<void(int64_t, llvm::MutableArrayRef<float>)> visit) {
  std::vector<int64_t> ends(blocks->getNumBlocks() + 1, 0);
  auto forEachValue = [&](auto visitValue) {
    int64_t slot = 0;
    geometry.forEachGroup(chunk, [&](const Group &group) {
      getLoaded(group, slot++);
      for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
        auto blockOfEach = blocks->getBlockOfEach(group, kept.positions[k]);
        for (int64_t i = 0; i < keptColumns; ++i)
          if (!shared.mask || shared.mask[group.dense + i])
            visitValue(blockOfEach[i], kept.values[k][i]);
      }
    });
  };
  forEachValue([&](int64_t block, float) { ++ends[block + 1]; });
  for (size_t i = 1; i < ends.size(); ++i)
    ends[i] += ends[i - 1];
  std::vector<float> values(ends.back());
  std::vector<int64_t> next(ends.begin(), ends.end() - 1);
  forEachValue(
      [&](int64_t block, float value) { values[next[block]++] = value; });
  for (int64_t i = 0; i < blocks->getNumBlocks(); ++i)
    visit(i, llvm::MutableArrayRef<float>(values).slice(ends[i],
                                                        ends[i + 1] - ends[i]));
}

void ChunkEncoder::chooseRanges(std::vector<Range> &ranges) {
  if (!needsValues())
    return blocks->getRanges(ranges);
  ranges.resize(blocks->getNumBlocks());
  forEachBlock([&](int64_t block, llvm::MutableArrayRef<float> values) {
    ranges[block] = chooseRange(*shared.quantizer, shared.format.expressed,
                                shared.options.observer, values);
  });
}

void ChunkEncoder::learnTables() {
  const auto &storage = std::get<CodebookStorage>(shared.format.storage);
  std::vector<float> table(shared.quantizer->getNumEntries());
  forEachBlock([&](int64_t block, llvm::MutableArrayRef<float> values) {
    learnTable(storage, values, table);
    blocks->getParameters().setTable(block, table);
  });
}

void ChunkEncoder::encodeWholeBlocks(const Chunk &newChunk) {
  begin(newChunk, getNumGroups(newChunk));
  int64_t slot = 0;
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, slot++);
    observe(group);
  });
  if (shared.failed)
    return;
  const Quantizer &quantizer = *shared.quantizer;
  BlockParameters &parameters = blocks->getParameters();
  if (quantizer.isLearned()) {
    learnTables();
  } else {
    std::vector<Range> ranges;
    chooseRanges(ranges);
    for (size_t i = 0; i < ranges.size(); ++i) {
      parameters.scales[i] = quantizer.getScale(ranges[i]);
      parameters.zeroPoints[i] =
          quantizer.getZeroPoint(ranges[i], parameters.scales[i]);
    }
  }
  storeParameters(geometry, quantizer, blocks->getBlocks(), parameters,
                  shared.bytes);
  slot = 0;
  geometry.forEachGroup(chunk, [&](const Group &group) {
    getLoaded(group, slot++);
    encode(group);
  });
}

void ChunkEncoder::encodeWithParameters(const Chunk &newChunk,
                                        const ParameterSource &source) {
  begin(newChunk, 1);
  if (blocks)
    loadParameters(geometry, *shared.quantizer, blocks->getBlocks(), source,
                   blocks->getParameters());
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, 0);
    if (blocks)
      observe(group);
    encode(group);
  });
}

void ChunkEncoder::observe(const Chunk &newChunk, std::vector<Range> &grid,
                           std::mutex &lock) {
  begin(newChunk, needsValues() ? getNumGroups(newChunk) : 1);
  int64_t slot = 0;
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, slot);
    observe(group);
    slot += needsValues();
  });
  if (shared.failed)
    return;
  if (shared.quantizer->isLearned()) {
    learnTables();
    return storeParameters(geometry, *shared.quantizer, blocks->getBlocks(),
                           blocks->getParameters(), shared.bytes);
  }
  std::vector<Range> ranges;
  chooseRanges(ranges);
  std::lock_guard<std::mutex> guard(lock);
  geometry.forEachGridLine(
      blocks->getBlocks(), [&](int64_t offset, int64_t local, int64_t count) {
        for (int64_t i = 0; i < count; ++i) {
          Range &range = grid[offset + i];
          range.min = std::min(range.min, ranges[local + i].min);
          range.max = std::max(range.max, ranges[local + i].max);
        }
      });
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Runs `work` on every chunk and adds up the statistics in their order.
template <typename Work>
static void forEachChunk(Encoding &shared, ArrayRef<Chunk> chunks,
                         ErrorStats *stats, Work work) {
  std::vector<ErrorStats> parts(stats ? chunks.size() : 0);
  parallelFor(shared.options.threads, chunks.size(), [&](NextIndex next) {
    ChunkEncoder encoder(shared, stats);
    for (size_t i; !shared.failed && next(i);) {
      work(encoder, chunks[i]);
      if (stats)
        parts[i] = encoder.getStats();
    }
  });
  for (const ErrorStats &part : parts)
    stats->merge(part);
}

/// Walks over the tensor to find the parameters.
static void findParameters(Encoding &shared, ArrayRef<Chunk> chunks) {
  const Geometry &geometry = shared.geometry;
  Chunk all{Extents(geometry.getRank(), 0), geometry.grid};
  std::vector<Range> grid(all.getNumElements());
  std::mutex lock;
  forEachChunk(shared, chunks, nullptr,
               [&](ChunkEncoder &encoder, const Chunk &chunk) {
                 encoder.observe(chunk, grid, lock);
               });
  if (!shared.failed && !shared.quantizer->isLearned())
    storeParameters(shared.format, *shared.quantizer, grid, shared.bytes);
}

static void run(Encoding &shared, bool parametersGiven, ErrorStats *stats) {
  const Geometry &geometry = shared.geometry;
  if (geometry.padded) {
    std::memset(shared.bytes.values.data(), 0, shared.bytes.values.size());
    if (geometry.sparse)
      std::memset(shared.indices.data(), 0, shared.indices.size());
  }
  auto streamed = geometry.getChunks(streamedElements, /*wholeBlocks=*/false);
  if (shared.quantizer && !parametersGiven) {
    const Quantizer &quantizer = *shared.quantizer;
    auto whole = geometry.getChunks(chunkElements, /*wholeBlocks=*/true);
    // Scales below super scales depend on other blocks.
    if (!quantizer.getScaling().superScaleType &&
        whole.front().getNumElements() <= residentElements)
      return forEachChunk(shared, whole, stats,
                          [](ChunkEncoder &encoder, const Chunk &chunk) {
                            encoder.encodeWholeBlocks(chunk);
                          });
    // Means and what needs all values of a block at once see it in one chunk.
    bool divisible =
        shared.options.observer.kind == Observer::Kind::MinMax &&
        (quantizer.getStatistic() == Quantizer::Statistic::Magnitude ||
         quantizer.getStatistic() == Quantizer::Statistic::Range);
    findParameters(shared, divisible ? streamed : whole);
  }
  if (shared.failed)
    return;
  StorageBytes<ConstBytes> bytes(shared.bytes);
  ParameterSource source(shared.format, bytes);
  forEachChunk(shared, streamed, stats,
               [&](ChunkEncoder &encoder, const Chunk &chunk) {
                 encoder.encodeWithParameters(chunk, source);
               });
}

static Error encodeImpl(const Format &format, ConstBytes dense,
                        ArrayRef<MutableBytes> components,
                        const EncodeOptions &options, bool parametersGiven,
                        ErrorStats *stats, const uint8_t *mask = nullptr) {
  if (Error error = verify(format))
    return error;
  if (Error error = verify(options.observer, format.storage))
    return error;
  SmallVector<size_t, 4> sizes;
  for (MutableBytes component : components)
    sizes.push_back(component.size());
  if (Error error = checkSizes(format, dense.size(), sizes))
    return error;
  if (parametersGiven)
    if (Error error = checkParameters(
            format, StorageBytes<MutableBytes>(format.storage, components)))
      return error;
  if (stats)
    *stats = {};
  // All components are empty, too, but for offsets.
  if (dense.empty()) {
    for (MutableBytes component : components)
      llvm::fill(component, 0);
    return Error::success();
  }
  if (isTransposable(format.sparsity))
    return encodeTransposable(format, dense, components, options,
                              parametersGiven, stats);
  if (isCounted(format.sparsity))
    return encodeCounted(format, dense, components, options, parametersGiven,
                         stats);
  Encoding shared(format, dense, components, options);
  shared.mask = mask;
  run(shared, parametersGiven, stats);
  if (!shared.failed)
    return Error::success();
  if (stats)
    *stats = {};
  if (options.nonFinite == NonFinite::Error)
    if (Error error = findNonFinite(format.shape, format.expressed, dense))
      return error;
  return checkNonzeros(format.shape, format.expressed, format.sparsity, dense,
                       options.nonFinite, options.threads);
}

Error mlir::compress::codec::encode(const Format &format, ConstBytes dense,
                                    ArrayRef<MutableBytes> components,
                                    const EncodeOptions &options,
                                    ErrorStats *stats) {
  return encodeImpl(format, dense, components, options,
                    /*parametersGiven=*/false, stats);
}

Error mlir::compress::codec::encodeWithParameters(
    const Format &format, ConstBytes dense, ArrayRef<MutableBytes> components,
    const EncodeOptions &options, ErrorStats *stats) {
  return encodeImpl(format, dense, components, options,
                    /*parametersGiven=*/true, stats);
}

Error mlir::compress::codec::encodeMasked(const Format &format,
                                          ConstBytes dense,
                                          ArrayRef<uint8_t> mask,
                                          ArrayRef<MutableBytes> components,
                                          const EncodeOptions &options) {
  assert(mask.size() * getByteWidth(format.expressed) == dense.size() &&
         "expected one byte per element");
  return encodeImpl(format, dense, components, options,
                    /*parametersGiven=*/false, nullptr, mask.data());
}
