//===- KernelArguments.h - What a kernel takes from the host ----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A kernel takes pointers and integers only, so that its parameters can be
// listed for any launcher: a buffer is passed as the pointer to its base and
// whatever part of its offset, sizes and strides is not static. The kernel puts
// the memref together again.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELARGUMENTS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELARGUMENTS_H

#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseMap.h"

namespace mlir::compress {

/// The host's side: collects the values that a launch passes, each once.
class KernelArguments {
public:
  /// New ops of the host go where `host` points.
  explicit KernelArguments(OpBuilder &host, Location loc)
      : host(host), loc(loc) {}

  /// Passes a buffer, a scalar or a tensor map.
  LogicalResult add(Value value);

  /// Passes the size of a buffer's dimension, unless it is static.
  OpFoldResult getSize(Value buffer, int64_t dim);

  ValueRange getOperands() const { return operands; }

  /// Fills the mapping from what was added to values at the start of the
  /// kernel, given its block arguments.
  void materialize(OpBuilder &kernel, ValueRange arguments,
                   IRMapping &mapping) const;

  /// The kernel's value of what getSize returned.
  Value materialize(OpBuilder &kernel, ValueRange arguments,
                    OpFoldResult size) const;

private:
  void pass(Value value);

  OpBuilder &host;
  Location loc;
  SmallVector<Value> operands;
  DenseMap<Value, unsigned> indices;
  DenseMap<std::pair<Value, int64_t>, Value> sizes;
  struct Buffer {
    Value buffer, base;
    OpFoldResult offset;
    SmallVector<OpFoldResult> sizes, strides;
  };
  SmallVector<Buffer> buffers;
  SmallVector<Value> scalars;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELARGUMENTS_H
