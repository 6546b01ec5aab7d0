//===- Parameters.cpp - The parameters of blocks --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parameters.h"
#include "Messages.h"
#include "Storage.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include <algorithm>
#include <cmath>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

//===----------------------------------------------------------------------===//
// Two-level scales
//===----------------------------------------------------------------------===//

/// Visits the grid of the blocks in row-major order: runs of blocks that lie in
/// one super block.
template <typename Visit>
static void forEachSuperBlock(const Format &format, const Scaling &scaling,
                              Visit visit) {
  SmallVector<int64_t, 4> grid = getGrid(format.shape, scaling.block);
  SmallVector<int64_t, 4> supers = getGrid(format.shape, scaling.superBlock);
  int last = int(grid.size()) - 1;
  // Blocks in a super block along each dimension.
  SmallVector<int64_t, 4> ratio;
  for (int i = 0; i <= last; ++i)
    ratio.push_back(scaling.superBlock[i] == 0
                        ? grid[i]
                        : scaling.superBlock[i] / scaling.block[i]);
  SmallVector<int64_t, 4> index(grid.size(), 0);
  for (int64_t block = 0;;) {
    int64_t super = 0;
    for (int i = 0; i < last; ++i)
      super = super * supers[i] + index[i] / ratio[i];
    super *= supers[last];
    for (int64_t i = 0; i < grid[last]; i += ratio[last], ++super) {
      int64_t count = std::min(ratio[last], grid[last] - i);
      visit(block, count, super);
      block += count;
    }
    int i = last - 1;
    for (; i >= 0 && ++index[i] == grid[i]; --i)
      index[i] = 0;
    if (i < 0)
      return;
  }
}

/// Multiplies scales with those of their super blocks. The product of finite
/// ones is finite.
static void multiplyLevels(const Format &format, const Scaling &scaling,
                           ArrayRef<float> supers, std::vector<float> &scales) {
  forEachSuperBlock(
      format, scaling, [&](int64_t block, int64_t count, int64_t super) {
        float factor = supers[super];
        if (!std::isfinite(factor))
          return getKernels().multiply(&scales[block], count, factor);
        for (float &scale : llvm::MutableArrayRef(&scales[block], count)) {
          float product = scale * factor;
          bool overflows = std::isinf(product) && std::isfinite(scale);
          scale = overflows ? getLargestFinite(ElementType::F32) : product;
        }
      });
}

static void storeTwoLevels(const Format &format, const Quantizer &quantizer,
                           ArrayRef<Range> ranges,
                           const StorageBytes<MutableBytes> &components,
                           std::vector<float> &products) {
  const Scaling &scaling = quantizer.getScaling();
  ElementType superType = *scaling.superScaleType;
  std::vector<float> supers(components.superScales.size() /
                            getByteWidth(superType));
  std::vector<float> scales(ranges.size());
  for (size_t i = 0; i < ranges.size(); ++i)
    scales[i] = quantizer.getRawScale(ranges[i]);
  forEachSuperBlock(
      format, scaling, [&](int64_t block, int64_t count, int64_t super) {
        supers[super] =
            std::max(supers[super],
                     *std::max_element(&scales[block], &scales[block] + count));
      });
  float largest = getLargestFinite(scaling.scaleType);
  for (float &super : supers)
    super = super == 0 ? 1.0f : roundScale(super / largest, superType);
  forEachSuperBlock(format, scaling,
                    [&](int64_t block, int64_t count, int64_t super) {
                      getKernels().divide(&scales[block], count, supers[super],
                                          &scales[block]);
                    });
  roundScales(scales, scaling.scaleType);
  products = scales;
  multiplyLevels(format, scaling, supers, products);
  storeFloats(scaling.scaleType, scales.data(), scales.size(),
              components.scales.data());
  storeFloats(superType, supers.data(), supers.size(),
              components.superScales.data());
}

void mlir::compress::codec::storeParameters(
    const Format &format, const Quantizer &quantizer, ArrayRef<Range> ranges,
    const StorageBytes<MutableBytes> &components) {
  std::vector<float> scales(ranges.size());
  if (quantizer.getScaling().superScaleType) {
    storeTwoLevels(format, quantizer, ranges, components, scales);
  } else {
    for (size_t i = 0; i < ranges.size(); ++i)
      scales[i] = quantizer.getScale(ranges[i]);
    storeFloats(quantizer.getScaling().scaleType, scales.data(), scales.size(),
                components.scales.data());
  }
  for (size_t i = 0; i < components.zeroPoints.size(); ++i)
    components.zeroPoints[i] =
        char(quantizer.getZeroPoint(ranges[i], scales[i]));
}

ParameterSource::ParameterSource(const Format &format,
                                 const StorageBytes<ConstBytes> &components)
    : zeroPoints(components.zeroPoints), codebook(components.codebook) {
  auto *table = std::get_if<CodebookStorage>(&format.storage);
  if (table && table->isLearned())
    type = table->scaleType;
  const Scaling *scaling = getScaling(format.storage);
  if (!scaling)
    return;
  scales = components.scales;
  type = scaling->scaleType;
  if (!scaling->superScaleType || scales.empty())
    return;
  products.resize(scales.size() / getByteWidth(type));
  loadScales(0, products.size(), products.data());
  std::vector<float> supers(components.superScales.size() /
                            getByteWidth(*scaling->superScaleType));
  loadFloats(*scaling->superScaleType, components.superScales.data(),
             supers.size(), supers.data());
  multiplyLevels(format, *scaling, supers, products);
  type = ElementType::F32;
  scales = ConstBytes(reinterpret_cast<const char *>(products.data()),
                      products.size() * sizeof(float));
}

void ParameterSource::loadScales(int64_t offset, int64_t count,
                                 float *result) const {
  loadFloats(type, scales.data() + offset * getByteWidth(type), count, result);
}

const signed char *ParameterSource::getZeroPoints(int64_t offset) const {
  return reinterpret_cast<const signed char *>(zeroPoints.data()) + offset;
}

void ParameterSource::loadEntries(int64_t offset, int64_t count,
                                  float *result) const {
  loadFloats(type, codebook.data() + offset * getByteWidth(type), count,
             result);
}

//===----------------------------------------------------------------------===//
// Chunks
//===----------------------------------------------------------------------===//

void BlockParameters::resize(const Quantizer &quantizer, const Chunk &blocks,
                             bool perColumn) {
  int64_t count = blocks.getNumElements();
  if (quantizer.isLearned()) {
    int64_t size = quantizer.getNumEntries();
    entryStride = perColumn ? count : 1;
    blockStride = perColumn ? 1 : size;
    entries.resize(count * size);
    thresholds.resize(count * size);
    return;
  }
  scales.assign(count, 1.0f);
  zeroPoints.assign(count, quantizer.getZeroPoint());
}

void BlockParameters::setTable(int64_t block, ArrayRef<float> table) {
  for (auto [i, entry] : llvm::enumerate(table)) {
    int64_t at = int64_t(i) * entryStride + block * blockStride;
    entries[at] = entry;
    if (i + 1 < table.size())
      thresholds[at] = getThreshold(entry, table[i + 1]);
  }
}

void mlir::compress::codec::loadParameters(const Geometry &geometry,
                                           const Quantizer &quantizer,
                                           const Chunk &blocks,
                                           const ParameterSource &source,
                                           BlockParameters &parameters) {
  bool symmetric = quantizer.isSymmetric();
  int64_t size = quantizer.getNumEntries();
  SmallVector<float, 256> table(size);
  geometry.forEachGridLine(
      blocks, [&](int64_t offset, int64_t local, int64_t count) {
        if (quantizer.isLearned()) {
          for (int64_t i = 0; i < count; ++i) {
            source.loadEntries((offset + i) * size, size, table.data());
            parameters.setTable(local + i, table);
          }
          return;
        }
        source.loadScales(offset, count, parameters.scales.data() + local);
        if (symmetric)
          return;
        const signed char *zeroPoints = source.getZeroPoints(offset);
        std::copy_n(zeroPoints, count, parameters.zeroPoints.begin() + local);
      });
}

void mlir::compress::codec::storeParameters(
    const Geometry &geometry, const Quantizer &quantizer, const Chunk &blocks,
    const BlockParameters &parameters,
    const StorageBytes<MutableBytes> &components) {
  ElementType type = quantizer.getScaling().scaleType;
  unsigned width = getByteWidth(type);
  int64_t size = quantizer.getNumEntries();
  SmallVector<float, 256> table(size);
  geometry.forEachGridLine(blocks, [&](int64_t offset, int64_t local,
                                       int64_t count) {
    if (quantizer.isLearned()) {
      for (int64_t i = 0; i < count; ++i) {
        for (int64_t e = 0; e < size; ++e)
          table[e] = parameters.entries[e * parameters.entryStride +
                                        (local + i) * parameters.blockStride];
        storeFloats(type, table.data(), size,
                    components.codebook.data() + (offset + i) * size * width);
      }
      return;
    }
    storeFloats(type, parameters.scales.data() + local, count,
                components.scales.data() + offset * width);
    if (quantizer.isSymmetric())
      return;
    for (int64_t i = 0; i < count; ++i)
      components.zeroPoints[offset + i] =
          char(parameters.zeroPoints[local + i]);
  });
}

//===----------------------------------------------------------------------===//
// Given parameters
//===----------------------------------------------------------------------===//

static std::string describeBlock(ArrayRef<int64_t> grid, int64_t offset) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleaveComma(getIndex(grid, offset), os);
  return text;
}

static Error checkTables(const Format &format, const CodebookStorage &storage,
                         const ParameterSource &source) {
  auto grid = getGrid(format.shape, storage.block);
  int64_t tables = 1;
  for (int64_t extent : grid)
    tables *= extent;
  int64_t size = (int64_t(1) << storage.width) * storage.vector;
  std::vector<float> table(size);
  for (int64_t i = 0; i < tables; ++i) {
    source.loadEntries(i * size, size, table.data());
    for (float entry : table)
      if (!std::isfinite(entry))
        return makeError("expected finite entries of a codebook, found {0} for "
                         "block [{1}]",
                         entry, describeBlock(grid, i));
    if (storage.vector == 1 && !std::is_sorted(table.begin(), table.end()))
      return makeError("expected the entries of a codebook to ascend, found "
                       "others for block [{0}]; sort them",
                       describeBlock(grid, i));
  }
  return Error::success();
}

Error mlir::compress::codec::checkParameters(
    const Format &format, const StorageBytes<ConstBytes> &components) {
  if (!getBlocking(format.storage))
    return Error::success();
  ParameterSource source(format, components);
  auto *codebook = std::get_if<CodebookStorage>(&format.storage);
  if (codebook && codebook->isLearned())
    return checkTables(format, *codebook, source);
  const Scaling &scaling = *getScaling(format.storage);
  auto grid = getGrid(format.shape, scaling.block);
  int64_t blocks = components.scales.size() / getByteWidth(scaling.scaleType);
  for (int64_t i = 0; i < blocks; ++i) {
    float scale;
    source.loadScales(i, 1, &scale);
    if (!std::isfinite(scale) || scale == 0)
      return makeError("expected finite scales other than 0, found {0} for "
                       "block [{1}]",
                       scale, describeBlock(grid, i));
  }
  return Error::success();
}
