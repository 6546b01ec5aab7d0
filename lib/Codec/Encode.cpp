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
#include "Masks.h"
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
        affine(std::get_if<AffineStorage>(&format.storage)) {
    size_t next = 0;
    values = components[next++];
    if (affine)
      scales = components[next++];
    if (affine && !affine->symmetric)
      zeroPoints = components[next++];
    if (geometry.sparse)
      indices = components[next++];
  }

  const Format &format;
  const EncodeOptions &options;
  Geometry geometry;
  LineReader reader;
  const AffineStorage *affine;
  MutableBytes values, scales, zeroPoints, indices;
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
    if (shared.affine)
      blocks.emplace(geometry, *shared.affine);
  }

  /// Finds the parameters of the chunk's blocks, then encodes it.
  void encodeWholeBlocks(const Chunk &chunk);
  /// Encodes with the parameters in the components, if there are any.
  void encodeWithParameters(const Chunk &chunk);
  /// Widens the ranges of the grid by the chunk's.
  void observe(const Chunk &chunk, std::vector<Range> &grid, std::mutex &lock);

  /// The statistics of the last chunk.
  ErrorStats getStats() const {
    return mlir::compress::codec::getStats(sums, chunk.getNumElements(),
                                           saturated);
  }

private:
  /// Begins a chunk; `slots` groups are held at a time.
  void begin(const Chunk &chunk, int64_t slots);
  /// Reads a group and chooses its positions.
  void load(const Group &group, int64_t slot);
  /// The lines of a group that is loaded.
  void getLoaded(const Group &group, int64_t slot);
  void observe(const Group &group);
  void encode(const Group &group);
  /// Writes one kept line; its decoded values go to `decoded` for statistics.
  void encodeAffine(const Group &group, int64_t line, float *decoded);
  void encodeFloat(const Group &group, int64_t line, float *decoded);
  void chooseRanges(std::vector<Range> &ranges);

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
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k)
    if (!blocks->observe(group, kept.positions[k], kept.values[k]))
      shared.failed = true;
}

void ChunkEncoder::encodeAffine(const Group &group, int64_t line,
                                float *decoded) {
  int8_t *result = reinterpret_cast<int8_t *>(codes.data());
  bool direct =
      geometry.valueBits == 8 && geometry.tile.back() == geometry.kept.back();
  if (direct)
    result = reinterpret_cast<int8_t *>(shared.values.data()) +
             group.rows[line] * geometry.tile.back() + firstKept;
  blocks->quantize(group, kept.positions[line], kept.values[line], result,
                   wantStats ? &saturated : nullptr);
  if (!direct)
    writeRow(geometry, group.rows[line], firstKept, keptColumns,
             geometry.valueBits, codes.data(), shared.values);
  if (decoded)
    blocks->dequantize(group, kept.positions[line], result, decoded);
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
           geometry.valueBits, codes.data(), shared.values);
  if (decoded)
    loadFloats(type, codes.data(), keptColumns, decoded);
}

void ChunkEncoder::encode(const Group &group) {
  SmallVector<const float *, 8> decoded;
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    float *line = wantStats ? &decodedLines[k * keptColumns] : nullptr;
    if (blocks)
      encodeAffine(group, k, line);
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

/// Lets the observer see the values of each block.
void ChunkEncoder::chooseRanges(std::vector<Range> &ranges) {
  std::vector<int64_t> ends(blocks->getNumBlocks() + 1, 0);
  int64_t slot = 0;
  auto forEachValue = [&](auto visit) {
    slot = 0;
    geometry.forEachGroup(chunk, [&](const Group &group) {
      getLoaded(group, slot++);
      for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
        auto blockOfEach = blocks->getBlockOfEach(group, kept.positions[k]);
        for (int64_t i = 0; i < keptColumns; ++i)
          visit(blockOfEach[i], kept.values[k][i]);
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
  ranges.resize(blocks->getNumBlocks());
  for (size_t i = 0; i < ranges.size(); ++i)
    ranges[i] = chooseRange(*shared.affine, shared.format.expressed,
                            shared.options.observer,
                            llvm::MutableArrayRef<float>(values).slice(
                                ends[i], ends[i + 1] - ends[i]));
}

static void computeAll(const AffineStorage &storage, ArrayRef<Range> ranges,
                       BlockParameters &parameters) {
  parameters.scales.resize(ranges.size());
  parameters.zeroPoints.resize(ranges.size());
  for (size_t i = 0; i < ranges.size(); ++i)
    computeParameters(storage, ranges[i], parameters.scales[i],
                      parameters.zeroPoints[i]);
}

void ChunkEncoder::encodeWholeBlocks(const Chunk &newChunk) {
  int64_t groups = newChunk.getNumElements() /
                   (geometry.getDenseLines() *
                    (newChunk.end.back() - newChunk.begin.back()));
  begin(newChunk, groups);
  int64_t slot = 0;
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, slot++);
    observe(group);
  });
  if (shared.failed)
    return;
  std::vector<Range> ranges;
  if (shared.options.observer.kind == Observer::Kind::MinMax)
    blocks->getRanges(ranges);
  else
    chooseRanges(ranges);
  computeAll(*shared.affine, ranges, blocks->getParameters());
  storeParameters(geometry, *shared.affine, blocks->getBlocks(),
                  blocks->getParameters(), shared.scales, shared.zeroPoints);
  slot = 0;
  geometry.forEachGroup(chunk, [&](const Group &group) {
    getLoaded(group, slot++);
    encode(group);
  });
}

void ChunkEncoder::encodeWithParameters(const Chunk &newChunk) {
  begin(newChunk, 1);
  if (blocks)
    loadParameters(geometry, *shared.affine, blocks->getBlocks(), shared.scales,
                   shared.zeroPoints, blocks->getParameters());
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, 0);
    if (blocks)
      observe(group);
    encode(group);
  });
}

void ChunkEncoder::observe(const Chunk &newChunk, std::vector<Range> &grid,
                           std::mutex &lock) {
  begin(newChunk, 1);
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, 0);
    observe(group);
  });
  std::vector<Range> ranges;
  blocks->getRanges(ranges);
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

static void run(Encoding &shared, bool parametersGiven, ErrorStats *stats) {
  const Geometry &geometry = shared.geometry;
  if (geometry.padded) {
    std::memset(shared.values.data(), 0, shared.values.size());
    if (geometry.sparse)
      std::memset(shared.indices.data(), 0, shared.indices.size());
  }
  if (shared.affine && !parametersGiven) {
    auto chunks = geometry.getChunks(chunkElements, /*wholeBlocks=*/true);
    // Observers other than min-max need all values of a block at once.
    if (shared.options.observer.kind != Observer::Kind::MinMax ||
        chunks.front().getNumElements() <= residentElements)
      return forEachChunk(shared, chunks, stats,
                          [](ChunkEncoder &encoder, const Chunk &chunk) {
                            encoder.encodeWholeBlocks(chunk);
                          });
  }
  auto chunks = geometry.getChunks(streamedElements, /*wholeBlocks=*/false);
  if (shared.affine && !parametersGiven) {
    Chunk all{Extents(geometry.getRank(), 0), geometry.grid};
    std::vector<Range> grid(all.getNumElements());
    std::mutex lock;
    forEachChunk(shared, chunks, nullptr,
                 [&](ChunkEncoder &encoder, const Chunk &chunk) {
                   encoder.observe(chunk, grid, lock);
                 });
    BlockParameters parameters;
    computeAll(*shared.affine, grid, parameters);
    storeParameters(geometry, *shared.affine, all, parameters, shared.scales,
                    shared.zeroPoints);
  }
  if (!shared.failed)
    forEachChunk(shared, chunks, stats,
                 [](ChunkEncoder &encoder, const Chunk &chunk) {
                   encoder.encodeWithParameters(chunk);
                 });
}

/// Scales by which a value cannot be divided would give meaningless values.
static Error checkScales(const Format &format,
                         ArrayRef<MutableBytes> components) {
  auto *affine = std::get_if<AffineStorage>(&format.storage);
  if (!affine)
    return Error::success();
  const Component scales = getComponents(format)[1];
  for (int64_t i = 0, e = scales.getNumElements(); i < e; ++i) {
    float scale;
    loadFloats(scales.type,
               components[1].data() + i * getByteWidth(scales.type), 1, &scale);
    if (std::isfinite(scale) && scale != 0)
      continue;
    std::string text;
    llvm::raw_string_ostream os(text);
    llvm::interleaveComma(getIndex(scales.shape, i), os);
    return llvm::createStringError(
        std::make_error_code(std::errc::invalid_argument),
        llvm::formatv("expected finite scales other than 0, found {0} for "
                      "block [{1}]",
                      scale, text)
            .str());
  }
  return Error::success();
}

static Error encodeImpl(const Format &format, ConstBytes dense,
                        ArrayRef<MutableBytes> components,
                        const EncodeOptions &options, bool parametersGiven,
                        ErrorStats *stats) {
  if (Error error = verify(format))
    return error;
  if (Error error = verify(options.observer))
    return error;
  SmallVector<size_t, 4> sizes;
  for (MutableBytes component : components)
    sizes.push_back(component.size());
  if (Error error = checkSizes(format, dense.size(), sizes))
    return error;
  if (parametersGiven)
    if (Error error = checkScales(format, components))
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
