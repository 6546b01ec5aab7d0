//===- SparseLevels.cpp - Levels of sparse types
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseLevels.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

FailureOr<SparseLevels> SparseLevels::get(RankedTensorType type,
                                          std::string &reason) {
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  sparse_tensor::SparseTensorEncodingAttr encoding =
      sparse_tensor::getSparseTensorEncoding(type);
  if (!type.hasStaticShape())
    return fail("its shape is dynamic");
  AffineMap map = encoding.getDimToLvl();
  if (!map)
    map = AffineMap::getMultiDimIdentityMap(type.getRank(), type.getContext());
  SmallVector<int64_t> strides(type.getRank(), 1);
  for (int64_t dim = type.getRank() - 1; dim > 0; --dim)
    strides[dim - 1] = strides[dim] * type.getDimSize(dim);

  SparseLevels result;
  result.type = type;
  result.block.assign(type.getRank(), 1);
  int64_t outerDim = 0;
  unsigned numCompressed = 0;
  bool isInner = false;
  for (auto [number, expr] : llvm::enumerate(map.getResults())) {
    sparse_tensor::LevelType level = encoding.getLvlType(number);
    auto notSupported = [&, number = number] {
      return fail("level " + Twine(number) + " is '" + level.toMLIRString() +
                  "' at that place, which no sparsity stores");
    };
    // d, d floordiv b, or d mod b.
    int64_t factor = 1;
    AffineExpr base = expr;
    auto binary = dyn_cast<AffineBinaryOpExpr>(expr);
    bool isMod = false;
    if (binary) {
      auto constant = dyn_cast<AffineConstantExpr>(binary.getRHS());
      isMod = binary.getKind() == AffineExprKind::Mod;
      if (!constant || constant.getValue() <= 0 ||
          !(isMod || binary.getKind() == AffineExprKind::FloorDiv))
        return notSupported();
      base = binary.getLHS();
      factor = constant.getValue();
    }
    auto position = dyn_cast<AffineDimExpr>(base);
    if (!position)
      return notSupported();
    int64_t dim = position.getPosition();
    int64_t extent = type.getDimSize(dim);
    Level item{Kind::Dense, 0, 0, 0};
    if (isMod) {
      isInner = true;
      item.size = factor;
      item.stride = strides[dim];
      result.block[dim] = factor;
    } else {
      // The outer levels are the dimensions in order.
      if (isInner || dim != outerDim++)
        return notSupported();
      if (extent % factor != 0)
        return fail("dimension " + Twine(dim) + " of " + Twine(extent) +
                    " does not divide by " + Twine(factor));
      item.size = extent / factor;
      item.stride = strides[dim] * factor;
    }
    if (sparse_tensor::isNOutOfMLT(level)) {
      if (!isMod || number + 1 != map.getNumResults() || numCompressed)
        return notSupported();
      item.kind = Kind::Structured;
      item.stored = level.getN();
      result.structuredDim = dim;
      if (static_cast<int64_t>(level.getM()) != factor)
        return notSupported();
    } else if (sparse_tensor::isCompressedLT(level)) {
      if (isMod || !sparse_tensor::isUniqueLT(level) ||
          !sparse_tensor::isOrderedLT(level))
        return notSupported();
      item.kind = Kind::Compressed;
      ++numCompressed;
    } else if (!sparse_tensor::isDenseLT(level)) {
      return notSupported();
    }
    result.levels.push_back(item);
  }
  // The last of the outer levels says which rows or blocks are kept.
  bool compressesLast =
      numCompressed == 1 &&
      result.levels[type.getRank() - 1].kind == Kind::Compressed;
  if (!result.structuredDim && !compressesLast)
    return fail("expected a level of n:m, or one compressed level, the last "
                "dimension's or that of its blocks");
  return result;
}

/// Whether any byte of an element is set; the sign of a zero does not count.
static bool isNonzero(const char *element, unsigned width) {
  for (unsigned i = 0; i + 1 < width; ++i)
    if (element[i])
      return true;
  return (element[width - 1] & 0x7f) != 0;
}

SparsityAttrInterface SparseLevels::getSparsity(ArrayRef<char> dense) const {
  MLIRContext *context = type.getContext();
  if (structuredDim)
    return NMSparsityAttr::get(context, levels.back().stored,
                               levels.back().size, *structuredDim);
  unsigned width = type.getElementTypeBitWidth() / 8;
  int64_t numElements = type.getNumElements();
  bool hasBlocks =
      llvm::any_of(block, [](int64_t extent) { return extent != 1; });
  if (!hasBlocks) {
    int64_t count = 0;
    for (int64_t i = 0; i < numElements; ++i)
      count += isNonzero(dense.data() + i * width, width);
    return CSRSparsityAttr::get(context, count);
  }
  SmallVector<int64_t> grid;
  int64_t numBlocks = 1;
  for (auto [extent, size] : llvm::zip_equal(type.getShape(), block)) {
    grid.push_back(extent / size);
    numBlocks *= grid.back();
  }
  std::vector<bool> kept(numBlocks);
  SmallVector<int64_t> index(type.getRank(), 0);
  for (int64_t i = 0; i < numElements; ++i) {
    if (isNonzero(dense.data() + i * width, width)) {
      int64_t at = 0;
      for (auto [position, size, extent] : llvm::zip_equal(index, block, grid))
        at = at * extent + position / size;
      kept[at] = true;
    }
    for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
      if (++index[dim] < type.getDimSize(dim))
        break;
      index[dim] = 0;
    }
  }
  return BlockSparsityAttr::get(context, block, llvm::count(kept, true));
}

/// An entry of a buffer, none beyond its end.
static std::optional<int64_t> readEntry(ArrayRef<char> buffer, unsigned width,
                                        int64_t index) {
  if (index < 0 || index >= static_cast<int64_t>(buffer.size() / width))
    return std::nullopt;
  uint64_t value = 0;
  memcpy(&value, buffer.data() + index * width, width);
  return static_cast<int64_t>(value);
}

FailureOr<std::vector<char>>
SparseLevels::scatter(ArrayRef<std::vector<char>> buffers,
                      ArrayRef<unsigned> widths, ArrayRef<char> values,
                      std::string &reason) const {
  unsigned width = type.getElementTypeBitWidth() / 8;
  int64_t numValues = values.size() / width;
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  /// A stored position of the levels so far: its number there, and the offset
  /// of its first element in the dense tensor.
  struct Node {
    int64_t number;
    int64_t offset;
  };
  std::vector<Node> nodes{{0, 0}};
  unsigned buffer = 0;
  for (auto [number, level] : llvm::enumerate(levels)) {
    std::vector<Node> next;
    ArrayRef<char> positions, coordinates;
    unsigned positionWidth = 8, coordinateWidth = 8;
    unsigned needed = level.kind == Kind::Compressed   ? 2
                      : level.kind == Kind::Structured ? 1
                                                       : 0;
    if (buffer + needed > buffers.size())
      return fail("it has too few buffers for its levels");
    if (level.kind == Kind::Compressed) {
      positionWidth = widths[buffer];
      positions = buffers[buffer++];
    }
    if (needed) {
      coordinateWidth = widths[buffer];
      coordinates = buffers[buffer++];
    }
    for (const Node &node : nodes) {
      int64_t begin = 0, end = level.size;
      if (level.kind == Kind::Compressed) {
        std::optional<int64_t> first =
            readEntry(positions, positionWidth, node.number);
        std::optional<int64_t> last =
            readEntry(positions, positionWidth, node.number + 1);
        if (!first || !last || *first < 0 || *first > *last ||
            *last > static_cast<int64_t>(coordinates.size() / coordinateWidth))
          return fail("positions of level " + Twine(number) +
                      " do not ascend within the coordinates");
        begin = *first;
        end = *last;
      } else {
        int64_t perNode =
            level.kind == Kind::Structured ? level.stored : level.size;
        begin = node.number * perNode;
        end = begin + perNode;
      }
      // Positions that overlap would let few bytes make many nodes.
      if (static_cast<int64_t>(next.size()) + end - begin >
          type.getNumElements())
        return fail("level " + Twine(number) +
                    " has more positions than the tensor has elements");
      for (int64_t i = begin; i < end; ++i) {
        int64_t coordinate = i - begin;
        if (level.kind != Kind::Dense) {
          std::optional<int64_t> read =
              readEntry(coordinates, coordinateWidth, i);
          if (!read || *read < 0 || *read >= level.size)
            return fail("coordinate " + Twine(i) + " of level " +
                        Twine(number) + " is not below " + Twine(level.size));
          coordinate = *read;
        }
        next.push_back({i, node.offset + coordinate * level.stride});
      }
    }
    nodes = std::move(next);
  }
  std::vector<char> dense(type.getNumElements() * width);
  for (const Node &node : nodes) {
    if (node.number >= numValues)
      return fail("it has " + Twine(numValues) +
                  " values, fewer than its levels store");
    memcpy(dense.data() + node.offset * width,
           values.data() + node.number * width, width);
  }
  return dense;
}
