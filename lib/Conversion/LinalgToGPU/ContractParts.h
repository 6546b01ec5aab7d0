//===- ContractParts.h - Sums in parts, on buffers --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTPARTS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTPARTS_H

#include "Epilogue.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"

namespace mlir::compress {

/// A product that writes the parts of its sum to a buffer, where it finds
/// zeros, and the op that adds them.
struct ContractParts {
  kernel::ContractOp product;
  Value zero;
  linalg::GenericOp sum;
};

/// Makes them of a product with one accumulator for all, which is known to hold
/// `initial`, where that is not null, and of its epilogue, where there is one.
/// `schedule` has splits.
ContractParts buildParts(OpBuilder &host, kernel::ContractOp op, Value initial,
                         Epilogue epilogue, Attribute schedule);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTPARTS_H
