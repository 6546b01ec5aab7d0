//===- Support.h - How a call of the C API ended ------------------*- C -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_C_SUPPORT_H
#define COMPRESS_C_SUPPORT_H

#include "mlir-c/Support.h"

#ifdef __cplusplus
extern "C" {
#endif

/// How a call ended. No call ends the process for what its arguments say.
struct CompressStatus {
  /// Null after a success; otherwise what was expected and what was found. The
  /// caller destroys the status.
  char *message;
};
typedef struct CompressStatus CompressStatus;

static inline bool compressStatusIsSuccess(CompressStatus status) {
  return !status.message;
}

/// Frees the message. Does nothing for a success.
MLIR_CAPI_EXPORTED void compressStatusDestroy(CompressStatus status);

#ifdef __cplusplus
}
#endif

#endif // COMPRESS_C_SUPPORT_H
