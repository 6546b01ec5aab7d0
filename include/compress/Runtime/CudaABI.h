//===- CudaABI.h - Compiled models for CUDA ---------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What compiled host code and the runtime know of each other. A compiled model
// is a `CudaModule`, constant data that names its kernels, weights and
// functions; the runtime (lib/Runtime/Cuda) loads it into a GPU by the CUDA
// driver API and calls its functions, which call back to launch.
//
// Plain C types only: the runtime is linked into every shared object, where
// there is no LLVM and no C++ library. All fields have 8 bytes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_CUDAABI_H
#define COMPRESS_RUNTIME_CUDAABI_H

#include "compress/Runtime/EmulatedABI.h"
#include "compress/Runtime/ModelABI.h"
#include <cstdint>

namespace mlir::compress::runtime {

/// When a buffer is in use: from the position of an op to that of another,
/// inclusive.
struct CudaLifetime {
  int64_t begin, end;
};

/// A function. Both pieces of code take, after the arguments: a descriptor of
/// each output's bytes and of the workspace's, one of the `plan`, and the
/// CudaCall itself.
///
/// `measure` writes the bytes of each buffer to the plan, then the extents of
/// the outputs. `run` finds the buffers' offsets there, and launches.
struct CudaFunction : ModelFunction {
  int64_t numBuffers;
  const CudaLifetime *lifetimes;
};

struct CudaModule {
  const char *name;
  /// "sm_90a", and the compute capability that the name means: 90. An
  /// architecture-specific chip's code runs on no other.
  const char *chip;
  int64_t capability;
  int64_t isSpecific;
  /// Machine code, or null, and PTX, which ends with a zero.
  const void *cubin;
  const char *ptx;
  int64_t numKernels;
  const char *const *kernels;
  int64_t numConstants;
  const ModelConstant *constants;
  int64_t numFunctions;
  const CudaFunction *functions;
  /// The signatures of the functions as JSON.
  const char *signature;
};

/// A call of a function that is under way.
struct CudaCall;
/// A module that is loaded into a GPU.
struct CudaModel;

} // namespace mlir::compress::runtime

extern "C" {

/// Loads a module into GPU `device` and uploads its weights; relative weight
/// files are looked up in `directory`, or, where it is null, beside the shared
/// object that holds the module. Returns null, or the text of an error, which
/// is valid until the thread's next call.
const char *
compress_cuda_init(const mlir::compress::runtime::CudaModule *module,
                   int32_t device, const char *directory,
                   mlir::compress::runtime::CudaModel **model);
void compress_cuda_destroy(mlir::compress::runtime::CudaModel *model);
const char *
compress_cuda_signature(const mlir::compress::runtime::CudaModule *module);

/// Computes the extents of the outputs and the bytes of the workspace. `words`
/// are those of a call: for each input and output a pointer and its extents,
/// then the workspace's pointer and bytes. An input or output whose pointer is
/// not of the device (null is not) gets a place in the workspace. What is for
/// the host is read.
const char *compress_cuda_sizes(mlir::compress::runtime::CudaModel *model,
                                int64_t function, int64_t *words);

/// Enqueues a call of a function to a stream: copies inputs from the host,
/// launches, and copies outputs to the host. Without a workspace in `words` the
/// model's own is taken, which grows when it is too small.
const char *compress_cuda_run(mlir::compress::runtime::CudaModel *model,
                              int64_t function, const int64_t *words,
                              void *stream);

/// Waits for what has been enqueued to a stream.
const char *compress_cuda_synchronize(mlir::compress::runtime::CudaModel *model,
                                      void *stream);

/// Launches a kernel, by its number in the module. `sizes` holds the grid's,
/// the block's and the cluster's x, y, z. A grid without blocks is no launch.
/// After an error the call goes on, and launches nothing.
void compress_cuda_launch(mlir::compress::runtime::CudaCall *call,
                          int64_t kernel, void **arguments,
                          const int64_t *sizes, int64_t dynamicShared);
/// Copies bytes on the device.
void compress_cuda_copy(mlir::compress::runtime::CudaCall *call, void *target,
                        const void *source, int64_t bytes);
/// Fills the 128 bytes, aligned to 64, that a kernel takes as a tensor map.
void compress_cuda_encode_tensor_map(
    mlir::compress::runtime::CudaCall *call, void *map,
    const mlir::compress::runtime::EmulatedTensorMap *parameters,
    const char *site);

} // extern "C"

#endif // COMPRESS_RUNTIME_CUDAABI_H
