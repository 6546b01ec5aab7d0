//===- LinalgToCPU.h - Linalg on tensors to the LLVM dialect -- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way from linalg on tensors to code for the CPU: constants become
// arguments, contractions become parallel register tiles, everything else
// becomes loops, and the result is the LLVM dialect.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CONVERSION_LINALGTOCPU_H
#define COMPRESS_CONVERSION_LINALGTOCPU_H

#include "compress/Target/CPUTarget.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir::compress {

/// The function of the runtime that runs an outlined loop body:
/// void(void (*body)(void *context, int64_t begin, int64_t end),
///      void *context, int64_t iterations).
constexpr llvm::StringLiteral kParallelForName = "compress_parallel_for";

/// On a function, the one that compress-measure-results has made of it.
constexpr llvm::StringLiteral kMeasureResultsAttr = "compress_cpu.measure";

/// What code generation needs to know of the processor.
struct CPUOptions : public PassPipelineOptions<CPUOptions> {
  Option<int64_t> vectorWidth{
      *this, "vector-width",
      llvm::cl::desc("Elements of 32 bits in a vector register"),
      llvm::cl::init(16)};
  Option<int64_t> vectorRegisters{*this, "vector-registers",
                                  llvm::cl::desc("Number of vector registers"),
                                  llvm::cl::init(32)};
  Option<int64_t> dotLength{
      *this, "dot-length",
      llvm::cl::desc("Products of 8-bit integers that a lane of an instruction "
                     "adds: 1, 2 (vpmaddwd) or 4 (vpdpbusd)"),
      llvm::cl::init(1)};
};

/// Sets the options that suit a processor.
void setTargetOptions(CPUOptions &options, const CPUTarget &target);

/// Lowers compressed tensors to linalg on tensors, products with codes for
/// register tiles that decode; see compress-pack-contracts and
/// compress-decode-weights.
void buildCompressToCPUPipeline(OpPassManager &pm, const CPUOptions &options);

/// Gives constant weights the order in which register tiles read them, and
/// makes large constants trailing arguments, after inlining; see
/// compress-pack-weights and compress-hoist-constants.
void buildHoistWeightsPipeline(OpPassManager &pm, const CPUOptions &options);

/// Linalg on tensors to the LLVM dialect. Functions get a C interface
/// (`_mlir_ciface_NAME`); their results are buffers that the caller frees.
void buildLinalgToCPUPipeline(OpPassManager &pm, const CPUOptions &options);

/// Makes the pipeline known as `compress-lower-to-cpu`.
void registerLinalgToCPUPipeline();

} // namespace mlir::compress

#endif // COMPRESS_CONVERSION_LINALGTOCPU_H
