//===- StoredIntegers.cpp - Integers of other people's modules
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StoredIntegers.h"
#include "compress/Analysis/Weights.h"
#include "compress/Codec/Convert.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

/// The elements of a constant, with a name for what is made of it.
static FailureOr<Weight>
findConstant(Value value, SymbolTableCollection &symbols, std::string &reason) {
  FailureOr<Weight> weight = findWeight(value, symbols, reason);
  if (failed(weight))
    return failure();
  if (weight->name.empty())
    weight->name = "constant";
  return weight;
}

FailureOr<std::vector<char>>
compress::readConstant(Value value, ExternalStore &store,
                       SymbolTableCollection &symbols, std::string &reason) {
  FailureOr<Weight> weight = findConstant(value, symbols, reason);
  if (failed(weight))
    return failure();
  // In a constant, elements narrower than a byte take one, and an index eight.
  auto dense = dyn_cast<DenseElementsAttr>(weight->elements);
  Type element = weight->getRootType().getElementType();
  bool isNarrow = element.isIntOrFloat() && !element.isInteger(1) &&
                  element.getIntOrFloatBitWidth() < 8;
  if (dense && weight->views.empty() && (isNarrow || element.isIndex())) {
    ArrayRef<char> raw = dense.getRawData();
    std::vector<char> bytes;
    for (int64_t i = 0, e = dense.isSplat() ? dense.getNumElements() : 1; i < e;
         ++i)
      llvm::append_range(bytes, raw);
    return bytes;
  }
  if (!element.isIntOrFloat()) {
    reason = "its elements cannot be read";
    return failure();
  }
  MLIRContext *context = value.getContext();
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    reason = diagnostic.str();
    return success();
  });
  FailureOr<WeightBytes> bytes = readWeight(
      *weight, store, [&] { return emitError(UnknownLoc::get(context)); },
      /*threads=*/nullptr);
  if (failed(bytes))
    return failure();
  return std::vector<char>(bytes->data.begin(), bytes->data.end());
}

FailureOr<ElementsAttr>
compress::packIntegers(Value integers, ArrayRef<int64_t> shape, unsigned width,
                       bool isUnsigned, ExternalStore &store,
                       SymbolTableCollection &symbols, std::string &reason) {
  FailureOr<std::vector<char>> bytes =
      readConstant(integers, store, symbols, reason);
  if (failed(bytes))
    return failure();
  MutableArrayRef<uint8_t> codes(reinterpret_cast<uint8_t *>(bytes->data()),
                                 bytes->size());
  if (isUnsigned)
    for (uint8_t &code : codes)
      code ^= 1u << (width - 1);
  Type i8 = IntegerType::get(integers.getContext(), 8);
  FailureOr<Weight> weight = findConstant(integers, symbols, reason);
  std::string name = weight->name + ".values";
  if (width == 8)
    return makeElements(RankedTensorType::get(shape, i8), name, *bytes);
  int64_t columns = shape.empty() ? 1 : shape.back();
  int64_t rows = columns ? codes.size() / columns : 0;
  int64_t rowBytes = llvm::divideCeil(columns * width, 8);
  SmallVector<int64_t> packedShape(shape);
  if (!shape.empty())
    packedShape.back() = rowBytes;
  std::vector<char> packed(rows * rowBytes);
  for (int64_t row = 0; row < rows; ++row)
    codec::packBits(width, codes.slice(row * columns, columns),
                    MutableArrayRef(packed).slice(row * rowBytes, rowBytes));
  return makeElements(RankedTensorType::get(packedShape, i8), name, packed);
}

FailureOr<ElementsAttr>
compress::unpackIntegers(Value values, ArrayRef<int64_t> shape, unsigned width,
                         ExternalStore &store, SymbolTableCollection &symbols,
                         std::string &reason) {
  FailureOr<std::vector<char>> bytes =
      readConstant(values, store, symbols, reason);
  if (failed(bytes))
    return failure();
  auto type = RankedTensorType::get(
      shape, IntegerType::get(values.getContext(), width));
  int64_t columns = shape.empty() ? 1 : shape.back();
  int64_t rows = columns ? type.getNumElements() / columns : 0;
  int64_t rowBytes = llvm::divideCeil(columns * width, 8);
  std::vector<char> codes(rows * columns);
  for (int64_t row = 0; row < rows; ++row)
    codec::unpackBits(
        width, ArrayRef<char>(*bytes).slice(row * rowBytes, rowBytes),
        MutableArrayRef<uint8_t>(reinterpret_cast<uint8_t *>(codes.data()) +
                                     row * columns,
                                 columns));
  // Resources have no form for elements narrower than a byte.
  return cast<ElementsAttr>(DenseElementsAttr::getFromRawBuffer(type, codes));
}
