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
/// vecmat, batch_matvec, batch_vecmat, mmt4d, batch_mmt4d and contract, to its
/// convolutions of one to three dimensions (plain, grouped and depthwise, in
/// every layout), and to generic, which is compressible when it multiplies two
/// operands and adds to an accumulator by the maps of `compress.contract` or
/// `compress.conv`; and to poolings, so that the plan says why they stay as
/// they are.
void registerLinalgModels(DialectRegistry &registry);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_DIALECT_COMPRESS_IR_LINALGMODELS_H
