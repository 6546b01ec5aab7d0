//===- KernelDialect.cpp - How kernels for GPUs are put together ----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress::kernel;

#include "compress/Dialect/Kernel/IR/KernelDialect.cpp.inc"

#define GET_ATTRDEF_CLASSES
#include "compress/Dialect/Kernel/IR/KernelAttrs.cpp.inc"

#define GET_OP_CLASSES
#include "compress/Dialect/Kernel/IR/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compress/Dialect/Kernel/IR/KernelAttrs.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compress/Dialect/Kernel/IR/KernelOps.cpp.inc"
      >();
}

LogicalResult KernelDialect::verifyOperationAttribute(Operation *op,
                                                      NamedAttribute attr) {
  if (attr.getName() == kScheduleAttr &&
      !isa<MmaSyncAttr, StreamAttr>(attr.getValue()))
    return op->emitOpError()
           << "attribute '" << kScheduleAttr
           << "' must be a schedule such as #compress_kernel.mma_sync, found "
           << attr.getValue();
  return success();
}

/// Of two operands whose elements have two bytes.
static int64_t getBytes(ArrayRef<int64_t> tile, int64_t stages) {
  return stages * (tile[0] + tile[1]) * tile[2] * 2;
}

int64_t MmaSyncAttr::getSharedBytes() const {
  return getBytes(getTile(), getStages());
}

LogicalResult
MmaSyncAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                    ArrayRef<int64_t> tile, ArrayRef<int64_t> warps,
                    int64_t stages) {
  // Beyond this no extent makes sense, and products below stay in range.
  auto isExtent = [](int64_t extent) { return extent > 0 && extent <= 4096; };
  if (tile.size() != 3 || !llvm::all_of(tile, isExtent))
    return emitError() << "tile must be three extents of 1 to 4096, found ["
                       << tile << "]";
  if (warps.size() != 2 || !llvm::all_of(warps, isExtent))
    return emitError() << "warps must be two extents of 1 to 4096, found ["
                       << warps << "]";
  for (unsigned i : {0, 1})
    if (tile[i] % (warps[i] * 16))
      return emitError() << "tile[" << i
                         << "] must be a multiple of 16 for each "
                         << "of " << warps[i] << " warps, found " << tile[i];
  if (tile[2] % 64)
    return emitError() << "tile[2] must be a multiple of 64, found " << tile[2];
  if (stages < 2 || stages > 64)
    return emitError() << "stages must be in 2..64, found " << stages;
  int64_t threads = warps[0] * warps[1] * 32;
  if (threads > 1024)
    return emitError() << "there must be at most 32 warps, found "
                       << threads / 32;
  if (int64_t accumulators = tile[0] * tile[1] / threads; accumulators > 128)
    return emitError() << "a thread must have at most 128 accumulators, found "
                       << accumulators << ": more warps or a smaller tile";
  if (int64_t bytes = getBytes(tile, stages); bytes > 227 * 1024)
    return emitError() << "stages must fit into 232448 bytes, found " << bytes
                       << ": fewer stages or a smaller tile";
  return success();
}

int64_t StreamAttr::getSharedBytes(unsigned width) const {
  int64_t sums = getTile()[0] * getWarps()[1] * getSumStride();
  return std::max(getStages() * (getInputBytes() + getWeightBytes(width)),
                  sums);
}

LogicalResult
StreamAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                   ArrayRef<int64_t> tile, ArrayRef<int64_t> warps,
                   int64_t stages, int64_t splits) {
  if (warps.size() != 2 || warps[0] < 1 || warps[1] < 1 || warps[0] > 16 ||
      warps[1] > 16 || warps[0] * warps[1] > 16)
    return emitError() << "warps must be two extents whose product is at most "
                          "16, found ["
                       << warps << "]";
  if (tile.size() != 2)
    return emitError() << "tile must be two extents, found [" << tile << "]";
  if (!llvm::is_contained({8, 16, 32, 64}, tile[0]))
    return emitError() << "tile[0] must be 8, 16, 32 or 64, found " << tile[0];
  if (tile[1] < 1 || tile[1] > 4096 || tile[1] % 32 ||
      tile[1] % (warps[0] * 16))
    return emitError() << "tile[1] must be a multiple of 32, and of 16 for "
                          "each of "
                       << warps[0] << " warps, found " << tile[1];
  if (stages < 2 || stages > 8)
    return emitError() << "stages must be in 2..8, found " << stages;
  if (splits < 1 || splits > 16)
    return emitError() << "splits must be in 1..16, found " << splits;
  if (int64_t accumulators = tile[0] * tile[1] / (warps[0] * 32);
      accumulators > 128)
    return emitError() << "a thread must have at most 128 accumulators, found "
                       << accumulators << ": more warps or a smaller tile";
  return success();
}
