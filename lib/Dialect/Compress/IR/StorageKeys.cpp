//===- StorageKeys.cpp - The text of storage attributes
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StorageKeys.h"

using namespace mlir;
using namespace mlir::compress;

/// Parses `= [E, ...]`, where `*` is 0.
static ParseResult parseExtents(AsmParser &parser, StringRef key,
                                SmallVectorImpl<int64_t> &extents) {
  auto parseExtent = [&]() -> ParseResult {
    if (succeeded(parser.parseOptionalStar())) {
      extents.push_back(0);
      return success();
    }
    SMLoc loc = parser.getCurrentLocation();
    if (parser.parseInteger(extents.emplace_back()))
      return failure();
    if (extents.back() <= 0)
      return parser.emitError(loc)
             << key << " extents must be positive or '*', found "
             << extents.back();
    return success();
  };
  return failure(parser.parseEqual() ||
                 parser.parseCommaSeparatedList(AsmParser::Delimiter::Square,
                                                parseExtent));
}

static ParseResult parseKey(AsmParser &parser, StringRef key,
                            StorageKeys &keys) {
  if (key == "block")
    return parseExtents(parser, key, keys.block);
  if (key == "super_block")
    return parseExtents(parser, key, keys.superBlock);
  if (key == "asymmetric")
    return success();
  if (parser.parseEqual())
    return failure();
  if (key == "vector")
    return parser.parseInteger(keys.vector);
  return parser.parseType(key == "super" ? keys.superScale : keys.scale);
}

FailureOr<StorageKeys> compress::parseStorageKeys(AsmParser &parser,
                                                  ArrayRef<StringRef> allowed) {
  StorageKeys keys;
  keys.loc = parser.getCurrentLocation();
  keys.scale = parser.getBuilder().getF32Type();
  while (succeeded(parser.parseOptionalComma())) {
    SMLoc loc = parser.getCurrentLocation();
    StringRef key;
    if (parser.parseKeyword(&key))
      return failure();
    if (!llvm::is_contained(allowed, key)) {
      InFlightDiagnostic diag = parser.emitError(loc) << "expected ";
      llvm::interleave(
          allowed.drop_back(), diag,
          [&](StringRef name) { diag << "'" << name << "'"; }, ", ");
      return diag << " or '" << allowed.back() << "', found '" << key << "'";
    }
    if (keys.has(key))
      return parser.emitError(loc)
             << "'" << key << "' must be given at most once";
    keys.given.push_back(key);
    if (parseKey(parser, key, keys))
      return failure();
  }
  if (keys.has("super_block") && !keys.has("super"))
    return parser.emitError(keys.loc)
           << "'super_block' needs the type of its scales, 'super'";
  return keys;
}

ScalingAttr StorageKeys::getScaling(AsmParser &parser) const {
  return parser.getChecked<ScalingAttr>(
      loc, parser.getContext(), ArrayRef<int64_t>(block), scale, superScale,
      ArrayRef<int64_t>(superBlock));
}

static void printExtents(AsmPrinter &printer, StringRef key,
                         ArrayRef<int64_t> extents) {
  printer << ", " << key << " = [";
  llvm::interleaveComma(extents, printer, [&](int64_t extent) {
    if (extent)
      printer << extent;
    else
      printer << '*';
  });
  printer << ']';
}

void compress::printScaling(AsmPrinter &printer, ScalingAttr scaling,
                            StringRef scaleKey, bool always) {
  if (!scaling.getBlock().empty())
    printExtents(printer, "block", scaling.getBlock());
  if (!scaleKey.empty() && (always || !scaling.getScaleType().isF32()))
    printer << ", " << scaleKey << " = " << scaling.getScaleType();
  if (scaling.getSuperScaleType())
    printer << ", super = " << scaling.getSuperScaleType();
  if (!scaling.getSuperBlock().empty())
    printExtents(printer, "super_block", scaling.getSuperBlock());
}
