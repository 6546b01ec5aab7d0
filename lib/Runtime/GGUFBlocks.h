//===- GGUFBlocks.h - Block types of GGUF files -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_GGUFBLOCKS_H
#define COMPRESS_LIB_RUNTIME_GGUFBLOCKS_H

#include "compress/Runtime/DType.h"
#include <string>

namespace mlir::compress::runtime {

/// How elements lie in a GGUF file.
struct GGUFType {
  /// The format's number for the type.
  uint32_t id;
  llvm::StringLiteral name;
  /// Elements and bytes of a block; 1 and the element's for plain elements.
  int64_t blockElements;
  int64_t blockBytes;
  /// Plain elements: their type.
  std::optional<DType> dtype;
  /// Quantized elements: decodes one block.
  void (*decode)(const uint8_t *block, float *result);
};

/// The type with this number, null when it is not supported.
const GGUFType *getGGUFType(uint32_t id);

/// The names of the supported types, for messages.
std::string listGGUFTypes();

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_GGUFBLOCKS_H
