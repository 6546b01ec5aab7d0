//===- KernelBuilder.h - The kernel of one linalg op ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELBUILDER_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELBUILDER_H

#include "KernelArguments.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::compress {

/// How the points of an op's parallel loops are spread over threads; the
/// description of `convert-linalg-to-kernels` explains the three.
enum class KernelKind { Point, Tile, Row };

struct KernelSchedule {
  KernelKind kind = KernelKind::Point;
  /// Results of one thread, for KernelKind::Tile.
  int64_t tileRows = 1, tileColumns = 1;
};

/// Chooses the kernel of an op on buffers.
KernelSchedule chooseSchedule(linalg::GenericOp op, int64_t tileRows,
                              int64_t tileColumns);

/// Lanes of a warp, and threads of every kernel's block.
constexpr int64_t kWarpSize = 32;
constexpr int64_t kBlockSize = 256;

/// Builds the body of a kernel for an op on buffers, and counts its blocks on
/// the host.
class KernelBuilder {
public:
  /// `initial`, where it is not null, holds for each output the value that the
  /// output is known to hold, or null.
  KernelBuilder(linalg::GenericOp op, KernelSchedule schedule,
                ArrayRef<Value> initial)
      : op(op), schedule(schedule), initial(initial) {}

  /// Passes what the body needs, and returns the number of blocks.
  FailureOr<Value> buildHost(OpBuilder &host, KernelArguments &arguments);

  /// Builds the body at the kernel's start.
  void buildKernel(OpBuilder &kernel, const KernelArguments &arguments,
                   ValueRange blockArguments);

private:
  void buildPoint();
  void buildTile();
  void buildRow();

  using Point = SmallVector<Value>; // One index for each loop.
  Value constant(int64_t value);
  Value extent(unsigned loop) { return extents[loop]; }
  void delinearize(Value linear, ArrayRef<unsigned> loops, Point &point);
  SmallVector<Value> applyMap(AffineMap map, const Point &point);
  SmallVector<Value> loadInitial(const Point &point);
  SmallVector<Value> compute(const Point &point, ValueRange outputs);
  void store(const Point &point, ValueRange values);
  /// Reduction loops around `body`, from the given one inwards.
  SmallVector<Value> reduce(
      ArrayRef<unsigned> loops, ArrayRef<std::pair<Value, Value>> startStep,
      Point point, ValueRange accumulators,
      llvm::function_ref<SmallVector<Value>(const Point &, ValueRange)> body);

  linalg::GenericOp op;
  KernelSchedule schedule;
  ArrayRef<Value> initial;
  OpBuilder *builder = nullptr;
  Location loc = op.getLoc();
  IRMapping mapping;
  SmallVector<OpFoldResult> hostExtents;
  SmallVector<Value> extents;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELBUILDER_H
