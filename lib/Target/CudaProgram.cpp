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

using namespace mlir;
using namespace mlir::compress;

llvm::Expected<CudaProgram>
compress::compileForCuda(ModuleOp module, const Chip &chip, bool tf32,
                         std::optional<StringRef> ptxas) {
  CudaProgram program;
  program.chip = &chip;
  if (llvm::Error error = runPasses(module, [&](OpPassManager &pm) {
        pm.addPass(createConvertDenseToLinalgPass());
        buildCompressToKernelsPipeline(pm, chip);
        pm.addPass(createConvertCompressToLinalgPass());
      }))
    return error;
  if (llvm::Error error = program.readSignatures(module))
    return error;
  if (llvm::Error error = runPasses(module, [](OpPassManager &pm) {
        pm.addPass(createInlinerPass());
        pm.addPass(createSymbolDCEPass());
        pm.addPass(createHoistConstantsPass({/*minBytes=*/1}));
      }))
    return error;
  if (llvm::Error error = program.bindArguments(module))
    return error;

  if (llvm::Error error = runPasses(module, [&](OpPassManager &pm) {
        buildLinalgToGPUPipeline(pm, chip, tf32);
      }))
    return error;
  for (ModelProgram::Function &target : program.functions) {
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

  if (llvm::Error error = runPasses(module, buildLaunchesToCUDAPipeline))
    return error;
  for (Attribute kernel : module->getAttrOfType<ArrayAttr>(kKernelsAttr))
    program.kernels.push_back(cast<StringAttr>(kernel).str());
  for (ModelProgram::Function &target : program.functions) {
    Operation *function = module.lookupSymbol(target.name);
    target.measure =
        function->getAttrOfType<FlatSymbolRefAttr>(kMeasureAttr).getValue();
    program.lifetimes.push_back(llvm::to_vector(
        function->getAttrOfType<DenseI64ArrayAttr>(kLifetimesAttr)
            .asArrayRef()));
  }
  return program;
}
