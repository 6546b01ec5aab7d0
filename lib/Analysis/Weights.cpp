//===- Weights.cpp - Tensors whose elements are known to the compiler
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Weights.h"
#include "WeightViews.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/IR/DialectResourceBlobManager.h"

using namespace mlir;
using namespace mlir::compress;

/// The elements behind a value without views.
static FailureOr<ElementsAttr> findElements(Value root,
                                            SymbolTableCollection &symbols,
                                            std::string &name,
                                            std::string &reason) {
  if (auto argument = dyn_cast<BlockArgument>(root)) {
    auto function =
        dyn_cast_or_null<func::FuncOp>(argument.getOwner()->getParentOp());
    if (!function || !argument.getOwner()->isEntryBlock()) {
      reason = "it is computed at run time";
      return failure();
    }
    unsigned number = argument.getArgNumber();
    auto external = function.getArgAttrOfType<ExternalAttr>(
        number, CompressDialect::kExternalAttr);
    if (!external) {
      reason = "it is an argument that is not bound to a weights file";
      return failure();
    }
    auto given = function.getArgAttrOfType<StringAttr>(
        number, CompressDialect::kNameAttr);
    name = given ? given.str() : "arg" + std::to_string(number);
    return cast<ElementsAttr>(external);
  }

  Operation *op = root.getDefiningOp();
  Attribute value;
  if (op->hasTrait<OpTrait::ConstantLike>()) {
    OpFoldResult folded;
    SmallVector<OpFoldResult, 1> results;
    if (succeeded(op->fold({}, results)) && results.size() == 1)
      value = dyn_cast_if_present<Attribute>(results.front());
  } else if (isa<ml_program::GlobalLoadConstOp, ml_program::GlobalLoadOp>(op)) {
    auto symbol = op->getAttrOfType<SymbolRefAttr>("global");
    auto global =
        symbols.lookupNearestSymbolFrom<ml_program::GlobalOp>(op, symbol);
    if (!global || global.getIsMutable()) {
      reason = "it is loaded from a mutable global";
      return failure();
    }
    value = global.getValueAttr();
    name = global.getSymName().str();
  } else {
    reason =
        ("it is computed at run time by '" + op->getName().getStringRef() + "'")
            .str();
    return failure();
  }
  auto elements = dyn_cast_or_null<ElementsAttr>(value);
  if (!elements) {
    reason = "its constant has no elements that can be read";
    return failure();
  }
  if (auto external = dyn_cast<ExternalAttr>(elements))
    name = external.getKey().str();
  else if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements))
    name = resource.getRawHandle().getKey().str();
  return elements;
}

FailureOr<Weight> compress::findWeight(Value value,
                                       SymbolTableCollection &symbols,
                                       std::string &reason) {
  Weight weight;
  weight.root = value;
  while (Operation *op = weight.root.getDefiningOp()) {
    Value source = getViewSource(op);
    if (!source)
      break;
    weight.views.push_back(op);
    weight.root = source;
  }
  std::reverse(weight.views.begin(), weight.views.end());
  auto type = dyn_cast<RankedTensorType>(weight.root.getType());
  if (!type) {
    reason = "it is no ranked tensor";
    return failure();
  }
  FailureOr<ElementsAttr> elements =
      findElements(weight.root, symbols, weight.name, reason);
  if (failed(elements))
    return failure();
  weight.elements = *elements;
  if (!type.hasStaticShape()) {
    reason = "its shape is dynamic";
    return failure();
  }
  return weight;
}

int64_t compress::getNumBytes(ShapedType type) {
  unsigned bits = type.getElementTypeBitWidth();
  return type.getNumElements() * llvm::divideCeil(bits, 8);
}

ElementsAttr compress::makeElements(RankedTensorType type, StringRef name,
                                    ArrayRef<char> bytes) {
  // Readable in the module's text.
  constexpr size_t kLargestInline = 256;
  if (bytes.size() <= kLargestInline)
    return DenseElementsAttr::getFromRawBuffer(type, bytes);
  return DenseResourceElementsAttr::get(
      type, name,
      HeapAsmResourceBlob::allocateAndCopyWithAlign(
          bytes, type.getElementTypeBitWidth() / 8));
}

bool compress::isSplat(ElementsAttr elements) {
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  return dense && dense.isSplat();
}

FailureOr<WeightBytes>
compress::readElements(ElementsAttr elements, ExternalStore &store,
                       function_ref<InFlightDiagnostic()> emitError) {
  WeightBytes bytes;
  auto type = cast<ShapedType>(elements.getShapedType());
  if (auto external = dyn_cast<ExternalAttr>(elements)) {
    FailureOr<ArrayRef<char>> data =
        store.resolve(external, bytes.storage, emitError);
    if (failed(data))
      return failure();
    bytes.data = *data;
    return bytes;
  }
  int64_t numBytes = getNumBytes(type);
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(elements)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return emitError() << "resource '" << resource.getRawHandle().getKey()
                         << "' has no data; was the module printed with "
                            "elided resources?";
    bytes.data = blob->getData();
    if (static_cast<int64_t>(bytes.data.size()) != numBytes)
      return emitError() << "resource '" << resource.getRawHandle().getKey()
                         << "' has " << bytes.data.size() << " bytes, expected "
                         << numBytes << " for " << type
                         << "; correct the type, or write the resource again";
    return bytes;
  }
  auto dense = dyn_cast<DenseElementsAttr>(elements);
  if (dense && type.getElementType().isInteger(1)) {
    llvm::append_range(bytes.storage, dense.getValues<bool>());
    bytes.data = bytes.storage;
    return bytes;
  }
  if (!dense || type.getElementTypeBitWidth() % 8 != 0)
    return emitError() << "cannot read the bytes of a constant of type "
                       << type;
  bytes.data = dense.getRawData();
  if (dense.isSplat() && type.getNumElements() != 1) {
    size_t width = bytes.data.size();
    bytes.storage.resize(numBytes);
    for (int64_t at = 0; at < numBytes; at += width)
      memcpy(bytes.storage.data() + at, bytes.data.data(), width);
    bytes.data = bytes.storage;
  }
  return bytes;
}

FailureOr<WeightBytes>
compress::readWeight(const Weight &weight, ExternalStore &store,
                     function_ref<InFlightDiagnostic()> emitError,
                     llvm::ThreadPoolInterface *threads) {
  FailureOr<WeightBytes> bytes =
      readElements(weight.elements, store, emitError);
  if (failed(bytes))
    return failure();
  for (Operation *view : weight.views)
    applyView(view, *bytes, threads);
  return bytes;
}
