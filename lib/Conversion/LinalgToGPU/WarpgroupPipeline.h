//===- WarpgroupPipeline.h - Who copies and who multiplies ------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPPIPELINE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPPIPELINE_H

#include "KernelArithmetic.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

namespace mlir::compress {

/// Stages of shared memory that one warpgroup fills and others read (sm_90a),
/// and the barriers between the two.
///
/// The first warpgroup, the producer, waits until a stage is empty and starts
/// its copies. Where all are bulk copies, one thread does so, and they arrive
/// at the stage's barrier. Otherwise all threads copy or compute a part, and a
/// thread of every warp arrives when those of its warp have landed. The others,
/// the consumers, wait until a stage is full, and say when it is empty.
class WarpgroupPipeline {
public:
  /// What fills stages.
  struct Producer {
    /// Whether all threads take part, and whether there are bulk copies.
    bool isWarpgroup = false, hasBulk = true;
    /// Whether copies of threads go on after these have started them.
    bool isAsync = false;
    /// Of a thread, where two consumers need what it has more.
    int64_t registers = 40;
  };

  WarpgroupPipeline(int64_t stages, int64_t stageBytes, int64_t consumers)
      : WarpgroupPipeline(stages, stageBytes, consumers, Producer()) {}
  WarpgroupPipeline(int64_t stages, int64_t stageBytes, int64_t consumers,
                    Producer producer)
      : stages(stages), stageBytes(stageBytes), consumers(consumers),
        producer(producer) {}

  /// Which stage is next, and the parity of its round; and where the producer
  /// is behind with what it says, how many stages it has filled.
  struct Position {
    Value stage = {}, phase = {}, filled = {};
  };

  /// Finds the thread's role at the start of a kernel, where `kernel` stands,
  /// and initializes the barriers.
  void start(OpBuilder &kernel, Location loc);
  /// Builds both roles.
  void branch(llvm::function_ref<void()> produce,
              llvm::function_ref<void()> consume);
  /// The loop over the tiles of this block, at whose start the builder then
  /// stands; `position` becomes that of the loop, which yields the next one.
  scf::ForOp startTiles(Value tiles, Position &position,
                        bool isProducer = false);
  /// For a number of steps, lets `copy` start the copies of the next stage.
  /// Returns what the loop over tiles yields.
  ValueRange
  fill(Value steps, Position position,
       llvm::function_ref<void(Value step, Value stage, Value full)> copy);
  void expect(Value full, Value bytes);
  /// Lets one thread of the producer do something.
  void callOnce(llvm::function_ref<void()> fn);
  /// After the producer's loop over tiles, waits for its last copies.
  void finish(scf::ForOp tiles);

  /// Where a stage begins, in bytes of shared memory.
  Number getByteOf(Value stage) const {
    return Number{builder, loc, stage} * stageBytes;
  }
  Position advance(const Position &position);
  void waitUntilFull(const Position &position);
  /// Says, for the warp, that a stage may be overwritten.
  void releaseIf(Value condition, Value stage);

  /// Bytes after the stages, for two barriers each.
  int64_t getBarrierBytes() const { return stages * 16; }

  /// Of the thread: its number, that in its warp, its warp's in its warpgroup,
  /// and its consumer's.
  Value thread, lane, warp, consumer;
  /// The address of shared memory.
  Value shared;

private:
  /// Stages that the producer has filled since that whose copies it waits for.
  /// One is left for the consumers to multiply, and, where there are enough,
  /// one that they find full then.
  int64_t getDelay() const {
    return producer.isAsync ? stages - 2 - (stages > 3) : 0;
  }
  SmallVector<Value> getValues(const Position &position) const;
  static Position getPosition(ValueRange values);
  void sealWrites(int64_t groups);
  void announce(const Position &position, int64_t behind);
  Value getBarrier(Value stage, bool isFull);
  void initializeBarriers();
  void wait(Value barrier, Value phase);

  int64_t stages, stageBytes, consumers;
  Producer producer;
  OpBuilder *builder = nullptr;
  Location loc = UnknownLoc();
  Value isProducer;
};

/// What wgmma is told of an operand whose tile begins at a byte of shared
/// memory: the matrix descriptor of the PTX ISA, with the swizzle of 128 bytes.
/// Eight lines of 128 bytes are an atom; `leading` has the bytes between boxes
/// of lines that are no rows, and does not count where they are.
Value makeDescriptor(OpBuilder &b, Location loc, Value shared, Value byte,
                     int64_t leading);

/// Starts the copy of a tensor map's box, whose first element has the
/// coordinates, the innermost first, to a byte of shared memory.
void copyBox(OpBuilder &b, Location loc, Value map, Value to,
             ValueRange coordinates, Value barrier);

/// An address of this block's shared memory as one of its cluster's.
Value toCluster(OpBuilder &b, Location loc, Value address);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_WARPGROUPPIPELINE_H
