//===- Status.h - Errors of the C API -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_CAPI_STATUS_H
#define LIB_CAPI_STATUS_H

#include "compress-c/Support.h"
#include "mlir-c/Diagnostics.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/Error.h"

namespace mlir::compress {

CompressStatus makeSuccess();
CompressStatus makeFailure(const Twine &message);
/// An error's message, or a success.
CompressStatus makeStatus(llvm::Error error);

/// Collects the errors that a context reports while this lives.
class CollectedErrors {
public:
  /// Diagnostics go to `handler` as well, unless it is null.
  explicit CollectedErrors(MLIRContext *context,
                           MlirDiagnosticHandler handler = nullptr,
                           void *userData = nullptr);
  ~CollectedErrors();

  /// A failure with `message`, if it is not empty, and the errors so far, with
  /// their locations and notes.
  CompressStatus makeFailure(StringRef message = "") const;

private:
  MLIRContext *context;
  bool printedOps;
  std::string text;
  ScopedDiagnosticHandler scope;
};

} // namespace mlir::compress

#endif // LIB_CAPI_STATUS_H
