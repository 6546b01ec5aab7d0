//===- StorageAttrs.cpp - How a kept value is stored
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// AffineStorageAttr
//===----------------------------------------------------------------------===//

LogicalResult
AffineStorageAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          unsigned width, bool symmetric,
                          ArrayRef<int64_t> block, Type scaleType) {
  if (width < 2 || width > 8)
    return emitError() << "affine storage must be 2 to 8 bits wide, found i"
                       << width;
  if (!getCodecElementType(scaleType))
    return emitError() << "scale type must be f32, f16 or bf16, found "
                       << scaleType;
  for (int64_t extent : block)
    if (extent < 0)
      return emitError() << "block extents must be positive or '*', found "
                         << extent;
  return success();
}

/// Parses `<iW [, block = [E, ...]] [, scale = type] [, asymmetric]>`.
Attribute AffineStorageAttr::parse(AsmParser &parser, Type) {
  MLIRContext *context = parser.getContext();
  SMLoc loc = parser.getCurrentLocation();
  Type scaleType = Float32Type::get(context);
  SmallVector<int64_t> block;
  bool symmetric = true;
  SmallVector<StringRef, 3> keys;
  Type stored;
  if (parser.parseLess() || parser.parseType(stored))
    return {};
  auto integer = dyn_cast<IntegerType>(stored);
  if (!integer || !integer.isSignless()) {
    parser.emitError(loc)
        << "affine storage must be a signless integer type, found " << stored;
    return {};
  }
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc keyLoc = parser.getCurrentLocation();
    StringRef key;
    if (parser.parseKeyword(&key))
      return {};
    if (llvm::is_contained(keys, key)) {
      parser.emitError(keyLoc) << "'" << key << "' must be given at most once";
      return {};
    }
    keys.push_back(key);
    if (key == "asymmetric") {
      symmetric = false;
    } else if (key == "scale") {
      if (parser.parseEqual() || parser.parseType(scaleType))
        return {};
    } else if (key == "block") {
      auto parseExtent = [&]() -> ParseResult {
        if (succeeded(parser.parseOptionalStar())) {
          block.push_back(0);
          return success();
        }
        SMLoc extentLoc = parser.getCurrentLocation();
        if (parser.parseInteger(block.emplace_back()))
          return failure();
        if (block.back() <= 0)
          return parser.emitError(extentLoc)
                 << "block extents must be positive or '*', found "
                 << block.back();
        return success();
      };
      if (parser.parseEqual() || parser.parseCommaSeparatedList(
                                     AsmParser::Delimiter::Square, parseExtent))
        return {};
    } else {
      parser.emitError(keyLoc) << "expected 'block', 'scale' or 'asymmetric', "
                                  "found '"
                               << key << "'";
      return {};
    }
  }
  if (parser.parseGreater())
    return {};
  auto emitError = [&] { return parser.emitError(loc); };
  if (failed(
          verify(emitError, integer.getWidth(), symmetric, block, scaleType)))
    return {};
  return get(context, integer.getWidth(), symmetric, block, scaleType);
}

void AffineStorageAttr::print(AsmPrinter &printer) const {
  printer << "<i" << getWidth();
  if (!getBlock().empty()) {
    printer << ", block = [";
    llvm::interleaveComma(getBlock(), printer, [&](int64_t extent) {
      if (extent)
        printer << extent;
      else
        printer << '*';
    });
    printer << ']';
  }
  if (!getScaleType().isF32())
    printer << ", scale = " << getScaleType();
  if (!getSymmetric())
    printer << ", asymmetric";
  printer << '>';
}

codec::Storage AffineStorageAttr::getCodecStorage(unsigned rank) const {
  codec::AffineStorage storage;
  storage.width = getWidth();
  storage.symmetric = getSymmetric();
  storage.scaleType = *getCodecElementType(getScaleType());
  storage.block.assign(getBlock().begin(), getBlock().end());
  storage.block.resize(rank, 0);
  return storage;
}

LogicalResult
AffineStorageAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<int64_t> shape, Type expressed) const {
  if (!getBlock().empty() && getBlock().size() != shape.size())
    return emitError() << "affine storage must have as many block extents as "
                          "the tensor has dimensions, "
                       << shape.size() << ", found " << getBlock().size();
  for (auto [dim, extent] : llvm::enumerate(getBlock()))
    if (extent > 1 && ShapedType::isDynamic(shape[dim]))
      return emitError() << "a block extent of " << extent
                         << " needs a static dimension " << dim
                         << "; use 1 or '*' for a dynamic one";
  return success();
}

Type AffineStorageAttr::getStoredType() const {
  return IntegerType::get(getContext(), getWidth());
}

SmallVector<ComponentSpec>
AffineStorageAttr::getParameters(ArrayRef<int64_t> shape) const {
  SmallVector<int64_t> grid;
  for (auto [dim, size] : llvm::enumerate(shape)) {
    int64_t extent = getBlockExtent(dim);
    if (extent == 0)
      grid.push_back(size == 0 ? 0 : 1);
    else if (ShapedType::isDynamic(size))
      grid.push_back(size);
    else
      grid.push_back(llvm::divideCeil(size, extent));
  }
  SmallVector<ComponentSpec> parameters;
  parameters.push_back({"scales", RankedTensorType::get(grid, getScaleType())});
  if (!getSymmetric())
    parameters.push_back(
        {"zero_points",
         RankedTensorType::get(grid, IntegerType::get(getContext(), 8))});
  return parameters;
}

bool AffineStorageAttr::isConstantAlong(unsigned dim,
                                        ArrayRef<int64_t> shape) const {
  int64_t extent = getBlockExtent(dim);
  return extent == 0 ||
         (!ShapedType::isDynamic(shape[dim]) && extent >= shape[dim]);
}

bool AffineStorageAttr::isAffine() const { return true; }

StorageAttrInterface
AffineStorageAttr::permute(ArrayRef<int64_t> permutation) const {
  SmallVector<int64_t> block;
  if (!getBlock().empty())
    for (int64_t dim : permutation)
      block.push_back(getBlock()[dim]);
  return get(getContext(), getWidth(), getSymmetric(), block, getScaleType());
}

//===----------------------------------------------------------------------===//
// FloatStorageAttr
//===----------------------------------------------------------------------===//

LogicalResult
FloatStorageAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         Type type) {
  if (!getCodecElementType(type))
    return emitError() << "float storage must be f32, f16 or bf16, found "
                       << type;
  return success();
}

codec::Storage FloatStorageAttr::getCodecStorage(unsigned rank) const {
  return codec::FloatStorage{*getCodecElementType(getType())};
}

LogicalResult
FloatStorageAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape, Type expressed) const {
  return success();
}

Type FloatStorageAttr::getStoredType() const { return getType(); }

SmallVector<ComponentSpec>
FloatStorageAttr::getParameters(ArrayRef<int64_t> shape) const {
  return {};
}

bool FloatStorageAttr::isConstantAlong(unsigned dim,
                                       ArrayRef<int64_t> shape) const {
  return true;
}

bool FloatStorageAttr::isAffine() const { return false; }

StorageAttrInterface
FloatStorageAttr::permute(ArrayRef<int64_t> permutation) const {
  return *this;
}
