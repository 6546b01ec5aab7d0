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
#include "Epilogue.h"
#include "Kernel.h"
#include "Matmul.h"

namespace mlir::compress {

/// What kernels of matrix products on tensor cores have in common: the shared
/// memory of a block, batches, and results that are spread over threads.
class ContractionKernel : public Kernel {
public:
  /// Computes the epilogue too, in whose place the kernel is then launched.
  void fuse(const Epilogue &fused) { epilogue = fused; }

protected:
  ContractionKernel(linalg::GenericOp op, ArrayRef<Value> initial,
                    Matmul matmul)
      : Kernel(op, initial), matmul(std::move(matmul)) {}

  bool passesBuffer(Value buffer) override;
  LogicalResult passMore(OpBuilder &host, KernelArguments &arguments) override;

  /// The extent of loops together, and the number of tiles along them, in the
  /// kernel.
  Value getExtent(ArrayRef<unsigned> loops);
  Value countTilesAlong(ArrayRef<unsigned> loops, int64_t tile);
  /// Sets the indices of loops, the last of them the fastest, from a linear
  /// one.
  void enter(Point &point, ArrayRef<unsigned> loops, Value linear);
  /// The number of tiles of the result, in all batches, on the host and in the
  /// kernel.
  Value countTiles(OpBuilder &host, int64_t tileM, int64_t tileN);
  Value countTilesInKernel(int64_t tileM, int64_t tileN);
  /// The first row and column of a tile, by number, whose batch is entered.
  struct Tile {
    Value row, column;
  };
  Tile enterTile(Value number, int64_t tileM, int64_t tileN);

  /// What the indices of dimensions add to a buffer's address, in elements.
  Value getOffset(OpOperand &buffer, const Point &point);
  /// The same of other indices than the op's own of the buffer.
  Value getOffset(OpOperand &buffer, AffineMap map, const Point &point);

  /// An f32 of a thread, and where it lies from the thread's first result.
  struct Result {
    Value value;
    int64_t row, column;
  };
  /// Adds what the output holds, computes the epilogue, and writes results
  /// where they are inside. The thread's first result is at `row` and `column`
  /// along M and N, a multiple of 2; the results come in pairs that are
  /// neighbours along N.
  void storeResults(Value row, Value column, ArrayRef<Result> results);

  Matmul matmul;
  /// The indices of the batch, and of an element that is being computed.
  Point point;

private:
  /// The operand that is written.
  OpOperand &getTarget();
  unsigned getTargetLoop(unsigned loop);
  Point getTargetPoint(const Point &at);
  bool storesPairs();
  Value finish(const Result &result, const Point &at);

  Epilogue epilogue;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CONTRACTIONKERNEL_H
