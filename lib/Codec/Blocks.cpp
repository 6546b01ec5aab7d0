//===- Blocks.cpp - The blocks of parameters in a chunk -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"
#include <algorithm>
#include <cmath>
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;

static int32_t getMagnitude(float value) {
  float magnitude = std::fabs(value);
  int32_t bits;
  std::memcpy(&bits, &magnitude, sizeof(bits));
  return bits;
}

void ChunkBlocks::begin(const Chunk &newChunk) {
  chunk = newChunk;
  blocks = geometry.getBlocks(chunk);
  keptColumns = geometry.getKeptColumn(chunk.end.back()) -
                geometry.getKeptColumn(chunk.begin.back());
  gridColumns = blocks.end.back() - blocks.begin.back();
  axisStride = 1;
  for (unsigned i = geometry.axis + 1; i < geometry.getRank(); ++i)
    axisStride *= blocks.end[i] - blocks.begin[i];
  int64_t count = getNumBlocks();
  switch (quantizer.getStatistic()) {
  case Quantizer::Statistic::Magnitude:
    magnitudes.assign(count, 0);
    break;
  case Quantizer::Statistic::Range:
    mins.assign(count, 0);
    maxs.assign(count, 0);
    break;
  case Quantizer::Statistic::Mean:
    sums.assign(count, 0);
    counts.assign(count, 0);
    break;
  case Quantizer::Statistic::Values:
    break;
  }
}

void ChunkBlocks::load(const ParameterSource &source) {
  if (loaded.begin == blocks.begin && loaded.end == blocks.end)
    return;
  loadParameters(geometry, quantizer, blocks, source, resetParameters());
  loaded = blocks;
}

template <typename Visit>
void ChunkBlocks::forEachPart(const Group &group, Visit visit) {
  int64_t width = geometry.block.back();
  int64_t first = geometry.getKeptColumn(chunk.begin.back());
  int64_t begin = 0;
  for (int64_t i = 0; i < gridColumns; ++i) {
    int64_t end =
        std::min((blocks.begin.back() + i + 1) * width, chunk.end.back());
    end = geometry.getKeptColumn(end) - first;
    visit(group.blockRow * gridColumns + i, begin, end - begin);
    begin = end;
  }
}

ArrayRef<int64_t> ChunkBlocks::getBlockOfEach(const Group &group,
                                              const uint8_t *positions) {
  blockOfEach.resize(keptColumns);
  int64_t width = geometry.block.back();
  int64_t row = group.blockRow * gridColumns;
  if (geometry.hasOuterAxis() || !geometry.sparse) {
    // A part of the row that the group's lines share.
    for (int64_t i = 0; i < keptColumns; ++i)
      blockOfEach[i] =
          row + (chunk.begin.back() + i) / width - blocks.begin.back();
    if (!geometry.aligned)
      for (int64_t i = 0; i < keptColumns; ++i)
        blockOfEach[i] += (group.axisOffset + positions[i]) /
                          geometry.block[geometry.axis] * axisStride;
    return blockOfEach;
  }
  for (int64_t i = 0; i < keptColumns; ++i) {
    int64_t column =
        chunk.begin.back() + i / geometry.n * geometry.m + positions[i];
    blockOfEach[i] = row + column / width - blocks.begin.back();
  }
  return blockOfEach;
}

//===----------------------------------------------------------------------===//
// Ranges
//===----------------------------------------------------------------------===//

bool ChunkBlocks::observe(const Group &group,
                          ArrayRef<const uint8_t *> positions,
                          ArrayRef<const float *> values, const uint8_t *mask) {
  if (quantizer.getStatistic() == Quantizer::Statistic::Mean)
    return observeMeans(group, positions, values, mask);
  bool finite = true;
  for (size_t k = 0; k < values.size(); ++k)
    finite &= observeRanges(group, positions[k], values[k]);
  return finite;
}

bool ChunkBlocks::observeRanges(const Group &group, const uint8_t *positions,
                                const float *values) {
  const Kernels &kernels = getKernels();
  if (quantizer.isLearned())
    return kernels.maxMagnitude(values, keptColumns) < infinityBits;
  bool symmetric = quantizer.isSymmetric();
  int64_t row = group.blockRow * gridColumns;
  int32_t greatest = 0;
  if (!geometry.aligned) {
    ArrayRef<int64_t> blockOfEach = getBlockOfEach(group, positions);
    for (int64_t i = 0; i < keptColumns; ++i) {
      int64_t at = blockOfEach[i];
      greatest = std::max(greatest, getMagnitude(values[i]));
      if (symmetric) {
        magnitudes[at] = std::max(magnitudes[at], getMagnitude(values[i]));
      } else {
        mins[at] = std::min(mins[at], values[i]);
        maxs[at] = std::max(maxs[at], values[i]);
      }
    }
    return greatest < infinityBits;
  }
  if (isPerColumn() && symmetric)
    return kernels.accumulateMagnitude(values, keptColumns, &magnitudes[row]) <
           infinityBits;
  if (isPerColumn())
    return kernels.accumulateMinMax(values, keptColumns, &mins[row],
                                    &maxs[row]) < infinityBits;
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    int32_t found;
    if (symmetric) {
      found = kernels.maxMagnitude(values + begin, count);
      magnitudes[at] = std::max(magnitudes[at], found);
    } else {
      found = kernels.minMax(values + begin, count, &mins[at], &maxs[at]);
    }
    greatest = std::max(greatest, found);
  });
  return greatest < infinityBits;
}

void ChunkBlocks::addDenseLine(const Group &group, int64_t line,
                               ArrayRef<const uint8_t *> positions,
                               ArrayRef<const float *> values) {
  int64_t width = geometry.block.back();
  int64_t row = group.blockRow * gridColumns - blocks.begin.back();
  if (!geometry.aligned)
    row +=
        (group.axisOffset + line) / geometry.block[geometry.axis] * axisStride;
  for (int64_t i = 0; i < keptColumns; ++i)
    for (size_t k = 0; k < values.size(); ++k) {
      if (positions[k][i] != line)
        continue;
      int64_t at = row + (chunk.begin.back() + i) / width;
      sums[at] += std::fabs(values[k][i]);
      ++counts[at];
    }
}

bool ChunkBlocks::observeMeans(const Group &group,
                               ArrayRef<const uint8_t *> positions,
                               ArrayRef<const float *> values,
                               const uint8_t *mask) {
  const Kernels &kernels = getKernels();
  bool finite = true;
  for (const float *line : values)
    finite &= kernels.maxMagnitude(line, keptColumns) < infinityBits;
  if (geometry.hasOuterAxis() && !isPerColumn()) {
    // The order of the sums is that of the dense block.
    for (int64_t line = 0; line < geometry.m; ++line)
      addDenseLine(group, line, positions, values);
    return finite;
  }
  int64_t row = group.blockRow * gridColumns;
  if (isPerColumn()) {
    for (const float *line : values)
      kernels.accumulateSum(line, keptColumns, &sums[row]);
    for (int64_t i = 0; i < keptColumns; ++i)
      counts[row + i] += mask ? mask[i] != 0 : int64_t(values.size());
    return finite;
  }
  const float *line = values.front();
  if (!geometry.aligned) {
    ArrayRef<int64_t> blockOfEach = getBlockOfEach(group, positions.front());
    for (int64_t i = 0; i < keptColumns; ++i) {
      sums[blockOfEach[i]] += std::fabs(line[i]);
      ++counts[blockOfEach[i]];
    }
    return finite;
  }
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    double sum = sums[at];
    for (int64_t i = begin; i < begin + count; ++i)
      sum += std::fabs(line[i]);
    sums[at] = sum;
    counts[at] +=
        mask ? count - std::count(mask + begin, mask + begin + count, 0)
             : count;
  });
  return finite;
}

void ChunkBlocks::getRanges(std::vector<Range> &ranges) const {
  ranges.assign(getNumBlocks(), {});
  for (size_t i = 0; i < ranges.size(); ++i) {
    switch (quantizer.getStatistic()) {
    case Quantizer::Statistic::Magnitude:
      std::memcpy(&ranges[i].max, &magnitudes[i], sizeof(float));
      break;
    case Quantizer::Statistic::Range:
      ranges[i] = {mins[i], maxs[i]};
      break;
    case Quantizer::Statistic::Mean:
      if (counts[i] != 0)
        ranges[i].max = float(sums[i] / double(counts[i]));
      break;
    case Quantizer::Statistic::Values:
      break;
    }
  }
}

//===----------------------------------------------------------------------===//
// Codes
//===----------------------------------------------------------------------===//

LineParameters ChunkBlocks::getParameters(int64_t block) const {
  LineParameters line;
  if (quantizer.isLearned()) {
    line.entries = &parameters.entries[block * parameters.blockStride];
    line.thresholds = &parameters.thresholds[block * parameters.blockStride];
    line.stride = parameters.entryStride;
    return line;
  }
  line.scales = &parameters.scales[block];
  line.zeroPoints = &parameters.zeroPoints[block];
  return line;
}

LineParameters ChunkBlocks::gatherParameters(const Group &group,
                                             const uint8_t *positions) {
  ArrayRef<int64_t> blockOfEach = getBlockOfEach(group, positions);
  LineParameters line;
  line.perColumn = true;
  if (quantizer.isLearned()) {
    line.stride = keptColumns;
    lineEntries.resize(quantizer.getNumEntries() * keptColumns);
    lineThresholds.resize(lineEntries.size());
    for (int64_t e = 0; e < quantizer.getNumEntries(); ++e)
      for (int64_t i = 0; i < keptColumns; ++i) {
        int64_t at = blockOfEach[i] * parameters.blockStride +
                     e * parameters.entryStride;
        lineEntries[e * keptColumns + i] = parameters.entries[at];
        lineThresholds[e * keptColumns + i] = parameters.thresholds[at];
      }
    line.entries = lineEntries.data();
    line.thresholds = lineThresholds.data();
    return line;
  }
  lineScales.resize(keptColumns);
  lineZeroPoints.resize(keptColumns);
  for (int64_t i = 0; i < keptColumns; ++i) {
    lineScales[i] = parameters.scales[blockOfEach[i]];
    lineZeroPoints[i] = parameters.zeroPoints[blockOfEach[i]];
  }
  line.scales = lineScales.data();
  line.zeroPoints = lineZeroPoints.data();
  return line;
}

LineParameters ChunkBlocks::spreadParameters(const Group &group) {
  lineScales.resize(keptColumns);
  lineZeroPoints.resize(keptColumns);
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    std::fill_n(&lineScales[begin], count, parameters.scales[at]);
    std::fill_n(&lineZeroPoints[begin], count, parameters.zeroPoints[at]);
  });
  LineParameters line;
  line.perColumn = true;
  line.scales = lineScales.data();
  line.zeroPoints = lineZeroPoints.data();
  return line;
}

template <typename Visit>
void ChunkBlocks::forEachPiece(const Group &group, const uint8_t *positions,
                               Visit visit) {
  if (!geometry.aligned)
    return visit(0, keptColumns, gatherParameters(group, positions));
  int64_t row = group.blockRow * gridColumns;
  if (isPerColumn()) {
    LineParameters line = getParameters(row);
    line.perColumn = true;
    return visit(0, keptColumns, line);
  }
  constexpr int64_t shortBlock = 64;
  if (geometry.block.back() <= shortBlock && !quantizer.isLearned())
    return visit(0, keptColumns, spreadParameters(group));
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    visit(begin, count, getParameters(at));
  });
}

void ChunkBlocks::encode(const Group &group, const uint8_t *positions,
                         const float *values, uint8_t *codes,
                         int64_t *saturated) {
  forEachPiece(group, positions,
               [&](int64_t begin, int64_t count, const LineParameters &line) {
                 quantizer.encode(values + begin, count, line, codes + begin,
                                  saturated);
               });
}

void ChunkBlocks::decode(const Group &group, const uint8_t *positions,
                         const uint8_t *codes, float *result) {
  forEachPiece(group, positions,
               [&](int64_t begin, int64_t count, const LineParameters &line) {
                 quantizer.decode(codes + begin, count, line, result + begin);
               });
}
