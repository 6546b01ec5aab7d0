//===- CudaDescriptor.cpp - The CudaModule as LLVM IR --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Runtime/CudaABI.h"
#include "compress/Runtime/WeightsFile.h"
#include "compress/Target/CudaProgram.h"
#include "compress/Target/HostCode.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/JSON.h"

using namespace mlir;
using namespace mlir::compress;

/// Weights of fewer bytes that lie in a file are put into the code.
static constexpr size_t kLargeBytes = 1 << 20;

namespace {
/// Builds constant data of 8-byte fields.
class Descriptor {
public:
  Descriptor(llvm::Module &module, const CudaProgram &program)
      : module(module), program(program), context(module.getContext()),
        pointer(llvm::PointerType::get(context, 0)) {}

  llvm::Error build(StringRef name, CudaWeights weights);

private:
  using Fields = ArrayRef<llvm::Constant *>;

  llvm::Constant *integer(int64_t value) {
    return llvm::ConstantInt::getSigned(llvm::Type::getInt64Ty(context), value);
  }
  llvm::Constant *null() { return llvm::ConstantPointerNull::get(pointer); }
  llvm::GlobalVariable *global(llvm::Constant *value) {
    return new llvm::GlobalVariable(module, value->getType(),
                                    /*isConstant=*/true,
                                    llvm::GlobalValue::PrivateLinkage, value);
  }
  llvm::Constant *structure(Fields fields) {
    return llvm::ConstantStruct::getAnon(context, fields);
  }
  /// The address of fields one after another.
  llvm::Constant *array(Fields fields) {
    return fields.empty() ? null() : global(structure(fields));
  }
  llvm::Constant *integers(ArrayRef<int64_t> values) {
    SmallVector<llvm::Constant *> fields;
    for (int64_t value : values)
      fields.push_back(integer(value));
    return array(fields);
  }
  llvm::Constant *bytes(StringRef data) {
    return global(llvm::ConstantDataArray::getRaw(
        data, data.size(), llvm::Type::getInt8Ty(context)));
  }
  llvm::Constant *text(StringRef value) {
    return global(llvm::ConstantDataArray::getString(context, value));
  }
  llvm::Constant *tensors(ArrayRef<runtime::TensorSpec> specs);
  llvm::Expected<llvm::Constant *>
  constant(const CudaProgram::Constant &constant, CudaWeights weights);
  llvm::Expected<llvm::Constant *>
  function(const CudaProgram::Function &function);

  llvm::Module &module;
  const CudaProgram &program;
  llvm::LLVMContext &context;
  llvm::PointerType *pointer;
};
} // namespace

llvm::Constant *Descriptor::tensors(ArrayRef<runtime::TensorSpec> specs) {
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
Descriptor::constant(const CudaProgram::Constant &constant,
                     CudaWeights weights) {
  ArrayRef<int64_t> shape =
      cast<RankedTensorType>(constant.weight.getType()).getShape();
  StringRef data(constant.data.data(), constant.data.size());
  llvm::Constant *address = null(), *file = null(), *key = null();
  int64_t offset = 0, fileBytes = 0, fileHash = 0;
  auto external = dyn_cast<ExternalAttr>(constant.weight);
  if (weights == CudaWeights::InPlace) {
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
    address = bytes(data);
  }
  return structure({address, integer(data.size()), integer(shape.size()),
                    integers(shape), file, key, integer(offset),
                    integer(fileBytes), integer(fileHash)});
}

llvm::Expected<llvm::Constant *>
Descriptor::function(const CudaProgram::Function &function) {
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
    std::string packed = "compress_packed_" + name;
    if (llvm::Error error =
            addPackedFunction(module, "_mlir_ciface_" + name, packed))
      return error;
    code.push_back(module.getFunction(packed));
  }
  const runtime::Signature &signature = function.signature;
  return structure(
      {text(function.name), integer(signature.inputs.size()),
       tensors(signature.inputs), integer(signature.outputs.size()),
       tensors(signature.outputs), integer(function.arguments.size()),
       integers(function.arguments), integer(extents.size()), array(extents),
       integer(function.lifetimes.size() / 2), integers(function.lifetimes),
       code[0], code[1]});
}

/// The signatures, for callers that find functions by name.
static std::string getSignatures(const CudaProgram &program, StringRef name) {
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
  for (const CudaProgram::Function &function : program.functions)
    functions.push_back(
        llvm::json::Object{{"name", function.name},
                           {"symbol", makeIdentifier(function.name)},
                           {"inputs", list(function.signature.inputs)},
                           {"outputs", list(function.signature.outputs)}});
  return llvm::formatv("{0}", llvm::json::Value(llvm::json::Object{
                                  {"version", 1},
                                  {"name", name},
                                  {"chip", program.chip->name},
                                  {"functions", std::move(functions)}}));
}

llvm::Error Descriptor::build(StringRef name, CudaWeights weights) {
  SmallVector<llvm::Constant *> kernels, constants, functions;
  for (const std::string &kernel : program.kernels)
    kernels.push_back(text(kernel));
  for (const CudaProgram::Constant &weight : program.constants) {
    auto built = constant(weight, weights);
    if (!built)
      return built.takeError();
    constants.push_back(*built);
  }
  for (const CudaProgram::Function &target : program.functions) {
    auto built = function(target);
    if (!built)
      return built.takeError();
    functions.push_back(*built);
  }
  // As in "sm_90a", where the letter says that no other chip runs the code.
  StringRef chip = program.chip->name;
  bool isSpecific = chip.ends_with("a");
  int64_t capability = 0;
  (void)chip.drop_front(3).rtrim('a').getAsInteger(10, capability);

  llvm::Constant *value = structure(
      {text(name), text(chip), integer(capability), integer(isSpecific),
       program.cubin ? bytes(program.cubin->bytes) : null(), text(program.ptx),
       integer(kernels.size()), array(kernels), integer(constants.size()),
       array(constants), integer(functions.size()), array(functions),
       text(getSignatures(program, name))});
  new llvm::GlobalVariable(module, value->getType(), /*isConstant=*/true,
                           llvm::GlobalValue::ExternalLinkage, value,
                           kCudaModuleName);
  return llvm::Error::success();
}

llvm::Expected<std::unique_ptr<llvm::Module>>
compress::buildCudaModule(ModuleOp host, const CudaProgram &program,
                          StringRef name, CudaWeights weights,
                          llvm::LLVMContext &context) {
  auto code = translateHostCode(host, context);
  if (!code)
    return code.takeError();
  Descriptor descriptor(**code, program);
  if (llvm::Error error = descriptor.build(name, weights))
    return error;
  // Only the data refers to the code.
  for (llvm::Function &function : **code)
    if (!function.isDeclaration())
      function.setLinkage(llvm::GlobalValue::InternalLinkage);
  return code;
}
