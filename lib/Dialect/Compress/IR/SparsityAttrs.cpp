//===- SparsityAttrs.cpp - Which positions are kept
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/IR/OpImplementation.h"

using namespace mlir;
using namespace mlir::compress;

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

unsigned DenseSparsityAttr::getIndexWidth() const { return 0; }

SparsityAttrInterface
DenseSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  return *this;
}

//===----------------------------------------------------------------------===//
// NMSparsityAttr
//===----------------------------------------------------------------------===//

LogicalResult
NMSparsityAttr::verify(function_ref<InFlightDiagnostic()> emitError, int64_t n,
                       int64_t m, int64_t axis) {
  if (n < 1 || m < n || m > 256)
    return emitError() << "N:M sparsity must have 0 < n <= m <= 256, found "
                       << n << ":" << m;
  if (axis < 0)
    return emitError() << "N:M sparsity's axis must not be negative, found "
                       << axis;
  return success();
}

codec::Sparsity NMSparsityAttr::getCodecSparsity() const {
  return codec::NMSparsity{getN(), getM(), getAxis()};
}

LogicalResult
NMSparsityAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                            ArrayRef<int64_t> shape) const {
  if (getAxis() >= static_cast<int64_t>(shape.size()))
    return emitError() << "N:M sparsity's axis must be less than the rank "
                       << shape.size() << ", found " << getAxis();
  int64_t extent = shape[getAxis()];
  if (ShapedType::isDynamic(extent))
    return emitError() << "N:M sparsity needs a static extent along its axis "
                       << getAxis() << ", found a dynamic one";
  if (extent % getM() != 0)
    return emitError() << "N:M sparsity needs an extent that divides by "
                       << getM() << " along its axis " << getAxis()
                       << ", found " << extent;
  return success();
}

SmallVector<int64_t>
NMSparsityAttr::getKeptShape(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> kept(shape);
  kept[getAxis()] = kept[getAxis()] / getM() * getN();
  return kept;
}

unsigned NMSparsityAttr::getIndexWidth() const {
  return codec::getIndexWidth(codec::NMSparsity{getN(), getM(), getAxis()});
}

SparsityAttrInterface
NMSparsityAttr::permute(ArrayRef<int64_t> permutation) const {
  int64_t axis = llvm::find(permutation, getAxis()) - permutation.begin();
  return NMSparsityAttr::get(getContext(), getN(), getM(), axis);
}
