//===- Executable.cpp - A compiled function and its signature -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Executable.h"
#include "Extents.h"
#include "JIT.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/InitAll.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/SmallPtrSet.h"
#include "llvm/ADT/StringSet.h"
#include <cstdlib>

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

void runtime::registerExecutableDialects(DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  compress::registerAllDialects(registry);
  registerAllExtensions(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}

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

struct Executable::Impl {
  std::vector<TensorSpec> inputs, outputs;
  /// The arguments of the compiled function in order: inputs, by number, and
  /// constants, with their bytes.
  struct Argument {
    std::optional<unsigned> input;
    ArrayRef<char> data;
    SmallVector<int64_t> shape;
  };
  std::vector<Argument> arguments;
  /// Extents of inputs that must agree; arguments are numbers of inputs.
  SmallVector<EqualExtents> equalExtents;
  /// Constants that were decoded, and aligned copies of those whose bytes are
  /// not aligned for their type.
  std::vector<std::vector<char>> copies;
  std::unique_ptr<Emulator> emulator;
  std::unique_ptr<JIT> jit;

  /// Runs the compiled function, whose results are buffers of its own.
  llvm::Error call(const NdArrayMap &inputs, MutableArrayRef<void *> arguments);
};

Executable::Executable(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
Executable::~Executable() = default;
Emulator *Executable::getEmulator() const { return impl->emulator.get(); }
ArrayRef<TensorSpec> Executable::getInputs() const { return impl->inputs; }
ArrayRef<TensorSpec> Executable::getOutputs() const { return impl->outputs; }

std::string Executable::formatSignature() const {
  std::string text;
  for (const TensorSpec &spec : impl->inputs)
    text += "  input " + formatSpec(spec) + "\n";
  for (const TensorSpec &spec : impl->outputs)
    text += "  output " + formatSpec(spec) + "\n";
  return text;
}

//===----------------------------------------------------------------------===//
// Compilation
//===----------------------------------------------------------------------===//

static llvm::Expected<func::FuncOp> findEntry(ModuleOp module, StringRef name) {
  SmallVector<func::FuncOp> functions;
  std::string found;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    functions.push_back(function);
    found += (found.empty() ? "" : ", ") + function.getName().str();
    if (function.getName() == name)
      return function;
  }
  if (functions.empty())
    return llvm::createStringError(
        "expected a public function with a body, found none");
  if (!name.empty())
    return llvm::createStringError("no public function is named '" + name +
                                   "'; the module has: " + found);
  if (functions.size() > 1)
    return llvm::createStringError(
        "expected one public function, found several: " + found +
        "; name one of them with --entry");
  return functions.front();
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

/// Reads the signature before constants become arguments. Arguments that are
/// bound to weights are no inputs.
static llvm::Error getSignature(func::FuncOp function,
                                std::vector<TensorSpec> &inputs,
                                std::vector<TensorSpec> &outputs) {
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
    if (llvm::Error error = add(
            inputs, getSpec(function, type,
                            function.getArgAttr(i, CompressDialect::kNameAttr),
                            "argument", "arg", i)))
      return error;
  }
  names.clear();
  for (auto [i, type] : llvm::enumerate(function.getResultTypes()))
    if (llvm::Error error =
            add(outputs,
                getSpec(function, type,
                        function.getResultAttr(i, CompressDialect::kNameAttr),
                        "result", "out", i)))
      return error;
  return llvm::Error::success();
}

/// The bytes of a hoisted constant; `storage` takes those that are decoded.
static llvm::Expected<ArrayRef<char>> getBytes(Attribute value,
                                               RankedTensorType type,
                                               std::vector<char> &storage,
                                               Location loc) {
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

llvm::Expected<std::unique_ptr<Executable>>
Executable::compile(OwningOpRef<ModuleOp> module, StringRef entryName,
                    std::optional<EmulatedTarget> emulator) {
  MLIRContext *context = module->getContext();
  PassManager decompress(context);
  decompress.addPass(createConvertDenseToLinalgPass());
  if (emulator)
    buildCompressToKernelsPipeline(decompress, *emulator->chip);
  decompress.addPass(createConvertCompressToLinalgPass());
  if (failed(decompress.run(*module)))
    return llvm::createStringError("the module could not be compiled");
  auto entry = findEntry(*module, entryName);
  if (!entry)
    return entry.takeError();
  func::FuncOp function = *entry;
  auto impl = std::make_unique<Impl>();
  if (llvm::Error error = getSignature(function, impl->inputs, impl->outputs))
    return error;

  // Only the entry is compiled, and what it calls or launches.
  for (auto other : module->getOps<SymbolOpInterface>())
    if (other != function)
      other.setPrivate();
  PassManager hoist(context);
  hoist.addPass(createInlinerPass());
  hoist.addPass(createSymbolDCEPass());
  // A kernel's code holds no constant tensors.
  HoistConstantsPassOptions constants;
  if (emulator)
    constants.minBytes = 1;
  hoist.addPass(createHoistConstantsPass(constants));
  if (failed(hoist.run(*module)))
    return llvm::createStringError("the module could not be compiled");

  for (auto other : module->getOps<func::FuncOp>())
    if (other.isExternal())
      return llvm::createStringError("function '" + function.getName() +
                                     "' calls '" + other.getName() +
                                     "', which has no body in this module");
  SmallVector<EqualExtents> equalExtents = findEqualExtents(function);
  unsigned numInputs = 0;
  function.removeResAttrsAttr();
  for (unsigned i = 0, e = function.getNumArguments(); i < e; ++i) {
    function.setArgAttr(i,
                        bufferization::BufferizationDialect::kWritableAttrName,
                        BoolAttr::get(context, false));
    // LLVM functions have no place for names.
    function.removeArgAttr(i, CompressDialect::kNameAttr);
    Attribute value = function.removeArgAttr(i, CompressDialect::kConstantAttr);
    if (!value)
      value = function.removeArgAttr(i, CompressDialect::kExternalAttr);
    Impl::Argument &argument = impl->arguments.emplace_back();
    if (!value) {
      argument.input = numInputs++;
      continue;
    }
    auto type = dyn_cast<RankedTensorType>(function.getArgument(i).getType());
    if (!type)
      return llvm::createStringError("argument " + Twine(i) +
                                     " is bound to a weight, but not a tensor");
    std::vector<char> storage;
    auto bytes =
        getBytes(value, type, storage, function.getArgument(i).getLoc());
    if (!bytes)
      return bytes.takeError();
    argument = {std::nullopt, *bytes, llvm::to_vector(type.getShape())};
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
      impl->copies.push_back(std::move(storage));
  }

  // Weights have static extents, so only inputs are among these.
  for (EqualExtents &equal : equalExtents)
    for (EqualExtents::Dimension &dimension : equal.dimensions)
      dimension.argument = *impl->arguments[dimension.argument].input;
  impl->equalExtents = std::move(equalExtents);

  std::string name = ("_mlir_ciface_" + function.getName()).str();
  unsigned numArguments = function.getNumArguments() + !impl->outputs.empty();
  PassManager lower(context);
  if (emulator) {
    impl->emulator = std::make_unique<Emulator>(*emulator);
    for (auto [number, argument] : llvm::enumerate(impl->arguments))
      if (!argument.input)
        impl->emulator->addBuffer(argument.data.data(), argument.data.size(),
                                  ("constant " + Twine(number)).str(),
                                  /*isReadOnly=*/true);
    EmulationOptions options;
    options.checkAccesses = emulator->checks || emulator->counters;
    options.count = emulator->counters;
    buildLinalgToGPUPipeline(lower, *emulator->chip);
    buildNVVMToHostPipeline(lower, options);
  } else {
    CPUOptions options;
    setHostOptions(options);
    buildLinalgToCPUPipeline(lower, options);
  }
  if (failed(lower.run(*module)))
    return llvm::createStringError("the module could not be compiled");
  auto jit = JIT::create(*module, name, numArguments);
  if (!jit)
    return jit.takeError();
  impl->jit = std::move(*jit);
  return std::unique_ptr<Executable>(new Executable(std::move(impl)));
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

llvm::Error Executable::checkInputs(const NdArrayMap &inputs) const {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(message + "\nthe function takes:\n" +
                                   formatSignature());
  };
  for (const auto &[name, array] : inputs)
    if (llvm::none_of(impl->inputs, [name = &name](const TensorSpec &spec) {
          return spec.name == *name;
        }))
      return fail("unknown input '" + name + "'");
  for (const TensorSpec &spec : impl->inputs) {
    auto it = inputs.find(spec.name);
    if (it == inputs.end())
      return fail("missing input '" + spec.name + "'");
    const NdArray &array = it->second;
    if (array.getDType() != spec.dtype)
      return fail("input '" + spec.name + "': expected type " +
                  getName(spec.dtype) + ", found " + getName(array.getDType()));
    bool fits = array.getShape().size() == spec.shape.size();
    for (auto [found, expected] : llvm::zip(array.getShape(), spec.shape))
      fits &= ShapedType::isDynamic(expected) || found == expected;
    if (!fits)
      return fail("input '" + spec.name + "': expected " + formatSpec(spec) +
                  ", found shape " + formatShape(array.getShape()));
  }
  auto getExtent = [&](EqualExtents::Dimension at) {
    const NdArray &array = inputs.find(impl->inputs[at.argument].name)->second;
    return array.getShape()[at.dimension];
  };
  for (const EqualExtents &equal : impl->equalExtents) {
    EqualExtents::Dimension first = equal.dimensions.front();
    bool known = !ShapedType::isDynamic(equal.value);
    int64_t expected = known ? equal.value : getExtent(first);
    std::string reason =
        known ? "as the function needs"
              : ("as dimension " + Twine(first.dimension) + " of input '" +
                 impl->inputs[first.argument].name + "'")
                    .str();
    for (EqualExtents::Dimension at : equal.dimensions)
      if (getExtent(at) != expected)
        return fail("input '" + impl->inputs[at.argument].name +
                    "': expected dimension " + Twine(at.dimension) + " to be " +
                    Twine(expected) + ", " + reason + ", found " +
                    Twine(getExtent(at)));
  }
  return llvm::Error::success();
}

/// Appends a memref descriptor: allocated and aligned pointer, offset, sizes,
/// strides.
static void appendDescriptor(std::vector<int64_t> &words, const char *data,
                             ArrayRef<int64_t> shape) {
  int64_t pointer = static_cast<int64_t>(reinterpret_cast<intptr_t>(data));
  words.insert(words.end(), {pointer, pointer, 0});
  words.insert(words.end(), shape.begin(), shape.end());
  size_t strides = words.size();
  words.resize(strides + shape.size());
  int64_t stride = 1;
  for (size_t i = shape.size(); i-- > 0;) {
    words[strides + i] = stride;
    stride *= shape[i];
  }
}

llvm::Error Executable::Impl::call(const NdArrayMap &inputs,
                                   MutableArrayRef<void *> arguments) {
  if (!emulator) {
    jit->getFunction()(arguments.data());
    return llvm::Error::success();
  }
  Emulator::Current current(*emulator);
  for (const auto &[name, array] : inputs)
    emulator->addBuffer(array.getData().data(), array.getData().size(),
                        "input " + name, /*isReadOnly=*/true);
  jit->getFunction()(arguments.data());
  for (const auto &[name, array] : inputs)
    emulator->removeBuffer(array.getData().data());
  llvm::Error error = emulator->takeError();
  if (error)
    emulator->freeAllocations();
  return error;
}

llvm::Expected<NdArrayMap> Executable::run(const NdArrayMap &inputs) const {
  if (llvm::Error error = checkInputs(inputs))
    return error;

  // Descriptors of results, inputs and constants lie one after another.
  std::vector<int64_t> words;
  std::vector<size_t> starts;
  if (!impl->outputs.empty())
    starts.push_back(0);
  for (const TensorSpec &spec : impl->outputs)
    words.resize(words.size() + 3 + 2 * spec.shape.size());
  for (const Impl::Argument &argument : impl->arguments) {
    starts.push_back(words.size());
    if (!argument.input) {
      appendDescriptor(words, argument.data.data(), argument.shape);
      continue;
    }
    const NdArray &array =
        inputs.find(impl->inputs[*argument.input].name)->second;
    appendDescriptor(words, array.getData().data(), array.getShape());
  }
  std::vector<void *> arguments;
  for (size_t start : starts)
    arguments.push_back(&words[start]);
  if (llvm::Error error = impl->call(inputs, arguments))
    return error;

  // Copy the results and free their buffers, all of them in any case. Results
  // that are the same value share a buffer.
  NdArrayMap results;
  llvm::SmallPtrSet<void *, 8> buffers;
  llvm::Error failure = llvm::Error::success();
  size_t at = 0;
  for (const TensorSpec &spec : impl->outputs) {
    size_t rank = spec.shape.size();
    ArrayRef<int64_t> shape(words.data() + at + 3, rank);
    auto array = NdArray::create(spec.dtype, shape);
    if (!array) {
      failure = llvm::joinErrors(std::move(failure), array.takeError());
    } else {
      const char *data = reinterpret_cast<const char *>(words[at + 1]) +
                         words[at + 2] * getByteWidth(spec.dtype);
      std::memcpy(array->getData().data(), data, array->getData().size());
      results[spec.name] = std::move(*array);
    }
    buffers.insert(reinterpret_cast<void *>(words[at]));
    at += 3 + 2 * rank;
  }
  if (impl->emulator)
    impl->emulator->freeAllocations();
  else
    for (void *buffer : buffers)
      std::free(buffer);
  if (failure)
    return failure;
  return results;
}
