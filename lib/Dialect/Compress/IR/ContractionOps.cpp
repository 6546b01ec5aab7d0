//===- ContractionOps.cpp - Contractions and convolutions
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/Convolution.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/IR/PatternMatch.h"
#include "llvm/Support/MathExtras.h"
#include <limits>

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// Contraction
//===----------------------------------------------------------------------===//

/// Whether the index varies with a dimension that the result lacks.
static bool isReduced(AffineExpr expr, AffineMap result) {
  for (unsigned dim = 0, e = result.getNumDims(); dim < e; ++dim)
    if (expr.isFunctionOfDim(dim) && !result.isFunctionOfDim(dim))
      return true;
  return false;
}

SmallVector<int64_t> Contraction::getReducedAxes(unsigned side) const {
  SmallVector<int64_t> axes;
  for (auto [axis, expr] : llvm::enumerate(maps[side].getResults()))
    if (isReduced(expr, maps[2]))
      axes.push_back(axis);
  return axes;
}

SmallVector<int64_t> Contraction::getReducedChannelAxes(unsigned side) const {
  SmallVector<int64_t> axes;
  for (int64_t axis : getReducedAxes(side)) {
    auto dim = dyn_cast<AffineDimExpr>(maps[side].getResult(axis));
    if (dim && (!maps[1 - side].isFunctionOfDim(dim.getPosition()) ||
                maps[1 - side].getResultPosition(dim)))
      axes.push_back(axis);
  }
  return axes;
}

SmallVector<int64_t> Contraction::getFreeAxes(unsigned side) const {
  SmallVector<int64_t> axes;
  for (auto [axis, expr] : llvm::enumerate(maps[side].getResults()))
    if (auto dim = dyn_cast<AffineDimExpr>(expr);
        dim && maps[2].isFunctionOfDim(dim.getPosition()) &&
        !maps[1 - side].isFunctionOfDim(dim.getPosition()))
      axes.push_back(axis);
  return axes;
}

//===----------------------------------------------------------------------===//
// What both ops check
//===----------------------------------------------------------------------===//

static SmallVector<AffineMap> getMaps(ArrayAttr attribute) {
  return llvm::to_vector(attribute.getAsValueRange<AffineMapAttr>());
}

/// The dense shape of a contraction's operand, none for another type.
static std::optional<SmallVector<int64_t>> getDenseShape(Type type) {
  if (auto compressed = dyn_cast<CompressedTensorType>(type))
    return SmallVector<int64_t>(compressed.getShape());
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (tensor && getCodecElementType(tensor.getElementType()))
    return SmallVector<int64_t>(tensor.getShape());
  return std::nullopt;
}

/// Checks that lhs or rhs is compressed, and that lhs, rhs and init are of
/// types that can be multiplied.
static LogicalResult verifyTypes(Operation *op, ArrayRef<StringRef> names) {
  TypeRange types = op->getOperandTypes();
  if (!isa<CompressedTensorType>(types[0]) &&
      !isa<CompressedTensorType>(types[1]))
    return op->emitOpError()
           << "at least one operand must be compressed, found " << types[0]
           << " and " << types[1];
  for (auto [name, type] : llvm::zip(names, types))
    if (!getDenseShape(type))
      return op->emitOpError()
             << name << " must be compressed or a ranked tensor of f32, "
             << "f16 or bf16, found " << type;
  return success();
}

/// Checks ranks, and that the extents of each dimension agree wherever it is
/// an index. Gives the extents; those that no type has are -1.
static LogicalResult verifyExtents(Operation *op, ArrayRef<StringRef> names,
                                   ArrayRef<AffineMap> maps,
                                   SmallVectorImpl<int64_t> &extents) {
  extents.assign(maps[2].getNumDims(), -1);
  for (auto [name, map, type] : llvm::zip(names, maps, op->getOperandTypes())) {
    SmallVector<int64_t> shape = *getDenseShape(type);
    if (map.getNumResults() != shape.size())
      return op->emitOpError()
             << "map of " << name << " must have " << shape.size()
             << " results, found " << map.getNumResults();
    for (auto [expr, extent] : llvm::zip(map.getResults(), shape)) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (!dim || ShapedType::isDynamic(extent))
        continue;
      int64_t &known = extents[dim.getPosition()];
      if (known >= 0 && known != extent)
        return op->emitOpError()
               << "dimension d" << dim.getPosition() << " is " << known
               << " in an operand and " << extent << " in " << name;
      known = extent;
    }
  }
  return success();
}

/// Whether the sum over reduced dimensions of two operands can run in i32.
static bool isExactInIntegers(ValueRange operands, ArrayRef<AffineMap> maps) {
  SmallVector<int64_t> reduced(maps[2].getNumDims(), ShapedType::kDynamic);
  for (AffineExpr expr : maps[2].getResults())
    reduced[cast<AffineDimExpr>(expr).getPosition()] = 1;
  for (auto [operand, map] : llvm::zip(operands.take_front(2), maps)) {
    auto type = dyn_cast<CompressedTensorType>(operand.getType());
    if (!type)
      return false;
    StorageAttrInterface storage = type.getScheme().getStorage();
    // An empty operand has no parameters that the scaling could read.
    if (!storage.isAffine() || llvm::is_contained(type.getShape(), 0))
      return false;
    for (auto [axis, expr] : llvm::enumerate(map.getResults())) {
      if (!isReduced(expr, maps[2]))
        continue;
      if (!storage.isConstantAlong(axis, type.getShape()))
        return false;
      auto dim = dyn_cast<AffineDimExpr>(expr);
      if (dim && !ShapedType::isDynamic(type.getShape()[axis]))
        reduced[dim.getPosition()] = type.getShape()[axis];
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
// ContractOp
//===----------------------------------------------------------------------===//

LogicalResult ContractOp::verify() {
  SmallVector<AffineMap> maps = getMaps(getIndexingMaps());
  if (maps.size() != 3)
    return emitOpError()
           << "expected 3 indexing maps (lhs, rhs, result), found "
           << maps.size();
  StringRef names[] = {"lhs", "rhs", "result"};
  if (failed(verifyTypes(*this, names)))
    return failure();
  unsigned numDims = maps.front().getNumDims();
  for (auto [name, map] : llvm::zip(names, maps))
    if (map.getNumDims() != numDims || map.getNumSymbols() != 0 ||
        !map.isProjectedPermutation())
      return emitOpError() << "map of " << name
                           << " must be a projected permutation of the "
                           << numDims << " common dimensions, found "
                           << AffineMapAttr::get(map);
  SmallVector<int64_t> extents;
  if (failed(verifyExtents(*this, names, maps, extents)))
    return failure();
  for (unsigned dim = 0; dim < numDims; ++dim)
    if (!maps[0].isFunctionOfDim(dim) && !maps[1].isFunctionOfDim(dim))
      return emitOpError() << "dimension d" << dim
                           << " must appear in the map of lhs or rhs";
  return success();
}

bool ContractOp::isIntegerContraction() {
  return isExactInIntegers(getOperands(), getMaps(getIndexingMaps()));
}

//===----------------------------------------------------------------------===//
// ConvOp
//===----------------------------------------------------------------------===//

LogicalResult ConvOp::verify() {
  SmallVector<AffineMap> maps = getMaps(getIndexingMaps());
  StringRef names[] = {"image", "filter", "result"};
  // C1
  if (failed(verifyTypes(*this, names)))
    return failure();
  // C2 to C5
  std::string wrong = checkConvolutionMaps(maps);
  if (!wrong.empty())
    return emitOpError() << wrong;
  // C2 and C6
  SmallVector<int64_t> extents;
  if (failed(verifyExtents(*this, names, maps, extents)))
    return failure();
  // C7
  SmallVector<int64_t> image = *getDenseShape(getImage().getType());
  for (auto [axis, expr] : llvm::enumerate(maps[0].getResults())) {
    SmallVector<WindowTerm, 2> terms = getWindowTerms(expr);
    // Nothing is read when a dimension is empty; what is dynamic is unknown.
    if (isa<AffineDimExpr>(expr) || ShapedType::isDynamic(image[axis]) ||
        llvm::any_of(terms,
                     [&](WindowTerm term) { return extents[term.dim] < 1; }))
      continue;
    int64_t needed = 1;
    bool overflow = false;
    for (WindowTerm term : terms) {
      int64_t reach;
      overflow |=
          llvm::MulOverflow(extents[term.dim] - 1, term.factor, reach) ||
          llvm::AddOverflow(needed, reach, needed);
    }
    if (overflow || needed > image[axis]) {
      InFlightDiagnostic diag = emitOpError();
      diag << "window reads beyond axis " << axis
           << " of the image: expected an extent of at least ";
      if (overflow)
        diag << "2^63";
      else
        diag << needed;
      return diag << ", found " << image[axis];
    }
  }
  return success();
}

bool ConvOp::isIntegerContraction() {
  return isExactInIntegers(getOperands(), getMaps(getIndexingMaps()));
}

LogicalResult ConvOp::canonicalize(ConvOp op, PatternRewriter &rewriter) {
  SmallVector<AffineMap> maps = getMaps(op.getIndexingMaps());
  SmallVector<int64_t> image = *getDenseShape(op.getImage().getType());
  SmallVector<int64_t> filter = *getDenseShape(op.getFilter().getType());
  SmallVector<int64_t> result(op.getType().getShape());
  auto getPosition = [&](unsigned map, unsigned dim) {
    return maps[map].getResultPosition(rewriter.getAffineDimExpr(dim));
  };
  // The window of a filter of extent 1 does not move the index.
  SmallVector<AffineExpr> exprs;
  for (auto [axis, expr] : llvm::enumerate(maps[0].getResults())) {
    SmallVector<WindowTerm, 2> terms = getWindowTerms(expr), kept;
    for (WindowTerm term : terms) {
      std::optional<unsigned> position = getPosition(1, term.dim);
      if (getPosition(2, term.dim) || !position || filter[*position] != 1)
        kept.push_back(term);
    }
    // Alone, a dimension is as long as its axis.
    bool alone = kept.size() == 1 && kept.front().factor == 1;
    std::optional<unsigned> position =
        alone ? getPosition(2, kept.front().dim) : std::nullopt;
    bool agrees = position && !ShapedType::isDynamic(image[axis]) &&
                  image[axis] == result[*position];
    if (terms.size() == kept.size() || kept.empty() || (alone && !agrees)) {
      exprs.push_back(expr);
      continue;
    }
    AffineExpr sum = rewriter.getAffineConstantExpr(0);
    for (WindowTerm term : kept)
      sum = sum + rewriter.getAffineDimExpr(term.dim) * term.factor;
    exprs.push_back(sum);
  }
  AffineMap map =
      AffineMap::get(maps[0].getNumDims(), 0, exprs, op.getContext());
  if (!map.isProjectedPermutation()) {
    if (map == maps[0])
      return rewriter.notifyMatchFailure(op, "every part of the window moves");
    maps[0] = map;
    rewriter.modifyOpInPlace(op, [&] {
      op.setIndexingMapsAttr(rewriter.getAffineMapArrayAttr(maps));
    });
    return success();
  }
  maps[0] = map;
  auto contract = ContractOp::create(
      rewriter, op.getLoc(), op.getType(), op.getImage(), op.getFilter(),
      op.getInit(), rewriter.getAffineMapArrayAttr(maps));
  contract->setDiscardableAttrs(op->getDiscardableAttrDictionary());
  rewriter.replaceOp(op, contract);
  return success();
}
