//===- LaunchByRows.h - Products of which the host chooses ------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_LAUNCHBYROWS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_LAUNCHBYROWS_H

#include "Epilogue.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"

namespace mlir::compress {

/// A product, and the epilogue that its kernel computes, where there is one.
struct Product {
  Operation *op;
  Epilogue epilogue;
};

/// The number of rows on the host: the extent of loops together, or that of the
/// activations.
Value countRows(OpBuilder &host, linalg::GenericOp op,
                ArrayRef<unsigned> loops);
Value countRows(OpBuilder &host, kernel::ContractOp op);

/// Puts a copy of the product for each of the schedules, which it then has as
/// its own, into branches that the host takes by the number of rows.
SmallVector<Product> branchByRows(OpBuilder &host, Product product,
                                  kernel::ByRowsAttr schedules, Value rows);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_LAUNCHBYROWS_H
