//===- SafetensorsFormat.h - Constants of the safetensors format *- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_SAFETENSORSFORMAT_H
#define COMPRESS_LIB_RUNTIME_SAFETENSORSFORMAT_H

#include "llvm/ADT/StringRef.h"
#include <cstdint>

namespace mlir::compress::runtime {

/// A file begins with the length of its header in this many bytes.
inline constexpr uint64_t kLengthBytes = 8;

/// The specification's limit against hostile files.
inline constexpr uint64_t kMaxHeaderBytes = 100'000'000;

/// The key of the header that is no tensor.
inline constexpr llvm::StringLiteral kMetadataKey = "__metadata__";

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_SAFETENSORSFORMAT_H
