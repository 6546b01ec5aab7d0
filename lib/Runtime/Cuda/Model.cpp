//===- Model.cpp - A compiled model in a GPU -----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"
#include "Workspace.h"
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace mlir::compress::runtime {

/// The GPU must be one that the code is for.
static const char *loadCode(CudaModel &model) {
  const CudaModule &module = *model.module;
  const Driver &driver = model.driver;
  int64_t found = model.device.capability, expected = module.capability;
  bool isSame = found == expected;
  bool runsCubin = isSame || (!module.isSpecific &&
                              found / 10 == expected / 10 && found > expected);
  bool runsPTX = isSame || (!module.isSpecific && found > expected);
  if (!runsPTX)
    return fail("%s was compiled for %s, which needs a GPU of compute "
                "capability %d.%d%s; found %s of %d.%d. Compile it with "
                "another --chip, or choose another GPU",
                module.name, module.chip, static_cast<int>(expected / 10),
                static_cast<int>(expected % 10),
                module.isSpecific ? "" : " or later", model.device.name,
                static_cast<int>(found / 10), static_cast<int>(found % 10));

  char log[1024] = "";
  int options[] = {CU_JIT_ERROR_LOG_BUFFER, CU_JIT_ERROR_LOG_BUFFER_SIZE_BYTES};
  void *values[] = {log, reinterpret_cast<void *>(sizeof(log))};
  CUresult result = CUDA_ERROR_NO_BINARY_FOR_GPU;
  if (module.cubin && runsCubin)
    result = driver.cuModuleLoadDataEx(&model.code, module.cubin, 2, options,
                                       values);
  if (result == CUDA_ERROR_NO_BINARY_FOR_GPU)
    result =
        driver.cuModuleLoadDataEx(&model.code, module.ptx, 2, options, values);
  if (result) {
    model.code = nullptr;
    const char *error = check(driver, result, "cuModuleLoadDataEx");
    char text[512];
    snprintf(text, sizeof(text), "%s", error);
    return fail("the kernels of %s cannot be loaded into %s: %s. A driver "
                "older than the kernels' PTX must be updated. %s",
                module.name, model.device.name, text, log);
  }
  for (int64_t i = 0; i < module.numKernels; ++i) {
    COMPRESS_CUDA_CALL(driver, cuModuleGetFunction, &model.kernels[i],
                       model.code, module.kernels[i]);
    // Not at the first launch, which a graph might be capturing.
    if (driver.cuFuncLoad)
      COMPRESS_CUDA_CALL(driver, cuFuncLoad, model.kernels[i]);
    model.sharedLimits[i] = 48 * 1024;
  }
  return nullptr;
}

/// Copies a weight out of its file.
static const char *uploadFromFile(const CudaModel &model,
                                  const ModelConstant &constant,
                                  CUdeviceptr target, const char *directory) {
  const unsigned char *bytes;
  if (const char *error =
          mapWeightsFile(model.module->name, constant, directory, bytes))
    return error;
  const char *error =
      check(model.driver,
            model.driver.cuMemcpyHtoD_v2(target, bytes + constant.offset,
                                         constant.bytes),
            "cuMemcpyHtoD");
  munmap(const_cast<unsigned char *>(bytes), constant.fileBytes);
  return error;
}

static const char *uploadWeights(CudaModel &model, const char *directory) {
  const CudaModule &module = *model.module;
  int64_t total = 0;
  for (int64_t i = 0; i < module.numConstants; ++i)
    total += alignBuffer(module.constants[i].bytes);
  if (!total)
    return nullptr;
  COMPRESS_CUDA_CALL(model.driver, cuMemAlloc_v2, &model.weights, total);
  char own[4096];
  if (!directory) {
    findOwnDirectory(&module, own, sizeof(own));
    directory = own;
  }
  CUdeviceptr at = model.weights;
  for (int64_t i = 0; i < module.numConstants; ++i) {
    const ModelConstant &constant = module.constants[i];
    model.constants[i] = at;
    at += alignBuffer(constant.bytes);
    if (!constant.bytes)
      continue;
    if (!constant.data) {
      if (const char *error =
              uploadFromFile(model, constant, model.constants[i], directory))
        return error;
      continue;
    }
    COMPRESS_CUDA_CALL(model.driver, cuMemcpyHtoD_v2, model.constants[i],
                       constant.data, constant.bytes);
  }
  return nullptr;
}

/// Allocates what calls of a function need, and enters what does not change.
static const char *prepare(CudaModel &model, const CudaFunction &function,
                           FunctionState &state) {
  int64_t words = 0, inputExtents = 0, outputExtents = 0;
  for (int64_t i = 0; i < function.numInputs; ++i)
    inputExtents += function.inputs[i].rank;
  for (int64_t i = 0; i < function.numOutputs; ++i)
    outputExtents += function.outputs[i].rank;
  for (int64_t i = 0; i < function.numArguments; ++i) {
    int64_t number = function.arguments[i];
    words += getDescriptorWords(
        number >= 0 ? function.inputs[number].rank
                    : model.module->constants[-1 - number].rank);
  }
  // Outputs, the workspace and the plan.
  words += (function.numOutputs + 2) * getDescriptorWords(1);
  int64_t arguments = function.numArguments + function.numOutputs + 3;
  int64_t planWords = function.numBuffers + outputExtents;
  state.function = &function;
  if (const char *error = allocate(state.descriptors, words))
    return error;
  if (const char *error = allocate(state.arguments, arguments))
    return error;
  if (const char *error = allocate(state.extents, inputExtents))
    return error;
  if (const char *error = allocate(state.plan, planWords))
    return error;
  if (const char *error = allocate(state.scratch, 3 * function.numBuffers))
    return error;

  int64_t *at = state.descriptors;
  for (int64_t i = 0; i < function.numArguments; ++i) {
    int64_t number = function.arguments[i];
    state.arguments[i] = at;
    if (number >= 0) {
      at += getDescriptorWords(function.inputs[number].rank);
      continue;
    }
    const ModelConstant &constant = model.module->constants[-1 - number];
    at = writeDescriptor(at, model.constants[-1 - number], constant.rank,
                         constant.shape);
  }
  for (int64_t i = function.numArguments; i < arguments - 1; ++i) {
    state.arguments[i] = at;
    at += getDescriptorWords(1);
  }
  writeDescriptor(static_cast<int64_t *>(state.arguments[arguments - 2]),
                  reinterpret_cast<CUdeviceptr>(state.plan), /*rank=*/1,
                  &planWords);
  return nullptr;
}

static const char *load(CudaModel &model, int32_t device,
                        const char *directory) {
  const CudaModule &module = *model.module;
  if (const char *error = allocate(model.kernels, module.numKernels))
    return error;
  if (const char *error = allocate(model.sharedLimits, module.numKernels))
    return error;
  if (const char *error = allocate(model.constants, module.numConstants))
    return error;
  if (const char *error = allocate(model.functions, module.numFunctions))
    return error;
  if (const char *error = loadDriver(model.driver))
    return error;
  if (const char *error = openDevice(model.driver, device, model.device))
    return error;
  CurrentContext current(model.driver, model.device.context);
  if (const char *error = current.getError())
    return error;
  if (const char *error = loadCode(model))
    return error;
  if (const char *error = uploadWeights(model, directory))
    return error;
  for (int64_t i = 0; i < module.numFunctions; ++i)
    if (const char *error =
            prepare(model, module.functions[i], model.functions[i]))
      return error;
  return nullptr;
}

} // namespace mlir::compress::runtime

using namespace mlir::compress::runtime;

const char *compress_cuda_init(const CudaModule *module, int32_t device,
                               const char *directory, CudaModel **model) {
  CudaModel *loaded;
  *model = nullptr;
  if (const char *error = allocate(loaded, 1))
    return error;
  loaded->module = module;
  if (const char *error = load(*loaded, device, directory)) {
    compress_cuda_destroy(loaded);
    return error;
  }
  *model = loaded;
  return nullptr;
}

const char *compress_cuda_signature(const CudaModule *module) {
  return module->signature;
}

void compress_cuda_destroy(CudaModel *model) {
  if (!model)
    return;
  if (model->device.context) {
    {
      CurrentContext current(model->driver, model->device.context);
      if (!current.getError()) {
        // Calls may be under way.
        model->driver.cuCtxSynchronize();
        if (model->workspace)
          model->driver.cuMemFree_v2(model->workspace);
        if (model->weights)
          model->driver.cuMemFree_v2(model->weights);
        if (model->code)
          model->driver.cuModuleUnload(model->code);
      }
    }
    model->driver.cuDevicePrimaryCtxRelease_v2(model->device.handle);
  }
  if (model->functions)
    for (int64_t i = 0; i < model->module->numFunctions; ++i) {
      FunctionState &state = model->functions[i];
      free(state.descriptors);
      free(state.arguments);
      free(state.extents);
      free(state.plan);
      free(state.scratch);
    }
  free(model->functions);
  free(model->constants);
  free(model->sharedLimits);
  free(model->kernels);
  free(model);
}
