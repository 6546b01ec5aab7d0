//===- TensorMapParameters.h - What a tensor map is made from ---*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_TENSORMAPPARAMETERS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_TENSORMAPPARAMETERS_H

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::compress {

/// Memory of the host's function, for as long as it runs.
struct TensorMapMemory {
  /// The 128 bytes of the map, and the parameters that it is encoded from: an
  /// EmulatedTensorMap (compress/Runtime/EmulatedABI.h).
  Value map, parameters;
};

/// Builds the parameters of an op's tensor map before the op. `allocate`
/// returns the address of memory for a type, aligned to a number of bytes, at
/// the function's entry.
TensorMapMemory
buildTensorMapParameters(kernel::EncodeTensorMapOp op,
                         llvm::function_ref<Value(Type, int64_t)> allocate);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_TENSORMAPPARAMETERS_H
