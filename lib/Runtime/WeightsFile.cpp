//===- WeightsFile.cpp - Open a weights file of any format ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/WeightsFile.h"
#include "FileError.h"
#include "compress/Runtime/GGUF.h"
#include "compress/Runtime/Safetensors.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace llvm;

namespace mlir::compress::runtime {

Error makeNoTensorError(StringRef path, StringRef name,
                        ArrayRef<StringRef> names) {
  std::vector<std::pair<unsigned, StringRef>> nearest;
  for (StringRef other : names)
    nearest.emplace_back(name.edit_distance(other), other);
  llvm::sort(nearest);
  constexpr size_t maxNames = 3;
  nearest.resize(std::min(nearest.size(), maxNames));
  std::string text;
  raw_string_ostream os(text);
  os << "has no tensor '" << name << "'; ";
  if (nearest.empty())
    os << "the file has no tensors";
  else
    os << "the nearest names are ";
  interleaveComma(nearest, os,
                  [&](const auto &item) { os << "'" << item.second << "'"; });
  return makeFileError(path, text);
}

Expected<std::shared_ptr<WeightsFile>> openWeightsFile(StringRef path) {
  // Only the first bytes of a file of any size.
  constexpr uint64_t magicBytes = 4;
  auto slice = MemoryBuffer::getFileSlice(path, magicBytes, /*Offset=*/0);
  if (slice && GGUFFile::isMagic((*slice)->getBuffer()))
    return GGUFFile::open(path);
  // This reports a file that cannot be read.
  return SafetensorsFile::open(path);
}

} // namespace mlir::compress::runtime
