//===- Model.cpp - A compiled model on the CPU ----------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"
#include "../Model/Model.h"
#include "compress/Runtime/Buffers.h"
#include "compress/Runtime/ThreadPool.h"
#include <cstdlib>
#include <cstring>
#include <pthread.h>
#include <sys/mman.h>

using namespace mlir::compress::runtime;

/// How many models use the global threads.
static int64_t numModels = 0;
static pthread_mutex_t modelsMutex = PTHREAD_MUTEX_INITIALIZER;

static void acquireThreads(CPUModel &model, int32_t threads) {
  pthread_mutex_lock(&modelsMutex);
  if (numModels++ == 0)
    ThreadPool::setGlobalThreads(threads);
  pthread_mutex_unlock(&modelsMutex);
  model.hasThreads = true;
}

static void releaseThreads() {
  pthread_mutex_lock(&modelsMutex);
  if (--numModels == 0) {
    ThreadPool::destroyGlobal();
    compress_release_buffers();
  }
  pthread_mutex_unlock(&modelsMutex);
}

/// Finds the bytes of a weight in its file.
static const char *find(CPUModel &model, const ModelConstant &constant,
                        const char *directory, const unsigned char *&data) {
  for (int64_t i = 0; i < model.numFiles; ++i) {
    const CPUModel::File &file = model.files[i];
    if (!strcmp(file.constant->file, constant.file)) {
      data = file.bytes + constant.offset;
      return nullptr;
    }
  }
  CPUModel::File &file = model.files[model.numFiles];
  if (const char *error =
          mapWeightsFile(model.module->name, constant, directory, file.bytes))
    return error;
  file.constant = &constant;
  ++model.numFiles;
  data = file.bytes + constant.offset;
  return nullptr;
}

/// The bytes of an element, 1 where there is none.
static int64_t getElementBytes(const ModelConstant &constant) {
  int64_t elements = 1;
  for (int64_t i = 0; i < constant.rank; ++i)
    elements *= constant.shape[i];
  return elements ? constant.bytes / elements : 1;
}

static const char *load(CPUModel &model, const char *directory) {
  const CPUModule &module = *model.module;
  if (const char *error = checkFeatures(module))
    return error;
  if (const char *error = allocate(model.constants, module.numConstants))
    return error;
  if (const char *error = allocate(model.copies, module.numConstants))
    return error;
  if (const char *error = allocate(model.files, module.numConstants))
    return error;
  char own[4096];
  if (!directory) {
    findOwnDirectory(&module, own, sizeof(own));
    directory = own;
  }
  for (int64_t i = 0; i < module.numConstants; ++i) {
    const ModelConstant &constant = module.constants[i];
    model.constants[i] = constant.data;
    if (constant.data || !constant.bytes)
      continue;
    const unsigned char *data;
    if (const char *error = find(model, constant, directory, data))
      return error;
    model.constants[i] = data;
    // Files promise no alignment.
    if (reinterpret_cast<uintptr_t>(data) % getElementBytes(constant) == 0)
      continue;
    if (posix_memalign(&model.copies[i], 64, constant.bytes))
      return fail("out of host memory");
    memcpy(model.copies[i], data, constant.bytes);
    model.constants[i] = model.copies[i];
  }
  return nullptr;
}

const char *compress_cpu_init(const CPUModule *module, int32_t threads,
                              const char *directory, CPUModel **model) {
  *model = nullptr;
  if (threads < 0)
    return fail("%s: expected a number of threads, or 0 for one a processor, "
                "found %d",
                module->name, threads);
  CPUModel *loaded;
  if (const char *error = allocate(loaded, 1))
    return error;
  loaded->module = module;
  if (const char *error = load(*loaded, directory)) {
    compress_cpu_destroy(loaded);
    return error;
  }
  acquireThreads(*loaded, threads);
  *model = loaded;
  return nullptr;
}

const char *compress_cpu_signature(const CPUModule *module) {
  return module->signature;
}

void compress_cpu_destroy(CPUModel *model) {
  if (!model)
    return;
  if (model->hasThreads)
    releaseThreads();
  for (int64_t i = 0; i < model->numFiles; ++i)
    munmap(const_cast<unsigned char *>(model->files[i].bytes),
           model->files[i].constant->fileBytes);
  if (model->copies)
    for (int64_t i = 0; i < model->module->numConstants; ++i)
      free(model->copies[i]);
  free(model->files);
  free(model->copies);
  free(model->constants);
  free(model);
}
