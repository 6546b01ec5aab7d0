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

int64_t WgmmaDecodeAttr::countSharedBytes(ArrayRef<int64_t> tile,
                                          int64_t consumers, int64_t stages,
                                          unsigned width) {
  // Two barriers of 8 bytes for each stage.
  int64_t columns = tile[1] / consumers / kWarps;
  return stages * (countStageBytes(tile, width) + 16) +
         consumers * kWarps * kStoredRows * countStoredStride(columns);
}

LogicalResult
WgmmaDecodeAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                        ArrayRef<int64_t> tile, int64_t consumers,
                        int64_t stages) {
  if (tile.size() != 2)
    return emitError() << "tile must be two extents, found [" << tile << "]";
  if (consumers != 1 && consumers != 2)
    return emitError() << "consumers must be 1 or 2, found " << consumers;
  if (tile[0] < 16 || tile[0] > 256 || tile[0] % (tile[0] > 64 ? 64 : 16))
    return emitError() << "tile[0] must be a multiple of 16 in 16..64 or of 64 "
                          "in 64..256, found "
                       << tile[0];
  if (tile[1] != 64 * consumers && tile[1] != 128 * consumers)
    return emitError() << "tile[1] must be 64 or 128 for each of " << consumers
                       << " consumers, found " << tile[1];
  if (stages < 2 || stages > 16)
    return emitError() << "stages must be in 2..16, found " << stages;
  if (int64_t accumulators = tile[0] * tile[1] / (consumers * kWarpgroup);
      accumulators > 128)
    return emitError() << "a thread must have at most 128 accumulators, found "
                       << accumulators << ": more consumers or a smaller tile";
  int64_t bytes = countSharedBytes(tile, consumers, stages, /*width=*/4);
  if (bytes > kMostSharedBytes)
    return emitError() << "stages must fit into " << kMostSharedBytes
                       << " bytes, found " << bytes
                       << ": fewer stages or a smaller tile";
  return success();
}

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
