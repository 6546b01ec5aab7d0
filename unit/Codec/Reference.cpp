//===- Reference.cpp - The codec's formulas, element by element -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Reference.h"
#include "SparseReference.h"
#include "StorageReference.h"
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

/// Codes of several values each. `place` gives the shape of the packed codes
/// and the place of one.
template <typename Store, typename Place>
static void encodeVectors(const Format &format,
                          const std::vector<PlacedValue> &values,
                          Encoded &result, Store store, Place place) {
  const auto &storage = std::get<CodebookStorage>(format.storage);
  // In row-major order of the codes' indices.
  std::map<Index, std::vector<float>> vectors;
  auto getCode = [&](const PlacedValue &value) {
    Index code = value.kept;
    code.back() /= storage.vector;
    return code;
  };
  // Padding of ragged vectors, and of ragged blocks that are kept, is zero.
  auto keptShape = getKeptShape(format);
  Index codeShape(keptShape.begin(), keptShape.end());
  codeShape.back() = (codeShape.back() + storage.vector - 1) / storage.vector;
  forEachIndex(codeShape, [&](const Index &code) {
    vectors[code].assign(storage.vector, 0.0f);
  });
  for (const PlacedValue &value : values) {
    auto &vector = vectors[getCode(value)];
    vector[value.kept.back() % storage.vector] = value.value;
  }
  std::vector<std::vector<float>> list;
  for (auto &[index, vector] : vectors)
    list.push_back(vector);
  VectorsReference encoded = encodeVectorsReference(storage, list);
  int64_t at = 0;
  for (const auto &entry : encoded.table)
    for (float element : entry)
      setElement(storage.scaleType, result.components[1].data(), at++, element);
  std::map<Index, uint32_t> codes;
  for (auto &[index, vector] : vectors) {
    uint32_t code = encoded.codes[codes.size()];
    codes[index] = code;
    auto [shape, where] = place(index);
    putBits(result.components[0], shape, where, storage.width, code);
  }
  for (const PlacedValue &value : values)
    store(value, encoded.table[codes[getCode(value)]]
                              [value.kept.back() % storage.vector]);
}

Encoded test::encodeReference(const Format &format,
                              const std::vector<float> &dense) {
  Index shape(format.shape.begin(), format.shape.end());
  Encoded result;
  for (const Component &component : getComponents(format))
    result.components.push_back(Bytes(component.getNumBytes(), 0));
  result.decoded.assign(dense.size(), 0.0f);
  std::vector<KeptValue> kept = getKept(format, dense);
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
    int64_t position = 0;
    for (size_t i = 0; i < index.size(); ++i)
      position = position * tiled->tile[i] + index[i] % tiled->tile[i];
    // The place in the tile has the position's bits in another order.
    if (!tiled->bits.empty()) {
      int64_t stored = 0;
      for (size_t i = 0; i < tiled->bits.size(); ++i)
        if (position & int64_t(1) << tiled->bits[i])
          stored += int64_t(1) << i;
      position = stored;
    }
    for (size_t i = index.size(); i-- > 0;) {
      at.insert(at.begin() + index.size(), position % tiled->tile[i]);
      position /= tiled->tile[i];
    }
    return at;
  };
  if (isCounted(format))
    putCounted(format, kept, result.components);
  if (nm)
    for (const KeptValue &value : kept)
      putBits(result.components.back(), packed, place(value.kept),
              getIndexWidth(*nm), value.position);

  std::vector<PlacedValue> values;
  for (const KeptValue &value : kept)
    values.push_back(
        {value.dense, value.kept, dense[getOffset(shape, value.dense)]});
  auto store = [&](const PlacedValue &value, float decoded) {
    result.decoded[getOffset(shape, value.dense)] =
        roundTo(format.expressed, decoded);
  };
  auto *plain = std::get_if<FloatStorage>(&format.storage);
  if (plain && !plain->scaled) {
    ElementType type = plain->type;
    for (const PlacedValue &value : values) {
      if (isSmallFloat(type))
        putBits(result.components[0], packed, place(value.kept),
                getBitWidth(type), encodeSmallFloat(type, value.value));
      else
        setElement(type, result.components[0].data(),
                   getOffset(packed, place(value.kept)),
                   roundSaturated(type, value.value));
      store(value, roundSaturated(type, value.value));
    }
    return result;
  }
  if (getVectorSize(format.storage) > 1) {
    encodeVectors(format, values, result, store, [&](Index code) {
      // A code lies where its first value would, in an array of codes.
      int64_t vector = getVectorSize(format.storage);
      code.back() *= vector;
      Index at = place(code), codes = packed;
      at.back() /= vector;
      codes.back() = (codes.back() + vector - 1) / vector;
      return std::pair(codes, at);
    });
    return result;
  }

  std::sort(values.begin(), values.end(),
            [](const PlacedValue &a, const PlacedValue &b) {
              return a.dense < b.dense;
            });
  const Scaling &scaling = *getBlocking(format.storage);
  auto blocks = computeBlocks(format, values, result.components);
  for (const PlacedValue &value : values) {
    const BlockReference &block = blocks[getBlockIndex(scaling, value.dense)];
    bool saturated;
    uint32_t code = encodeValue(format.storage, block, value.value, saturated);
    result.saturated += saturated;
    putBits(result.components[0], packed, place(value.kept),
            getValueWidth(format.storage), code);
    store(value, decodeValue(format.storage, block, code));
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
  if (auto *affine = std::get_if<AffineStorage>(&format.storage))
    os << (affine->symmetric ? " symmetric" : " asymmetric") << " i"
       << affine->width;
  if (auto *store = std::get_if<FloatStorage>(&format.storage))
    os << " as " << getName(store->type).str();
  if (auto *codebook = std::get_if<CodebookStorage>(&format.storage))
    os << " codebook " << int(codebook->kind) << " i" << codebook->width
       << " vector " << codebook->vector;
  if (const Scaling *scaling = getBlocking(format.storage)) {
    os << " scale " << getName(scaling->scaleType).str() << " block ";
    llvm::interleave(scaling->block, os, "x");
    if (scaling->superScaleType) {
      os << " super " << getName(*scaling->superScaleType).str() << " ";
      llvm::interleave(scaling->superBlock, os, "x");
    }
  }
  if (auto *tiled = std::get_if<TiledLayout>(&format.layout)) {
    os << " tile ";
    llvm::interleave(tiled->tile, os, "x");
    if (!tiled->bits.empty()) {
      os << " bits ";
      llvm::interleave(tiled->bits, os, ",");
    }
  }
  return text;
}
