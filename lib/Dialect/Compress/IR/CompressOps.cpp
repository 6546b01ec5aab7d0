//===- CompressOps.cpp - Ops
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/IR/OpImplementation.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

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

//===----------------------------------------------------------------------===//
// ContractOp
//===----------------------------------------------------------------------===//

/// The dense shape of a contraction's operand, none for another type.
static std::optional<SmallVector<int64_t>> getDenseShape(Type type) {
  if (auto compressed = dyn_cast<CompressedTensorType>(type))
    return SmallVector<int64_t>(compressed.getShape());
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && getCodecElementType(tensor.getElementType()))
    return SmallVector<int64_t>(tensor.getShape());
  return std::nullopt;
}

LogicalResult ContractOp::verify() {
  SmallVector<AffineMap> maps =
      llvm::to_vector(getIndexingMaps().getAsValueRange<AffineMapAttr>());
  if (maps.size() != 3)
    return emitOpError()
           << "expected 3 indexing maps (lhs, rhs, result), found "
           << maps.size();
  Type types[] = {getLhs().getType(), getRhs().getType(), getInit().getType()};
  if (!isa<CompressedTensorType>(types[0]) &&
      !isa<CompressedTensorType>(types[1]))
    return emitOpError() << "at least one operand must be compressed, found "
                         << types[0] << " and " << types[1];
  unsigned numDims = maps.front().getNumDims();
  SmallVector<int64_t> extents(numDims, -1);
  llvm::BitVector reads(numDims);
  StringRef names[] = {"lhs", "rhs", "result"};
  for (auto [i, map] : llvm::enumerate(maps)) {
    std::optional<SmallVector<int64_t>> shape = getDenseShape(types[i]);
    if (!shape)
      return emitOpError() << names[i]
                           << " must be compressed or a ranked tensor of f32, "
                              "f16 or bf16, found "
                           << types[i];
    if (map.getNumDims() != numDims || map.getNumSymbols() != 0 ||
        !map.isProjectedPermutation())
      return emitOpError() << "map of " << names[i]
                           << " must be a projected permutation of the "
                           << numDims << " common dimensions, found "
                           << AffineMapAttr::get(map);
    if (map.getNumResults() != shape->size())
      return emitOpError() << "map of " << names[i] << " must have "
                           << shape->size() << " results, found "
                           << map.getNumResults();
    for (auto [axis, extent] : llvm::enumerate(*shape)) {
      unsigned dim = map.getDimPosition(axis);
      if (i < 2)
        reads.set(dim);
      if (ShapedType::isDynamic(extent))
        continue;
      if (extents[dim] >= 0 && extents[dim] != extent)
        return emitOpError()
               << "dimension d" << dim << " is " << extents[dim]
               << " in an operand and " << extent << " in " << names[i];
      extents[dim] = extent;
    }
  }
  if (!reads.all())
    return emitOpError() << "dimension d" << reads.find_first_unset()
                         << " must appear in the map of lhs or rhs";
  return success();
}

bool ContractOp::isIntegerContraction() {
  auto lhs = dyn_cast<CompressedTensorType>(getLhs().getType());
  auto rhs = dyn_cast<CompressedTensorType>(getRhs().getType());
  if (!lhs || !rhs)
    return false;
  SmallVector<AffineMap> maps =
      llvm::to_vector(getIndexingMaps().getAsValueRange<AffineMapAttr>());
  CompressedTensorType types[] = {lhs, rhs};
  SmallVector<int64_t> reduced(maps[2].getNumDims(), ShapedType::kDynamic);
  for (AffineExpr expr : maps[2].getResults())
    reduced[cast<AffineDimExpr>(expr).getPosition()] = 1;
  for (auto [type, map] : llvm::zip(types, maps)) {
    StorageAttrInterface storage = type.getScheme().getStorage();
    // An empty operand has no parameters that the scaling could read.
    if (!storage.isAffine() || llvm::is_contained(type.getShape(), 0))
      return false;
    for (auto [axis, expr] : llvm::enumerate(map.getResults()))
      if (!maps[2].getResultPosition(expr)) {
        if (!storage.isConstantAlong(axis, type.getShape()))
          return false;
        if (!ShapedType::isDynamic(type.getShape()[axis]))
          reduced[cast<AffineDimExpr>(expr).getPosition()] =
              type.getShape()[axis];
      }
  }
  // A difference q - z takes at most 255; the sum must fit into i32.
  int64_t terms = 1;
  for (int64_t extent : reduced)
    if (ShapedType::isDynamic(extent) ||
        llvm::MulOverflow(terms, extent, terms))
      return false;
  return terms <= std::numeric_limits<int32_t>::max() / (255 * 255);
}

//===----------------------------------------------------------------------===//
// Contraction
//===----------------------------------------------------------------------===//

SmallVector<int64_t> Contraction::getReducedAxes(unsigned side) const {
  SmallVector<int64_t> axes;
  for (auto [axis, expr] : llvm::enumerate(maps[side].getResults()))
    if (!maps[2].getResultPosition(expr))
      axes.push_back(axis);
  return axes;
}

SmallVector<int64_t> Contraction::getFreeAxes(unsigned side) const {
  SmallVector<int64_t> axes;
  for (auto [axis, expr] : llvm::enumerate(maps[side].getResults()))
    if (maps[2].getResultPosition(expr) &&
        !maps[1 - side].getResultPosition(expr))
      axes.push_back(axis);
  return axes;
}

#define GET_OP_CLASSES
#include "compress/Dialect/Compress/IR/CompressOps.cpp.inc"
