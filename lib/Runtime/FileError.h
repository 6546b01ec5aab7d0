//===- FileError.h - Errors that name a file --------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_FILEERROR_H
#define COMPRESS_LIB_RUNTIME_FILEERROR_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/Support/Error.h"

namespace mlir::compress::runtime {

/// An error about the contents or the use of a file; printed as
/// `'path': message`.
inline llvm::Error makeFileError(llvm::StringRef path,
                                 const llvm::Twine &message) {
  return llvm::createFileError(
      path, llvm::createStringError(
                std::make_error_code(std::errc::invalid_argument), message));
}

/// An error of the operating system, with what was tried.
inline llvm::Error makeFileError(llvm::StringRef path,
                                 const llvm::Twine &attempt,
                                 std::error_code code) {
  return llvm::createFileError(
      path, llvm::createStringError(code, attempt + ": " + code.message()));
}

/// A file has no tensor of this name, only those of `names`; the nearest are
/// listed.
llvm::Error makeNoTensorError(llvm::StringRef path, llvm::StringRef name,
                              llvm::ArrayRef<llvm::StringRef> names);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_FILEERROR_H
