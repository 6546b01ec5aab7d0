//===- PTX.cpp - PTX of a module's kernels --------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/PTX.h"
#include "RequiredPTX.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Conversion/NVVMToLLVM/NVVMToLLVM.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Target/LLVM/NVVM/Target.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/GPU/GPUToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/NVVM/NVVMToLLVMIRTranslation.h"

using namespace mlir;
using namespace mlir::compress;

void compress::registerPTXTranslation(DialectRegistry &registry) {
  registry.insert<gpu::GPUDialect, NVVM::NVVMDialect>();
  registerBuiltinDialectTranslation(registry);
  registerGPUDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
  registerNVVMDialectTranslation(registry);
  NVVM::registerNVVMTargetInterfaceExternalModels(registry);
}

llvm::Expected<std::string> compress::translateToPTX(ModuleOp module,
                                                     const Chip &chip) {
  auto kernels = module.getOps<gpu::GPUModuleOp>();
  if (!llvm::hasSingleElement(kernels))
    return llvm::createStringError(
        "expected one gpu.module, found " +
        std::to_string(std::distance(kernels.begin(), kernels.end())));
  FailureOr<std::string> features = getRequiredPTX(*kernels.begin(), chip);
  if (failed(features))
    return llvm::createStringError("the kernels cannot be translated to PTX");
  // ptxas serialises asynchronous matrix instructions in code that was not
  // optimized, hence the highest level.
  auto target =
      NVVM::NVVMTargetAttr::get(module.getContext(), /*optLevel=*/3,
                                "nvptx64-nvidia-cuda", chip.name, *features);
  // Instructions without an intrinsic of LLVM are inline assembly from here on,
  // in a copy.
  OwningOpRef<ModuleOp> copy = ModuleOp::create(module.getLoc());
  auto assembled = cast<gpu::GPUModuleOp>((*kernels.begin())->clone());
  copy->push_back(assembled);
  PassManager passes(module.getContext());
  auto &nested = passes.nest<gpu::GPUModuleOp>();
  nested.addPass(createConvertInstructionsToPTXPass());
  nested.addPass(createConvertNVVMToLLVMPass());
  if (failed(passes.run(*copy)))
    return llvm::createStringError("the kernels cannot be translated to PTX");
  auto serializer = dyn_cast<gpu::TargetAttrInterface>(target);
  if (!serializer)
    return llvm::createStringError(
        "the context lacks the NVVM target: call registerPTXTranslation");
  gpu::TargetOptions options(/*toolkitPath=*/{}, /*librariesToLink=*/{},
                             /*cmdOptions=*/{}, /*elfSection=*/{},
                             gpu::CompilationTarget::Assembly);
  auto object = serializer.serializeToObject(assembled, options);
  if (!object)
    return llvm::createStringError("the kernels cannot be translated to PTX");
  // The serializer ends the text with a zero.
  return StringRef(object->data(), object->size()).rtrim('\0').str();
}
