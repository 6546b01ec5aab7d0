//===- Model.h - A compiled model on the CPU --------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_CPU_MODEL_H
#define COMPRESS_LIB_RUNTIME_CPU_MODEL_H

#include "compress/Runtime/CPUABI.h"

namespace mlir::compress::runtime {

/// It does not change while calls are made.
struct CPUModel {
  const CPUModule *module;
  /// The bytes of each weight, and those that had to be copied.
  const void **constants;
  void **copies;
  /// Files that weights are in, each one once, as `constant` of the module
  /// says.
  struct File {
    const ModelConstant *constant;
    const unsigned char *bytes;
  } *files;
  int64_t numFiles;
  /// Whether the shared object's threads are also for this one.
  bool hasThreads;
};

/// Whether this processor has what code of the module may use. Returns null or
/// an error's text.
const char *checkFeatures(const CPUModule &module);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_CPU_MODEL_H
