//===- InitAll.cpp - Registration of everything
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/InitAll.h"
#include "compress/Conversion/LaunchesToCUDA.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Pipelines/Pipelines.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;

void compress::registerCompressDialect(DialectRegistry &registry) {
  registry.insert<CompressDialect, kernel::KernelDialect>();
  kernel::registerBufferizableOpInterfaceExternalModels(registry);
}

void compress::registerCompressPasses() {
  // A pass that is registered twice ends the process.
  if (PassInfo::lookup("compress-quantize"))
    return;
  registerCompressTransformsPasses();
  registerConversionPasses();
  registerGPUConversionPasses();
  registerPipelines();
  registerLinalgToCPUPipeline();
  registerLinalgToGPUPipelines();
  registerNVVMToHostPipeline();
  registerLaunchesToCUDAPipeline();
}
