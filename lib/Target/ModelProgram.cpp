//===- ModelProgram.cpp - Functions and weights of a model ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/ModelProgram.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;
using namespace mlir::compress;

std::string compress::makeIdentifier(StringRef name) {
  std::string identifier;
  for (char c : name)
    identifier.push_back(llvm::isAlnum(c) ? c : '_');
  if (identifier.empty() || llvm::isDigit(identifier.front()))
    identifier.insert(identifier.begin(), '_');
  return identifier;
}

llvm::Error compress::runPasses(ModuleOp module,
                                function_ref<void(OpPassManager &)> build) {
  PassManager passes(module.getContext());
  build(passes);
  // Not every tool has these options.
  (void)applyPassManagerCLOptions(passes);
  if (failed(passes.run(module)))
    return llvm::createStringError("the module could not be compiled");
  return llvm::Error::success();
}

llvm::Error ModelProgram::readSignatures(ModuleOp module) {
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    auto signature = runtime::getSignature(function);
    if (!signature)
      return signature.takeError();
    Function &added = functions.emplace_back();
    added.name = function.getName().str();
    added.signature = std::move(*signature);
  }
  if (functions.empty())
    return llvm::createStringError(
        "expected a public function with a body, found none");
  return llvm::Error::success();
}

llvm::Error ModelProgram::bindArguments(ModuleOp module) {
  llvm::MapVector<Attribute, int64_t> numbers;
  for (Function &target : functions) {
    auto function = module.lookupSymbol<func::FuncOp>(target.name);
    auto bound = runtime::bindArguments(function, target.signature);
    if (!bound)
      return bound.takeError();
    for (const runtime::BoundArgument &argument : *bound) {
      if (argument.input) {
        target.arguments.push_back(*argument.input);
        continue;
      }
      auto [number, isNew] =
          numbers.insert({argument.weight, constants.size()});
      target.arguments.push_back(-1 - number->second);
      if (!isNew)
        continue;
      Constant &constant = constants.emplace_back();
      constant.weight = argument.weight;
      auto data =
          runtime::getBytes(argument.weight, argument.loc, constant.storage);
      if (!data)
        return data.takeError();
      constant.data = *data;
    }
  }
  return llvm::Error::success();
}
