//===- ChunkEncoder.cpp - Encodes one chunk after the other ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChunkEncoder.h"
#include "Learn.h"
#include "Observers.h"

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::SmallVector;

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

void ChunkEncoder::learnTables(BlockParameters &parameters) {
  const auto &storage = std::get<CodebookStorage>(shared.format.storage);
  std::vector<float> table(shared.quantizer->getNumEntries());
  forEachBlock([&](int64_t block, llvm::MutableArrayRef<float> values) {
    learnTable(storage, values, table);
    parameters.setTable(block, table);
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
  BlockParameters &parameters = blocks->resetParameters();
  if (quantizer.isLearned()) {
    learnTables(parameters);
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
    blocks->load(source);
  geometry.forEachGroup(chunk, [&](const Group &group) {
    load(group, 0);
    if (blocks && !shared.checked)
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
    BlockParameters &parameters = blocks->resetParameters();
    learnTables(parameters);
    return storeParameters(geometry, *shared.quantizer, blocks->getBlocks(),
                           parameters, shared.bytes);
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
