//===- SchemeAttr.cpp - Sparsity, storage and layout together
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

/// The codec's format of a static shape.
static codec::Format getFormat(SchemeAttr scheme, ArrayRef<int64_t> shape,
                               Type expressed) {
  codec::Format format;
  format.shape.assign(shape.begin(), shape.end());
  format.expressed = *getCodecElementType(expressed);
  format.sparsity = scheme.getSparsity().getCodecSparsity();
  format.storage = scheme.getStorage().getCodecStorage(shape.size());
  format.layout = scheme.getLayout().getCodecLayout();
  return format;
}

/// The type of packed elements of `width` bits, one for each `vector` positions
/// along the innermost dimension, whose extent counts bytes when several
/// elements share one.
static RankedTensorType getPackedType(ArrayRef<int64_t> packed, unsigned width,
                                      MLIRContext *context,
                                      int64_t vector = 1) {
  SmallVector<int64_t> shape(packed);
  if (vector != 1)
    shape.back() = llvm::divideCeil(shape.back(), vector);
  if (width != 8)
    shape.back() = llvm::divideCeil(shape.back() * width, 8);
  return RankedTensorType::get(shape, IntegerType::get(context, 8));
}

LogicalResult
SchemeAttr::verifyScheme(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<int64_t> shape, Type expressed) const {
  if (!getCodecElementType(expressed))
    return emitError()
           << "a compressed tensor must be expressed in f32, f16 or bf16, "
              "found "
           << expressed;
  if (shape.empty())
    return emitError() << "a compressed tensor must have at least one "
                          "dimension, found a scalar";
  if (failed(getSparsity().verifyShape(emitError, shape)) ||
      failed(getStorage().verifyShape(emitError, shape, expressed)))
    return failure();
  SmallVector<int64_t> kept = getSparsity().getKeptShape(shape);
  if (failed(getLayout().verifyShape(emitError, kept)))
    return failure();
  SmallVector<int64_t> packed = getLayout().getPackedShape(kept);
  auto stored = dyn_cast<IntegerType>(getStorage().getStoredType());
  unsigned indexWidth = getSparsity().getIndexWidth();
  bool packs = (stored && stored.getWidth() != 8) ||
               getStorage().getVectorLength() != 1 ||
               (indexWidth != 0 && indexWidth != 8);
  if (packs && ShapedType::isDynamic(packed.back()))
    return emitError() << "elements packed into bytes need a static innermost "
                          "dimension, found a dynamic one";
  // What holds for every extent holds for 1, and by the checks above nothing
  // but an overflow depends on a dynamic one.
  SmallVector<int64_t> extents(shape);
  llvm::replace(extents, ShapedType::kDynamic, int64_t(1));
  if (llvm::Error error = codec::verify(getFormat(*this, extents, expressed)))
    return emitError() << llvm::toString(std::move(error));
  return success();
}

SmallVector<ComponentSpec> SchemeAttr::getComponents(ArrayRef<int64_t> shape,
                                                     Type expressed) const {
  SmallVector<ComponentSpec> components;
  SmallVector<int64_t> packed =
      getLayout().getPackedShape(getSparsity().getKeptShape(shape));
  Type stored = getStorage().getStoredType();
  if (auto integer = dyn_cast<IntegerType>(stored))
    components.push_back(
        {"values", getPackedType(packed, integer.getWidth(), getContext(),
                                 getStorage().getVectorLength())});
  else
    components.push_back({"values", RankedTensorType::get(packed, stored)});
  llvm::append_range(components, getStorage().getParameters(shape));
  if (unsigned width = getSparsity().getIndexWidth())
    components.push_back(
        {"indices", getPackedType(packed, width, getContext())});
  llvm::append_range(components, getSparsity().getPositionComponents(shape));
  return components;
}

SmallVector<ComponentSpec> SchemeAttr::getParameters(ArrayRef<int64_t> shape,
                                                     Type expressed) const {
  return getStorage().getParameters(shape);
}

llvm::Error SchemeAttr::encode(ArrayRef<int64_t> shape, Type expressed,
                               ArrayRef<char> dense,
                               ArrayRef<MutableArrayRef<char>> components,
                               const codec::EncodeOptions &options,
                               codec::ErrorStats *stats) const {
  return codec::encode(getFormat(*this, shape, expressed), dense, components,
                       options, stats);
}

llvm::Error SchemeAttr::decode(ArrayRef<int64_t> shape, Type expressed,
                               ArrayRef<ArrayRef<char>> components,
                               MutableArrayRef<char> dense,
                               llvm::ThreadPoolInterface *threads) const {
  return codec::decode(getFormat(*this, shape, expressed), components, dense,
                       threads);
}

void SchemeAttr::relayout(ArrayRef<int64_t> shape, Type expressed,
                          SchemeAttrInterface to,
                          ArrayRef<ArrayRef<char>> components,
                          ArrayRef<MutableArrayRef<char>> result) const {
  codec::Format from = getFormat(*this, shape, expressed);
  codec::Format target = from;
  target.layout = to.getLayout().getCodecLayout();
  codec::relayout(from, target, components, result);
}

int64_t SchemeAttr::getNumBytes(ArrayRef<int64_t> shape, Type expressed) const {
  return codec::getNumBytes(getFormat(*this, shape, expressed));
}

SchemeAttrInterface SchemeAttr::with(SparsityAttrInterface sparsity,
                                     StorageAttrInterface storage,
                                     LayoutAttrInterface layout) const {
  return SchemeAttr::get(getContext(), sparsity ? sparsity : getSparsity(),
                         storage ? storage : getStorage(),
                         layout ? layout : getLayout());
}

SchemeAttrInterface SchemeAttr::permute(ArrayRef<int64_t> permutation) const {
  SparsityAttrInterface sparsity = getSparsity().permute(permutation);
  StorageAttrInterface storage = getStorage().permute(permutation);
  if (!sparsity || !storage)
    return {};
  return SchemeAttr::get(getContext(), sparsity, storage,
                         getLayout().permute(permutation));
}
