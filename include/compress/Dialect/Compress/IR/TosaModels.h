//===- TosaModels.h - Compressible TOSA ops -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_TOSAMODELS_H
#define COMPRESS_DIALECT_COMPRESS_IR_TOSAMODELS_H

namespace mlir {
class DialectRegistry;

namespace compress {

/// Gives CompressibleOpInterface to tosa.matmul, conv2d, conv3d and
/// depthwise_conv2d, to gather, a lookup, and to transpose_conv2d, so that the
/// plan says why it stays as it is. Since TOSA 1.0 a fully connected layer is a
/// matmul or a 1x1 convolution between reshapes.
void registerTosaModels(DialectRegistry &registry);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_DIALECT_COMPRESS_IR_TOSAMODELS_H
