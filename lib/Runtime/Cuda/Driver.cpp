//===- Driver.cpp - The CUDA driver API, loaded at run time --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Driver.h"
#include <cstdio>
#include <cstring>
#include <dlfcn.h>

namespace mlir::compress::runtime {

const char *check(const Driver &driver, CUresult result, const char *function) {
  if (!result)
    return nullptr;
  const char *name = nullptr, *description = nullptr;
  driver.cuGetErrorName(result, &name);
  driver.cuGetErrorString(result, &description);
  return fail("%s failed: %s (%d), %s", function, name ? name : "unknown error",
              result,
              description ? description
                          : "which the driver has no "
                            "words for");
}

const char *loadDriver(Driver &driver) {
  constexpr const char *library = "libcuda.so.1";
  driver.library = dlopen(library, RTLD_NOW | RTLD_LOCAL);
  if (!driver.library)
    return fail("no CUDA driver: expected to load %s, found: %s. Install "
                "NVIDIA's driver, or put the folder of %s into "
                "LD_LIBRARY_PATH",
                library, dlerror(), library);
  auto find = [&](const char *name, auto &function) {
    void *address = dlsym(driver.library, name);
    memcpy(&function, &address, sizeof(address));
    return address != nullptr;
  };
#define X(name, parameters)                                                    \
  if (!find(#name, driver.name))                                               \
    return fail("the CUDA driver has no function %s: expected the driver of "  \
                "CUDA 11 or later; update it",                                 \
                #name);
  COMPRESS_CUDA_FUNCTIONS(X)
#undef X
#define X(name, parameters) find(#name, driver.name);
  COMPRESS_CUDA_LATER_FUNCTIONS(X)
#undef X
  CUresult result = driver.cuInit(0);
  if (result == CUDA_ERROR_NO_DEVICE)
    return fail("no GPU: the CUDA driver found none; expected one that "
                "nvidia-smi lists, and that CUDA_VISIBLE_DEVICES does not "
                "hide");
  return check(driver, result, "cuInit");
}

const char *openDevice(const Driver &driver, int number, Device &device) {
  int count = 0;
  COMPRESS_CUDA_CALL(driver, cuDeviceGetCount, &count);
  if (number < 0 || number >= count)
    return fail("no GPU %d: the driver found %d; expected a number from 0 on, "
                "below that. CUDA_VISIBLE_DEVICES may hide some",
                number, count);
  COMPRESS_CUDA_CALL(driver, cuDeviceGet, &device.handle, number);
  COMPRESS_CUDA_CALL(driver, cuDeviceGetName, device.name, sizeof(device.name),
                     device.handle);
  int major = 0, minor = 0;
  COMPRESS_CUDA_CALL(driver, cuDeviceGetAttribute, &major,
                     CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR,
                     device.handle);
  COMPRESS_CUDA_CALL(driver, cuDeviceGetAttribute, &minor,
                     CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MINOR,
                     device.handle);
  device.capability = 10 * major + minor;
  COMPRESS_CUDA_CALL(driver, cuDevicePrimaryCtxRetain, &device.context,
                     device.handle);
  return nullptr;
}

CurrentContext::CurrentContext(const Driver &driver, CUcontext context)
    : driver(driver), error(check(driver, driver.cuCtxPushCurrent_v2(context),
                                  "cuCtxPushCurrent")) {}

CurrentContext::~CurrentContext() {
  CUcontext previous;
  if (!error)
    driver.cuCtxPopCurrent_v2(&previous);
}

} // namespace mlir::compress::runtime
