//===- Kernel.h - The kernel of one linalg op -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNEL_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNEL_H

#include "KernelArguments.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::compress {

constexpr int64_t kWarpSize = 32;

/// Builds a kernel, and what its launch needs.
class KernelBuilder {
public:
  virtual ~KernelBuilder();

  /// Passes what the body needs, and returns the number of blocks.
  virtual FailureOr<Value> buildHost(OpBuilder &host,
                                     KernelArguments &arguments) = 0;

  /// Builds the body at the kernel's start.
  virtual void buildKernel(OpBuilder &kernel, const KernelArguments &arguments,
                           ValueRange blockArguments) = 0;

  /// What the names of such kernels end in.
  virtual StringRef getSuffix() const = 0;
  virtual int64_t getNumThreads() const = 0;
  /// Shared memory that a launch asks for.
  virtual int64_t getSharedBytes() const { return 0; }
  /// Builds what is left to do after the launch, an op with the same output, or
  /// null.
  virtual linalg::GenericOp buildRest(OpBuilder &host) { return nullptr; }
  /// How the kernel is put together, where an attribute says that.
  virtual Attribute getSchedule() const { return {}; }
};

/// The results of a map at a point.
SmallVector<Value> applyMap(OpBuilder &b, Location loc, AffineMap map,
                            ValueRange point);

/// The element of an operand of a linalg op at a point of its loops; of one
/// that is no buffer, its value.
Value loadElement(OpBuilder &b, Location loc, const IRMapping &mapping,
                  OpOperand &operand, ValueRange point);

/// Copies an op of a linalg op's body to a kernel, at a point; `local` has the
/// values of the body so far.
void copyBodyOp(OpBuilder &b, Operation &nested, ValueRange point,
                IRMapping &local);

/// Builds the kernel of a linalg op on buffers.
class Kernel : public KernelBuilder {
public:
  /// `initial`, where it is not empty, holds for each output the value that the
  /// output is known to hold, or null.
  Kernel(linalg::GenericOp op, ArrayRef<Value> initial)
      : op(op), initial(initial) {}

  FailureOr<Value> buildHost(OpBuilder &host,
                             KernelArguments &arguments) override;
  void buildKernel(OpBuilder &kernel, const KernelArguments &arguments,
                   ValueRange blockArguments) override;

protected:
  /// Two threads must not write one element.
  virtual LogicalResult checkOutputs();
  /// Whether the kernel takes the pointer to a buffer of the op.
  virtual bool passesBuffer(Value) { return true; }
  /// Passes what else the kernel takes.
  virtual LogicalResult passMore(OpBuilder &, KernelArguments &) {
    return success();
  }
  virtual Value countBlocks(OpBuilder &host) = 0;
  virtual void buildBody() = 0;

  Value constant(int64_t value);
  /// The extent of a loop, in the kernel.
  Value extent(unsigned loop) { return extents[loop]; }
  using Point = SmallVector<Value>; // One index for each loop.
  SmallVector<Value> applyMap(AffineMap map, const Point &point) {
    return compress::applyMap(*builder, loc, map, point);
  }
  /// Splits a linear index over the loops, the last of which varies fastest.
  void delinearize(Value linear, ArrayRef<unsigned> loops, Point &point);
  /// The element of an operand, of this op or another whose loops the point is
  /// of.
  Value loadInput(OpOperand &operand, const Point &point) {
    return loadElement(*builder, loc, mapping, operand, point);
  }
  /// Copies an op of the body to the kernel, at a point; `local` has the values
  /// of the body so far.
  void copyOp(Operation &nested, const Point &point, IRMapping &local) {
    copyBodyOp(*builder, nested, point, local);
  }
  /// The extent of loops together on the host, divided by a tile's and rounded
  /// up.
  Value countTiles(OpBuilder &host, ArrayRef<unsigned> loops, int64_t tile);

  linalg::GenericOp op;
  ArrayRef<Value> initial;
  OpBuilder *builder = nullptr;
  Location loc = op.getLoc();
  /// From values of the op to those of the kernel.
  IRMapping mapping;

private:
  SmallVector<OpFoldResult> hostExtents;
  SmallVector<Value> extents;
};

/// Loops in the order in which the output's dimensions name them.
SmallVector<unsigned> getParallelLoops(linalg::GenericOp op);
SmallVector<unsigned> getReductionLoops(linalg::GenericOp op);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNEL_H
