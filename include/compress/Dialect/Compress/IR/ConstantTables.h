//===- ConstantTables.h - Values of codes that no tensor holds --*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_CONSTANTTABLES_H
#define COMPRESS_DIALECT_COMPRESS_IR_CONSTANTTABLES_H

#include "llvm/ADT/ArrayRef.h"

namespace mlir::compress {

/// Normal float of 4 bits: Dettmers et al., QLoRA (arXiv:2305.14314), appendix
/// E.
llvm::ArrayRef<float> getNF4Table();

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_CONSTANTTABLES_H
