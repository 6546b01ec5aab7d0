//===- Format.cpp - What a compressed tensor is made of -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Codec/Format.h"
#include "Messages.h"
#include "Storage.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

namespace {

int64_t ceilDiv(int64_t extent, int64_t block) {
  return llvm::divideCeil(uint64_t(extent), uint64_t(block));
}

/// The product of the extents, or an error where it exceeds an int64_t that is
/// still to be multiplied by the bytes of an element.
Error checkSize(const char *what, ArrayRef<int64_t> shape) {
  int64_t product = 1;
  // A zero extent makes the array empty, but the others are still used alone.
  for (int64_t extent : shape)
    if (extent != 0 && llvm::MulOverflow(product, extent, product))
      return makeError("the {0} must have fewer than 2^56 elements", what);
  if (product >= (int64_t(1) << 56))
    return makeError("the {0} must have fewer than 2^56 elements, found {1}",
                     what, product);
  return Error::success();
}

Error verifyAxis(ArrayRef<int64_t> shape, const NMSparsity &nm, int64_t axis) {
  int64_t rank = shape.size();
  if (axis < 0 || axis >= rank)
    return makeError("the axis of N:M sparsity must be in 0..{0}, found {1}",
                     rank - 1, axis);
  if (shape[axis] % nm.m != 0)
    return makeError("{0}:{1} sparsity along axis {2} needs an extent that "
                     "divides by {1}, found {3}",
                     nm.n, nm.m, axis, shape[axis]);
  return Error::success();
}

Error verifySparsity(ArrayRef<int64_t> shape, const NMSparsity &nm) {
  if (nm.m < 1 || nm.m > 256)
    return makeError("N:M sparsity needs m in 1..256, found {0}", nm.m);
  if (nm.n < 1 || nm.n > nm.m)
    return makeError("N:M sparsity needs n in 1..m, found {0}:{1}", nm.n, nm.m);
  if (Error error = verifyAxis(shape, nm, nm.axis))
    return error;
  if (nm.transposedAxis == -1)
    return Error::success();
  if (nm.transposedAxis == nm.axis)
    return makeError("transposable N:M sparsity needs two different axes, "
                     "found {0} twice",
                     nm.axis);
  if (nm.m > 4)
    return makeError("transposable N:M sparsity needs m in 1..4, found {0}",
                     nm.m);
  return verifyAxis(shape, nm, nm.transposedAxis);
}

/// Counts are stored as 32-bit integers.
Error verifyCount(const char *what, int64_t count, int64_t limit) {
  limit = std::min<int64_t>(limit, std::numeric_limits<int32_t>::max());
  if (count < 0 || count > limit)
    return makeError("the count of {0} must be in 0..{1}, found {2}", what,
                     limit, count);
  return Error::success();
}

Error verifySparsity(ArrayRef<int64_t> shape, const BlockSparsity &blocks) {
  if (blocks.block.size() != shape.size())
    return makeError("block sparsity needs one extent per dimension: expected "
                     "{0}, found {1}",
                     shape.size(), blocks.block.size());
  int64_t total = 1;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (blocks.block[i] < 1)
      return makeError("the extent of a block of block sparsity must be "
                       "positive, found {0} in dimension {1}",
                       blocks.block[i], i);
    total *= ceilDiv(shape[i], blocks.block[i]);
  }
  // Positions of blocks are 32-bit integers.
  if (total > std::numeric_limits<int32_t>::max())
    return makeError("block sparsity needs fewer than 2^31 blocks, found {0}",
                     total);
  return verifyCount("kept blocks", blocks.count, total);
}

Error verifyUnstructured(ArrayRef<int64_t> shape, int64_t count) {
  if (shape.back() > std::numeric_limits<int32_t>::max())
    return makeError("unstructured sparsity needs an innermost extent of fewer "
                     "than 2^31, found {0}",
                     shape.back());
  int64_t elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  return verifyCount("kept values", count, elements);
}

Error verifySparsity(ArrayRef<int64_t>, const DenseSparsity &) {
  return Error::success();
}
Error verifySparsity(ArrayRef<int64_t> shape, const BitmapSparsity &bitmap) {
  return verifyUnstructured(shape, bitmap.count);
}
Error verifySparsity(ArrayRef<int64_t> shape, const CSRSparsity &csr) {
  return verifyUnstructured(shape, csr.count);
}

Error verifyLayout(const Format &format) {
  auto *tiled = std::get_if<TiledLayout>(&format.layout);
  if (!tiled)
    return Error::success();
  SmallVector<int64_t, 4> kept = getKeptShape(format);
  if (tiled->tile.size() != kept.size())
    return makeError("a tile needs one extent per dimension of the kept shape: "
                     "expected {0}, found {1}",
                     kept.size(), tiled->tile.size());
  for (size_t i = 0; i < tiled->tile.size(); ++i)
    if (tiled->tile[i] < 1)
      return makeError("the extent of a tile must be positive, found {0} in "
                       "dimension {1}",
                       tiled->tile[i], i);
  if (int64_t vector = getVectorSize(format.storage);
      tiled->tile.back() % vector != 0)
    return makeError("the innermost extent of a tile must divide by the {0} "
                     "values that share a code, found {1}",
                     vector, tiled->tile.back());
  if (int64_t vector = getVectorSize(format.storage);
      !tiled->bits.empty() && vector != 1)
    return makeError("a permuted tile needs one value for each code, found {0}",
                     vector);
  if (Error error = verifyBits(*tiled))
    return error;
  // Padding can make the packed array much greater than the kept one.
  SmallVector<int64_t, 4> padded;
  for (auto [extent, tile] : llvm::zip_equal(kept, tiled->tile)) {
    int64_t product = 0;
    if (llvm::MulOverflow(ceilDiv(extent, tile), tile, product))
      return makeError("the tiled array must have fewer than 2^56 elements");
    padded.push_back(product);
  }
  return checkSize("tiled array", padded);
}

} // namespace

int64_t Component::getNumElements() const {
  int64_t count = 1;
  for (int64_t extent : shape)
    count *= extent;
  return count;
}

int64_t Component::getNumBytes() const {
  return getNumElements() * getByteWidth(type);
}

Error mlir::compress::codec::verifyBits(const TiledLayout &tiled) {
  if (tiled.bits.empty())
    return Error::success();
  uint64_t count = 0;
  for (size_t i = 0; i < tiled.tile.size(); ++i) {
    if (!llvm::isPowerOf2_64(tiled.tile[i]))
      return makeError("the extent of a permuted tile must be a power of two, "
                       "found {0} in dimension {1}",
                       tiled.tile[i], i);
    count += llvm::Log2_64(tiled.tile[i]);
  }
  if (count > TiledLayout::kMaxBits)
    return makeError("a permuted tile must have at most 2^{0} elements, found "
                     "2^{1}",
                     TiledLayout::kMaxBits, count);
  if (tiled.bits.size() != count)
    return makeError("a permutation needs one entry for each bit of a position "
                     "in the tile: expected {0}, found {1}",
                     count, tiled.bits.size());
  uint64_t found = 0;
  for (int64_t bit : tiled.bits) {
    if (bit < 0 || bit >= static_cast<int64_t>(count) || found >> bit & 1)
      return makeError("a permutation must have each bit from 0 to {0} once, "
                       "found {1} twice or out of range",
                       count - 1, bit);
    found |= uint64_t(1) << bit;
  }
  return Error::success();
}

Error mlir::compress::codec::verify(const Format &format) {
  if (format.shape.empty())
    return makeError("a format needs at least one dimension, found none");
  for (size_t i = 0; i < format.shape.size(); ++i)
    if (format.shape[i] < 0)
      return makeError("the extents of the shape must not be negative, found "
                       "{0} in dimension {1}",
                       format.shape[i], i);
  if (format.expressed != ElementType::F32 &&
      format.expressed != ElementType::F16 &&
      format.expressed != ElementType::BF16)
    return makeError("the expressed type must be f32, f16 or bf16, found {0}",
                     getName(format.expressed));
  if (Error error = checkSize("shape", format.shape))
    return error;
  if (Error error = std::visit(
          [&](const auto &sparsity) {
            return verifySparsity(format.shape, sparsity);
          },
          format.sparsity))
    return error;
  // Ragged blocks are padded.
  if (Error error = checkSize("kept array", getKeptShape(format)))
    return error;
  if (Error error = verifyStorage(format))
    return error;
  return verifyLayout(format);
}

SmallVector<Component, 4>
mlir::compress::codec::getComponents(const Format &format) {
  SmallVector<int64_t, 4> packed = getKeptShape(format);
  if (auto *tiled = std::get_if<TiledLayout>(&format.layout)) {
    for (auto [extent, tile] : llvm::zip_equal(packed, tiled->tile))
      extent = ceilDiv(extent, tile);
    packed.append(tiled->tile.begin(), tiled->tile.end());
  }

  SmallVector<Component, 4> components;
  appendStorageComponents(format, packed, components);
  SmallVector<int64_t, 4> offsets = {1};
  for (int64_t extent : ArrayRef<int64_t>(format.shape).drop_back())
    offsets[0] *= extent;
  ++offsets[0];
  if (auto *nm = std::get_if<NMSparsity>(&format.sparsity)) {
    components.push_back({"indices", ElementType::I8,
                          packInnermost(packed, getIndexWidth(*nm))});
  } else if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity)) {
    components.push_back({"indices", ElementType::I32, {blocks->count}});
  } else if (std::holds_alternative<BitmapSparsity>(format.sparsity)) {
    components.push_back(
        {"bitmap", ElementType::I8, packInnermost(format.shape, 1)});
    components.push_back({"offsets", ElementType::I32, offsets});
  } else if (auto *csr = std::get_if<CSRSparsity>(&format.sparsity)) {
    components.push_back({"columns", ElementType::I32, {csr->count}});
    components.push_back({"offsets", ElementType::I32, offsets});
  }
  return components;
}

int64_t mlir::compress::codec::getNumBytes(const Format &format) {
  int64_t bytes = 0;
  for (const Component &component : getComponents(format))
    bytes += component.getNumBytes();
  return bytes;
}

SmallVector<int64_t, 4>
mlir::compress::codec::getKeptShape(const Format &format) {
  SmallVector<int64_t, 4> shape = format.shape;
  if (auto *nm = std::get_if<NMSparsity>(&format.sparsity)) {
    shape[nm->axis] = shape[nm->axis] / nm->m * nm->n;
  } else if (auto *blocks = std::get_if<BlockSparsity>(&format.sparsity)) {
    shape = blocks->block;
    shape.insert(shape.begin(), blocks->count);
  } else if (auto *bitmap = std::get_if<BitmapSparsity>(&format.sparsity)) {
    shape = {bitmap->count};
  } else if (auto *csr = std::get_if<CSRSparsity>(&format.sparsity)) {
    shape = {csr->count};
  }
  return shape;
}

bool mlir::compress::codec::isPermuted(const Layout &layout) {
  auto *tiled = std::get_if<TiledLayout>(&layout);
  return tiled && !tiled->bits.empty();
}

unsigned mlir::compress::codec::getIndexWidth(const NMSparsity &sparsity) {
  return std::max(1u, llvm::Log2_64_Ceil(sparsity.m));
}
