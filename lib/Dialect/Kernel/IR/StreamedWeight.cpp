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
  } else if (auto codebook = dyn_cast<CodebookStorageAttr>(scheme.getStorage());
             codebook && codebook.getKind() == CodebookKind::NF4) {
    llvm::append_range(weight.table, getNF4Table());
    scaling = codebook.getScaling();
  } else if (auto floats = dyn_cast<FloatStorageAttr>(scheme.getStorage())) {
    weight.code = cast<FloatType>(floats.getType());
    weight.width = weight.code.getWidth();
    scaling = floats.getScaling();
  }
  if (!scaling || (weight.width != 4 && weight.width != 8))
    return fail(
        "the weight is not stored as integers or floats of 4 or 8 bits, "
        "or nf4, with scales");
  auto scale = dyn_cast<FloatType>(scaling.getScaleType());
  if (!scale ||
      !(scale.isF32() || scale.isF16() || scale.isBF16() ||
        isa<Float8E8M0FNUType>(scale)) ||
      scaling.getSuperScaleType())
    return fail("the weight's scales are not f32, f16, bf16 or f8E8M0FNU, or "
                "have scales of their own");
  weight.reduced = reduced;
  weight.k = type.getShape()[reduced];
  weight.n = type.getShape()[1 - reduced];
  if (weight.k < 1 || weight.n < 1)
    return fail("the weight is empty");
  weight.element = element;
  weight.scale = scale;
  auto getBlock = [&](unsigned dim) {
    int64_t block = scaling.getBlockExtent(dim), all = type.getShape()[dim];
    return block == 0 || block > all ? all : block;
  };
  weight.blockK = getBlock(reduced);
  weight.blockN = getBlock(1 - reduced);
  if (!weight.isScaledByChannel() && weight.blockK % kMmaK)
    return fail("a group of the weight's scales is no multiple of 16");
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
