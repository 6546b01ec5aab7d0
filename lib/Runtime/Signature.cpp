//===- Signature.cpp - What a function takes and returns ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Signature.h"
#include "Extents.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

std::string runtime::formatSpec(const TensorSpec &spec) {
  std::string text;
  llvm::raw_string_ostream os(text);
  os << spec.name << ": " << getName(spec.dtype) << "[";
  llvm::interleaveComma(spec.shape, os, [&](int64_t extent) {
    if (ShapedType::isDynamic(extent))
      os << "?";
    else
      os << extent;
  });
  os << "]";
  return text;
}

/// The specification of an argument or result; `kind` and `number` are for
/// messages and the name of one that has none.
static llvm::Expected<TensorSpec> getSpec(func::FuncOp function, Type type,
                                          Attribute name, StringRef kind,
                                          StringRef prefix, unsigned number) {
  auto tensor = dyn_cast<RankedTensorType>(type);
  std::optional<DType> dtype =
      tensor ? getDType(tensor.getElementType()) : std::nullopt;
  if (!dtype) {
    std::string found;
    llvm::raw_string_ostream(found) << type;
    return llvm::createStringError(
        "function '" + function.getName() + "': " + kind + " " + Twine(number) +
        " must be a ranked tensor of a standard integer or float type to be "
        "read from or written to an array, found " +
        found);
  }
  auto attribute = dyn_cast_or_null<StringAttr>(name);
  return TensorSpec{attribute ? attribute.str()
                              : (prefix + Twine(number)).str(),
                    *dtype, llvm::to_vector<4>(tensor.getShape())};
}

llvm::Expected<Signature> runtime::getSignature(func::FuncOp function) {
  Signature signature;
  llvm::StringSet<> names;
  auto add = [&](std::vector<TensorSpec> &specs,
                 llvm::Expected<TensorSpec> spec) -> llvm::Error {
    if (!spec)
      return spec.takeError();
    if (!names.insert(spec->name).second)
      return llvm::createStringError("function '" + function.getName() +
                                     "': two of its arguments or of its "
                                     "results are named '" +
                                     spec->name + "'");
    specs.push_back(std::move(*spec));
    return llvm::Error::success();
  };
  for (auto [i, type] : llvm::enumerate(function.getArgumentTypes())) {
    if (function.getArgAttr(i, CompressDialect::kExternalAttr))
      continue;
    if (llvm::Error error =
            add(signature.inputs,
                getSpec(function, type,
                        function.getArgAttr(i, CompressDialect::kNameAttr),
                        "argument", "arg", i)))
      return error;
  }
  names.clear();
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    if (llvm::Error error =
            add(signature.outputs,
                getSpec(function, type,
                        function.getResultAttr(i, CompressDialect::kNameAttr),
                        "result", "out", i)))
      return error;
  return signature;
}

llvm::Expected<ArrayRef<char>> runtime::getBytes(TypedAttr value, Location loc,
                                                 std::vector<char> &storage) {
  auto type = cast<RankedTensorType>(value.getType());
  int64_t expected =
      type.getNumElements() * ((type.getElementTypeBitWidth() + 7) / 8);
  ArrayRef<char> bytes;
  if (auto resource = dyn_cast<DenseResourceElementsAttr>(value)) {
    AsmResourceBlob *blob = resource.getRawHandle().getBlob();
    if (!blob)
      return llvm::createStringError("resource '" +
                                     resource.getRawHandle().getKey() +
                                     "' has no data in this file");
    bytes = blob->getData();
    if (static_cast<int64_t>(bytes.size()) != expected)
      return llvm::createStringError(
          "resource '" + resource.getRawHandle().getKey() + "': expected " +
          Twine(expected) + " bytes for its type, found " +
          Twine(bytes.size()));
  } else if (auto dense = dyn_cast<DenseElementsAttr>(value)) {
    bytes = dense.getRawData();
  } else if (auto external = dyn_cast<ExternalAttr>(value)) {
    ExternalStore &store = value.getContext()
                               ->getOrLoadDialect<CompressDialect>()
                               ->getExternalStore();
    FailureOr<ArrayRef<char>> resolved =
        store.resolve(external, storage, [&] { return emitError(loc); });
    if (failed(resolved))
      return llvm::createStringError("a weight could not be read");
    bytes = *resolved;
  } else {
    return llvm::createStringError("cannot read a constant that is a " +
                                   value.getAbstractAttribute().getName());
  }
  return bytes;
}

llvm::Expected<std::vector<BoundArgument>>
runtime::bindArguments(func::FuncOp function, Signature &signature) {
  MLIRContext *context = function.getContext();
  signature.equalExtents = findEqualExtents(function);
  std::vector<BoundArgument> arguments;
  unsigned numInputs = 0;
  function.removeResAttrsAttr();
  for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i) {
    function.setArgAttr(i,
                        bufferization::BufferizationDialect::kWritableAttrName,
                        BoolAttr::get(context, false));
    function.removeArgAttr(i, CompressDialect::kNameAttr);
    Attribute value = function.removeArgAttr(i, CompressDialect::kConstantAttr);
    if (!value)
      value = function.removeArgAttr(i, CompressDialect::kExternalAttr);
    BoundArgument argument{std::nullopt, dyn_cast_or_null<TypedAttr>(value),
                           function.getArgument(i).getLoc()};
    if (!value) {
      argument.input = numInputs++;
    } else if (!argument.weight ||
               !isa<RankedTensorType>(argument.weight.getType())) {
      return llvm::createStringError("argument " + Twine(i) +
                                     " is bound to a weight, but not a tensor");
    }
    arguments.push_back(argument);
  }
  // Weights have static extents, so only inputs are among these.
  for (EqualExtents &equal : signature.equalExtents)
    for (EqualExtents::Dimension &dimension : equal.dimensions)
      dimension.argument = *arguments[dimension.argument].input;
  return arguments;
}
