//===- CompressOps.cpp - Ops
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/IR/PatternMatch.h"

using namespace mlir;
using namespace mlir::compress;

#include "compress/Dialect/Compress/IR/CompressOpInterfaces.cpp.inc"

/// Checks that a dense tensor is what the compressed one stands for.
static LogicalResult verifySameDense(Operation *op, Type dense,
                                     CompressedTensorType compressed) {
  if (dense != compressed.getDenseType())
    return op->emitOpError()
           << "dense and compressed tensor must agree in shape and element "
              "type, expected "
           << compressed.getDenseType() << ", found " << dense;
  return success();
}

/// Checks values against components, by number and type.
static LogicalResult verifyComponents(Operation *op, StringRef what,
                                      ArrayRef<ComponentSpec> specs,
                                      TypeRange types) {
  if (specs.size() != types.size()) {
    InFlightDiagnostic diag = op->emitOpError();
    diag << "expected " << specs.size() << " " << what;
    if (!specs.empty()) {
      diag << " (";
      llvm::interleaveComma(
          specs, diag, [&](const ComponentSpec &spec) { diag << spec.name; });
      diag << ")";
    }
    return diag << ", found " << types.size();
  }
  for (auto [spec, type] : llvm::zip(specs, types))
    if (spec.type != type)
      return op->emitOpError() << "component '" << spec.name << "' must be "
                               << spec.type << ", found " << type;
  return success();
}

LogicalResult PruneOp::verify() {
  ArrayRef<int64_t> shape = getInput().getType().getShape();
  SparsityAttrInterface sparsity = getSparsity();
  if (failed(sparsity.verifyShape([&] { return emitOpError(); }, shape)))
    return failure();
  if (getScores() && getMask())
    return emitOpError() << "takes scores or a mask, found both";
  for (auto [what, operand] : {std::pair("scores", Value(getScores())),
                               std::pair("mask", Value(getMask()))}) {
    auto type = operand ? cast<RankedTensorType>(operand.getType()) : nullptr;
    if (type && type.getShape() != shape)
      return emitOpError() << what << " must have the shape of the input, "
                           << getInput().getType() << ", found " << type;
  }
  if (getBudget() == PruneBudget::Layer)
    return success();
  auto bitmap = dyn_cast<BitmapSparsityAttr>(sparsity);
  auto csr = dyn_cast<CSRSparsityAttr>(sparsity);
  if (!bitmap && !csr)
    return emitOpError() << "budget 'row' needs bitmap or CSR sparsity, found "
                         << sparsity;
  if (getMask())
    return emitOpError()
           << "a mask leaves nothing to choose, found the budget 'row'";
  int64_t count = bitmap ? bitmap.getCount() : csr.getCount();
  int64_t rows = ShapedType::getNumElements(shape.drop_back());
  if (rows ? count % rows != 0 : count != 0)
    return emitOpError() << "budget 'row' needs a count that divides by the "
                            "number of rows, "
                         << rows << ", found " << count;
  return success();
}

LogicalResult ChooseQParamsOp::verify() {
  RankedTensorType type = getInput().getType();
  auto emitError = [&] { return emitOpError(); };
  if (failed(getStorage().verifyShape(emitError, type.getShape(),
                                      type.getElementType())))
    return failure();
  if (getStorage().isLearned() ||
      getStorage().getParameters(type.getShape()).empty())
    return emitOpError()
           << "storage must have parameters that are computed at run time "
              "(affine, or floats and constant codebooks with a scale), found "
           << getStorage();
  return verifyComponents(*this, "parameters",
                          getStorage().getParameters(type.getShape()),
                          getParameters().getTypes());
}

LogicalResult EncodeOp::verify() {
  CompressedTensorType type = getResult().getType();
  if (failed(verifySameDense(*this, getInput().getType(), type)))
    return failure();
  if (getParameters().empty())
    return success();
  if (getObserver())
    return emitOpError() << "takes an observer or parameters, found both";
  return verifyComponents(
      *this, "parameters",
      type.getScheme().getParameters(type.getShape(), type.getElementType()),
      getParameters().getTypes());
}

LogicalResult DecodeOp::verify() {
  return verifySameDense(*this, getResult().getType(), getInput().getType());
}

SchemeAttrInterface FakeQuantizeOp::getScheme() {
  return SchemeAttr::get(
      SparsityAttrInterface(DenseSparsityAttr::get(getContext())),
      getStorage());
}

LogicalResult FakeQuantizeOp::verify() {
  RankedTensorType type = getInput().getType();
  SchemeAttrInterface scheme = getScheme();
  if (failed(scheme.verifyScheme([&] { return emitOpError(); }, type.getShape(),
                                 type.getElementType())))
    return failure();
  if (getParameters().empty())
    return success();
  return verifyComponents(
      *this, "parameters",
      scheme.getParameters(type.getShape(), type.getElementType()),
      getParameters().getTypes());
}

LogicalResult ExtractOp::verify() {
  size_t rank = getInput().getType().getShape().size();
  if (getIndices().size() != rank)
    return emitOpError() << "expected " << rank << " indices, found "
                         << getIndices().size();
  return success();
}

LogicalResult AssembleOp::verify() {
  return verifyComponents(*this, "components",
                          getResult().getType().getComponents(),
                          getComponents().getTypes());
}

LogicalResult ComponentOp::verify() {
  SmallVector<ComponentSpec> specs = getInput().getType().getComponents();
  for (const ComponentSpec &spec : specs) {
    if (spec.name != getComponent())
      continue;
    if (spec.type != getResult().getType())
      return emitOpError() << "component '" << spec.name << "' is " << spec.type
                           << ", found " << getResult().getType();
    return success();
  }
  InFlightDiagnostic diag = emitOpError();
  diag << "expected one of the components (";
  llvm::interleaveComma(specs, diag,
                        [&](const ComponentSpec &spec) { diag << spec.name; });
  return diag << "), found '" << getComponent() << "'";
}

OpFoldResult ComponentOp::fold(FoldAdaptor adaptor) {
  auto assemble = getInput().getDefiningOp<AssembleOp>();
  if (!assemble)
    return {};
  for (auto [spec, component] : llvm::zip(getInput().getType().getComponents(),
                                          assemble.getComponents()))
    if (spec.name == getComponent())
      return component;
  return {};
}

#define GET_OP_CLASSES
#include "compress/Dialect/Compress/IR/CompressOps.cpp.inc"
