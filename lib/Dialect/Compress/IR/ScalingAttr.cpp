//===- ScalingAttr.cpp - The scales of a storage
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StorageKeys.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

LogicalResult ScalingAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                  ArrayRef<int64_t> block, Type scaleType,
                                  Type superScaleType,
                                  ArrayRef<int64_t> superBlock) {
  if (!getCodecFloatType(scaleType) || isa<Float4E2M1FNType>(scaleType))
    return emitError() << "scale type must be f32, f16, bf16, f8E4M3FN, f8E5M2 "
                          "or f8E8M0FNU, found "
                       << scaleType;
  if (superScaleType && !getCodecElementType(superScaleType))
    return emitError() << "super scale type must be f32, f16 or bf16, found "
                       << superScaleType;
  if (superScaleType &&
      !isa<Float16Type, Float8E4M3FNType, Float8E5M2Type>(scaleType))
    return emitError() << "scales below super scales must be f16, f8E4M3FN or "
                          "f8E5M2, found "
                       << scaleType;
  for (int64_t extent : block)
    if (extent < 0)
      return emitError() << "block extents must be positive or '*', found "
                         << extent;
  if (superBlock.empty())
    return success();
  if (superBlock.size() != block.size())
    return emitError() << "super_block must have as many extents as block, "
                       << block.size() << ", found " << superBlock.size();
  for (auto [dim, extents] : llvm::enumerate(llvm::zip(superBlock, block))) {
    auto [super, extent] = extents;
    if (super != 0 && (super < 0 || extent == 0 || super % extent != 0)) {
      InFlightDiagnostic diag = emitError();
      diag << "super_block must be '*' or a multiple of the block's extent ";
      if (extent)
        diag << extent;
      else
        diag << "'*'";
      return diag << " in dimension " << dim << ", found " << super;
    }
  }
  return success();
}

Attribute ScalingAttr::parse(AsmParser &parser, Type) {
  StringRef allowed[] = {"block", "super", "super_block"};
  Type scale;
  if (parser.parseLess() || parser.parseType(scale))
    return {};
  FailureOr<StorageKeys> keys = parseStorageKeys(parser, allowed);
  if (failed(keys) || parser.parseGreater())
    return {};
  keys->scale = scale;
  return keys->getScaling(parser);
}

void ScalingAttr::print(AsmPrinter &printer) const {
  printer << '<' << getScaleType();
  printScaling(printer, *this, /*scaleKey=*/"");
  printer << '>';
}

LogicalResult
ScalingAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                         ArrayRef<int64_t> shape) const {
  if (!getBlock().empty() && getBlock().size() != shape.size())
    return emitError() << "storage must have as many block extents as the "
                          "tensor has dimensions, "
                       << shape.size() << ", found " << getBlock().size();
  for (auto [dim, size] : llvm::enumerate(shape)) {
    if (!ShapedType::isDynamic(size))
      continue;
    for (int64_t extent : {getBlockExtent(dim), getSuperBlockExtent(dim)})
      if (extent > 1)
        return emitError() << "a block extent of " << extent
                           << " needs a static dimension " << dim
                           << "; use 1 or '*' for a dynamic one";
  }
  return success();
}

/// The number of blocks along each dimension.
static SmallVector<int64_t>
countBlocks(ArrayRef<int64_t> shape,
            llvm::function_ref<int64_t(unsigned)> getExtent) {
  SmallVector<int64_t> grid;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    int64_t extent = getExtent(dim);
    if (extent == 0)
      grid.push_back(size == 0 ? 0 : 1);
    else if (ShapedType::isDynamic(size))
      grid.push_back(size);
    else
      grid.push_back(llvm::divideCeil(size, extent));
  }
  return grid;
}

SmallVector<int64_t> ScalingAttr::getGrid(ArrayRef<int64_t> shape) const {
  return countBlocks(shape, [&](unsigned dim) { return getBlockExtent(dim); });
}

ComponentSpec ScalingAttr::getScales(ArrayRef<int64_t> shape) const {
  return {"scales", RankedTensorType::get(getGrid(shape),
                                          getCarrierType(getScaleType()))};
}

std::optional<ComponentSpec>
ScalingAttr::getSuperScales(ArrayRef<int64_t> shape) const {
  if (!getSuperScaleType())
    return std::nullopt;
  SmallVector<int64_t> grid = countBlocks(
      shape, [&](unsigned dim) { return getSuperBlockExtent(dim); });
  return ComponentSpec{"super_scales",
                       RankedTensorType::get(grid, getSuperScaleType())};
}

bool ScalingAttr::isConstantAlong(unsigned dim, ArrayRef<int64_t> shape) const {
  // A super block is no smaller than a block.
  int64_t extent = getBlockExtent(dim);
  return extent == 0 ||
         (!ShapedType::isDynamic(shape[dim]) && extent >= shape[dim]);
}

ScalingAttr ScalingAttr::permute(ArrayRef<int64_t> permutation) const {
  auto permuted = [&](ArrayRef<int64_t> extents) {
    SmallVector<int64_t> result;
    if (!extents.empty())
      for (int64_t dim : permutation)
        result.push_back(extents[dim]);
    return result;
  };
  return get(getContext(), permuted(getBlock()), getScaleType(),
             getSuperScaleType(), permuted(getSuperBlock()));
}

void ScalingAttr::describe(codec::Scaling &scaling, unsigned rank) const {
  scaling.scaleType = *getCodecFloatType(getScaleType());
  scaling.block.assign(getBlock().begin(), getBlock().end());
  scaling.block.resize(rank, 0);
  if (!getSuperScaleType())
    return;
  scaling.superScaleType = *getCodecElementType(getSuperScaleType());
  scaling.superBlock.assign(getSuperBlock().begin(), getSuperBlock().end());
  scaling.superBlock.resize(rank, 0);
}
