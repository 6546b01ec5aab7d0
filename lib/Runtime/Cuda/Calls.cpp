//===- Calls.cpp - Calls of a model's functions --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"
#include "Workspace.h"
#include <cstring>

using namespace mlir::compress::runtime;

static bool isOnDevice(const CudaModel &model, int64_t pointer) {
  unsigned type = 0;
  return pointer &&
         !model.driver.cuPointerGetAttribute(
             &type, CU_POINTER_ATTRIBUTE_MEMORY_TYPE, pointer) &&
         type == CU_MEMORYTYPE_DEVICE;
}

/// An input whose elements host code reads.
static const char *checkForHost(const CudaModel &model,
                                const CudaFunction &function,
                                const ModelTensor &input, const Words &given) {
  if (given.pointer && !isOnDevice(model, given.pointer))
    return nullptr;
  return fail("%s: input '%s' says what is launched, and is read when the call "
              "is planned; expected memory of the host, found %s",
              function.name, input.name,
              given.pointer ? "memory of the device" : "a null pointer");
}

/// Computes what depends on extents, and on what is for the host, alone;
/// without the latter only where the extents are not those of the last call.
/// The context is current.
static const char *plan(const CudaModel &model, FunctionState &state,
                        const int64_t *words) {
  const CudaFunction &function = *state.function;
  bool isSame = state.isPlanned;
  const int64_t *at = words;
  int64_t *key = state.extents;
  for (int64_t i = 0; i < function.numInputs; ++i) {
    int64_t rank = function.inputs[i].rank;
    const int64_t *extents = read(at, function.inputs[i]).extents;
    isSame = isSame && !function.inputs[i].forHost &&
             !memcmp(key, extents, rank * sizeof(int64_t));
    memcpy(key, extents, rank * sizeof(int64_t));
    key += rank;
  }
  if (isSame)
    return nullptr;
  state.isPlanned = false;
  if (const char *error = checkInputs(function, words))
    return error;

  at = words;
  for (int64_t i = 0; i < function.numArguments; ++i) {
    int64_t number = function.arguments[i];
    if (number < 0)
      continue;
    at = words;
    for (int64_t k = 0; k < number; ++k)
      read(at, function.inputs[k]);
    const ModelTensor &input = function.inputs[number];
    Words given = read(at, input);
    if (input.forHost)
      if (const char *error = checkForHost(model, function, input, given))
        return error;
    writeDescriptor(static_cast<int64_t *>(state.arguments[i]),
                    input.forHost ? given.pointer : 0, input.rank,
                    given.extents);
  }
  for (int64_t i = 0; i < function.numBuffers; ++i)
    state.plan[i] = 0;
  function.measure(state.arguments);
  for (int64_t i = 0; i < function.numBuffers; ++i)
    if (state.plan[i] < 0)
      return fail("%s: a buffer has more bytes than can be counted; expected "
                  "smaller extents",
                  function.name);
  const int64_t *extents = state.plan + function.numBuffers;
  for (int64_t i = 0; i < function.numOutputs; ++i)
    for (int64_t d = 0; d < function.outputs[i].rank; ++d)
      if (long long extent = *extents++; extent < 0)
        return fail("%s: output '%s': dimension %lld would be %lld; expected "
                    "other inputs",
                    function.name, function.outputs[i].name,
                    static_cast<long long>(d), extent);
  state.workspaceBytes =
      placeBuffers(function.numBuffers, function.lifetimes, state.plan,
                   state.scratch, state.scratch + function.numBuffers);
  state.isPlanned = true;
  return nullptr;
}

const char *compress_cuda_sizes(CudaModel *model, int64_t number,
                                int64_t *words) {
  FunctionState &state = model->functions[number];
  const CudaFunction &function = *state.function;
  CurrentContext current(model->driver, model->device.context);
  if (const char *error = current.getError())
    return error;
  if (const char *error = plan(*model, state, words))
    return error;
  int64_t bytes = state.workspaceBytes;
  const int64_t *at = words;
  auto addStaging = [&](const ModelTensor &tensor) {
    Words given = read(at, tensor);
    if (!tensor.forHost && !isOnDevice(*model, given.pointer))
      bytes += alignBuffer(countBytes(tensor, given.extents));
  };
  for (int64_t i = 0; i < function.numInputs; ++i)
    addStaging(function.inputs[i]);
  const int64_t *extents = state.plan + function.numBuffers;
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    const ModelTensor &output = function.outputs[i];
    memcpy(words + (at - words) + 1, extents, output.rank * sizeof(int64_t));
    extents += output.rank;
    addStaging(output);
  }
  words[at - words + 1] = bytes;
  return nullptr;
}

/// The workspace of a call: the caller's, or the model's own.
static const char *getWorkspace(CudaModel &model, const char *name,
                                int64_t needed, int64_t given,
                                int64_t givenBytes, CUstream stream,
                                CUdeviceptr &workspace) {
  if (given) {
    if (given % kBufferAlignment || givenBytes < needed)
      return fail("%s: expected a workspace of at least %lld bytes, aligned to "
                  "%d, found %lld bytes at %#llx; the sizes function says how "
                  "many",
                  name, static_cast<long long>(needed),
                  static_cast<int>(kBufferAlignment),
                  static_cast<long long>(givenBytes),
                  static_cast<unsigned long long>(given));
    workspace = given;
    return nullptr;
  }
  if (needed > model.workspaceBytes) {
    int status = CU_STREAM_CAPTURE_STATUS_NONE;
    COMPRESS_CUDA_CALL(model.driver, cuStreamIsCapturing, stream, &status);
    if (status != CU_STREAM_CAPTURE_STATUS_NONE)
      return fail("%s: the model's workspace has %lld bytes and cannot grow to "
                  "%lld while the stream is captured; call the function once "
                  "before, or give it a workspace",
                  name, static_cast<long long>(model.workspaceBytes),
                  static_cast<long long>(needed));
    if (model.workspace) {
      COMPRESS_CUDA_CALL(model.driver, cuCtxSynchronize);
      COMPRESS_CUDA_CALL(model.driver, cuMemFree_v2, model.workspace);
      model.workspace = 0;
      model.workspaceBytes = 0;
    }
    COMPRESS_CUDA_CALL(model.driver, cuMemAlloc_v2, &model.workspace, needed);
    model.workspaceBytes = needed;
  }
  workspace = model.workspace;
  return nullptr;
}

const char *compress_cuda_run(CudaModel *model, int64_t number,
                              const int64_t *words, void *stream) {
  const Driver &driver = model->driver;
  FunctionState &state = model->functions[number];
  const CudaFunction &function = *state.function;
  CurrentContext current(driver, model->device.context);
  if (const char *error = current.getError())
    return error;
  if (const char *error = plan(*model, state, words))
    return error;
  CudaCall call{model, static_cast<CUstream>(stream), nullptr};

  // What is not on the device gets a place behind the buffers. The places are
  // offsets until the workspace is known; places[i] < 0 is none.
  int64_t needed = state.workspaceBytes;
  const int64_t *at = words;
  const int64_t *extents = state.plan + function.numBuffers;
  auto stage = [&](const ModelTensor &tensor, const Words &given,
                   const char *kind) -> const char * {
    if (tensor.forHost)
      return nullptr;
    int64_t bytes = countBytes(tensor, given.extents);
    if (isOnDevice(*model, given.pointer)) {
      if (given.pointer % 16)
        return fail("%s: %s '%s': expected device memory aligned to 16 bytes, "
                    "found %#llx",
                    function.name, kind, tensor.name,
                    static_cast<unsigned long long>(given.pointer));
      return nullptr;
    }
    if (!given.pointer && bytes)
      return fail("%s: %s '%s' is a null pointer; expected memory of %lld "
                  "bytes",
                  function.name, kind, tensor.name,
                  static_cast<long long>(bytes));
    needed += alignBuffer(bytes);
    return nullptr;
  };
  for (int64_t i = 0; i < function.numInputs; ++i)
    if (const char *error =
            stage(function.inputs[i], read(at, function.inputs[i]), "input"))
      return error;
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    const ModelTensor &output = function.outputs[i];
    Words given = read(at, output);
    if (const char *error = checkOutput(function, output, given, extents))
      return error;
    if (const char *error = stage(output, given, "output"))
      return error;
    extents += output.rank;
  }
  CUdeviceptr workspace = 0;
  if (const char *error =
          getWorkspace(*model, function.name, needed, /*given=*/at[0],
                       /*givenBytes=*/at[1], call.stream, workspace))
    return error;

  CUdeviceptr staging = workspace + state.workspaceBytes;
  auto place = [&](const ModelTensor &tensor, const Words &given,
                   CUdeviceptr &data) {
    data = given.pointer;
    if (tensor.forHost || isOnDevice(*model, given.pointer))
      return false;
    data = staging;
    staging += alignBuffer(countBytes(tensor, given.extents));
    return given.pointer != 0;
  };
  at = words;
  for (int64_t i = 0; i < function.numInputs; ++i) {
    const ModelTensor &input = function.inputs[i];
    Words given = read(at, input);
    CUdeviceptr data;
    int64_t bytes = countBytes(input, given.extents);
    if (place(input, given, data) && bytes)
      COMPRESS_CUDA_CALL(driver, cuMemcpyHtoDAsync_v2, data,
                         reinterpret_cast<const void *>(given.pointer), bytes,
                         call.stream);
    for (int64_t k = 0; k < function.numArguments; ++k)
      if (function.arguments[k] == i)
        writeDescriptor(static_cast<int64_t *>(state.arguments[k]), data,
                        input.rank, given.extents);
  }
  const int64_t *outputs = at;
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    const ModelTensor &output = function.outputs[i];
    Words given = read(at, output);
    CUdeviceptr data;
    place(output, given, data);
    int64_t bytes = countBytes(output, given.extents);
    writeDescriptor(
        static_cast<int64_t *>(state.arguments[function.numArguments + i]),
        data, /*rank=*/1, &bytes);
  }
  void **rest = state.arguments + function.numArguments + function.numOutputs;
  writeDescriptor(static_cast<int64_t *>(rest[0]), workspace, /*rank=*/1,
                  &state.workspaceBytes);
  rest[2] = &call;
  function.run(state.arguments);
  if (call.error)
    return call.error;

  at = outputs;
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    Words given = read(at, function.outputs[i]);
    auto *descriptor =
        static_cast<int64_t *>(state.arguments[function.numArguments + i]);
    int64_t bytes = descriptor[3];
    if (descriptor[0] != given.pointer && bytes)
      COMPRESS_CUDA_CALL(driver, cuMemcpyDtoHAsync_v2,
                         reinterpret_cast<void *>(given.pointer), descriptor[0],
                         bytes, call.stream);
  }
  return nullptr;
}

const char *compress_cuda_synchronize(CudaModel *model, void *stream) {
  CurrentContext current(model->driver, model->device.context);
  if (const char *error = current.getError())
    return error;
  COMPRESS_CUDA_CALL(model->driver, cuStreamSynchronize,
                     static_cast<CUstream>(stream));
  return nullptr;
}
