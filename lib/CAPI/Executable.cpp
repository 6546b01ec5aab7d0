//===- Executable.cpp - Compile a function and call it --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress-c/Executable.h"
#include "Status.h"
#include "compress/Runtime/Executable.h"
#include "mlir/CAPI/IR.h"
#include "mlir/CAPI/Support.h"

using namespace mlir;
using namespace mlir::compress;

static runtime::Executable *unwrap(CompressExecutable executable) {
  return static_cast<runtime::Executable *>(executable.ptr);
}

static runtime::NdArrayMap *unwrap(CompressResults results) {
  return static_cast<runtime::NdArrayMap *>(results.ptr);
}

static CompressArray makeArray(StringRef name, runtime::DType dtype,
                               ArrayRef<int64_t> shape, const void *data) {
  return {wrap(name), wrap(runtime::getName(dtype)),
          static_cast<intptr_t>(shape.size()), shape.data(), data};
}

static CompressArray getSpec(ArrayRef<runtime::TensorSpec> specs,
                             intptr_t pos) {
  if (pos < 0 || pos >= static_cast<intptr_t>(specs.size()))
    return {};
  return makeArray(specs[pos].name, specs[pos].dtype, specs[pos].shape,
                   /*data=*/nullptr);
}

CompressStatus compressExecutableCreate(MlirModule module, MlirStringRef entry,
                                        CompressExecutable *result) {
  if (mlirModuleIsNull(module))
    return makeFailure("expected a module, found null: it could not be parsed");
  ModuleOp op = unwrap(module);
  MLIRContext *context = op.getContext();
  DialectRegistry registry;
  runtime::registerExecutableDialects(registry);
  context->appendDialectRegistry(registry);
  CollectedErrors errors(context);
  auto executable = runtime::Executable::compile(
      OwningOpRef<ModuleOp>(op.clone()), unwrap(entry));
  if (!executable)
    return errors.makeFailure(llvm::toString(executable.takeError()));
  result->ptr = executable->release();
  return makeSuccess();
}

void compressExecutableDestroy(CompressExecutable executable) {
  delete unwrap(executable);
}

intptr_t compressExecutableGetNumInputs(CompressExecutable executable) {
  return unwrap(executable)->getInputs().size();
}

CompressArray compressExecutableGetInput(CompressExecutable executable,
                                         intptr_t pos) {
  return getSpec(unwrap(executable)->getInputs(), pos);
}

intptr_t compressExecutableGetNumOutputs(CompressExecutable executable) {
  return unwrap(executable)->getOutputs().size();
}

CompressArray compressExecutableGetOutput(CompressExecutable executable,
                                          intptr_t pos) {
  return getSpec(unwrap(executable)->getOutputs(), pos);
}

/// The array as the runtime takes it, which neither copies nor writes it.
static llvm::Expected<runtime::NdArray> wrapArray(const CompressArray &array) {
  std::string name = unwrap(array.name).str();
  std::optional<runtime::DType> dtype =
      runtime::parseDType(unwrap(array.dtype));
  if (!dtype)
    return llvm::createStringError("input '" + name +
                                   "': expected a type such as F32, found '" +
                                   unwrap(array.dtype) + "'");
  if (array.rank < 0 || (array.rank > 0 && !array.shape))
    return llvm::createStringError("input '" + name +
                                   "': expected a shape, found none");
  ArrayRef<int64_t> shape(array.shape, array.rank);
  auto *data = const_cast<char *>(static_cast<const char *>(array.data));
  auto wrapped = runtime::NdArray::wrap(
      *dtype, shape, std::shared_ptr<char>(data, [](char *) {}));
  if (!wrapped)
    return llvm::createStringError("input '" + name +
                                   "': " + llvm::toString(wrapped.takeError()));
  if (!data && runtime::getNumBytes(*dtype, shape) != 0)
    return llvm::createStringError("input '" + name +
                                   "': expected data, found a null pointer");
  return wrapped;
}

CompressStatus compressExecutableRun(CompressExecutable executable,
                                     intptr_t numInputs,
                                     const CompressArray *inputs,
                                     CompressResults *results) {
  runtime::NdArrayMap arrays;
  for (intptr_t i = 0; i < numInputs; ++i) {
    llvm::Expected<runtime::NdArray> array = wrapArray(inputs[i]);
    if (!array)
      return makeStatus(array.takeError());
    if (!arrays.insert({unwrap(inputs[i].name).str(), std::move(*array)})
             .second)
      return makeFailure("input '" + unwrap(inputs[i].name) +
                         "' is given twice");
  }
  llvm::Expected<runtime::NdArrayMap> outputs = unwrap(executable)->run(arrays);
  if (!outputs)
    return makeStatus(outputs.takeError());
  results->ptr = new runtime::NdArrayMap(std::move(*outputs));
  return makeSuccess();
}

intptr_t compressResultsGetSize(CompressResults results) {
  return unwrap(results)->size();
}

CompressArray compressResultsGet(CompressResults results, intptr_t pos) {
  runtime::NdArrayMap &arrays = *unwrap(results);
  if (pos < 0 || pos >= static_cast<intptr_t>(arrays.size()))
    return {};
  const auto &[name, array] = *(arrays.begin() + pos);
  return makeArray(name, array.getDType(), array.getShape(),
                   array.getData().data());
}

void compressResultsDestroy(CompressResults results) { delete unwrap(results); }
