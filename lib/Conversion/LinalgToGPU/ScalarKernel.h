//===- ScalarKernel.h - Kernels without tensor cores ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_SCALARKERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_SCALARKERNEL_H

#include "Kernel.h"

namespace mlir::compress {

/// How the points of an op's parallel loops are spread over threads; the
/// description of `convert-linalg-to-kernels` explains the two.
enum class KernelKind { Point, Tile };

struct KernelSchedule {
  KernelKind kind = KernelKind::Point;
  /// Results of one thread, for KernelKind::Tile.
  int64_t tileRows = 1, tileColumns = 1;
};

/// Chooses the kernel of an op on buffers.
KernelSchedule chooseSchedule(linalg::GenericOp op, int64_t tileRows,
                              int64_t tileColumns);

/// Threads of a block.
constexpr int64_t kBlockSize = 256;

/// A kernel whose threads each compute results of their own.
class ScalarKernel : public Kernel {
public:
  ScalarKernel(linalg::GenericOp op, KernelSchedule schedule,
               ArrayRef<Value> initial)
      : Kernel(op, initial), schedule(schedule) {}

  StringRef getSuffix() const override;
  int64_t getNumThreads() const override { return kBlockSize; }

private:
  Value countBlocks(OpBuilder &host) override;
  void buildBody() override;
  void buildPoint();
  void buildTile();

  Point enterPoint(Value linear);
  SmallVector<Value> loadInitial(const Point &point, Value inside = {});
  Value loadIf(Value condition, Type type, llvm::function_ref<Value()> load);
  SmallVector<Value> compute(const Point &point, ValueRange outputs);
  void store(const Point &point, ValueRange values);
  /// Reduction loops around `body`, from the given one inwards.
  SmallVector<Value> reduce(
      ArrayRef<unsigned> loops, ArrayRef<std::pair<Value, Value>> startStep,
      Point point, ValueRange accumulators,
      llvm::function_ref<SmallVector<Value>(const Point &, ValueRange)> body);

  KernelSchedule schedule;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_SCALARKERNEL_H
