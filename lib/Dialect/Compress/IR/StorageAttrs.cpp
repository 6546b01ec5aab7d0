//===- StorageAttrs.cpp - How a kept value is stored
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StorageKeys.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// AffineStorageAttr
//===----------------------------------------------------------------------===//

LogicalResult
AffineStorageAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                          unsigned width, bool symmetric, ScalingAttr scaling) {
  if (width < 2 || width > 8)
    return emitError() << "affine storage must be 2 to 8 bits wide, found i"
                       << width;
  return success();
}

/// Parses `<iW [, key ...]>`.
Attribute AffineStorageAttr::parse(AsmParser &parser, Type) {
  StringRef allowed[] = {"block", "scale", "super", "super_block",
                         "asymmetric"};
  SMLoc loc = parser.getCurrentLocation();
  Type stored;
  if (parser.parseLess() || parser.parseType(stored))
    return {};
  auto integer = dyn_cast<IntegerType>(stored);
  if (!integer || !integer.isSignless()) {
    parser.emitError(loc)
        << "affine storage must be a signless integer type, found " << stored;
    return {};
  }
  FailureOr<StorageKeys> keys = parseStorageKeys(parser, allowed);
  if (failed(keys) || parser.parseGreater())
    return {};
  ScalingAttr scaling = keys->getScaling(parser);
  if (!scaling)
    return {};
  return parser.getChecked<AffineStorageAttr>(
      loc, parser.getContext(), integer.getWidth(), !keys->has("asymmetric"),
      scaling);
}

void AffineStorageAttr::print(AsmPrinter &printer) const {
  printer << "<i" << getWidth();
  printScaling(printer, getScaling());
  if (!getSymmetric())
    printer << ", asymmetric";
  printer << '>';
}

codec::Storage AffineStorageAttr::getCodecStorage(unsigned rank) const {
  codec::AffineStorage storage;
  getScaling().describe(storage, rank);
  storage.width = getWidth();
  storage.symmetric = getSymmetric();
  return storage;
}

LogicalResult
AffineStorageAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                               ArrayRef<int64_t> shape, Type expressed) const {
  return getScaling().verifyShape(emitError, shape);
}

Type AffineStorageAttr::getStoredType() const {
  return IntegerType::get(getContext(), getWidth());
}

int64_t AffineStorageAttr::getVectorLength() const { return 1; }

SmallVector<ComponentSpec>
AffineStorageAttr::getParameters(ArrayRef<int64_t> shape) const {
  SmallVector<ComponentSpec> parameters{getScaling().getScales(shape)};
  if (!getSymmetric())
    parameters.push_back(
        {"zero_points",
         RankedTensorType::get(getScaling().getGrid(shape),
                               IntegerType::get(getContext(), 8))});
  if (std::optional<ComponentSpec> super = getScaling().getSuperScales(shape))
    parameters.push_back(*super);
  return parameters;
}

bool AffineStorageAttr::isLearned() const { return false; }

bool AffineStorageAttr::isConstantAlong(unsigned dim,
                                        ArrayRef<int64_t> shape) const {
  return getScaling().isConstantAlong(dim, shape);
}

bool AffineStorageAttr::isAffine() const { return true; }

StorageAttrInterface
AffineStorageAttr::permute(ArrayRef<int64_t> permutation) const {
  return get(getContext(), getWidth(), getSymmetric(),
             getScaling().permute(permutation));
}

//===----------------------------------------------------------------------===//
// FloatStorageAttr
//===----------------------------------------------------------------------===//

LogicalResult
FloatStorageAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                         Type type, ScalingAttr scaling) {
  if (!getCodecFloatType(type) || isa<Float8E8M0FNUType>(type))
    return emitError() << "float storage must be f32, f16, bf16, f8E4M3FN, "
                          "f8E5M2 or f4E2M1FN, found "
                       << type;
  if (scaling && getCodecElementType(type))
    return emitError() << "scaled float storage must be f8E4M3FN, f8E5M2 or "
                          "f4E2M1FN, found "
                       << type;
  return success();
}

/// Parses `<type [, key ...]>`; there are scales when their type is given.
Attribute FloatStorageAttr::parse(AsmParser &parser, Type) {
  StringRef allowed[] = {"block", "scale", "super", "super_block"};
  SMLoc loc = parser.getCurrentLocation();
  Type type;
  if (parser.parseLess() || parser.parseType(type))
    return {};
  FailureOr<StorageKeys> keys = parseStorageKeys(parser, allowed);
  if (failed(keys) || parser.parseGreater())
    return {};
  if (!keys->given.empty() && !keys->has("scale")) {
    parser.emitError(loc) << "'" << keys->given.front()
                          << "' of float storage needs the type of its scales, "
                             "'scale'";
    return {};
  }
  ScalingAttr scaling;
  if (keys->has("scale") && !(scaling = keys->getScaling(parser)))
    return {};
  return parser.getChecked<FloatStorageAttr>(loc, parser.getContext(), type,
                                             scaling);
}

void FloatStorageAttr::print(AsmPrinter &printer) const {
  printer << '<' << getType();
  if (ScalingAttr scaling = getScaling())
    printScaling(printer, scaling, "scale", /*always=*/true);
  printer << '>';
}

codec::Storage FloatStorageAttr::getCodecStorage(unsigned rank) const {
  codec::FloatStorage storage;
  storage.type = *getCodecFloatType(getType());
  storage.scaled = static_cast<bool>(getScaling());
  if (storage.scaled)
    getScaling().describe(storage, rank);
  return storage;
}

LogicalResult
FloatStorageAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                              ArrayRef<int64_t> shape, Type expressed) const {
  if (ScalingAttr scaling = getScaling())
    return scaling.verifyShape(emitError, shape);
  return success();
}

Type FloatStorageAttr::getStoredType() const {
  return getCarrierType(getType());
}

int64_t FloatStorageAttr::getVectorLength() const { return 1; }

SmallVector<ComponentSpec>
FloatStorageAttr::getParameters(ArrayRef<int64_t> shape) const {
  ScalingAttr scaling = getScaling();
  if (!scaling)
    return {};
  SmallVector<ComponentSpec> parameters{scaling.getScales(shape)};
  if (std::optional<ComponentSpec> super = scaling.getSuperScales(shape))
    parameters.push_back(*super);
  return parameters;
}

bool FloatStorageAttr::isLearned() const { return false; }

bool FloatStorageAttr::isConstantAlong(unsigned dim,
                                       ArrayRef<int64_t> shape) const {
  return !getScaling() || getScaling().isConstantAlong(dim, shape);
}

bool FloatStorageAttr::isAffine() const { return false; }

StorageAttrInterface
FloatStorageAttr::permute(ArrayRef<int64_t> permutation) const {
  if (!getScaling())
    return *this;
  return get(getContext(), getType(), getScaling().permute(permutation));
}

//===----------------------------------------------------------------------===//
// CodebookStorageAttr
//===----------------------------------------------------------------------===//

LogicalResult
CodebookStorageAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                            CodebookKind kind, unsigned width, int64_t vector,
                            ScalingAttr scaling) {
  StringRef name = stringifyCodebookKind(kind);
  if (kind == CodebookKind::NF4 || kind == CodebookKind::Ternary) {
    unsigned expected = kind == CodebookKind::NF4 ? 4 : 2;
    if (width != expected || vector != 1)
      return emitError() << name << " codebooks must be " << expected
                         << " bits wide for one value, found i" << width
                         << " for " << vector;
    return success();
  }
  if (width < 1 || width > 8)
    return emitError() << name << " codebooks must be 1 to 8 bits wide, found i"
                       << width;
  if (vector != 1 && vector != 2 && vector != 4 && vector != 8)
    return emitError() << "vector must be 1, 2, 4 or 8, found " << vector;
  if (vector != 1 && !scaling.getBlock().empty())
    return emitError() << "a codebook of vectors must be per tensor; leave "
                          "'block' out";
  if (!getCodecElementType(scaling.getScaleType()))
    return emitError() << "table type must be f32, f16 or bf16, found "
                       << scaling.getScaleType();
  if (scaling.getSuperScaleType())
    return emitError() << name
                       << " codebooks have no scales; leave 'super' out";
  return success();
}

/// Parses `<nf4|ternary [, key ...]>` or `<kmeans|quantile, iW [, key ...]>`.
Attribute CodebookStorageAttr::parse(AsmParser &parser, Type) {
  SmallVector<StringRef, 4> allowed{"block", "scale", "super", "super_block"};
  SMLoc loc = parser.getCurrentLocation();
  StringRef name;
  if (parser.parseLess() || parser.parseKeyword(&name))
    return {};
  std::optional<CodebookKind> kind = symbolizeCodebookKind(name);
  if (!kind) {
    parser.emitError(loc)
        << "expected codebook nf4, ternary, kmeans or quantile, found '" << name
        << "'";
    return {};
  }
  unsigned width = *kind == CodebookKind::NF4 ? 4 : 2;
  if (*kind == CodebookKind::KMeans || *kind == CodebookKind::Quantile) {
    allowed = {"block", "table", "vector"};
    IntegerType stored;
    SMLoc typeLoc = parser.getCurrentLocation();
    Type type;
    if (parser.parseComma() || parser.getCurrentLocation(&typeLoc) ||
        parser.parseType(type))
      return {};
    stored = dyn_cast<IntegerType>(type);
    if (!stored || !stored.isSignless()) {
      parser.emitError(typeLoc)
          << "codes must be of a signless integer type, found " << type;
      return {};
    }
    width = stored.getWidth();
  }
  FailureOr<StorageKeys> keys = parseStorageKeys(parser, allowed);
  if (failed(keys) || parser.parseGreater())
    return {};
  ScalingAttr scaling = keys->getScaling(parser);
  if (!scaling)
    return {};
  return parser.getChecked<CodebookStorageAttr>(loc, parser.getContext(), *kind,
                                                width, keys->vector, scaling);
}

void CodebookStorageAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyCodebookKind(getKind());
  if (isLearned())
    printer << ", i" << getWidth();
  printScaling(printer, getScaling(), isLearned() ? "table" : "scale");
  if (getVector() != 1)
    printer << ", vector = " << getVector();
  printer << '>';
}

codec::Storage CodebookStorageAttr::getCodecStorage(unsigned rank) const {
  codec::CodebookStorage storage;
  getScaling().describe(storage, rank);
  switch (getKind()) {
  case CodebookKind::NF4:
    storage.kind = codec::CodebookStorage::Kind::NF4;
    break;
  case CodebookKind::Ternary:
    storage.kind = codec::CodebookStorage::Kind::Ternary;
    break;
  case CodebookKind::KMeans:
    storage.kind = codec::CodebookStorage::Kind::KMeans;
    break;
  case CodebookKind::Quantile:
    storage.kind = codec::CodebookStorage::Kind::Quantile;
    break;
  }
  storage.width = getWidth();
  storage.vector = getVector();
  return storage;
}

LogicalResult
CodebookStorageAttr::verifyShape(function_ref<InFlightDiagnostic()> emitError,
                                 ArrayRef<int64_t> shape,
                                 Type expressed) const {
  return getScaling().verifyShape(emitError, shape);
}

Type CodebookStorageAttr::getStoredType() const {
  return IntegerType::get(getContext(), getWidth());
}

int64_t CodebookStorageAttr::getVectorLength() const { return getVector(); }

SmallVector<ComponentSpec>
CodebookStorageAttr::getParameters(ArrayRef<int64_t> shape) const {
  ScalingAttr scaling = getScaling();
  if (isLearned()) {
    SmallVector<int64_t> extents = scaling.getGrid(shape);
    extents.push_back(int64_t(1) << getWidth());
    extents.push_back(getVector());
    return {
        {"codebook", RankedTensorType::get(extents, scaling.getScaleType())}};
  }
  SmallVector<ComponentSpec> parameters{scaling.getScales(shape)};
  if (std::optional<ComponentSpec> super = scaling.getSuperScales(shape))
    parameters.push_back(*super);
  return parameters;
}

bool CodebookStorageAttr::isLearned() const {
  return getKind() == CodebookKind::KMeans ||
         getKind() == CodebookKind::Quantile;
}

bool CodebookStorageAttr::isConstantAlong(unsigned dim,
                                          ArrayRef<int64_t> shape) const {
  return getScaling().isConstantAlong(dim, shape);
}

bool CodebookStorageAttr::isAffine() const { return false; }

StorageAttrInterface
CodebookStorageAttr::permute(ArrayRef<int64_t> permutation) const {
  // Vectors lie along the innermost dimension.
  if (getVector() != 1 &&
      permutation.back() != static_cast<int64_t>(permutation.size()) - 1)
    return {};
  return get(getContext(), getKind(), getWidth(), getVector(),
             getScaling().permute(permutation));
}
