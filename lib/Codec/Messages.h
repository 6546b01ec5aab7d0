//===- Messages.h - Errors with formatted messages --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_MESSAGES_H
#define COMPRESS_LIB_CODEC_MESSAGES_H

#include "llvm/Support/Error.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::compress::codec {

/// An error about what the caller asked for; `text` is that of llvm::formatv.
template <typename... Ts>
llvm::Error makeError(const char *text, Ts &&...arguments) {
  return llvm::createStringError(
      std::make_error_code(std::errc::invalid_argument),
      llvm::formatv(text, std::forward<Ts>(arguments)...).str());
}

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_MESSAGES_H
