//===- Pipeline.cpp - Host functions to the LLVM dialect -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LaunchesToCUDA.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;

void compress::buildLaunchesToCUDAPipeline(OpPassManager &pm) {
  pm.addPass(createPlanDeviceBuffersPass());
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
  pm.addPass(createConvertLaunchesToCUDAPass());
  buildHostToLLVMPipeline(pm);
}

void compress::registerLaunchesToCUDAPipeline() {
  PassPipelineRegistration<>(
      "compress-launch-cuda",
      "Host functions that launch NVVM kernels to the LLVM dialect, with calls "
      "of the CUDA runtime",
      buildLaunchesToCUDAPipeline);
}
