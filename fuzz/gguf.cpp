//===- gguf.cpp - Fuzzes the reader of GGUF files
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// Every tensor of a file that opens can be decoded to every type that it
// offers.

#include "compress/Runtime/GGUF.h"
#include "compress/Runtime/Safetensors.h"

using namespace mlir::compress::runtime;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  llvm::StringRef bytes(reinterpret_cast<const char *>(data), size);
  auto file =
      GGUFFile::parse(llvm::MemoryBuffer::getMemBufferCopy(bytes, "fuzz.gguf"));
  if (!file) {
    llvm::consumeError(file.takeError());
    return 0;
  }
  for (llvm::StringRef name : (*file)->getNames()) {
    WeightsFile::Entry entry = llvm::cantFail((*file)->find(name));
    for (DType dtype : {DType::F32, DType::F16, DType::BF16})
      if ((*file)->canRead(entry, dtype)) {
        std::vector<char> storage;
        (void)getChecksum((*file)->read(entry, dtype, storage));
      }
  }
  return 0;
}
