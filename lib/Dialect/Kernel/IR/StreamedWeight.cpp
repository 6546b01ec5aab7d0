//===- StreamedWeight.cpp - Weights that kernels stream -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/StreamedWeight.h"
#include "compress/Dialect/Compress/IR/ConstantTables.h"
#include "mlir/IR/MLIRContext.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::kernel;

/// Positions of K that one instruction multiplies: they share parameters.
static constexpr int64_t kMmaK = 16;

FailureOr<StreamedWeight> StreamedWeight::match(CompressedTensorType type,
                                                unsigned reduced,
                                                std::string &reason) {
  auto fail = [&](const Twine &text) -> FailureOr<StreamedWeight> {
    reason = text.str();
    return failure();
  };
  SchemeAttrInterface scheme = type.getScheme();
  if (type.getRank() != 2 || !type.hasStaticShape())
    return fail("the weight is no matrix of a static shape");
  auto element = cast<FloatType>(type.getElementType());
  if (!element.isF16() && !element.isBF16())
    return fail("the weight's element type is neither f16 nor bf16");
  if (!isa<DenseSparsityAttr>(scheme.getSparsity()))
    return fail("the weight is sparse");
  StreamedWeight weight;
  ScalingAttr scaling;
  weight.width = 4;
  weight.hasZeroPoints = false;
  if (auto affine = dyn_cast<AffineStorageAttr>(scheme.getStorage())) {
    weight.width = affine.getWidth();
    weight.hasZeroPoints = !affine.getSymmetric();
    scaling = affine.getScaling();
  } else if (auto codebook =
                 dyn_cast<CodebookStorageAttr>(scheme.getStorage())) {
    weight.width = codebook.getWidth();
    scaling = codebook.getScaling();
    if (codebook.getKind() == CodebookKind::NF4)
      llvm::append_range(weight.table, getNF4Table());
    else if (codebook.isLearned() && codebook.getVector() == 1)
      weight.entry = cast<FloatType>(scaling.getScaleType());
    if (weight.width != 4 || !(weight.entry || !weight.table.empty()))
      return fail("the weight's codes do not have 4 bits for one value each");
  } else if (auto floats = dyn_cast<FloatStorageAttr>(scheme.getStorage())) {
    weight.code = cast<FloatType>(floats.getType());
    weight.width = weight.code.getWidth();
    scaling = floats.getScaling();
  }
  if (!scaling || (weight.width != 4 && weight.width != 8))
    return fail(
        "the weight is not stored as integers or floats of 4 or 8 bits with "
        "scales, or as codes of 4 bits");
  weight.reduced = reduced;
  weight.k = type.getShape()[reduced];
  weight.n = type.getShape()[1 - reduced];
  if (weight.k < 1 || weight.n < 1)
    return fail("the weight is empty");
  weight.element = element;
  weight.scale = cast<FloatType>(scaling.getScaleType());
  auto clamp = [&](int64_t block, unsigned dim) {
    int64_t all = type.getShape()[dim];
    return block == 0 || block > all ? all : block;
  };
  weight.blockK = clamp(scaling.getBlockExtent(reduced), reduced);
  weight.blockN = clamp(scaling.getBlockExtent(1 - reduced), 1 - reduced);
  if (!weight.isScaledByChannel() && weight.entry)
    return fail("the weight's tables change along the reduced dimension");
  if (!weight.isScaledByChannel() && weight.blockK % kMmaK)
    return fail("a group of the weight's scales is no multiple of 16");
  if (Type superScale = scaling.getSuperScaleType()) {
    weight.superScale = cast<FloatType>(superScale);
    weight.superN =
        clamp(scaling.getSuperBlockExtent(1 - reduced), 1 - reduced);
    if (clamp(scaling.getSuperBlockExtent(reduced), reduced) < weight.k)
      return fail("the weight's scales have scales that change along the "
                  "reduced dimension");
  }
  return weight;
}

TiledLayoutAttr StreamedWeight::getLayout() const {
  return getMmaLayout(element.getContext(), width, reduced);
}

int64_t StreamedWeight::getNumTilesK() const {
  return llvm::divideCeil(k, getMmaTileDepth(width));
}

int64_t StreamedWeight::getNumTilesN() const {
  return llvm::divideCeil(n, kMmaTileChannels);
}
