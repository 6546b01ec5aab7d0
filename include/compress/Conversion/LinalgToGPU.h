//===- LinalgToGPU.h - Linalg on tensors to GPU kernels ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The way from linalg on tensors to kernels for NVIDIA GPUs: weights are
// decoded inside the loops that read them, every linalg op on buffers becomes a
// kernel and a launch, and the kernels become the NVVM and LLVM dialects.
//
// Matrix products of f16 and bf16, and of f32 where these may be rounded to
// tf32, run on tensor cores, from tiles in shared memory that are copied, or
// decoded, some stages ahead. Softmax, norms and
// reductions keep rows in registers, elementwise ops move 16 bytes at once;
// what is left reads global memory through the caches.
//
// The same kernels run on the host for the emulator
// (compress/Runtime/Emulator.h).
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CONVERSION_LINALGTOGPU_H
#define COMPRESS_CONVERSION_LINALGTOGPU_H

#include "compress/Target/Chip.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;

namespace compress {

#define GEN_PASS_DECL
#include "compress/Conversion/GPUPasses.h.inc"

#define GEN_PASS_REGISTRATION
#include "compress/Conversion/GPUPasses.h.inc"

/// Products with compressed weights, where there is a kernel that reads the
/// packed bytes, to ops that become such kernels. What is left is for
/// `convert-compress-to-linalg`, which comes next.
void buildCompressToKernelsPipeline(OpPassManager &pm, const Chip &chip);

/// Linalg on tensors to launches of kernels (`gpu.launch_func`), with the
/// kernels in one `gpu.module` still on buffers and loops. `tf32` is the option
/// of convert-linalg-to-kernels.
void buildLinalgToKernelsPipeline(OpPassManager &pm, const Chip &chip,
                                  bool tf32);

/// The kernels of a module to the NVVM and LLVM dialects. Their host code stays
/// as it is.
void buildKernelsToNVVMPipeline(OpPassManager &pm);

/// Both pipelines, one after the other.
void buildLinalgToGPUPipeline(OpPassManager &pm, const Chip &chip, bool tf32);

/// Functions that a host runs, on buffers and without launches, to the LLVM
/// dialect. They get a C interface (`_mlir_ciface_NAME`).
void buildHostToLLVMPipeline(OpPassManager &pm);

/// How kernels compute.
struct KernelOptions : PassPipelineOptions<KernelOptions> {
  Option<bool> tf32{*this, "tf32", llvm::cl::init(false),
                    llvm::cl::desc("Multiply matrices of f32 on tensor cores "
                                   "too, rounded to tf32")};
};

/// How kernels are run on the host.
struct EmulationOptions : PassPipelineOptions<EmulationOptions> {
  Option<bool> checkAccesses{
      *this, "check-accesses", llvm::cl::init(true),
      llvm::cl::desc("Let the emulator see every access of memory")};
  Option<bool> count{*this, "count", llvm::cl::init(false),
                     llvm::cl::desc("Count instructions by class")};
};

/// Kernels in the NVVM dialect and the functions that launch them to the LLVM
/// dialect of the host, with calls of the emulator.
void buildNVVMToHostPipeline(OpPassManager &pm,
                             const EmulationOptions &options);

/// Makes the pipeline known as `compress-emulate`.
void registerNVVMToHostPipeline();

/// Makes the pipelines known as `compress-linalg-to-kernels`,
/// `compress-kernels-to-nvvm` and `compress-lower-to-gpu`, for sm_80 where they
/// choose schedules.
void registerLinalgToGPUPipelines();

} // namespace compress
} // namespace mlir

#endif // COMPRESS_CONVERSION_LINALGTOGPU_H
