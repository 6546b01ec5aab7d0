//===- Reference.cpp - The codec's formulas, element by element -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "SparseReference.h"
#include "llvm/ADT/APFloat.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <cmath>
#include <cstring>
#include <map>

using namespace mlir::compress::codec;
using namespace mlir::compress::codec::test;

//===----------------------------------------------------------------------===//
// Element types
//===----------------------------------------------------------------------===//

static const llvm::fltSemantics &getSemantics(ElementType type) {
  return type == ElementType::F16    ? llvm::APFloat::IEEEhalf()
         : type == ElementType::BF16 ? llvm::APFloat::BFloat()
                                     : llvm::APFloat::IEEEsingle();
}

static uint32_t getBits(ElementType type, float value) {
  llvm::APFloat number(value);
  bool loses;
  number.convert(getSemantics(type), llvm::APFloat::rmNearestTiesToEven,
                 &loses);
  return uint32_t(number.bitcastToAPInt().getZExtValue());
}

static float fromBits(ElementType type, uint32_t bits) {
  llvm::APFloat number(getSemantics(type),
                       llvm::APInt(8 * getByteWidth(type), bits));
  bool loses;
  number.convert(llvm::APFloat::IEEEsingle(),
                 llvm::APFloat::rmNearestTiesToEven, &loses);
  return number.convertToFloat();
}

float test::roundTo(ElementType type, float value) {
  return fromBits(type, getBits(type, value));
}

float test::getElement(ElementType type, const char *data, int64_t i) {
  uint32_t bits = 0;
  std::memcpy(&bits, data + i * getByteWidth(type), getByteWidth(type));
  return fromBits(type, bits);
}

void test::setElement(ElementType type, char *data, int64_t i, float value) {
  uint32_t bits = getBits(type, value);
  std::memcpy(data + i * getByteWidth(type), &bits, getByteWidth(type));
}

Bytes test::toBytes(ElementType type, const std::vector<float> &values) {
  Bytes bytes(values.size() * getByteWidth(type));
  for (size_t i = 0; i < values.size(); ++i)
    setElement(type, bytes.data(), i, values[i]);
  return bytes;
}

std::vector<float> test::toFloats(ElementType type, const Bytes &bytes) {
  std::vector<float> values(bytes.size() / getByteWidth(type));
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = getElement(type, bytes.data(), i);
  return values;
}

static float getLargest(ElementType type) {
  return llvm::APFloat::getLargest(getSemantics(type)).convertToDouble();
}

static float getLeastNormal(ElementType type) {
  return llvm::APFloat::getSmallestNormalized(getSemantics(type))
      .convertToDouble();
}

static float roundSaturated(ElementType type, float value) {
  float rounded = roundTo(type, value);
  return std::isinf(rounded) ? std::copysign(getLargest(type), value) : rounded;
}

//===----------------------------------------------------------------------===//
// Indices
//===----------------------------------------------------------------------===//

int64_t test::getOffset(const Index &shape, const Index &index) {
  int64_t offset = 0;
  for (size_t i = 0; i < shape.size(); ++i)
    offset = offset * shape[i] + index[i];
  return offset;
}

void test::forEachIndex(const Index &shape,
                        llvm::function_ref<void(const Index &)> visit) {
  if (llvm::is_contained(shape, 0))
    return;
  Index index(shape.size(), 0);
  while (true) {
    visit(index);
    int i = int(shape.size()) - 1;
    for (; i >= 0 && ++index[i] == shape[i]; --i)
      index[i] = 0;
    if (i < 0)
      return;
  }
}

/// Writes a value of `bits` bits at a place of a packed array.
static void putBits(Bytes &bytes, const Index &packedShape, const Index &index,
                    unsigned bits, uint32_t value) {
  Index rows(packedShape.begin(), packedShape.end() - 1);
  Index row(index.begin(), index.end() - 1);
  int64_t rowBits = (packedShape.back() * bits + 7) / 8 * 8;
  int64_t at = getOffset(rows, row) * rowBits + index.back() * bits;
  for (unsigned i = 0; i < bits; ++i, ++at)
    if ((value >> i) & 1)
      bytes[at / 8] |= char(1 << (at % 8));
}

//===----------------------------------------------------------------------===//
// Encoding
//===----------------------------------------------------------------------===//

/// For each group, by the index of its first element: the kept positions.
static std::map<Index, std::vector<int64_t>>
selectReference(const Index &shape, const NMSparsity &nm,
                const std::vector<float> &dense) {
  std::map<Index, std::vector<int64_t>> kept;
  forEachIndex(shape, [&](Index index) {
    if (index[nm.axis] % nm.m != 0)
      return;
    std::vector<std::pair<float, int64_t>> order;
    Index at = index;
    for (int64_t i = 0; i < nm.m; ++i, ++at[nm.axis])
      order.push_back({-std::fabs(dense[getOffset(shape, at)]), i});
    std::sort(order.begin(), order.end());
    std::vector<int64_t> &positions = kept[index];
    for (int64_t k = 0; k < nm.n; ++k)
      positions.push_back(order[k].second);
    std::sort(positions.begin(), positions.end());
  });
  return kept;
}

std::vector<float> test::pruneReference(const Index &shape,
                                        const NMSparsity &nm,
                                        std::vector<float> dense) {
  std::vector<float> result(dense.size(), 0.0f);
  for (auto &[index, positions] : selectReference(shape, nm, dense))
    for (int64_t position : positions) {
      Index at = index;
      at[nm.axis] += position;
      result[getOffset(shape, at)] = dense[getOffset(shape, at)];
    }
  return result;
}

static std::vector<KeptValue> getKept(const Format &format,
                                      const std::vector<float> &dense) {
  Index shape(format.shape.begin(), format.shape.end());
  std::vector<KeptValue> values;
  if (isCounted(format))
    return getCounted(format, dense);
  auto *nm = std::get_if<NMSparsity>(&format.sparsity);
  if (!nm) {
    forEachIndex(shape, [&](const Index &index) {
      values.push_back({index, index, 0});
    });
    return values;
  }
  for (auto &[index, positions] : selectReference(shape, *nm, dense))
    for (int64_t k = 0; k < nm->n; ++k) {
      KeptValue value{index, index, positions[k]};
      value.dense[nm->axis] += positions[k];
      value.kept[nm->axis] = index[nm->axis] / nm->m * nm->n + k;
      values.push_back(value);
    }
  return values;
}

Encoded test::encodeReference(const Format &format,
                              const std::vector<float> &dense) {
  Index shape(format.shape.begin(), format.shape.end());
  Encoded result;
  for (const Component &component : getComponents(format))
    result.components.push_back(Bytes(component.getNumBytes(), 0));
  result.decoded.assign(dense.size(), 0.0f);
  std::vector<KeptValue> kept = getKept(format, dense);
  auto *affine = std::get_if<AffineStorage>(&format.storage);
  auto *nm = std::get_if<NMSparsity>(&format.sparsity);

  // The packed place of a kept index.
  auto keptShape = getKeptShape(format);
  Index packed(keptShape.begin(), keptShape.end());
  auto *tiled = std::get_if<TiledLayout>(&format.layout);
  if (tiled) {
    for (size_t i = 0; i < packed.size(); ++i)
      packed[i] = (packed[i] + tiled->tile[i] - 1) / tiled->tile[i];
    packed.insert(packed.end(), tiled->tile.begin(), tiled->tile.end());
  }
  auto place = [&](const Index &index) {
    if (!tiled)
      return index;
    Index at;
    for (size_t i = 0; i < index.size(); ++i)
      at.push_back(index[i] / tiled->tile[i]);
    for (size_t i = 0; i < index.size(); ++i)
      at.push_back(index[i] % tiled->tile[i]);
    return at;
  };
  if (isCounted(format))
    putCounted(format, kept, result.components);
  if (nm)
    for (const KeptValue &value : kept)
      putBits(result.components.back(), packed, place(value.kept),
              getIndexWidth(*nm), value.position);

  if (!affine) {
    ElementType type = std::get<FloatStorage>(format.storage).type;
    for (const KeptValue &value : kept) {
      float stored = roundSaturated(type, dense[getOffset(shape, value.dense)]);
      setElement(type, result.components[0].data(),
                 getOffset(packed, place(value.kept)), stored);
      result.decoded[getOffset(shape, value.dense)] =
          roundTo(format.expressed, stored);
    }
    return result;
  }

  struct Block {
    float min = 0, max = 0, scale = 1, zeroPoint = 0;
  };
  std::map<Index, Block> blocks;
  Index grid;
  for (size_t i = 0; i < shape.size(); ++i)
    grid.push_back(affine->block[i] == 0
                       ? 1
                       : (shape[i] + affine->block[i] - 1) / affine->block[i]);
  forEachIndex(grid, [&](const Index &index) { blocks[index] = Block(); });
  auto getBlock = [&](const Index &index) -> Block & {
    Index at;
    for (size_t i = 0; i < shape.size(); ++i)
      at.push_back(affine->block[i] == 0 ? 0 : index[i] / affine->block[i]);
    return blocks[at];
  };
  for (const KeptValue &value : kept) {
    Block &block = getBlock(value.dense);
    float x = dense[getOffset(shape, value.dense)];
    block.min = std::min(block.min, x);
    block.max = std::max(block.max, x);
  }

  float qmin = -std::ldexp(1.0f, affine->width - 1);
  float qmax = std::ldexp(1.0f, affine->width - 1) - 1;
  for (auto &[index, block] : blocks) {
    float amax = std::max(-block.min, block.max);
    float scale = affine->symmetric ? amax / qmax
                                    : (block.max - block.min) / (qmax - qmin);
    if (amax != 0)
      block.scale = std::max(roundSaturated(affine->scaleType, scale),
                             getLeastNormal(affine->scaleType));
    if (!affine->symmetric)
      block.zeroPoint = std::clamp(
          std::nearbyint(qmin - block.min / block.scale), qmin, qmax);
    int64_t at = getOffset(grid, index);
    setElement(affine->scaleType, result.components[1].data(), at, block.scale);
    if (!affine->symmetric)
      result.components[2][at] = char(block.zeroPoint);
  }
  for (const KeptValue &value : kept) {
    const Block &block = getBlock(value.dense);
    int64_t at = getOffset(shape, value.dense);
    float rounded = std::nearbyint(dense[at] / block.scale) + block.zeroPoint;
    float q = std::clamp(rounded, qmin, qmax);
    result.saturated += q != rounded;
    putBits(result.components[0], packed, place(value.kept), affine->width,
            uint32_t(int32_t(q)));
    result.decoded[at] =
        roundTo(format.expressed, (q - block.zeroPoint) * block.scale);
  }
  return result;
}

//===----------------------------------------------------------------------===//
// Buffers
//===----------------------------------------------------------------------===//

std::vector<Bytes> test::allocate(const Format &format) {
  std::vector<Bytes> components;
  for (const Component &component : getComponents(format))
    components.push_back(Bytes(component.getNumBytes(), char(0xa5)));
  return components;
}

std::vector<MutableBytes> test::getViews(std::vector<Bytes> &components) {
  return std::vector<MutableBytes>(components.begin(), components.end());
}

std::vector<ConstBytes>
test::getConstViews(const std::vector<Bytes> &components) {
  return std::vector<ConstBytes>(components.begin(), components.end());
}

std::vector<float> test::makeRandom(const Format &format, unsigned seed) {
  std::mt19937 engine(seed);
  std::normal_distribution<float> normal(0.1f, 1.0f);
  int64_t count = 1;
  for (int64_t extent : format.shape)
    count *= extent;
  std::vector<float> values(count);
  for (float &value : values)
    value = roundTo(format.expressed, normal(engine));
  return values;
}

std::vector<Bytes> test::encodeOrFail(const Format &format,
                                      const std::vector<float> &dense,
                                      const EncodeOptions &options,
                                      ErrorStats *stats) {
  std::vector<Bytes> components = allocate(format);
  Bytes bytes = toBytes(format.expressed, dense);
  llvm::Error error =
      encode(format, bytes, getViews(components), options, stats);
  EXPECT_FALSE(bool(error)) << describe(format);
  if (error)
    ADD_FAILURE() << llvm::toString(std::move(error));
  return components;
}

std::vector<float> test::decodeOrFail(const Format &format,
                                      const std::vector<Bytes> &components,
                                      llvm::ThreadPoolInterface *threads) {
  int64_t count = 1;
  for (int64_t extent : format.shape)
    count *= extent;
  Bytes dense(count * getByteWidth(format.expressed), char(0xa5));
  llvm::Error error = decode(format, getConstViews(components), dense, threads);
  EXPECT_FALSE(bool(error)) << describe(format);
  if (error)
    ADD_FAILURE() << llvm::toString(std::move(error));
  return toFloats(format.expressed, dense);
}

std::string test::describe(const Format &format) {
  std::string text;
  llvm::raw_string_ostream os(text);
  llvm::interleave(format.shape, os, "x");
  os << " " << getName(format.expressed).str();
  if (auto *nm = std::get_if<NMSparsity>(&format.sparsity))
    os << " " << nm->n << ":" << nm->m << " axis " << nm->axis;
  describeCounted(format, os);
  if (auto *affine = std::get_if<AffineStorage>(&format.storage)) {
    os << (affine->symmetric ? " symmetric" : " asymmetric") << " i"
       << affine->width << " scale " << getName(affine->scaleType).str()
       << " block ";
    llvm::interleave(affine->block, os, "x");
  } else {
    os << " as " << getName(std::get<FloatStorage>(format.storage).type).str();
  }
  if (auto *tiled = std::get_if<TiledLayout>(&format.layout)) {
    os << " tile ";
    llvm::interleave(tiled->tile, os, "x");
  }
  return text;
}
