//===- WgmmaOps.cpp - Products of warpgroups from registers ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir;
using namespace mlir::compress::kernel;

using EmitError = llvm::function_ref<InFlightDiagnostic()>;

//===----------------------------------------------------------------------===//
// Schedules
//===----------------------------------------------------------------------===//

static LogicalResult checkConsumers(EmitError emitError, int64_t consumers) {
  if (consumers == 1 || consumers == 2)
    return success();
  return emitError() << "consumers must be 1 or 2, found " << consumers;
}

/// The extent of a tile along the instruction's N.
static LogicalResult checkInstructionN(EmitError emitError, unsigned dim,
                                       int64_t extent) {
  if (extent >= 16 && extent <= 256 && extent % (extent > 64 ? 64 : 16) == 0)
    return success();
  return emitError() << "tile[" << dim
                     << "] must be a multiple of 16 in 16..64 or of 64 in "
                        "64..256, found "
                     << extent;
}

static LogicalResult checkStages(EmitError emitError, int64_t stages) {
  if (stages >= 2 && stages <= 16)
    return success();
  return emitError() << "stages must be in 2..16, found " << stages;
}

/// What a thread has for its results, and a block for its stages.
static LogicalResult checkResources(EmitError emitError, int64_t accumulators,
                                    int64_t bytes) {
  if (accumulators > 128)
    return emitError() << "a thread must have at most 128 accumulators, found "
                       << accumulators << ": more consumers or a smaller tile";
  if (bytes > kMostSharedBytes)
    return emitError() << "stages must fit into " << kMostSharedBytes
                       << " bytes, found " << bytes
                       << ": fewer stages or a smaller tile";
  return success();
}

/// Of the stages, and of two barriers of 8 bytes for each.
static int64_t countWgmmaBytes(ArrayRef<int64_t> tile, int64_t stages) {
  return stages * ((tile[0] + tile[1]) * WgmmaAttr::kLineBytes + 16);
}

int64_t WgmmaAttr::getSharedBytes() const {
  return countWgmmaBytes(getTile(), getStages());
}

LogicalResult WgmmaAttr::verify(EmitError emitError, ArrayRef<int64_t> tile,
                                int64_t consumers, int64_t stages, bool) {
  if (tile.size() != 3)
    return emitError() << "tile must be three extents, found [" << tile << "]";
  if (failed(checkConsumers(emitError, consumers)))
    return failure();
  if (tile[0] != 64 * consumers && tile[0] != 128 * consumers)
    return emitError() << "tile[0] must be 64 or 128 for each of " << consumers
                       << " consumers, found " << tile[0];
  if (failed(checkInstructionN(emitError, 1, tile[1])))
    return failure();
  if (tile[2] != 64 && tile[2] != 32)
    return emitError() << "tile[2] must be 64, or 32 for f32, found "
                       << tile[2];
  if (failed(checkStages(emitError, stages)))
    return failure();
  return checkResources(emitError, tile[0] * tile[1] / (consumers * kWarpgroup),
                        countWgmmaBytes(tile, stages));
}

int64_t WgmmaDecodeAttr::countSharedBytes(ArrayRef<int64_t> tile,
                                          int64_t consumers, int64_t stages,
                                          unsigned width) {
  // Two barriers of 8 bytes for each stage.
  int64_t columns = tile[1] / consumers / kWarps;
  return stages * (countStageBytes(tile, width) + 16) +
         consumers * kWarps * kStoredRows * countStoredStride(columns);
}

LogicalResult WgmmaDecodeAttr::verify(EmitError emitError,
                                      ArrayRef<int64_t> tile, int64_t consumers,
                                      int64_t stages) {
  if (tile.size() != 2)
    return emitError() << "tile must be two extents, found [" << tile << "]";
  if (failed(checkConsumers(emitError, consumers)) ||
      failed(checkInstructionN(emitError, 0, tile[0])))
    return failure();
  if (tile[1] != 64 * consumers && tile[1] != 128 * consumers)
    return emitError() << "tile[1] must be 64 or 128 for each of " << consumers
                       << " consumers, found " << tile[1];
  if (failed(checkStages(emitError, stages)))
    return failure();
  // Of 4 bits, the least that a code has.
  return checkResources(emitError, tile[0] * tile[1] / (consumers * kWarpgroup),
                        countSharedBytes(tile, consumers, stages, /*width=*/4));
}

//===----------------------------------------------------------------------===//
// Ops
//===----------------------------------------------------------------------===//

int64_t WgmmaOp::getNumColumns() {
  auto type = cast<LLVM::LLVMStructType>(getAccumulator().getType());
  return static_cast<int64_t>(type.getBody().size()) * 2;
}

LogicalResult WgmmaOp::verify() {
  auto type = cast<LLVM::LLVMStructType>(getAccumulator().getType());
  bool isOfSums =
      !type.isOpaque() &&
      llvm::all_of(type.getBody(), [](Type field) { return field.isF32(); });
  if (!isOfSums || getNumColumns() < 8 || getNumColumns() > 256 ||
      getNumColumns() % 8)
    return emitOpError("takes an accumulator of 4, 8, ... or 128 f32, found ")
           << type;
  return success();
}
