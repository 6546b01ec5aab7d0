//===- CompressTypes.cpp - Types and the observer's text form
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/IR/DialectImplementation.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

#include "compress/Dialect/Compress/IR/CompressAttrInterfaces.cpp.inc"
#include "compress/Dialect/Compress/IR/CompressEnums.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compress/Dialect/Compress/IR/CompressAttrs.cpp.inc"

#define GET_TYPEDEF_CLASSES
#include "compress/Dialect/Compress/IR/CompressTypes.cpp.inc"

void CompressDialect::registerAttributes() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compress/Dialect/Compress/IR/CompressAttrs.cpp.inc"
      >();
}

void CompressDialect::registerTypes() {
  addTypes<
#define GET_TYPEDEF_LIST
#include "compress/Dialect/Compress/IR/CompressTypes.cpp.inc"
      >();
}

//===----------------------------------------------------------------------===//
// CompressedTensorType
//===----------------------------------------------------------------------===//

Type CompressedTensorType::parse(AsmParser &parser) {
  SmallVector<int64_t> shape;
  Type elementType;
  SchemeAttrInterface scheme;
  SMLoc loc = parser.getCurrentLocation();
  SMLoc schemeLoc;
  if (parser.parseLess() || parser.parseDimensionList(shape) ||
      parser.parseType(elementType) || parser.parseComma() ||
      parser.getCurrentLocation(&schemeLoc))
    return {};
  Attribute attribute;
  if (parser.parseAttribute(attribute))
    return {};
  scheme = dyn_cast<SchemeAttrInterface>(attribute);
  if (!scheme) {
    parser.emitError(schemeLoc)
        << "expected a scheme such as #compress.scheme<storage = "
           "#compress.affine<i8>>, found "
        << attribute;
    return {};
  }
  if (parser.parseGreater())
    return {};
  return parser.getChecked<CompressedTensorType>(loc, parser.getContext(),
                                                 shape, elementType, scheme);
}

void CompressedTensorType::print(AsmPrinter &printer) const {
  printer << '<';
  printer.printDimensionList(getShape());
  if (!getShape().empty())
    printer << 'x';
  printer << getElementType() << ", ";
  printer.printAttribute(getScheme());
  printer << '>';
}

LogicalResult
CompressedTensorType::verify(function_ref<InFlightDiagnostic()> emitError,
                             ArrayRef<int64_t> shape, Type elementType,
                             SchemeAttrInterface scheme) {
  for (int64_t extent : shape)
    if (extent < 0 && !ShapedType::isDynamic(extent))
      return emitError() << "extents must not be negative, found " << extent;
  return scheme.verifyScheme(emitError, shape, elementType);
}

SmallVector<ComponentSpec> CompressedTensorType::getComponents() const {
  return getScheme().getComponents(getShape(), getElementType());
}

//===----------------------------------------------------------------------===//
// ObserverAttr
//===----------------------------------------------------------------------===//

LogicalResult ObserverAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   ObserverKind kind, FloatAttr percentile) {
  double value = percentile.getValueAsDouble();
  if (!(value >= 50 && value <= 100))
    return emitError() << "percentile must be 50 to 100, found " << value;
  return success();
}

/// Parses `<kind [, percentile]>`.
Attribute ObserverAttr::parse(AsmParser &parser, Type) {
  SMLoc loc = parser.getCurrentLocation();
  StringRef keyword;
  if (parser.parseLess() || parser.parseKeyword(&keyword))
    return {};
  std::optional<ObserverKind> kind = symbolizeObserverKind(keyword);
  if (!kind) {
    parser.emitError(loc)
        << "expected observer minmax, percentile or mse, found '" << keyword
        << "'";
    return {};
  }
  double percentile = 99.9;
  if (*kind == ObserverKind::Percentile &&
      succeeded(parser.parseOptionalComma()) && parser.parseFloat(percentile))
    return {};
  if (parser.parseGreater())
    return {};
  return parser.getChecked<ObserverAttr>(
      loc, parser.getContext(), *kind,
      parser.getBuilder().getF64FloatAttr(percentile));
}

void ObserverAttr::print(AsmPrinter &printer) const {
  printer << '<' << stringifyObserverKind(getKind());
  if (getKind() == ObserverKind::Percentile) {
    printer << ", ";
    printer.printFloat(getPercentile().getValue());
  }
  printer << '>';
}

//===----------------------------------------------------------------------===//
// ExternalAttr
//===----------------------------------------------------------------------===//

LogicalResult ExternalAttr::verify(function_ref<InFlightDiagnostic()> emitError,
                                   StringRef file, StringRef key,
                                   uint64_t checksum, Type type) {
  auto tensor = dyn_cast_or_null<RankedTensorType>(type);
  if (!tensor || !tensor.hasStaticShape())
    return emitError() << "an external weight must be a tensor of a static "
                          "shape, found "
                       << type;
  if (!tensor.getElementType().isIntOrFloat())
    return emitError() << "an external weight must have integer or float "
                          "elements, found "
                       << tensor.getElementType();
  if (file.empty() || key.empty())
    return emitError() << "an external weight needs a file and a key, found \""
                       << file << "\" and \"" << key << "\"";
  return success();
}

FailureOr<ExternalAttr::ElementIterator>
ExternalAttr::try_value_begin_impl(OverloadToken<Attribute>) const {
  return ElementIterator(llvm::seq<int64_t>(0, 0).begin(),
                         [](int64_t) { return Attribute(); });
}
