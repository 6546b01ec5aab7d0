//===- Extents.h - Which extents of a function's inputs depend  -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EXTENTS_H
#define COMPRESS_LIB_RUNTIME_EXTENTS_H

#include "compress/Runtime/Signature.h"

namespace mlir::compress::runtime {

/// Finds the dynamic dimensions of arguments whose extents a function on
/// tensors presumes to be equal, to each other or to a constant. Compiled code
/// does not check them: a wrong one would read outside of an array. Follows
/// linalg ops, and the sizes that tensor ops are given.
SmallVector<EqualExtents> findEqualExtents(func::FuncOp function);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_EXTENTS_H
