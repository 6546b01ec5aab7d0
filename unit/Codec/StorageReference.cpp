//===- StorageReference.cpp - The formulas of storages --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StorageReference.h"
#include <algorithm>
#include <cmath>
#include <limits>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

//===----------------------------------------------------------------------===//
// Small floats
//===----------------------------------------------------------------------===//

namespace {
/// Bits of the exponent and the mantissa, and the largest finite code.
struct Fields {
  int exponent, mantissa;
  uint32_t largest;
  int getBias() const { return (1 << (exponent - 1)) - 1; }
};
} // namespace

static Fields getFields(ElementType type) {
  return type == ElementType::F8E4M3FN ? Fields{4, 3, 0x7e}
         : type == ElementType::F8E5M2 ? Fields{5, 2, 0x7b}
                                       : Fields{2, 1, 0x7};
}

bool test::isSmallFloat(ElementType type) {
  return type == ElementType::F8E4M3FN || type == ElementType::F8E5M2 ||
         type == ElementType::F4E2M1FN;
}

double test::decodeSmallFloat(ElementType type, uint32_t code) {
  Fields layout = getFields(type);
  int magnitudeBits = layout.exponent + layout.mantissa;
  double sign = code >> magnitudeBits & 1 ? -1 : 1;
  uint32_t magnitude = code & ((1 << magnitudeBits) - 1);
  if (magnitude > layout.largest)
    return type == ElementType::F8E5M2 && magnitude == layout.largest + 1
               ? sign * std::numeric_limits<double>::infinity()
               : std::numeric_limits<double>::quiet_NaN();
  int exponent = int(magnitude >> layout.mantissa);
  int mantissa = int(magnitude & ((1 << layout.mantissa) - 1));
  if (exponent == 0)
    return sign * std::ldexp(mantissa, 1 - layout.getBias() - layout.mantissa);
  return sign * std::ldexp(mantissa + (1 << layout.mantissa),
                           exponent - layout.getBias() - layout.mantissa);
}

uint32_t test::encodeSmallFloat(ElementType type, double value) {
  Fields layout = getFields(type);
  uint32_t sign =
      std::signbit(value) ? 1u << (layout.exponent + layout.mantissa) : 0;
  double magnitude =
      std::min(std::fabs(value), decodeSmallFloat(type, layout.largest));
  int least = 1 - layout.getBias();
  int exponent =
      magnitude == 0 ? least : std::max(std::ilogb(magnitude), least);
  // In units of the last place, where the code counts them from this exponent.
  auto units = uint32_t(
      std::nearbyint(std::ldexp(magnitude, layout.mantissa - exponent)));
  return sign | (uint32_t(exponent - least) * (1u << layout.mantissa) + units);
}

static float getLargest(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return 65504.0f;
  case ElementType::BF16:
    return 0x1.fep127f;
  case ElementType::F32:
    return std::numeric_limits<float>::max();
  default:
    return decodeSmallFloat(type, getFields(type).largest);
  }
}

static float getLeastNormal(ElementType type) {
  switch (type) {
  case ElementType::F16:
    return 0x1p-14f;
  case ElementType::BF16:
  case ElementType::F32:
    return std::numeric_limits<float>::min();
  default:
    return decodeSmallFloat(type, 1u << getFields(type).mantissa);
  }
}

float test::roundSaturated(ElementType type, float value) {
  if (isSmallFloat(type))
    return decodeSmallFloat(type, encodeSmallFloat(type, value));
  float rounded = roundTo(type, value);
  return std::isinf(rounded) ? std::copysign(getLargest(type), value) : rounded;
}

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

static float roundScale(ElementType type, float scale) {
  return std::max(roundSaturated(type, scale), getLeastNormal(type));
}

static float getLargestCode(const Storage &storage) {
  if (auto *affine = std::get_if<AffineStorage>(&storage))
    return std::ldexp(1.0f, affine->width - 1) - 1;
  if (auto *store = std::get_if<FloatStorage>(&storage))
    return getLargest(store->type);
  return 1;
}

namespace {
struct Statistics {
  float min = 0, max = 0;
  double sum = 0;
  std::vector<float> values;
  float getMagnitude() const { return std::max(-min, max); }
};
} // namespace

static bool isAsymmetric(const Storage &storage) {
  auto *affine = std::get_if<AffineStorage>(&storage);
  return affine && !affine->symmetric;
}

static bool isTernary(const Storage &storage) {
  auto *codebook = std::get_if<CodebookStorage>(&storage);
  return codebook && codebook->kind == CodebookStorage::Kind::Ternary;
}

static float getRawScale(const Storage &storage, const Statistics &block) {
  if (isTernary(storage))
    return block.values.empty()
               ? 0
               : float(block.sum / double(block.values.size()));
  if (isAsymmetric(storage))
    return (block.max - block.min) / (2 * getLargestCode(storage) + 1);
  return block.getMagnitude() / getLargestCode(storage);
}

static float getPowerOfTwo(int exponent) {
  return std::ldexp(1.0f, std::clamp(exponent, -126, 127));
}

static float getScale(const Storage &storage, ElementType type,
                      const Statistics &block) {
  float raw = getRawScale(storage, block);
  // A mean may be 0 though a value is not.
  if (block.getMagnitude() == 0 || (isTernary(storage) && raw == 0))
    return 1;
  if (type != ElementType::F8E8M0FNU)
    return roundScale(type, raw);
  bool hasLargest = !std::holds_alternative<CodebookStorage>(storage) &&
                    !isAsymmetric(storage);
  if (hasLargest)
    return getPowerOfTwo(std::ilogb(block.getMagnitude()) -
                         std::ilogb(getLargestCode(storage)));
  // The least power of two that is not less.
  int exponent = -150;
  while (std::ldexp(1.0, exponent) < double(raw))
    ++exponent;
  return getPowerOfTwo(exponent);
}

//===----------------------------------------------------------------------===//
// Tables
//===----------------------------------------------------------------------===//

static const double nf4[16] = {
    -1.0,
    -0.6961928009986877,
    -0.5250730514526367,
    -0.39491748809814453,
    -0.28444138169288635,
    -0.18477343022823334,
    -0.09105003625154495,
    0.0,
    0.07958029955625534,
    0.16093020141124725,
    0.24611230194568634,
    0.33791524171829224,
    0.44070982933044434,
    0.5626170039176941,
    0.7229568362236023,
    1.0,
};

/// The nearest entry of an ascending table, the lower one from the middle.
static uint32_t findNearest(const std::vector<float> &table, float value) {
  uint32_t code = 0;
  while (code + 1 < table.size() &&
         double(value) > (double(table[code]) + double(table[code + 1])) / 2)
    ++code;
  return code;
}

static std::vector<float> learn(const CodebookStorage &storage,
                                std::vector<float> values) {
  std::vector<float> table(size_t(1) << storage.width, 0.0f);
  if (values.empty())
    return table;
  std::sort(values.begin(), values.end());
  for (size_t i = 0; i < table.size(); ++i) {
    double rank = (i + 0.5) / double(table.size()) * double(values.size() - 1);
    double low = values[size_t(std::floor(rank))];
    double high = values[std::min(size_t(rank) + 1, values.size() - 1)];
    table[i] =
        roundSaturated(storage.scaleType,
                       float(low + (high - low) * (rank - std::floor(rank))));
  }
  if (storage.kind == CodebookStorage::Kind::Quantile)
    return table;
  for (int iteration = 0; iteration < 25; ++iteration) {
    std::vector<double> sums(table.size(), 0);
    std::vector<int> counts(table.size(), 0);
    for (float value : values) {
      uint32_t code = findNearest(table, value);
      sums[code] += value;
      ++counts[code];
    }
    for (size_t i = 0; i < table.size(); ++i)
      if (counts[i] != 0)
        table[i] =
            roundSaturated(storage.scaleType, float(sums[i] / counts[i]));
  }
  return table;
}

static uint32_t findNearest(const std::vector<std::vector<float>> &table,
                            const std::vector<float> &vector) {
  uint32_t best = 0;
  double least = std::numeric_limits<double>::infinity();
  for (uint32_t e = 0; e < table.size(); ++e) {
    double distance = 0;
    for (size_t d = 0; d < vector.size(); ++d) {
      double difference = double(vector[d]) - double(table[e][d]);
      distance += difference * difference;
    }
    if (distance < least) {
      least = distance;
      best = e;
    }
  }
  return best;
}

VectorsReference
test::encodeVectorsReference(const CodebookStorage &storage,
                             const std::vector<std::vector<float>> &vectors) {
  VectorsReference result;
  size_t entries = size_t(1) << storage.width;
  if (vectors.empty()) {
    result.table.assign(entries, std::vector<float>(storage.vector, 0.0f));
    return result;
  }
  for (size_t i = 0; i < entries; ++i)
    result.table.push_back(
        vectors[(2 * i + 1) * vectors.size() / (2 * entries)]);
  std::sort(result.table.begin(), result.table.end());
  for (auto &entry : result.table)
    for (float &value : entry)
      value = roundSaturated(storage.scaleType, value);
  auto assign = [&] {
    result.codes.clear();
    for (const auto &vector : vectors)
      result.codes.push_back(findNearest(result.table, vector));
  };
  assign();
  if (storage.kind == CodebookStorage::Kind::Quantile)
    return result;
  for (int iteration = 0; iteration < 25; ++iteration) {
    std::vector<std::vector<double>> sums(
        entries, std::vector<double>(storage.vector, 0));
    std::vector<int> counts(entries, 0);
    for (size_t i = 0; i < vectors.size(); ++i) {
      ++counts[result.codes[i]];
      for (size_t d = 0; d < vectors[i].size(); ++d)
        sums[result.codes[i]][d] += vectors[i][d];
    }
    for (size_t e = 0; e < entries; ++e)
      for (size_t d = 0; counts[e] != 0 && d < sums[e].size(); ++d)
        result.table[e][d] =
            roundSaturated(storage.scaleType, float(sums[e][d] / counts[e]));
    assign();
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

static Index getIndexIn(llvm::ArrayRef<int64_t> block, const Index &index) {
  Index at;
  for (size_t i = 0; i < index.size(); ++i)
    at.push_back(block[i] == 0 ? 0 : index[i] / block[i]);
  return at;
}

Index test::getBlockIndex(const Scaling &scaling, const Index &index) {
  return getIndexIn(scaling.block, index);
}

static Index getGrid(const Format &format, llvm::ArrayRef<int64_t> block) {
  Index last;
  for (int64_t extent : format.shape)
    last.push_back(extent - 1);
  Index grid = getIndexIn(block, last);
  for (int64_t &extent : grid)
    ++extent;
  return grid;
}

/// The component of a name, which must exist.
static Bytes &getComponent(const Format &format, std::vector<Bytes> &components,
                           llvm::StringRef name) {
  auto described = getComponents(format);
  size_t i = 0;
  while (described[i].name != name)
    ++i;
  return components[i];
}

/// Writes a scale of any type and returns what is stored.
static void putScale(ElementType type, Bytes &bytes, int64_t at, float scale) {
  if (type == ElementType::F8E8M0FNU)
    bytes[at] = char(std::ilogb(scale) + 127);
  else if (isSmallFloat(type))
    bytes[at] = char(encodeSmallFloat(type, scale));
  else
    setElement(type, bytes.data(), at, scale);
}

/// Two-level scales: replaces the raw scales of all blocks.
static void combineLevels(const Format &format, const Scaling &scaling,
                          const std::map<Index, Statistics> &statistics,
                          std::map<Index, BlockReference> &blocks,
                          std::vector<Bytes> &components) {
  auto getSuper = [&](const Index &block) {
    Index first;
    for (size_t i = 0; i < block.size(); ++i)
      first.push_back(block[i] * scaling.block[i]);
    return getIndexIn(scaling.superBlock, first);
  };
  std::map<Index, float> greatest;
  for (auto &[index, block] : statistics) {
    float &value = greatest[getSuper(index)];
    value = std::max(value, getRawScale(format.storage, block));
  }
  Index superGrid = getGrid(format, scaling.superBlock);
  Index grid = getGrid(format, scaling.block);
  for (auto &[index, raw] : greatest) {
    raw = raw == 0 ? 1
                   : roundScale(*scaling.superScaleType,
                                raw / getLargest(scaling.scaleType));
    putScale(*scaling.superScaleType,
             getComponent(format, components, "super_scales"),
             getOffset(superGrid, index), raw);
  }
  for (auto &[index, block] : statistics) {
    float super = greatest[getSuper(index)];
    float scale = roundScale(scaling.scaleType,
                             getRawScale(format.storage, block) / super);
    putScale(scaling.scaleType, getComponent(format, components, "scales"),
             getOffset(grid, index), scale);
    blocks[index].scale =
        std::min(scale * super, std::numeric_limits<float>::max());
  }
}

std::map<Index, BlockReference>
test::computeBlocks(const Format &format, const std::vector<PlacedValue> &kept,
                    std::vector<Bytes> &components) {
  const Scaling &scaling = *getBlocking(format.storage);
  std::map<Index, Statistics> statistics;
  Index grid = getGrid(format, scaling.block);
  forEachIndex(grid, [&](const Index &index) { statistics[index] = {}; });
  for (const PlacedValue &value : kept) {
    Statistics &block = statistics[getBlockIndex(scaling, value.dense)];
    block.min = std::min(block.min, value.value);
    block.max = std::max(block.max, value.value);
    block.sum += std::fabs(value.value);
    block.values.push_back(value.value);
  }

  std::map<Index, BlockReference> blocks;
  auto *codebook = std::get_if<CodebookStorage>(&format.storage);
  if (codebook && codebook->isLearned()) {
    Bytes &bytes = getComponent(format, components, "codebook");
    int64_t at = 0;
    for (auto &[index, block] : statistics) {
      blocks[index].table = learn(*codebook, block.values);
      for (float entry : blocks[index].table)
        setElement(codebook->scaleType, bytes.data(), at++, entry);
    }
    return blocks;
  }
  if (scaling.superScaleType)
    combineLevels(format, scaling, statistics, blocks, components);
  for (auto &[index, block] : statistics) {
    BlockReference &result = blocks[index];
    int64_t at = getOffset(grid, index);
    if (!scaling.superScaleType) {
      result.scale = getScale(format.storage, scaling.scaleType, block);
      putScale(scaling.scaleType, getComponent(format, components, "scales"),
               at, result.scale);
    }
    if (!isAsymmetric(format.storage))
      continue;
    float qmax = getLargestCode(format.storage), qmin = -qmax - 1;
    result.zeroPoint =
        std::clamp(std::nearbyint(qmin - block.min / result.scale), qmin, qmax);
    getComponent(format, components, "zero_points")[at] =
        char(result.zeroPoint);
  }
  return blocks;
}

uint32_t test::encodeValue(const Storage &storage, const BlockReference &block,
                           float value, bool &saturated) {
  saturated = false;
  auto clampTo = [&](float rounded, float low, float high) {
    float q = std::clamp(rounded, low, high);
    saturated = q != rounded;
    return q;
  };
  float quotient = value / block.scale;
  if (std::holds_alternative<AffineStorage>(storage)) {
    float qmax = getLargestCode(storage);
    float q =
        clampTo(std::nearbyint(quotient) + block.zeroPoint, -qmax - 1, qmax);
    return uint32_t(int32_t(q));
  }
  if (auto *store = std::get_if<FloatStorage>(&storage)) {
    // With one more exponent than there is, nothing below would saturate.
    double largest = getLargest(store->type);
    int exponent = std::ilogb(largest);
    double unit = std::ldexp(1, exponent - getFields(store->type).mantissa);
    saturated =
        std::nearbyint(std::fabs(double(quotient)) / unit) * unit > largest;
    return encodeSmallFloat(store->type, quotient);
  }
  const auto &codebook = std::get<CodebookStorage>(storage);
  if (codebook.isLearned())
    return findNearest(block.table, value);
  if (codebook.kind == CodebookStorage::Kind::Ternary)
    return uint32_t(clampTo(std::nearbyint(quotient), -1, 1) + 1);
  uint32_t code = 0;
  while (code < 15 &&
         quotient > (float(nf4[code]) + float(nf4[code + 1])) * 0.5f)
    ++code;
  double lowStep = nf4[1] - nf4[0], highStep = nf4[15] - nf4[14];
  saturated = quotient < -1 - lowStep / 2 || quotient > 1 + highStep / 2;
  return code;
}

float test::decodeValue(const Storage &storage, const BlockReference &block,
                        uint32_t code) {
  if (std::holds_alternative<AffineStorage>(storage))
    return (float(int32_t(code)) - block.zeroPoint) * block.scale;
  if (auto *store = std::get_if<FloatStorage>(&storage))
    return float(decodeSmallFloat(store->type, code)) * block.scale;
  const auto &codebook = std::get<CodebookStorage>(storage);
  if (codebook.isLearned())
    return block.table[code];
  float entry = codebook.kind == CodebookStorage::Kind::NF4 ? float(nf4[code])
                                                            : float(code) - 1;
  return entry * block.scale;
}
