//===- Pipeline.cpp - Kernels and their host code to the LLVM dialect -----===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/Transforms/RequestCWrappers.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void compress::buildHostToLLVMPipeline(OpPassManager &pm) {
  pm.addNestedPass<func::FuncOp>(LLVM::createLLVMRequestCWrappersPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  pm.addPass(createSCFToControlFlowPass());
  // Memory is asked for by the name of a function, whose meaning is the
  // caller's: the emulator's device has its own.
  FinalizeMemRefToLLVMConversionPassOptions memrefs;
  memrefs.useGenericFunctions = true;
  pm.addPass(createFinalizeMemRefToLLVMConversionPass(memrefs));
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void compress::buildNVVMToHostPipeline(OpPassManager &pm,
                                       const EmulationOptions &options) {
  pm.addPass(
      createConvertNVVMToEmulatedPass({options.checkAccesses, options.count}));
  buildHostToLLVMPipeline(pm);
}

void compress::registerNVVMToHostPipeline() {
  PassPipelineRegistration<EmulationOptions>(
      "compress-emulate",
      "Kernels in the NVVM dialect, and their launches, to the LLVM dialect "
      "for the emulator",
      buildNVVMToHostPipeline);
}
