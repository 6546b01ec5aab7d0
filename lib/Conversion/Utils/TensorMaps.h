//===- TensorMaps.h - Encoding of tensor maps -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_UTILS_TENSORMAPS_H
#define COMPRESS_LIB_CONVERSION_UTILS_TENSORMAPS_H

#include "RuntimeCalls.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"

namespace mlir::compress {

/// Replaces the op by a call of the runtime's `encode_tensor_map`, which takes
/// `first`, the 128 bytes of the map, its parameters, an EmulatedTensorMap
/// (compress/Runtime/EmulatedABI.h), and the op's site. A launch gets the
/// address of the map as a cast of the op's result.
void encodeTensorMap(kernel::EncodeTensorMapOp op, RuntimeCalls &calls,
                     ValueRange first);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_UTILS_TENSORMAPS_H
