//===- KernelDialect.cpp - How kernels for GPUs are put together ----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
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

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compress/Dialect/Kernel/IR/KernelAttrs.cpp.inc"
      >();
  registerOps();
}

LogicalResult KernelDialect::verifyOperationAttribute(Operation *op,
                                                      NamedAttribute attr) {
  if (attr.getName() == kScheduleAttr && !isa<MmaSyncAttr>(attr.getValue()))
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
