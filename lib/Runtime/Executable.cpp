//===- Executable.cpp - A compiled function and its signature ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Executable.h"
#include "Executables.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/InitAll.h"
#include "compress/Target/PTX.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Pass/PassManager.h"
#include <chrono>

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

void runtime::registerExecutableDialects(DialectRegistry &registry) {
  mlir::registerAllDialects(registry);
  compress::registerCompressDialect(registry);
  registerAllExtensions(registry);
  registerPTXTranslation(registry);
}

Executable::~Executable() = default;
Emulator *Executable::getEmulator() const { return nullptr; }

std::string Executable::formatSignature() const {
  std::string text;
  for (const TensorSpec &spec : signature.inputs)
    text += "  input " + formatSpec(spec) + "\n";
  for (const TensorSpec &spec : signature.outputs)
    text += "  output " + formatSpec(spec) + "\n";
  return text;
}

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

llvm::Expected<func::FuncOp>
runtime::selectEntry(ModuleOp module, StringRef name,
                     function_ref<void(OpPassManager &)> addDecompression) {
  PassManager decompress(module.getContext());
  decompress.addPass(createConvertDenseToLinalgPass());
  addDecompression(decompress);
  if (failed(decompress.run(module)))
    return llvm::createStringError("the module could not be compiled");
  auto entry = findEntry(module, name);
  if (!entry)
    return entry.takeError();
  // Only the entry is compiled, and what it calls or launches.
  for (auto other : module.getOps<SymbolOpInterface>())
    if (other != *entry)
      other.setPrivate();
  return entry;
}

llvm::Expected<double> Executable::time(const NdArrayMap &inputs) {
  auto start = std::chrono::steady_clock::now();
  auto outputs = run(inputs);
  std::chrono::duration<double, std::milli> elapsed =
      std::chrono::steady_clock::now() - start;
  if (!outputs)
    return outputs.takeError();
  return elapsed.count();
}

llvm::Error Executable::checkInputs(const NdArrayMap &inputs) const {
  auto fail = [&](const Twine &message) {
    return llvm::createStringError(message + "\nthe function takes:\n" +
                                   formatSignature());
  };
  for (const auto &[name, array] : inputs)
    if (llvm::none_of(signature.inputs, [name = &name](const TensorSpec &spec) {
          return spec.name == *name;
        }))
      return fail("unknown input '" + name + "'");
  for (const TensorSpec &spec : signature.inputs) {
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
    const NdArray &array =
        inputs.find(signature.inputs[at.argument].name)->second;
    return array.getShape()[at.dimension];
  };
  for (const EqualExtents &equal : signature.equalExtents) {
    EqualExtents::Dimension first = equal.dimensions.front();
    bool known = !ShapedType::isDynamic(equal.value);
    int64_t expected = known ? equal.value : getExtent(first);
    std::string reason =
        known ? "as the function needs"
              : ("as dimension " + Twine(first.dimension) + " of input '" +
                 signature.inputs[first.argument].name + "'")
                    .str();
    for (EqualExtents::Dimension at : equal.dimensions)
      if (getExtent(at) != expected)
        return fail("input '" + signature.inputs[at.argument].name +
                    "': expected dimension " + Twine(at.dimension) + " to be " +
                    Twine(expected) + ", " + reason + ", found " +
                    Twine(getExtent(at)));
  }
  return llvm::Error::success();
}
