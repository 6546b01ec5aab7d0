//===- Launches.cpp - What host code of a model calls --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"
#include <cstdio>

using namespace mlir::compress::runtime;

static const char *launch(CudaCall &call, int64_t kernel, void **arguments,
                          const int64_t *sizes, int64_t dynamicShared) {
  CudaModel &model = *call.model;
  const Driver &driver = model.driver;
  const char *name = model.module->kernels[kernel];
  const int64_t *block = sizes + 3, *cluster = sizes + 6;
  // CUDA C++ Programming Guide, compute capabilities, technical specifications.
  constexpr int64_t mostBlocks[] = {0x7fffffff, 65535, 65535};
  for (int i = 0; i < 3; ++i)
    if (sizes[i] == 0)
      return nullptr;
  for (int i = 0; i < 3; ++i)
    if (sizes[i] < 0 || sizes[i] > mostBlocks[i])
      return fail("kernel '%s' cannot be launched with %lld blocks in "
                  "dimension %d of its grid; expected at most %lld: use "
                  "smaller extents",
                  name, static_cast<long long>(sizes[i]), i,
                  static_cast<long long>(mostBlocks[i]));
  if (dynamicShared > model.sharedLimits[kernel]) {
    COMPRESS_CUDA_CALL(driver, cuFuncSetAttribute, model.kernels[kernel],
                       CU_FUNC_ATTRIBUTE_MAX_DYNAMIC_SHARED_SIZE_BYTES,
                       dynamicShared);
    model.sharedLimits[kernel] = dynamicShared;
  }
  int64_t clusterBlocks = cluster[0] * cluster[1] * cluster[2];
  CUresult result;
  if (clusterBlocks > 1) {
    if (!driver.cuLaunchKernelEx)
      return fail("kernel '%s' is launched in clusters, which need the driver "
                  "of CUDA 11.8 or later; update it",
                  name);
    // More than eight is beyond what every GPU with clusters has.
    if (clusterBlocks > 8)
      COMPRESS_CUDA_CALL(driver, cuFuncSetAttribute, model.kernels[kernel],
                         CU_FUNC_ATTRIBUTE_NON_PORTABLE_CLUSTER_SIZE_ALLOWED,
                         1);
    CUlaunchAttribute attribute = {};
    attribute.id = CU_LAUNCH_ATTRIBUTE_CLUSTER_DIMENSION;
    attribute.value.clusterDim = {static_cast<unsigned>(cluster[0]),
                                  static_cast<unsigned>(cluster[1]),
                                  static_cast<unsigned>(cluster[2])};
    CUlaunchConfig config = {static_cast<unsigned>(sizes[0]),
                             static_cast<unsigned>(sizes[1]),
                             static_cast<unsigned>(sizes[2]),
                             static_cast<unsigned>(block[0]),
                             static_cast<unsigned>(block[1]),
                             static_cast<unsigned>(block[2]),
                             static_cast<unsigned>(dynamicShared),
                             call.stream,
                             &attribute,
                             1};
    result = driver.cuLaunchKernelEx(&config, model.kernels[kernel], arguments,
                                     nullptr);
  } else {
    result = driver.cuLaunchKernel(
        model.kernels[kernel], sizes[0], sizes[1], sizes[2], block[0], block[1],
        block[2], dynamicShared, call.stream, arguments, nullptr);
  }
  if (!result)
    return nullptr;
  const char *error = check(driver, result, "launch");
  char text[512];
  snprintf(text, sizeof(text), "%s", error);
  return fail(
      "kernel '%s', grid %lldx%lldx%lld, block %lldx%lldx%lld, %lld "
      "bytes of dynamic shared memory: %s",
      name, static_cast<long long>(sizes[0]), static_cast<long long>(sizes[1]),
      static_cast<long long>(sizes[2]), static_cast<long long>(block[0]),
      static_cast<long long>(block[1]), static_cast<long long>(block[2]),
      static_cast<long long>(dynamicShared), text);
}

void compress_cuda_launch(CudaCall *call, int64_t kernel, void **arguments,
                          const int64_t *sizes, int64_t dynamicShared) {
  if (!call->error)
    call->error = launch(*call, kernel, arguments, sizes, dynamicShared);
}

void compress_cuda_copy(CudaCall *call, void *target, const void *source,
                        int64_t bytes) {
  const Driver &driver = call->model->driver;
  if (!call->error && bytes)
    call->error =
        check(driver,
              driver.cuMemcpyDtoDAsync_v2(reinterpret_cast<CUdeviceptr>(target),
                                          reinterpret_cast<CUdeviceptr>(source),
                                          bytes, call->stream),
              "cuMemcpyDtoDAsync");
}

static const char *encode(CudaCall &call, void *map,
                          const EmulatedTensorMap &parameters,
                          const char *site) {
  const Driver &driver = call.model->driver;
  // Only a tensor without elements has no memory, and nothing is copied of it.
  if (!parameters.address)
    return nullptr;
  if (!driver.cuTensorMapEncodeTiled)
    return fail("%s: tensor maps need the driver of CUDA 12 or later; update "
                "it",
                site);
  uint64_t extents[5], strides[4];
  uint32_t box[5], elementStrides[5];
  for (int i = 0; i < 5; ++i) {
    extents[i] = parameters.extents[i];
    box[i] = parameters.box[i];
    elementStrides[i] = parameters.elementStrides[i];
  }
  for (int i = 0; i < 4; ++i)
    strides[i] = parameters.strides[i];
  CUresult result = driver.cuTensorMapEncodeTiled(
      map, static_cast<int>(parameters.type), parameters.rank,
      parameters.address, extents, strides, box, elementStrides,
      CU_TENSOR_MAP_INTERLEAVE_NONE, static_cast<int>(parameters.swizzle),
      CU_TENSOR_MAP_L2_PROMOTION_L2_128B, parameters.fillsWithNaN);
  if (!result)
    return nullptr;
  return fail("%s: the driver accepts no such tensor map (error %d): rank %d, "
              "address %p, innermost extent %lld and box %d; expected what the "
              "page of cuTensorMapEncodeTiled lists",
              site, result, parameters.rank, parameters.address,
              static_cast<long long>(parameters.extents[0]), parameters.box[0]);
}

void compress_cuda_encode_tensor_map(CudaCall *call, void *map,
                                     const EmulatedTensorMap *parameters,
                                     const char *site) {
  if (!call->error)
    call->error = encode(*call, map, *parameters, site);
}
