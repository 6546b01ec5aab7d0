//===- Error.cpp - Errors that concern one element ------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Codec/Codec.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::compress::codec;

char ElementError::ID = 0;

void ElementError::log(llvm::raw_ostream &os) const {
  os << "element [";
  llvm::interleaveComma(index, os);
  os << "]: " << text;
}

std::error_code ElementError::convertToErrorCode() const {
  return std::make_error_code(std::errc::invalid_argument);
}
