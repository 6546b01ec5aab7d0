//===- ContractionKernel.h - Kernels of matrix products ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTIONKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTIONKERNEL_H

#include "ChooseSchedule.h"
#include "Kernel.h"
#include "Matmul.h"

namespace mlir::compress {

/// What kernels of matrix products on tensor cores have in common: the shared
/// memory of a block, batches, and results that are spread over threads.
class ContractionKernel : public Kernel {
protected:
  ContractionKernel(linalg::GenericOp op, ArrayRef<Value> initial,
                    Matmul matmul)
      : Kernel(op, initial), matmul(std::move(matmul)) {}

  /// The product of an op whose operands are both f16 or both bf16, and whose
  /// result is f32 or the same type.
  static std::optional<Matmul> matchHalfMatmul(linalg::GenericOp op);
  static MatmulExtents getExtents(linalg::GenericOp op, const Matmul &matmul);

  /// The address of the block's dynamic shared memory.
  Value getSharedMemory();
  /// The number of tiles along a loop, in the kernel.
  Value countTilesInKernel(unsigned loop, int64_t tile);
  /// Takes the indices of the batch loops from a linear index.
  void enterBatch(Value linear);

  /// The stride of a buffer along a loop, in elements; zero where it does not
  /// depend on the loop.
  Value getStride(OpOperand &buffer, unsigned loop);
  /// The offset of the batch in a buffer, in elements.
  Value getBatchOffset(OpOperand &buffer);

  /// An f32 of a thread, and where it lies from the thread's first result.
  struct Result {
    Value value;
    int64_t row, column;
  };
  /// Adds what the output holds, and writes results where they are inside. The
  /// thread's first result is at `row` and `column` along M and N, a multiple
  /// of 2; the results come in pairs that are neighbours along N.
  void storeResults(Value row, Value column, ArrayRef<Result> results);

  Matmul matmul;
  /// The indices of the batch, and of an element that is being computed.
  Point point;

private:
  bool storesPairs();
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTIONKERNEL_H
