//===- ModelDescriptor.cpp - A compiled model as LLVM IR ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelDescriptor.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Runtime/ModelABI.h"
#include "compress/Runtime/WeightsFile.h"
#include "compress/Target/HostCode.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::compress;

/// Weights of fewer bytes that lie in a file are put into the code.
static constexpr size_t kLargeBytes = 1 << 20;
/// Of weights in the code: a line of the cache, and the widest vector.
static constexpr uint64_t kAlignment = 64;

llvm::Constant *ModelDescriptor::tensors(ArrayRef<runtime::TensorSpec> specs) {
  SmallVector<llvm::Constant *> fields;
  for (const runtime::TensorSpec &spec : specs) {
    SmallVector<int64_t> shape;
    for (int64_t extent : spec.shape)
      shape.push_back(ShapedType::isDynamic(extent) ? -1 : extent);
    fields.push_back(structure(
        {text(spec.name), integer(runtime::getByteWidth(spec.dtype)),
         integer(shape.size()), integers(shape), integer(spec.forHost)}));
  }
  return array(fields);
}

llvm::Expected<llvm::Constant *>
ModelDescriptor::constant(const ModelProgram::Constant &constant,
                          WeightsPlace place) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(constant.weight.getType()).getShape();
  StringRef data(constant.data.data(), constant.data.size());
  llvm::Constant *address = null(), *file = null(), *key = null();
  int64_t offset = 0, fileBytes = 0, fileHash = 0;
  auto external = dyn_cast<ExternalAttr>(constant.weight);
  if (place == WeightsPlace::InPlace) {
    address = llvm::ConstantExpr::getIntToPtr(
        integer(reinterpret_cast<intptr_t>(data.data())), pointer);
  } else if (external && constant.storage.empty() &&
             data.size() >= kLargeBytes) {
    ExternalStore &store = external.getContext()
                               ->getOrLoadDialect<CompressDialect>()
                               ->getExternalStore();
    auto opened = store.open(external.getFile());
    if (!opened)
      return opened.takeError();
    StringRef contents = (*opened)->getContents();
    file = text(external.getFile());
    key = text(external.getKey());
    offset = data.data() - contents.data();
    fileBytes = contents.size();
    fileHash = runtime::hashFileBeginning(contents.bytes_begin(), fileBytes);
  } else {
    llvm::GlobalVariable *copy = bytes(data);
    copy->setAlignment(llvm::Align(kAlignment));
    address = copy;
  }
  return structure({address, integer(data.size()), integer(shape.size()),
                    integers(shape), file, key, integer(offset),
                    integer(fileBytes), integer(fileHash)});
}

llvm::Expected<llvm::Constant *>
ModelDescriptor::constants(WeightsPlace place) {
  SmallVector<llvm::Constant *> fields;
  for (const ModelProgram::Constant &weight : program.constants) {
    auto built = constant(weight, place);
    if (!built)
      return built.takeError();
    fields.push_back(*built);
  }
  return array(fields);
}

llvm::Expected<SmallVector<llvm::Constant *>>
ModelDescriptor::function(const ModelProgram::Function &function) {
  SmallVector<llvm::Constant *> extents;
  for (const runtime::EqualExtents &equal : function.signature.equalExtents) {
    SmallVector<int64_t> dimensions;
    for (runtime::EqualExtents::Dimension dimension : equal.dimensions)
      dimensions.append({dimension.argument, dimension.dimension});
    extents.push_back(structure(
        {integer(ShapedType::isDynamic(equal.value) ? -1 : equal.value),
         integer(equal.dimensions.size()), integers(dimensions)}));
  }
  SmallVector<llvm::Constant *> code;
  for (const std::string &name : {function.measure, function.name}) {
    if (name.empty()) {
      code.push_back(null());
      continue;
    }
    std::string packed = "compress_packed_" + name;
    if (llvm::Error error =
            addPackedFunction(module, "_mlir_ciface_" + name, packed))
      return error;
    code.push_back(module.getFunction(packed));
  }
  const runtime::Signature &signature = function.signature;
  return SmallVector<llvm::Constant *>(
      {text(function.name), integer(signature.inputs.size()),
       tensors(signature.inputs), integer(signature.outputs.size()),
       tensors(signature.outputs), integer(function.arguments.size()),
       integers(function.arguments), integer(extents.size()), array(extents),
       code[0], code[1]});
}

llvm::Constant *ModelDescriptor::signatures(StringRef name, StringRef kind,
                                            StringRef target) {
  auto list = [](ArrayRef<runtime::TensorSpec> specs) {
    llvm::json::Array tensors;
    for (const runtime::TensorSpec &spec : specs) {
      llvm::json::Array shape;
      for (int64_t extent : spec.shape)
        shape.push_back(ShapedType::isDynamic(extent) ? -1 : extent);
      llvm::json::Object tensor{{"name", spec.name},
                                {"type", runtime::getName(spec.dtype)},
                                {"shape", std::move(shape)}};
      if (spec.forHost)
        tensor["memory"] = "host";
      tensors.push_back(std::move(tensor));
    }
    return tensors;
  };
  llvm::json::Array functions;
  for (const ModelProgram::Function &function : program.functions)
    functions.push_back(
        llvm::json::Object{{"name", function.name},
                           {"symbol", makeIdentifier(function.name)},
                           {"inputs", list(function.signature.inputs)},
                           {"outputs", list(function.signature.outputs)}});
  return text(llvm::formatv("{0}", llvm::json::Value(llvm::json::Object{
                                       {"version", 1},
                                       {"name", name},
                                       {kind, target},
                                       {"functions", std::move(functions)}}))
                  .str());
}

void ModelDescriptor::finish(Fields fields, StringRef symbol) {
  llvm::Constant *value = structure(fields);
  new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, value, symbol);
  for (llvm::Function &function : module)
    if (!function.isDeclaration())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
}
