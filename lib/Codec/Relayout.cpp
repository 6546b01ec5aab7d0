//===- Relayout.cpp - Move stored bits to another layout
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Codec/Codec.h"
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
    tiled = std::holds_alternative<TiledLayout>(format.layout);
    if (tiled)
      tile = std::get<TiledLayout>(format.layout).tile;
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
    for (unsigned dim = 0; dim + 1 < rank; ++dim)
      row = row * tile[dim] + index[dim] % tile[dim];
    return row * rowBytes * 8 + index.back() % tile.back() * width;
  }

private:
  SmallVector<int64_t, 4> kept, tile;
  unsigned width;
  bool tiled;
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

/// Moves one component whose elements follow the kept shape.
static void moveComponent(const Format &from, const Format &to, unsigned width,
                          ConstBytes source, MutableBytes result) {
  if (result.empty())
    return;
  std::memset(result.data(), 0, result.size());
  Places before(from, width), after(to, width);
  SmallVector<int64_t, 4> kept = getKeptShape(from);
  for (int64_t extent : kept)
    if (extent == 0)
      return;
  SmallVector<int64_t, 4> index(kept.size(), 0);
  while (true) {
    copyBits(source.data(), before.getBit(index), result.data(),
             after.getBit(index), width);
    int64_t dim = kept.size() - 1;
    while (dim >= 0 && ++index[dim] == kept[dim])
      index[dim--] = 0;
    if (dim < 0)
      return;
  }
}

void mlir::compress::codec::relayout(const Format &from, const Format &to,
                                     ArrayRef<ConstBytes> source,
                                     ArrayRef<MutableBytes> result) {
  auto *nm = std::get_if<NMSparsity>(&from.sparsity);
  for (auto [i, component] : llvm::enumerate(getComponents(from))) {
    if (component.name == "values") {
      moveComponent(from, to, getValueWidth(from.storage), source[i],
                    result[i]);
    } else if (nm && component.name == "indices") {
      moveComponent(from, to, getIndexWidth(*nm), source[i], result[i]);
    } else if (!source[i].empty()) {
      std::memcpy(result[i].data(), source[i].data(), source[i].size());
    }
  }
}
