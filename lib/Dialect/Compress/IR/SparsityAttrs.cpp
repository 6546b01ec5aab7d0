//===- SparsityAttrs.cpp - Which positions are kept
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace mlir::compress;

/// The sparsity where `permutation` changes nothing, else null.
static SparsityAttrInterface onlyIdentity(SparsityAttrInterface sparsity,
                                          ArrayRef<int64_t> permutation) {
  return isIdentityPermutation(permutation) ? sparsity
                                            : SparsityAttrInterface();
}

//===----------------------------------------------------------------------===//
// DenseSparsityAttr
//===----------------------------------------------------------------------===//

/// Refuses parameters, which would otherwise be ignored.
Attribute DenseSparsityAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  if (succeeded(parser.parseOptionalLess())) {
    parser.emitError(loc) << "dense sparsity takes no parameters, found '<'";
    return {};
  }
  return get(parser.getContext());
}

void DenseSparsityAttr::print(AsmPrinter &) const {}

codec::Sparsity DenseSparsityAttr::getCodecSparsity() const {
  return codec::DenseSparsity{};
}

LogicalResult
DenseSparsityAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<int64_t> shape) const {
  return success();
}

SmallVector<int64_t>
DenseSparsityAttr::getKeptShape(ArrayRef<int64_t> shape) const {
  return SmallVector<int64_t>(shape);
}

bool DenseSparsityAttr::hasPadding(ArrayRef<int64_t> shape) const {
  return false;
}

unsigned DenseSparsityAttr::getIndexWidth() const { return 0; }

SmallVector<ComponentSpec>
DenseSparsityAttr::getPositionComponents(ArrayRef<int64_t> shape) const {
  return {};
}

SparsityAttrInterface
DenseSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  return *this;
}

//===----------------------------------------------------------------------===//
// NMSparsityAttr
//===----------------------------------------------------------------------===//

LogicalResult
NMSparsityAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t n,
                       int64_t m, int64_t axis,
                       std::optional<int64_t> transposedAxis) {
  if (n < 1 || m < n || m > 256)
    return emitError() << "N:M sparsity must have 0 < n <= m <= 256, found "
                       << n << ":" << m;
  if (axis < 0)
    return emitError() << "N:M sparsity's axis must not be negative, found "
                       << axis;
  if (!transposedAxis)
    return success();
  if (*transposedAxis < 0)
    return emitError() << "the axis of 'transposable' must not be negative, "
                          "found "
                       << *transposedAxis;
  if (*transposedAxis == axis)
    return emitError() << "the axis of 'transposable' must differ from the "
                          "first axis, found "
                       << axis << " twice";
  if (m > 4)
    return emitError() << "transposable N:M sparsity must have m <= 4, found "
                       << n << ":" << m;
  return success();
}

codec::Sparsity NMSparsityAttr::getCodecSparsity() const {
  codec::NMSparsity sparsity{getN(), getM(), getAxis()};
  sparsity.transposedAxis = getTransposedAxis().value_or(-1);
  return sparsity;
}

LogicalResult
NMSparsityAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                            ArrayRef<int64_t> shape) const {
  auto verifyAxis = [&](int64_t axis) -> LogicalResult {
    if (axis >= static_cast<int64_t>(shape.size()))
      return emitError() << "N:M sparsity's axis must be less than the rank "
                         << shape.size() << ", found " << axis;
    int64_t extent = shape[axis];
    if (ShapedType::isDynamic(extent))
      return emitError() << "N:M sparsity needs a static extent along its axis "
                         << axis << ", found a dynamic one";
    if (extent % getM() != 0)
      return emitError() << "N:M sparsity needs an extent that divides by "
                         << getM() << " along its axis " << axis << ", found "
                         << extent;
    return success();
  };
  if (failed(verifyAxis(getAxis())))
    return failure();
  return getTransposedAxis() ? verifyAxis(*getTransposedAxis()) : success();
}

SmallVector<int64_t>
NMSparsityAttr::getKeptShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> kept(shape);
  kept[getAxis()] = kept[getAxis()] / getM() * getN();
  return kept;
}

bool NMSparsityAttr::hasPadding(ArrayRef<int64_t> shape) const { return false; }

unsigned NMSparsityAttr::getIndexWidth() const {
  return codec::getIndexWidth(codec::NMSparsity{getN(), getM(), getAxis()});
}

SmallVector<ComponentSpec>
NMSparsityAttr::getPositionComponents(ArrayRef<int64_t> shape) const {
  return {};
}

SparsityAttrInterface
NMSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  // Which of two equally good tiles is chosen depends on their row-major order.
  if (getTransposedAxis())
    return onlyIdentity(*this, permutation);
  int64_t axis = llvm::find(permutation, getAxis()) - permutation.begin();
  return NMSparsityAttr::get(getContext(), getN(), getM(), axis);
}

//===----------------------------------------------------------------------===//
// Sparsities with a count
//===----------------------------------------------------------------------===//

/// How many values are kept is part of the type, so all extents must be.
static LogicalResult verifyStatic(function_ref<InFlightDiagnostic()> emitError,
                                  StringRef what, ArrayRef<int64_t> shape) {
  if (shape.empty())
    return emitError() << what
                       << " sparsity needs at least one dimension, found a "
                          "scalar";
  for (auto [dim, extent] : llvm::enumerate(shape))
    if (ShapedType::isDynamic(extent))
      return emitError() << what << " sparsity keeps a fixed count and needs a "
                         << "static shape, found a dynamic dimension " << dim
                         << "; use N:M sparsity along a static dimension";
  return success();
}

/// Checks a count against the number of items that there are.
static LogicalResult verifyCount(function_ref<InFlightDiagnostic()> emitError,
                                 StringRef what, StringRef items, int64_t count,
                                 int64_t limit) {
  // Positions are stored as 32-bit integers.
  int64_t most = std::min<int64_t>(limit, std::numeric_limits<int32_t>::max());
  if (count > most)
    return emitError() << what << " sparsity's count must be at most " << most
                       << " for " << limit << " " << items << ", found "
                       << count;
  return success();
}

/// The product of extents, at most the greatest integer.
static int64_t getProduct(ArrayRef<int64_t> extents) {
  int64_t product = 1;
  for (int64_t extent : extents)
    if (llvm::MulOverflow(product, extent, product))
      return std::numeric_limits<int64_t>::max();
  return product;
}

static LogicalResult
verifyNotNegative(function_ref<InFlightDiagnostic()> emitError, StringRef what,
                  int64_t count) {
  if (count < 0)
    return emitError() << what << " sparsity's count must not be negative, "
                       << "found " << count;
  return success();
}

static RankedTensorType getI32Tensor(MLIRContext *context, int64_t extent) {
  return RankedTensorType::get({extent}, IntegerType::get(context, 32));
}

/// The component `offsets`: one entry per row, and the total.
static ComponentSpec getOffsets(MLIRContext *context, ArrayRef<int64_t> shape) {
  return {"offsets", getI32Tensor(context, getProduct(shape.drop_back()) + 1)};
}

//===----------------------------------------------------------------------===//
// BlockSparsityAttr
//===----------------------------------------------------------------------===//

LogicalResult
BlockSparsityAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          ArrayRef<int64_t> block, int64_t count) {
  for (int64_t extent : block)
    if (extent < 1)
      return emitError() << "block sparsity's extents must be positive, found "
                         << extent;
  return verifyNotNegative(emitError, "block", count);
}

codec::Sparsity BlockSparsityAttr::getCodecSparsity() const {
  codec::BlockSparsity sparsity;
  sparsity.block.assign(getBlock().begin(), getBlock().end());
  sparsity.count = getCount();
  return sparsity;
}

SmallVector<int64_t> BlockSparsityAttr::getGrid(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> grid;
  for (auto [extent, block] : llvm::zip(shape, getBlock()))
    grid.push_back(llvm::divideCeil(extent, block));
  return grid;
}

LogicalResult
BlockSparsityAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<int64_t> shape) const {
  if (getBlock().size() != shape.size())
    return emitError() << "block sparsity must have as many block extents as "
                          "the tensor has dimensions, "
                       << shape.size() << ", found " << getBlock().size();
  if (failed(verifyStatic(emitError, "block", shape)))
    return failure();
  return verifyCount(emitError, "block", "blocks", getCount(),
                     getProduct(getGrid(shape)));
}

SmallVector<int64_t>
BlockSparsityAttr::getKeptShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> kept{getCount()};
  llvm::append_range(kept, getBlock());
  return kept;
}

bool BlockSparsityAttr::hasPadding(ArrayRef<int64_t> shape) const {
  return llvm::any_of(llvm::zip(shape, getBlock()), [](auto extents) {
    auto [extent, block] = extents;
    return extent % block != 0;
  });
}

unsigned BlockSparsityAttr::getIndexWidth() const { return 0; }

SmallVector<ComponentSpec>
BlockSparsityAttr::getPositionComponents(ArrayRef<int64_t> shape) const {
  return {{"indices", getI32Tensor(getContext(), getCount())}};
}

SparsityAttrInterface
BlockSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  return onlyIdentity(*this, permutation);
}

//===----------------------------------------------------------------------===//
// BitmapSparsityAttr
//===----------------------------------------------------------------------===//

LogicalResult
BitmapSparsityAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                           int64_t count) {
  return verifyNotNegative(emitError, "bitmap", count);
}

codec::Sparsity BitmapSparsityAttr::getCodecSparsity() const {
  return codec::BitmapSparsity{getCount()};
}

LogicalResult
BitmapSparsityAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                                ArrayRef<int64_t> shape) const {
  if (failed(verifyStatic(emitError, "bitmap", shape)))
    return failure();
  return verifyCount(emitError, "bitmap", "elements", getCount(),
                     getProduct(shape));
}

SmallVector<int64_t>
BitmapSparsityAttr::getKeptShape(ArrayRef<int64_t> shape) const {
  return {getCount()};
}

bool BitmapSparsityAttr::hasPadding(ArrayRef<int64_t> shape) const {
  return false;
}

unsigned BitmapSparsityAttr::getIndexWidth() const { return 0; }

SmallVector<ComponentSpec>
BitmapSparsityAttr::getPositionComponents(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> bytes(shape);
  bytes.back() = llvm::divideCeil(bytes.back(), 8);
  return {{"bitmap",
           RankedTensorType::get(bytes, IntegerType::get(getContext(), 8))},
          getOffsets(getContext(), shape)};
}

SparsityAttrInterface
BitmapSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  return onlyIdentity(*this, permutation);
}

//===----------------------------------------------------------------------===//
// CSRSparsityAttr
//===----------------------------------------------------------------------===//

LogicalResult
CSRSparsityAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                        int64_t count) {
  return verifyNotNegative(emitError, "CSR", count);
}

codec::Sparsity CSRSparsityAttr::getCodecSparsity() const {
  return codec::CSRSparsity{getCount()};
}

LogicalResult
CSRSparsityAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                             ArrayRef<int64_t> shape) const {
  if (failed(verifyStatic(emitError, "CSR", shape)))
    return failure();
  return verifyCount(emitError, "CSR", "elements", getCount(),
                     getProduct(shape));
}

SmallVector<int64_t>
CSRSparsityAttr::getKeptShape(ArrayRef<int64_t> shape) const {
  return {getCount()};
}

bool CSRSparsityAttr::hasPadding(ArrayRef<int64_t> shape) const {
  return false;
}

unsigned CSRSparsityAttr::getIndexWidth() const { return 0; }

SmallVector<ComponentSpec>
CSRSparsityAttr::getPositionComponents(ArrayRef<int64_t> shape) const {
  return {{"columns", getI32Tensor(getContext(), getCount())},
          getOffsets(getContext(), shape)};
}

SparsityAttrInterface
CSRSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  return onlyIdentity(*this, permutation);
}
