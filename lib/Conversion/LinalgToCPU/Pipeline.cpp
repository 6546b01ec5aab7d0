//===- Pipeline.cpp - Linalg on tensors to the LLVM dialect ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Conversion/Passes.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/Bufferization/Pipelines/Passes.h"
#include "mlir/Dialect/Bufferization/Transforms/Passes.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/Transforms/RequestCWrappers.h"
#include "mlir/Dialect/Linalg/Passes.h"
#include "mlir/Dialect/Math/Transforms/Passes.h"
#include "mlir/Dialect/MemRef/Transforms/Passes.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Transforms/Passes.h"

using namespace mlir;
using namespace mlir::compress;

void mlir::compress::setTargetOptions(CPUOptions &options,
                                      const CPUTarget &target) {
  const llvm::StringMap<bool> &features = target.features;
  bool isX86 = target.triple.isX86();
  bool wide = features.lookup("avx512f");
  options.vectorWidth = wide ? 16 : features.lookup("avx2") ? 8 : 4;
  options.vectorRegisters = isX86 && !wide ? 16 : 32;
  // The vectors of 512 bits have instructions of their own.
  bool adds4 = features.lookup(wide ? "avx512vnni" : "avxvnni");
  bool adds2 = wide ? features.lookup("avx512bw") : isX86;
  options.dotLength = adds4 ? 4 : adds2 ? 2 : 1;
}

static void cleanUp(OpPassManager &pm) {
  pm.addPass(createCanonicalizerPass());
  pm.addPass(createCSEPass());
}

/// Columns and accumulators of a register tile: four vectors by six rows where
/// there are 32 registers, two by six where there are 16. The rest holds the
/// right-hand side's vectors and a broadcast element.
static bool hasManyRegisters(const CPUOptions &options) {
  return options.vectorRegisters >= 32;
}

static int64_t getTileColumns(const CPUOptions &options) {
  return options.vectorWidth * (hasManyRegisters(options) ? 4 : 2);
}

static int64_t getAccumulators(const CPUOptions &options) {
  return hasManyRegisters(options) ? 24 : 12;
}

void mlir::compress::buildCompressToCPUPipeline(OpPassManager &pm,
                                                const CPUOptions &options) {
  pm.addPass(
      createPackContractsPass({options.vectorWidth, getTileColumns(options)}));
  pm.addPass(createDecodeWeightsPass());
  pm.addPass(createConvertCompressToLinalgPass());
}

void mlir::compress::buildHoistWeightsPipeline(OpPassManager &pm,
                                               const CPUOptions &options) {
  pm.addPass(createInlinerPass());
  pm.addPass(createSymbolDCEPass());
  pm.addPass(
      createPackWeightsPass({options.vectorWidth, getTileColumns(options),
                             getAccumulators(options), options.dotLength}));
  pm.addPass(createHoistConstantsPass());
}

void mlir::compress::buildLinalgToCPUPipeline(OpPassManager &pm,
                                              const CPUOptions &options) {
  int64_t tileN = getTileColumns(options);
  int64_t accumulators = getAccumulators(options);

  // On tensors.
  // Arithmetic on whole tensors is elementwise too.
  pm.addPass(createConvertElementwiseToLinalgPass());
  buildHoistWeightsPipeline(pm, options);
  pm.addNestedPass<func::FuncOp>(createFuseElementwisePass());
  cleanUp(pm);
  pm.addNestedPass<func::FuncOp>(createTileForCPUPass({tileN}));
  cleanUp(pm);

  // To buffers.
  pm.addPass(createSeparateLoopInitsPass());
  bufferization::OneShotBufferizePassOptions bufferize;
  bufferize.bufferizeFunctionBoundaries = true;
  bufferize.functionBoundaryTypeConversion =
      bufferization::LayoutMapOption::IdentityLayoutMap;
  bufferize.allowReturnAllocsFromLoops = true;
  pm.addPass(bufferization::createOneShotBufferizePass(bufferize));
  cleanUp(pm);
  bufferization::buildBufferDeallocationPipeline(pm);
  pm.addPass(createConvertBufferizationToMemRefPass());
  cleanUp(pm);

  // To loops and vectors.
  pm.addPass(createOutlineParallelPass());
  pm.addPass(createLowerContractionsPass(
      {options.vectorWidth, tileN, accumulators, options.dotLength}));
  pm.addPass(createLowerGenericsPass());
  // Arithmetic on bf16 would call functions of the compiler's run-time library,
  // as would functions of half precision the C library.
  pm.addPass(math::createMathExtendToSupportedTypes());
  arith::ArithEmulateUnsupportedFloatsOptions emulate;
  emulate.sourceTypeStrs = {"bf16"};
  pm.addPass(arith::createArithEmulateUnsupportedFloats(emulate));
  pm.addPass(createApproximateMathPass());
  pm.addPass(memref::createFoldMemRefAliasOpsPass());
  pm.addPass(memref::createExpandStridedMetadataPass());
  pm.addPass(createLowerAffinePass());
  cleanUp(pm);
  pm.addPass(createLoopInvariantCodeMotionPass());

  // To LLVM. The C interface is requested before private declarations of the
  // C library appear, which must not get one.
  pm.addNestedPass<func::FuncOp>(LLVM::createLLVMRequestCWrappersPass());
  pm.addPass(createConvertMathToLLVMPass());
  pm.addPass(createConvertMathToLibmPass());
  pm.addPass(createSCFToControlFlowPass());
  ConvertVectorToLLVMPassOptions vectors;
  vectors.vectorTransposeLowering =
      vector::VectorTransposeLowering::Shuffle16x16;
  pm.addPass(createConvertVectorToLLVMPass(vectors));
  FinalizeMemRefToLLVMConversionPassOptions memrefs;
  // Of the runtime, see useBufferRuntime.
  memrefs.useGenericFunctions = true;
  pm.addPass(createFinalizeMemRefToLLVMConversionPass(memrefs));
  pm.addPass(createLowerAffinePass());
  pm.addPass(createArithToLLVMConversionPass());
  pm.addPass(createConvertIndexToLLVMPass());
  pm.addPass(createUBToLLVMConversionPass());
  pm.addPass(createConvertControlFlowToLLVMPass());
  pm.addPass(createConvertFuncToLLVMPass());
  pm.addPass(createReconcileUnrealizedCastsPass());
}

void mlir::compress::registerLinalgToCPUPipeline() {
  PassPipelineRegistration<CPUOptions>(
      "compress-lower-to-cpu",
      "Lower linalg on tensors to the LLVM dialect for the CPU",
      buildLinalgToCPUPipeline);
}
