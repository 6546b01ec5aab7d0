//===- safetensors.cpp - Fuzzes the reader of safetensors files
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every byte of every tensor of a file that opens can be read.

#include "compress/Runtime/Safetensors.h"

using namespace mlir::compress::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  auto file = SafetensorsFile::parse(
      llvm::MemoryBuffer::getMemBufferCopy(bytes, "fuzz.safetensors"));
  if (!file) {
    llvm::consumeError(file.takeError());
    return 0;
  }
  for (const SafetensorsTensor &tensor : (*file)->getTensors()) {
    (void)getChecksum(tensor.data);
    llvm::cantFail((*file)->lookup(tensor.name));
  }
  return 0;
}
