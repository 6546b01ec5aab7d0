//===- Model.h - A compiled model in a GPU ----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_CUDA_MODEL_H
#define COMPRESS_LIB_RUNTIME_CUDA_MODEL_H

#include "Driver.h"
#include "compress/Runtime/CudaABI.h"

namespace mlir::compress::runtime {

/// What calls of one function reuse, so that they allocate nothing.
struct FunctionState {
  const CudaFunction *function;
  /// The descriptors of all arguments, outputs, the workspace and the plan, one
  /// after another, and what both pieces of host code take: pointers to them.
  int64_t *descriptors;
  void **arguments;
  /// The plan of the last call and the extents of its inputs; the plan's first
  /// words are offsets, the rest the extents of the outputs.
  bool isPlanned;
  int64_t *extents;
  int64_t *plan;
  int64_t workspaceBytes;
  /// Room for `placeBuffers`.
  int64_t *scratch;
};

struct CudaModel {
  const CudaModule *module;
  Driver driver;
  Device device;
  CUmodule code;
  CUfunction *kernels;
  /// The dynamic shared memory that each kernel may have so far.
  int64_t *sharedLimits;
  /// All weights, and the address of each.
  CUdeviceptr weights;
  CUdeviceptr *constants;
  CUdeviceptr workspace;
  int64_t workspaceBytes;
  FunctionState *functions;
};

struct CudaCall {
  CudaModel *model;
  CUstream stream;
  const char *error;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_CUDA_MODEL_H
