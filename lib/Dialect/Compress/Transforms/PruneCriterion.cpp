//===- PruneCriterion.cpp - Scores and masks from files
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PruneCriterion.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Runtime/WeightsFile.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;
using namespace mlir::compress;

static ExternalStore &getStore(MLIRContext *context) {
  return context->getOrLoadDialect<CompressDialect>()->getExternalStore();
}

/// The element type that an entry of a kind has in the IR, null for another.
static Type getElementType(MLIRContext *context, CriterionKind kind,
                           const runtime::WeightsFile &file,
                           const runtime::WeightsFile::Entry &entry) {
  using runtime::DType;
  if (kind == CriterionKind::Scores)
    return file.canRead(entry, DType::F32) ? Float32Type::get(context) : Type();
  bool isMask = file.canRead(entry, DType::BOOL) ||
                file.canRead(entry, DType::I8) ||
                file.canRead(entry, DType::U8);
  return isMask ? IntegerType::get(context, 8) : Type();
}

ExternalAttr compress::findCriterion(const Site &site, StringRef file,
                                     CriterionKind kind, std::string &reason) {
  MLIRContext *context = site.op->getContext();
  auto opened = getStore(context).open(file);
  if (!opened) {
    reason = llvm::toString(opened.takeError());
    return {};
  }
  StringRef key = site.weight.name.empty() ? site.name : site.weight.name;
  auto found = (*opened)->find(key);
  if (!found) {
    reason = llvm::toString(found.takeError());
    return {};
  }
  const runtime::WeightsFile::Entry &entry = *found;
  Type element = getElementType(context, kind, **opened, entry);
  ArrayRef<int64_t> shape = site.weight.getRootType().getShape();
  if (!element || entry.shape != shape) {
    llvm::raw_string_ostream(reason)
        << "entry \"" << key << "\" of '" << file << "' is "
        << runtime::formatShape(entry.shape) << " of " << entry.type
        << ", expected " << runtime::formatShape(shape) << " of "
        << (kind == CriterionKind::Scores ? "F32" : "BOOL, I8 or U8");
    return {};
  }
  return ExternalAttr::get(context, file, key, /*checksum=*/0,
                           RankedTensorType::get(shape, element));
}

static Value buildTranspose(OpBuilder &builder, Location loc, Value value,
                            ArrayRef<int64_t> permutation) {
  auto type = cast<RankedTensorType>(value.getType());
  Value init = tensor::EmptyOp::create(
      builder, loc, applyPermutation(type.getShape(), permutation),
      type.getElementType());
  return linalg::TransposeOp::create(builder, loc, value, init, permutation)
      ->getResult(0);
}

/// By way of one dimension, to a type of as many elements.
static Value buildReshape(OpBuilder &builder, Location loc, Value value,
                          RankedTensorType result) {
  auto getGroup = [](RankedTensorType type) {
    return SmallVector<ReassociationIndices>{
        llvm::to_vector(llvm::seq<int64_t>(0, type.getRank()))};
  };
  auto type = cast<RankedTensorType>(value.getType());
  auto flat =
      RankedTensorType::get({type.getNumElements()}, type.getElementType());
  if (type.getRank() > 1)
    value = tensor::CollapseShapeOp::create(builder, loc, flat, value,
                                            getGroup(type));
  if (result.getRank() > 1)
    value = tensor::ExpandShapeOp::create(builder, loc, result, value,
                                          getGroup(result));
  return value;
}

Value compress::buildCriterion(OpBuilder &builder, Location loc,
                               const Site &site, ExternalAttr entry) {
  auto type = cast<RankedTensorType>(entry.getType());
  Value value = arith::ConstantOp::create(builder, loc, type, entry);
  for (Operation *view : site.weight.views) {
    auto result = cast<RankedTensorType>(view->getResult(0).getType())
                      .clone(type.getElementType());
    if (auto transpose = dyn_cast<linalg::TransposeOp>(view)) {
      value = buildTranspose(builder, loc, value, transpose.getPermutation());
    } else if (auto foreign = dyn_cast<WeightViewOpInterface>(view)) {
      // The op itself may take the weight's element type only.
      if (auto permutation = foreign.getViewPermutation())
        value = buildTranspose(builder, loc, value, *permutation);
      else
        value = buildReshape(builder, loc, value, result);
    } else if (auto collapse = dyn_cast<tensor::CollapseShapeOp>(view)) {
      value = tensor::CollapseShapeOp::create(
          builder, loc, result, value, collapse.getReassociationIndices());
    } else if (auto expand = dyn_cast<tensor::ExpandShapeOp>(view)) {
      value = tensor::ExpandShapeOp::create(builder, loc, result, value,
                                            expand.getReassociationIndices());
    } else if (auto pack = dyn_cast<linalg::PackOp>(view)) {
      Value init = tensor::EmptyOp::create(builder, loc, result.getShape(),
                                           type.getElementType());
      std::optional<Value> padding;
      if (pack.getPaddingValue())
        padding = arith::ConstantOp::create(
            builder, loc, builder.getZeroAttr(type.getElementType()));
      value = linalg::PackOp::create(
                  builder, loc, value, init, pack.getInnerDimsPos(),
                  pack.getMixedTiles(), padding, pack.getOuterDimsPerm())
                  ->getResult(0);
    } else {
      // TOSA's take any element type.
      IRMapping map;
      map.map(view->getOperand(0), value);
      value = builder.clone(*view, map)->getResult(0);
      value.setType(result);
    }
  }
  return value;
}

FailureOr<WeightBytes>
compress::readCriterion(const Site &site, ExternalAttr entry,
                        function_ref<InFlightDiagnostic()> emitError,
                        llvm::ThreadPoolInterface *threads) {
  Weight weight = site.weight;
  weight.elements = entry;
  return readWeight(weight, getStore(entry.getContext()), emitError, threads);
}
