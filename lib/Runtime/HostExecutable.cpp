//===- HostExecutable.cpp - A function on this processor -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Executables.h"
#include "JIT.h"
#include "Model/Model.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Runtime/Buffers.h"
#include "compress/Target/HostCode.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include <cstdlib>

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

namespace {
/// Runs on the processor itself, or on the GPU that it emulates.
class HostExecutable : public Executable {
public:
  using Executable::Executable;

  Emulator *getEmulator() const override { return emulator.get(); }
  llvm::Expected<NdArrayMap> run(const NdArrayMap &inputs) override;

  /// The arguments of the compiled function in order: inputs, by number, and
  /// constants, with their bytes.
  struct Argument {
    std::optional<unsigned> input;
    ArrayRef<char> data;
    SmallVector<int64_t> shape;
  };
  std::vector<Argument> arguments;
  /// Constants that were decoded, and aligned copies of those whose bytes are
  /// not aligned for their type.
  std::vector<std::vector<char>> copies;
  std::unique_ptr<Emulator> emulator;
  std::unique_ptr<JIT> jit;
  PackedFunction *function = nullptr;

private:
  /// Runs the compiled function, whose results are buffers of its own.
  llvm::Error call(const NdArrayMap &inputs, MutableArrayRef<void *> arguments);
};
} // namespace

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

llvm::Expected<std::unique_ptr<Executable>>
Executable::compile(OwningOpRef<ModuleOp> module, StringRef entryName,
                    std::optional<EmulatedTarget> emulator) {
  MLIRContext *context = module->getContext();
  CPUOptions cpu;
  setTargetOptions(cpu, CPUTarget::getHost());
  auto entry = selectEntry(*module, entryName, [&](OpPassManager &pm) {
    if (!emulator)
      return buildCompressToCPUPipeline(pm, cpu);
    buildCompressToKernelsPipeline(pm, *emulator->chip);
    pm.addPass(createConvertCompressToLinalgPass());
  });
  if (!entry)
    return entry.takeError();
  func::FuncOp function = *entry;
  auto signature = getSignature(function);
  if (!signature)
    return signature.takeError();

  PassManager hoist(context);
  if (emulator) {
    hoist.addPass(createInlinerPass());
    hoist.addPass(createSymbolDCEPass());
    // A kernel's code holds no constant tensors.
    HoistConstantsPassOptions constants;
    constants.minBytes = 1;
    hoist.addPass(createHoistConstantsPass(constants));
  } else {
    buildHoistWeightsPipeline(hoist, cpu);
  }
  if (failed(hoist.run(*module)))
    return llvm::createStringError("the module could not be compiled");

  for (auto other : module->getOps<func::FuncOp>())
    if (other.isExternal())
      return llvm::createStringError("function '" + function.getName() +
                                     "' calls '" + other.getName() +
                                     "', which has no body in this module");
  auto bound = bindArguments(function, *signature);
  if (!bound)
    return bound.takeError();
  std::unique_ptr<HostExecutable> result(
      new HostExecutable(std::move(*signature)));
  for (const BoundArgument &from : *bound) {
    HostExecutable::Argument &argument = result->arguments.emplace_back();
    argument.input = from.input;
    if (argument.input)
      continue;
    std::vector<char> storage;
    auto bytes = getBytes(from.weight, from.loc, storage);
    if (!bytes)
      return bytes.takeError();
    auto type = cast<RankedTensorType>(from.weight.getType());
    argument.data = *bytes;
    argument.shape = llvm::to_vector(type.getShape());
    // Memory of a device is aligned as cudaMalloc's (CUDA C++ Programming
    // Guide, device memory accesses).
    size_t alignment = emulator ? 256 : type.getElementTypeBitWidth() / 8;
    if (reinterpret_cast<uintptr_t>(bytes->data()) % alignment) {
      std::vector<char> aligned(bytes->size() + alignment);
      char *data = reinterpret_cast<char *>(
          llvm::alignAddr(aligned.data(), llvm::Align(alignment)));
      llvm::copy(*bytes, data);
      argument.data = ArrayRef(data, bytes->size());
      storage = std::move(aligned);
    }
    if (!storage.empty())
      result->copies.push_back(std::move(storage));
  }

  std::string name = ("_mlir_ciface_" + function.getName()).str();
  PassManager lower(context);
  if (emulator) {
    result->emulator = std::make_unique<Emulator>(*emulator);
    for (auto [number, argument] : llvm::enumerate(result->arguments))
      if (!argument.input)
        result->emulator->addBuffer(argument.data.data(), argument.data.size(),
                                    ("constant " + Twine(number)).str(),
                                    /*isReadOnly=*/true);
    EmulationOptions options;
    options.checkAccesses = emulator->checks || emulator->counters;
    options.count = emulator->counters;
    buildLinalgToGPUPipeline(lower, *emulator->chip, emulator->tf32);
    buildNVVMToHostPipeline(lower, options);
  } else {
    buildLinalgToCPUPipeline(lower, cpu);
  }
  if (failed(lower.run(*module)))
    return llvm::createStringError("the module could not be compiled");
  auto llvmContext = std::make_unique<llvm::LLVMContext>();
  auto code = translateHostCode(*module, *llvmContext);
  if (!code)
    return code.takeError();
  if (!emulator)
    useBufferRuntime(**code);
  constexpr llvm::StringLiteral packed = "compress_packed_entry";
  if (llvm::Error error = addPackedFunction(**code, name, packed))
    return error;
  auto jit = JIT::create(std::move(*code), std::move(llvmContext), packed);
  if (!jit)
    return jit.takeError();
  result->jit = std::move(*jit);
  result->function =
      reinterpret_cast<PackedFunction *>(result->jit->getAddress());
  return result;
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

/// Appends a memref descriptor.
static void appendDescriptor(std::vector<int64_t> &words, const char *data,
                             ArrayRef<int64_t> shape) {
  size_t start = words.size();
  words.resize(start + getDescriptorWords(shape.size()));
  writeDescriptor(&words[start], reinterpret_cast<uintptr_t>(data),
                  shape.size(), shape.data());
}

static llvm::Expected<NdArray> copyArray(DType dtype, ArrayRef<int64_t> shape,
                                         const char *data) {
  auto array = NdArray::create(dtype, shape);
  if (array)
    std::memcpy(array->getData().data(), data, array->getData().size());
  return array;
}

llvm::Error HostExecutable::call(const NdArrayMap &inputs,
                                 MutableArrayRef<void *> arguments) {
  if (!emulator) {
    function(arguments.data());
    return llvm::Error::success();
  }
  Emulator::Current current(*emulator);
  for (const auto &[name, array] : inputs)
    emulator->addBuffer(array.getData().data(), array.getData().size(),
                        "input " + name, /*isReadOnly=*/true);
  function(arguments.data());
  for (const auto &[name, array] : inputs)
    emulator->removeBuffer(array.getData().data());
  llvm::Error error = emulator->takeError();
  if (error)
    emulator->freeAllocations();
  return error;
}

llvm::Expected<NdArrayMap> HostExecutable::run(const NdArrayMap &inputs) {
  if (llvm::Error error = checkInputs(inputs))
    return error;

  // The emulator's buffers are aligned as a device's, and none is two inputs.
  NdArrayMap deviceInputs;
  if (emulator)
    for (const auto &[name, array] : inputs) {
      auto copy =
          copyArray(array.getDType(), array.getShape(), array.getData().data());
      if (!copy)
        return copy.takeError();
      deviceInputs[name] = std::move(*copy);
    }
  const NdArrayMap &operands = emulator ? deviceInputs : inputs;

  // Descriptors of results, inputs and constants lie one after another.
  std::vector<int64_t> words;
  std::vector<size_t> starts;
  if (!signature.outputs.empty())
    starts.push_back(0);
  for (const TensorSpec &spec : signature.outputs)
    words.resize(words.size() + getDescriptorWords(spec.shape.size()));
  for (const Argument &argument : arguments) {
    starts.push_back(words.size());
    if (!argument.input) {
      appendDescriptor(words, argument.data.data(), argument.shape);
      continue;
    }
    const NdArray &array =
        operands.find(signature.inputs[*argument.input].name)->second;
    appendDescriptor(words, array.getData().data(), array.getShape());
  }
  std::vector<void *> arguments;
  for (size_t start : starts)
    arguments.push_back(&words[start]);
  if (llvm::Error error = call(operands, arguments))
    return error;

  // The results own their buffers from here on, all of them in any case; those
  // that are the same value share one. The emulator's memory is copied, as it
  // goes with the call.
  NdArrayMap results;
  llvm::SmallDenseMap<void *, std::shared_ptr<void>, 8> buffers;
  llvm::Error failure = llvm::Error::success();
  size_t at = 0;
  for (const TensorSpec &spec : signature.outputs) {
    size_t rank = spec.shape.size();
    ArrayRef<int64_t> shape(words.data() + at + 3, rank);
    char *data = reinterpret_cast<char *>(words[at + 1]) +
                 words[at + 2] * getByteWidth(spec.dtype);
    std::shared_ptr<void> &buffer =
        buffers[reinterpret_cast<void *>(words[at])];
    if (!emulator && !buffer)
      buffer.reset(reinterpret_cast<void *>(words[at]), compress_free_buffer);
    auto array = emulator ? copyArray(spec.dtype, shape, data)
                          : NdArray::wrap(spec.dtype, shape,
                                          std::shared_ptr<char>(buffer, data));
    if (!array)
      failure = llvm::joinErrors(std::move(failure), array.takeError());
    else
      results[spec.name] = std::move(*array);
    at += getDescriptorWords(rank);
  }
  if (emulator)
    emulator->freeAllocations();
  if (failure)
    return failure;
  return results;
}
