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
  if (storage.symmetric) {
    magnitudes.assign(count, 0);
  } else {
    mins.assign(count, 0);
    maxs.assign(count, 0);
  }
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

bool ChunkBlocks::observe(const Group &group, const uint8_t *positions,
                          const float *values) {
  const Kernels &kernels = getKernels();
  int64_t row = group.blockRow * gridColumns;
  int32_t greatest = 0;
  if (!geometry.aligned) {
    ArrayRef<int64_t> blockOfEach = getBlockOfEach(group, positions);
    for (int64_t i = 0; i < keptColumns; ++i) {
      int64_t at = blockOfEach[i];
      greatest = std::max(greatest, getMagnitude(values[i]));
      if (storage.symmetric) {
        magnitudes[at] = std::max(magnitudes[at], getMagnitude(values[i]));
      } else {
        mins[at] = std::min(mins[at], values[i]);
        maxs[at] = std::max(maxs[at], values[i]);
      }
    }
    return greatest < infinityBits;
  }
  if (isPerColumn() && storage.symmetric)
    return kernels.accumulateMagnitude(values, keptColumns, &magnitudes[row]) <
           infinityBits;
  if (isPerColumn())
    return kernels.accumulateMinMax(values, keptColumns, &mins[row],
                                    &maxs[row]) < infinityBits;
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    int32_t found;
    if (storage.symmetric) {
      found = kernels.maxMagnitude(values + begin, count);
      magnitudes[at] = std::max(magnitudes[at], found);
    } else {
      found = kernels.minMax(values + begin, count, &mins[at], &maxs[at]);
    }
    greatest = std::max(greatest, found);
  });
  return greatest < infinityBits;
}

void ChunkBlocks::getRanges(std::vector<Range> &ranges) const {
  ranges.resize(getNumBlocks());
  for (size_t i = 0; i < ranges.size(); ++i) {
    if (storage.symmetric) {
      ranges[i].min = 0;
      std::memcpy(&ranges[i].max, &magnitudes[i], sizeof(float));
    } else {
      ranges[i] = {mins[i], maxs[i]};
    }
  }
}

//===----------------------------------------------------------------------===//
// Quantization
//===----------------------------------------------------------------------===//

void ChunkBlocks::gatherParameters(const Group &group,
                                   const uint8_t *positions) {
  ArrayRef<int64_t> blockOfEach = getBlockOfEach(group, positions);
  lineScales.resize(keptColumns);
  lineZeroPoints.resize(keptColumns);
  for (int64_t i = 0; i < keptColumns; ++i) {
    lineScales[i] = parameters.scales[blockOfEach[i]];
    lineZeroPoints[i] = parameters.zeroPoints[blockOfEach[i]];
  }
}

void ChunkBlocks::quantize(const Group &group, const uint8_t *positions,
                           const float *values, int8_t *result,
                           int64_t *saturated) {
  const Kernels &kernels = getKernels();
  IntegerRange range = getIntegerRange(storage);
  if (!geometry.aligned) {
    gatherParameters(group, positions);
    return kernels.quantizeColumns(values, keptColumns, lineScales.data(),
                                   lineZeroPoints.data(), range, result,
                                   saturated);
  }
  int64_t row = group.blockRow * gridColumns;
  if (isPerColumn())
    return kernels.quantizeColumns(values, keptColumns, &parameters.scales[row],
                                   &parameters.zeroPoints[row], range, result,
                                   saturated);
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    kernels.quantize(values + begin, count, parameters.scales[at],
                     parameters.zeroPoints[at], range, result + begin,
                     saturated);
  });
}

void ChunkBlocks::dequantize(const Group &group, const uint8_t *positions,
                             const int8_t *values, float *result) {
  const Kernels &kernels = getKernels();
  if (!geometry.aligned) {
    gatherParameters(group, positions);
    return kernels.dequantizeColumns(values, keptColumns, lineScales.data(),
                                     lineZeroPoints.data(), result);
  }
  int64_t row = group.blockRow * gridColumns;
  if (isPerColumn())
    return kernels.dequantizeColumns(values, keptColumns,
                                     &parameters.scales[row],
                                     &parameters.zeroPoints[row], result);
  forEachPart(group, [&](int64_t at, int64_t begin, int64_t count) {
    kernels.dequantize(values + begin, count, parameters.scales[at],
                       parameters.zeroPoints[at], result + begin);
  });
}
