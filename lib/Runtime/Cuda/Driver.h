//===- Driver.h - The CUDA driver API, loaded at run time -------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Types, values and signatures follow NVIDIA's "CUDA Driver API" reference
// manual, 13.0; a name that ends in _v2 is what cuda.h makes of the plain one.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_CUDA_DRIVER_H
#define COMPRESS_LIB_RUNTIME_CUDA_DRIVER_H

#include "../Model/Model.h"
#include <cstddef>
#include <cstdint>

namespace mlir::compress::runtime {

using CUresult = int;
using CUdevice = int;
using CUdeviceptr = uint64_t;
using CUcontext = struct CUctx_st *;
using CUmodule = struct CUmod_st *;
using CUfunction = struct CUfunc_st *;
using CUstream = struct CUstream_st *;
using CUevent = struct CUevent_st *;
using CUgraph = struct CUgraph_st *;
using CUgraphExec = struct CUgraphExec_st *;

constexpr CUresult CUDA_ERROR_NO_DEVICE = 100;
constexpr CUresult CUDA_ERROR_NO_BINARY_FOR_GPU = 209;

constexpr int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR = 75;
constexpr int CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR = 76;
constexpr int CU_JIT_ERROR_LOG_BUFFER = 5;
constexpr int CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES = 6;
constexpr int CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES = 8;
constexpr int CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED = 14;
constexpr int CU_POINTER_ATTRIBUTE_MEMORY_TYPE = 2;
constexpr unsigned CU_MEMORYTYPE_DEVICE = 2;
constexpr unsigned CU_STREAM_NON_BLOCKING = 1;
constexpr int CU_STREAM_CAPTURE_STATUS_NONE = 0;
constexpr int CU_STREAM_CAPTURE_MODE_THREAD_LOCAL = 1;
constexpr int CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION = 4;
constexpr int CU_TENSOR_MAP_INTERLEAVE_NONE = 0;
constexpr int CU_TENSOR_MAP_L2_PROMOTION_L2_128B = 2;

struct CUlaunchAttribute {
  int id;
  char pad[4];
  union {
    char bytes[64];
    struct {
      unsigned x, y, z;
    } clusterDim;
  } value;
};

struct CUlaunchConfig {
  unsigned gridDimX, gridDimY, gridDimZ;
  unsigned blockDimX, blockDimY, blockDimZ;
  unsigned sharedMemBytes;
  CUstream hStream;
  CUlaunchAttribute *attrs;
  unsigned numAttrs;
};

/// The functions that every driver of CUDA 11 or later has.
#define COMPRESS_CUDA_FUNCTIONS(X)                                             \
  X(cuInit, (unsigned))                                                        \
  X(cuGetErrorName, (CUresult, const char **))                                 \
  X(cuGetErrorString, (CUresult, const char **))                               \
  X(cuDeviceGetCount, (int *))                                                 \
  X(cuDeviceGet, (CUdevice *, int))                                            \
  X(cuDeviceGetName, (char *, int, CUdevice))                                  \
  X(cuDeviceGetAttribute, (int *, int, CUdevice))                              \
  X(cuDevicePrimaryCtxRetain, (CUcontext *, CUdevice))                         \
  X(cuDevicePrimaryCtxRelease_v2, (CUdevice))                                  \
  X(cuCtxPushCurrent_v2, (CUcontext))                                          \
  X(cuCtxPopCurrent_v2, (CUcontext *))                                         \
  X(cuCtxSynchronize, ())                                                      \
  X(cuModuleLoadDataEx, (CUmodule *, const void *, unsigned, int *, void **))  \
  X(cuModuleUnload, (CUmodule))                                                \
  X(cuModuleGetFunction, (CUfunction *, CUmodule, const char *))               \
  X(cuFuncSetAttribute, (CUfunction, int, int))                                \
  X(cuLaunchKernel,                                                            \
    (CUfunction, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned,   \
     unsigned, CUstream, void **, void **))                                    \
  X(cuMemAlloc_v2, (CUdeviceptr *, size_t))                                    \
  X(cuMemFree_v2, (CUdeviceptr))                                               \
  X(cuMemcpyHtoD_v2, (CUdeviceptr, const void *, size_t))                      \
  X(cuMemcpyHtoDAsync_v2, (CUdeviceptr, const void *, size_t, CUstream))       \
  X(cuMemcpyDtoH_v2, (void *, CUdeviceptr, size_t))                            \
  X(cuMemcpyDtoHAsync_v2, (void *, CUdeviceptr, size_t, CUstream))             \
  X(cuMemcpyDtoDAsync_v2, (CUdeviceptr, CUdeviceptr, size_t, CUstream))        \
  X(cuPointerGetAttribute, (void *, int, CUdeviceptr))                         \
  X(cuStreamCreate, (CUstream *, unsigned))                                    \
  X(cuStreamDestroy_v2, (CUstream))                                            \
  X(cuStreamSynchronize, (CUstream))                                           \
  X(cuStreamIsCapturing, (CUstream, int *))                                    \
  X(cuStreamBeginCapture_v2, (CUstream, int))                                  \
  X(cuStreamEndCapture, (CUstream, CUgraph *))                                 \
  X(cuGraphDestroy, (CUgraph))                                                 \
  X(cuGraphLaunch, (CUgraphExec, CUstream))                                    \
  X(cuGraphExecDestroy, (CUgraphExec))                                         \
  X(cuEventCreate, (CUevent *, unsigned))                                      \
  X(cuEventDestroy_v2, (CUevent))                                              \
  X(cuEventRecord, (CUevent, CUstream))                                        \
  X(cuEventElapsedTime, (float *, CUevent, CUevent))

/// Those that came later, null in older drivers.
#define COMPRESS_CUDA_LATER_FUNCTIONS(X)                                       \
  X(cuGraphInstantiateWithFlags, (CUgraphExec *, CUgraph, unsigned long long)) \
  X(cuLaunchKernelEx, (const CUlaunchConfig *, CUfunction, void **, void **))  \
  X(cuFuncLoad, (CUfunction))                                                  \
  X(cuTensorMapEncodeTiled,                                                    \
    (void *, int, uint32_t, void *, const uint64_t *, const uint64_t *,        \
     const uint32_t *, const uint32_t *, int, int, int, int))

struct Driver {
  void *library;
#define X(name, parameters) CUresult(*name) parameters;
  COMPRESS_CUDA_FUNCTIONS(X)
  COMPRESS_CUDA_LATER_FUNCTIONS(X)
#undef X
};

/// Loads and initializes the driver. Returns null or an error's text.
const char *loadDriver(Driver &driver);

/// The error that `function` returned, null when it succeeded.
const char *check(const Driver &driver, CUresult result, const char *function);

/// Calls a function of the driver, and leaves the caller with an error's text.
#define COMPRESS_CUDA_CALL(driver, function, ...)                              \
  do                                                                           \
    if (const char *compressError =                                            \
            check(driver, (driver).function(__VA_ARGS__), #function))          \
      return compressError;                                                    \
  while (false)

/// A device and its primary context.
struct Device {
  CUdevice handle;
  char name[96];
  int capability;
  CUcontext context;
};

/// Finds GPU `number`, and retains its context.
const char *openDevice(const Driver &driver, int number, Device &device);

/// Makes a context that of the thread while this lives.
class CurrentContext {
public:
  CurrentContext(const Driver &driver, CUcontext context);
  ~CurrentContext();

  /// Null or an error's text.
  const char *getError() const { return error; }

private:
  const Driver &driver;
  const char *error;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_CUDA_DRIVER_H
