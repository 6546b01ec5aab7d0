//===- Pipeline.cpp - Linalg on tensors to GPU kernels --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void compress::buildCompressToKernelsPipeline(OpPassManager &pm,
                                              const Chip &chip) {
  // Weights come as components from here on.
  pm.addPass(createExplodePass());
  StreamContractsPassOptions options;
  options.chip = chip.name.str();
  pm.addPass(createStreamContractsPass(options));
}

void compress::buildLinalgToKernelsPipeline(OpPassManager &pm, const Chip &chip,
                                            bool tf32) {
  pm.addPass(createInlinerPass());
  pm.addPass(createSymbolDCEPass());
  // Every constant tensor becomes an argument: PTX holds none.
  pm.addPass(createHoistConstantsPass({/*minBytes=*/1}));
  pm.addNestedPass<func::FuncOp>(createConvertElementwiseToLinalgPass());
  pm.addNestedPass<func::FuncOp>(createFuseElementwisePass());
  pm.addNestedPass<func::FuncOp>(createCollapseEpiloguesPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addNestedPass<func::FuncOp>(createFuseDecodePass({chip.name.str(), tf32}));
  pm.addNestedPass<func::FuncOp>(createFuseRowsPass());
  // No CSE from here to bufferization: it would merge the fills that start two
  // accumulations, and one of them would have to copy its buffer.
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createSeparateLoopInitsPass());

  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  bufferize.allowReturnAllocsFromLoops = true;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  ConvertLinalgToKernelsPassOptions kernels;
  kernels.chip = chip.name.str();
  kernels.tf32 = tf32;
  pm.addPass(createConvertLinalgToKernelsPass(kernels));
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createLoopInvariantCodeMotionPass());
}

void compress::buildKernelsToNVVMPipeline(OpPassManager &pm) {
  auto &kernels = pm.nest<gpu::GPUModuleOp>();
  kernels.addPass(createExpandDeviceMathPass());
  kernels.addPass(createSCFToControlFlowPass());
  kernels.addPass(createConvertKernelsToNVVMPass());
  kernels.addPass(createReconcileUnrealizedCastsPass());
  kernels.addPass(createCanonicalizerPass());
  kernels.addPass(createCSEPass());
}

void compress::buildLinalgToGPUPipeline(OpPassManager &pm, const Chip &chip,
                                        bool tf32) {
  buildLinalgToKernelsPipeline(pm, chip, tf32);
  buildKernelsToNVVMPipeline(pm);
}

void compress::registerLinalgToGPUPipelines() {
  // The portable floor.
  const Chip &chip = llvm::cantFail(findChip("sm_80"));
  PassPipelineRegistration<KernelOptions>(
      "compress-linalg-to-kernels",
      "Linalg on tensors to GPU kernels and launches",
      [&chip](OpPassManager &pm, const KernelOptions &options) {
        buildLinalgToKernelsPipeline(pm, chip, options.tf32);
      });
  PassPipelineRegistration<>("compress-kernels-to-nvvm",
                             "GPU kernels to the NVVM and LLVM dialects",
                             buildKernelsToNVVMPipeline);
  PassPipelineRegistration<KernelOptions>(
      "compress-lower-to-gpu", "Linalg on tensors to NVVM kernels",
      [&chip](OpPassManager &pm, const KernelOptions &options) {
        buildLinalgToGPUPipeline(pm, chip, options.tf32);
      });
}
