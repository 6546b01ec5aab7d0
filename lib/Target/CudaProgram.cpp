//===- CudaProgram.cpp - A model compiled for CUDA -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/CudaProgram.h"
#include "compress/Conversion/LaunchesToCUDA.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/Passes.h"
#include "llvm/ADT/MapVector.h"

using namespace mlir;
using namespace mlir::compress;

static llvm::Error run(ModuleOp module,
                       function_ref<void(OpPassManager &)> build) {
  PassManager passes(module.getContext());
  build(passes);
  // Not every tool has these options.
  (void)applyPassManagerCLOptions(passes);
  if (failed(passes.run(module)))
    return llvm::createStringError("the module could not be compiled");
  return llvm::Error::success();
}

llvm::Expected<CudaProgram>
compress::compileForCuda(ModuleOp module, const Chip &chip, bool tf32,
                         std::optional<StringRef> ptxas) {
  CudaProgram program;
  program.chip = &chip;
  if (llvm::Error error = run(module, [&](OpPassManager &pm) {
        pm.addPass(createConvertDenseToLinalgPass());
        buildCompressToKernelsPipeline(pm, chip);
        pm.addPass(createConvertCompressToLinalgPass());
      }))
    return error;
  for (auto function : module.getOps<func::FuncOp>()) {
    if (!function.isPublic() || function.isExternal())
      continue;
    auto signature = runtime::getSignature(function);
    if (!signature)
      return signature.takeError();
    CudaProgram::Function &added = program.functions.emplace_back();
    added.name = function.getName().str();
    added.signature = std::move(*signature);
  }
  if (program.functions.empty())
    return llvm::createStringError(
        "expected a public function with a body, found none");

  if (llvm::Error error = run(module, [](OpPassManager &pm) {
        pm.addPass(createInlinerPass());
        pm.addPass(createSymbolDCEPass());
        pm.addPass(createHoistConstantsPass({/*minBytes=*/1}));
      }))
    return error;
  llvm::MapVector<Attribute, int64_t> numbers;
  for (CudaProgram::Function &target : program.functions) {
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
          numbers.insert({argument.weight, program.constants.size()});
      target.arguments.push_back(-1 - number->second);
      if (!isNew)
        continue;
      CudaProgram::Constant &constant = program.constants.emplace_back();
      constant.weight = argument.weight;
      auto data =
          runtime::getBytes(argument.weight, argument.loc, constant.storage);
      if (!data)
        return data.takeError();
      constant.data = *data;
    }
  }

  if (llvm::Error error = run(module, [&](OpPassManager &pm) {
        buildLinalgToGPUPipeline(pm, chip, tf32);
      }))
    return error;
  for (CudaProgram::Function &target : program.functions) {
    auto function = module.lookupSymbol<func::FuncOp>(target.name);
    for (auto [index, number] : llvm::enumerate(target.arguments)) {
      if (!function.getArgAttr(index, kernel::KernelDialect::kHostAttr))
        continue;
      if (number < 0)
        return llvm::createStringError(
            "function '" + target.name +
            "' reads elements of a constant on the host, by indices that are "
            "known at run time; expected it to read an input");
      target.signature.inputs[number].forHost = true;
    }
  }
  llvm::Expected<std::string> ptx = translateToPTX(module, chip);
  if (!ptx)
    return ptx.takeError();
  program.ptx = std::move(*ptx);
  if (ptxas) {
    llvm::Expected<Cubin> cubin = assemblePTX(program.ptx, chip, *ptxas);
    if (!cubin)
      return cubin.takeError();
    program.cubin = std::move(*cubin);
  }

  if (llvm::Error error = run(module, buildLaunchesToCUDAPipeline))
    return error;
  for (Attribute kernel : module->getAttrOfType<ArrayAttr>(kKernelsAttr))
    program.kernels.push_back(cast<StringAttr>(kernel).str());
  for (CudaProgram::Function &target : program.functions) {
    Operation *function = module.lookupSymbol(target.name);
    target.measure =
        function->getAttrOfType<FlatSymbolRefAttr>(kMeasureAttr).getValue();
    target.lifetimes = llvm::to_vector(
        function->getAttrOfType<DenseI64ArrayAttr>(kLifetimesAttr)
            .asArrayRef());
  }
  return program;
}
