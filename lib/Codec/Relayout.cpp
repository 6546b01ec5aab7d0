//===- Relayout.cpp - Move stored bits to another layout ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Relayout.h"
#include "Parameters.h"
#include "llvm/Support/MathExtras.h"
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {
/// Where an element of the kept shape lies: bit `column * width` of a row.
class Places {
public:
  Places(const Format &format, unsigned width)
      : kept(getKeptShape(format)), tile(kept), width(width) {
    if (auto *layout = std::get_if<TiledLayout>(&format.layout)) {
      tiled = true;
      tile = layout->tile;
      places = getPlaces(layout->bits);
    }
    rowBytes = llvm::divideCeil(tile.back() * width, 8);
  }

  /// The bit offset of the element at a kept position.
  int64_t getBit(ArrayRef<int64_t> index) const {
    int64_t row = 0;
    unsigned rank = kept.size();
    if (tiled)
      for (unsigned dim = 0; dim < rank; ++dim)
        row = row * llvm::divideCeil(kept[dim], tile[dim]) +
              index[dim] / tile[dim];
    int64_t rows = 1, position = 0;
    for (unsigned dim = 0; dim < rank; ++dim) {
      position = position * tile[dim] + index[dim] % tile[dim];
      if (dim + 1 < rank)
        rows *= tile[dim];
    }
    if (!places.empty())
      position = places[position];
    row = row * rows + position / tile.back();
    return row * rowBytes * 8 + position % tile.back() * width;
  }

private:
  /// Where the positions of a permuted tile are stored.
  static std::vector<int32_t> getPlaces(ArrayRef<int64_t> bits) {
    if (bits.empty())
      return {};
    std::vector<int32_t> places(size_t(1) << bits.size(), 0);
    for (size_t position = 0; position < places.size(); ++position)
      for (auto [i, bit] : llvm::enumerate(bits))
        places[position] |= static_cast<int32_t>((position >> bit & 1) << i);
    return places;
  }

  SmallVector<int64_t, 4> kept, tile;
  std::vector<int32_t> places;
  unsigned width;
  bool tiled = false;
  int64_t rowBytes;
};
} // namespace

/// Copies `width` bits, which reach into at most two bytes, or whole bytes.
static void copyBits(const char *source, int64_t from, char *result, int64_t to,
                     unsigned width) {
  if (width % 8 == 0) {
    std::memcpy(result + to / 8, source + from / 8, width / 8);
    return;
  }
  for (unsigned bit = 0; bit < width; ++bit, ++from, ++to)
    if (source[from / 8] >> (from % 8) & 1)
      result[to / 8] |= static_cast<char>(1 << (to % 8));
}

Format mlir::compress::codec::getCodeFormat(const Format &format,
                                            int64_t vector) {
  Format codes;
  codes.shape = getKeptShape(format);
  codes.shape.back() = llvm::divideCeil(codes.shape.back(), vector);
  codes.layout = format.layout;
  if (auto *tiled = std::get_if<TiledLayout>(&codes.layout))
    tiled->tile.back() /= vector;
  return codes;
}

/// Moves one component with an element for each `vector` kept values.
static void moveComponent(const Format &from, const Format &to, unsigned width,
                          int64_t vector, ConstBytes source,
                          MutableBytes result) {
  if (result.empty())
    return;
  std::memset(result.data(), 0, result.size());
  Format codes = getCodeFormat(from, vector);
  Places before(codes, width), after(getCodeFormat(to, vector), width);
  for (int64_t extent : codes.shape)
    if (extent == 0)
      return;
  SmallVector<int64_t, 4> index(codes.shape.size(), 0);
  while (true) {
    copyBits(source.data(), before.getBit(index), result.data(),
             after.getBit(index), width);
    int64_t dim = codes.shape.size() - 1;
    while (dim >= 0 && ++index[dim] == codes.shape[dim])
      index[dim--] = 0;
    if (dim < 0)
      return;
  }
}

static void moveBytes(ConstBytes source, MutableBytes result) {
  if (!source.empty() && source.data() != result.data())
    std::memcpy(result.data(), source.data(), source.size());
}

void mlir::compress::codec::relayoutSparsity(const Format &from,
                                             const Format &to,
                                             ArrayRef<ConstBytes> source,
                                             ArrayRef<MutableBytes> result) {
  auto *nm = std::get_if<NMSparsity>(&from.sparsity);
  for (auto [i, component] : llvm::enumerate(source)) {
    // What N:M keeps follows the kept shape.
    if (nm)
      moveComponent(from, to, getIndexWidth(*nm), /*vector=*/1, component,
                    result[i]);
    else
      moveBytes(component, result[i]);
  }
}

PlainArray::PlainArray(const Format &format, ArrayRef<MutableBytes> components)
    : original(format), format(format) {
  this->format.layout = RowMajorLayout();
  bool hasIndices = std::holds_alternative<NMSparsity>(format.sparsity);
  for (auto [i, component] : llvm::enumerate(getComponents(this->format))) {
    bool isMoved = i == 0 || (hasIndices && component.name == "indices");
    if (isMoved)
      moved.emplace_back(component.getNumBytes());
    views.push_back(isMoved ? MutableBytes(moved.back()) : components[i]);
  }
}

void PlainArray::store(ArrayRef<MutableBytes> components) const {
  relayout(format, original,
           SmallVector<ConstBytes, 4>(views.begin(), views.end()), components);
}

void mlir::compress::codec::relayout(const Format &from, const Format &to,
                                     ArrayRef<ConstBytes> source,
                                     ArrayRef<MutableBytes> result) {
  moveComponent(from, to, getValueWidth(from.storage),
                getVectorSize(from.storage), source.front(), result.front());
  size_t count = StorageBytes<ConstBytes>(from.storage, source).count;
  for (size_t i = 1; i < count; ++i)
    moveBytes(source[i], result[i]);
  relayoutSparsity(from, to, source.drop_front(count),
                   result.drop_front(count));
}
