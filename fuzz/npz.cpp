//===- npz.cpp - Fuzzes the readers of .npy and .npz files
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Npy.h"

using namespace mlir::compress::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  llvm::MemoryBufferRef buffer(bytes, "fuzz");
  llvm::consumeError(parseNpy(buffer).takeError());
  llvm::consumeError(parseNpz(buffer).takeError());
  return 0;
}
