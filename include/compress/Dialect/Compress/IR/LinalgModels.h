//===- LinalgModels.h - Compressible linalg ops -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_LINALGMODELS_H
#define COMPRESS_DIALECT_COMPRESS_IR_LINALGMODELS_H

namespace mlir {
class DialectRegistry;

namespace compress {

/// Gives CompressibleOpInterface to linalg's matmul, batch_matmul, matvec,
/// vecmat, batch_matvec, batch_vecmat, mmt4d, batch_mmt4d, contract and
/// generic. A generic is compressible when it multiplies two operands and adds
/// to an accumulator.
void registerLinalgModels(DialectRegistry &registry);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_DIALECT_COMPRESS_IR_LINALGMODELS_H
