//===- WeightViews.cpp - Ops between a weight and its use
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightViews.h"
#include "compress/Codec/Codec.h"
#include "compress/Dialect/Compress/IR/Interfaces.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/Matchers.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

/// Whether a pack's result can be computed from the bytes of its source.
static bool isReadable(linalg::PackOp op) {
  auto source = dyn_cast<RankedTensorType>(op.getSource().getType());
  auto result = op->getNumResults() == 1
                    ? dyn_cast<RankedTensorType>(op->getResult(0).getType())
                    : RankedTensorType();
  if (!source || !result || !source.hasStaticShape() ||
      !result.hasStaticShape() || !source.getElementType().isIntOrFloat())
    return false;
  return !op.getPaddingValue() ||
         matchPattern(op.getPaddingValue(), m_Constant());
}

/// Whether an op of another compiler moves elements as it says.
static bool isReadable(WeightViewOpInterface op) {
  if (op->getNumResults() != 1)
    return false;
  auto source = dyn_cast<RankedTensorType>(op.getViewSource().getType());
  auto result = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!source || !result || !source.hasStaticShape() ||
      !result.hasStaticShape() || source.getRank() == 0 ||
      result.getRank() == 0 ||
      source.getElementType() != result.getElementType())
    return false;
  std::optional<SmallVector<int64_t>> permutation = op.getViewPermutation();
  if (!permutation)
    return source.getNumElements() == result.getNumElements();
  return static_cast<int64_t>(permutation->size()) == source.getRank() &&
         isPermutationVector(*permutation) &&
         ArrayRef(applyPermutation(source.getShape(), *permutation)) ==
             result.getShape();
}

Value compress::getViewSource(Operation *op) {
  if (auto transpose = dyn_cast<linalg::TransposeOp>(op))
    return transpose.getInput();
  if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(op))
    return collapse.getSrc();
  if (auto expand = dyn_cast<tensor::ExpandShapeOp>(op))
    return expand.getSrc();
  if (auto transpose = dyn_cast<tosa::TransposeOp>(op))
    return transpose.getInput1();
  if (auto reshape = dyn_cast<tosa::ReshapeOp>(op))
    return reshape.getInput1();
  if (auto pack = dyn_cast<linalg::PackOp>(op); pack && isReadable(pack))
    return pack.getSource();
  if (auto view = dyn_cast<WeightViewOpInterface>(op); view && isReadable(view))
    return view.getViewSource();
  return {};
}

static void setBytes(WeightBytes &bytes, std::vector<char> data) {
  bytes.storage = std::move(data);
  bytes.data = bytes.storage;
}

static void transpose(WeightBytes &bytes, ArrayRef<int64_t> shape,
                      ArrayRef<int64_t> permutation, unsigned width,
                      llvm::ThreadPoolInterface *threads) {
  std::vector<char> result(bytes.data.size());
  codec::transpose(shape, permutation, width, bytes.data, result, threads);
  setBytes(bytes, std::move(result));
}

/// Extends the dimensions at their ends from `shape` to `padded`, by elements
/// of the bits `element`.
static void pad(WeightBytes &bytes, ArrayRef<int64_t> shape,
                ArrayRef<int64_t> padded, ArrayRef<char> element) {
  size_t width = element.size();
  std::vector<char> result(ShapedType::getNumElements(padded) * width);
  for (size_t at = 0; at < result.size(); at += width)
    memcpy(result.data() + at, element.data(), width);
  int64_t rowBytes = shape.back() * width;
  int64_t rows = rowBytes ? bytes.data.size() / rowBytes : 0;
  for (int64_t row = 0; row < rows; ++row) {
    int64_t target = 0, stride = 1, rest = row;
    for (int64_t dim = static_cast<int64_t>(shape.size()) - 2; dim >= 0;
         --dim) {
      target += rest % shape[dim] * stride;
      rest /= shape[dim];
      stride *= padded[dim];
    }
    memcpy(result.data() + target * padded.back() * width,
           bytes.data.data() + row * rowBytes, rowBytes);
  }
  setBytes(bytes, std::move(result));
}

/// Bytes of one element. What goes with a weight, such as a mask of it, takes
/// the way of its views and has elements of its own.
static unsigned getWidth(const WeightBytes &bytes, ShapedType type) {
  int64_t count = type.getNumElements();
  return count == 0 ? 1 : bytes.data.size() / count;
}

/// Pads to whole tiles, splits each tiled dimension into tiles and positions
/// in them, and moves those positions to the end.
static void pack(WeightBytes &bytes, linalg::PackOp op,
                 llvm::ThreadPoolInterface *threads) {
  auto source = cast<RankedTensorType>(op.getSource().getType());
  unsigned width = getWidth(bytes, source);
  int64_t rank = source.getRank();
  SmallVector<int64_t> padded(source.getShape());
  SmallVector<int64_t> tiles(rank, 0);
  for (auto [dim, tile] :
       llvm::zip(op.getInnerDimsPos(), op.getStaticInnerTiles())) {
    tiles[dim] = tile;
    padded[dim] = llvm::alignTo(padded[dim], tile);
  }
  if (ArrayRef(padded) != source.getShape()) {
    // Without a padding value there is nothing to pad: the verifier sees to it.
    Attribute value;
    matchPattern(op.getPaddingValue(), m_Constant(&value));
    auto element = DenseElementsAttr::get(
        RankedTensorType::get({}, source.getElementType()), value);
    std::vector<char> zero(width, 0);
    bool isWeight = element.getRawData().size() == width;
    pad(bytes, source.getShape(), padded,
        isWeight ? element.getRawData() : ArrayRef<char>(zero));
  }
  SmallVector<int64_t> split, outerAt(rank), innerAt(rank);
  for (int64_t dim = 0; dim < rank; ++dim) {
    outerAt[dim] = split.size();
    split.push_back(tiles[dim] ? padded[dim] / tiles[dim] : padded[dim]);
    innerAt[dim] = split.size();
    if (tiles[dim])
      split.push_back(tiles[dim]);
  }
  SmallVector<int64_t> permutation;
  for (int64_t dim = 0; dim < rank; ++dim)
    permutation.push_back(
        outerAt[op.getOuterDimsPerm().empty() ? dim
                                              : op.getOuterDimsPerm()[dim]]);
  for (int64_t dim : op.getInnerDimsPos())
    permutation.push_back(innerAt[dim]);
  transpose(bytes, split, permutation, width, threads);
}

void compress::applyView(Operation *view, WeightBytes &bytes,
                         llvm::ThreadPoolInterface *threads) {
  // Reshapes keep the row-major bytes.
  SmallVector<int64_t> permutation;
  if (auto op = dyn_cast<linalg::PackOp>(view))
    return pack(bytes, op, threads);
  if (auto op = dyn_cast<linalg::TransposeOp>(view))
    permutation.assign(op.getPermutation().begin(), op.getPermutation().end());
  else if (auto op = dyn_cast<tosa::TransposeOp>(view))
    permutation.assign(op.getPerms().begin(), op.getPerms().end());
  else if (auto op = dyn_cast<WeightViewOpInterface>(view))
    permutation = op.getViewPermutation().value_or(permutation);
  if (permutation.empty())
    return;
  auto type = cast<RankedTensorType>(getViewSource(view).getType());
  transpose(bytes, type.getShape(), permutation, getWidth(bytes, type),
            threads);
}
