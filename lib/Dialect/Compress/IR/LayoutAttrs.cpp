//===- LayoutAttrs.cpp - Where the bytes lie
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// RowMajorLayoutAttr
//===----------------------------------------------------------------------===//

/// Refuses parameters, which would otherwise be ignored.
Attribute RowMajorLayoutAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLess())) {
    parser.emitError(loc) << "row-major layout takes no parameters, found '<'";
    return {};
  }
  return get(parser.getContext());
}

void RowMajorLayoutAttr::print(AsmPrinter &) const {}

codec::Layout RowMajorLayoutAttr::getCodecLayout() const {
  return codec::RowMajorLayout{};
}

LogicalResult
RowMajorLayoutAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                                ArrayRef<int64_t> kept) const {
  return success();
}

SmallVector<int64_t>
RowMajorLayoutAttr::getPackedShape(ArrayRef<int64_t> kept) const {
  return SmallVector<int64_t>(kept);
}

bool RowMajorLayoutAttr::hasPadding(ArrayRef<int64_t> kept) const {
  return false;
}

LayoutAttrInterface
RowMajorLayoutAttr::permute(ArrayRef<int64_t> permutation) const {
  return *this;
}

//===----------------------------------------------------------------------===//
// TiledLayoutAttr
//===----------------------------------------------------------------------===//

static codec::TiledLayout getLayout(ArrayRef<int64_t> tile,
                                    ArrayRef<int64_t> bits) {
  codec::TiledLayout layout;
  layout.tile.assign(tile.begin(), tile.end());
  layout.bits.assign(bits.begin(), bits.end());
  return layout;
}

/// The lowest bit of each dimension in a row-major position of a tile whose
/// extents are powers of two.
static SmallVector<int64_t> getFirstBits(ArrayRef<int64_t> tile) {
  SmallVector<int64_t> bits(tile.size());
  int64_t bit = 0;
  for (size_t dim = tile.size(); dim-- > 0;) {
    bits[dim] = bit;
    bit += llvm::Log2_64(tile[dim]);
  }
  return bits;
}

LogicalResult
TiledLayoutAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        ArrayRef<int64_t> tile, ArrayRef<int64_t> bits) {
  for (int64_t extent : tile)
    if (extent < 1)
      return emitError() << "tile extents must be positive, found " << extent;
  if (llvm::Error error = codec::verifyBits(getLayout(tile, bits)))
    return emitError() << llvm::toString(std::move(error));
  return success();
}

codec::Layout TiledLayoutAttr::getCodecLayout() const {
  return getLayout(getTile(), getBits());
}

LogicalResult
TiledLayoutAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                             ArrayRef<int64_t> kept) const {
  if (getTile().size() != kept.size())
    return emitError() << "tiled layout must have as many tile extents as the "
                          "kept values have dimensions, "
                       << kept.size() << ", found " << getTile().size();
  for (auto [dim, extent] : llvm::enumerate(kept))
    if (ShapedType::isDynamic(extent))
      return emitError()
             << "tiled layout needs a static shape, found a dynamic "
                "dimension "
             << dim;
  return success();
}

SmallVector<int64_t>
TiledLayoutAttr::getPackedShape(ArrayRef<int64_t> kept) const {
  SmallVector<int64_t> packed;
  for (auto [extent, tile] : llvm::zip(kept, getTile()))
    packed.push_back(llvm::divideCeil(extent, tile));
  llvm::append_range(packed, getTile());
  return packed;
}

bool TiledLayoutAttr::hasPadding(ArrayRef<int64_t> kept) const {
  for (auto [extent, tile] : llvm::zip(kept, getTile()))
    if (extent % tile != 0)
      return true;
  return false;
}

LayoutAttrInterface
TiledLayoutAttr::permute(ArrayRef<int64_t> permutation) const {
  SmallVector<int64_t> tile;
  for (int64_t dim : permutation)
    tile.push_back(getTile()[dim]);
  if (getBits().empty())
    return TiledLayoutAttr::get(getContext(), tile);
  SmallVector<int64_t> before = getFirstBits(getTile());
  SmallVector<int64_t> after = getFirstBits(tile);
  SmallVector<int64_t> moved(getBits().size());
  for (auto [i, dim] : llvm::enumerate(permutation))
    for (unsigned bit = 0, e = llvm::Log2_64(tile[i]); bit < e; ++bit)
      moved[before[dim] + bit] = after[i] + bit;
  return TiledLayoutAttr::get(
      getContext(), tile,
      llvm::map_to_vector(getBits(), [&](int64_t bit) { return moved[bit]; }));
}
