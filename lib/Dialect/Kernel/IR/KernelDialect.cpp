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

#define GET_TYPEDEF_CLASSES
#include "compress/Dialect/Kernel/IR/KernelTypes.cpp.inc"

#define GET_OP_CLASSES
#include "compress/Dialect/Kernel/IR/KernelOps.cpp.inc"

void KernelDialect::initialize() {
  addAttributes<
#define GET_ATTRDEF_LIST
#include "compress/Dialect/Kernel/IR/KernelAttrs.cpp.inc"
      >();
  addTypes<
#define GET_TYPEDEF_LIST
#include "compress/Dialect/Kernel/IR/KernelTypes.cpp.inc"
      >();
  addOperations<
#define GET_OP_LIST
#include "compress/Dialect/Kernel/IR/KernelOps.cpp.inc"
      >();
}

LogicalResult KernelDialect::verifyOperationAttribute(Operation *op,
                                                      NamedAttribute attr) {
  if (attr.getName() == kScheduleAttr &&
      !isa<MmaSyncAttr, StreamAttr, WgmmaAttr, WgmmaDecodeAttr>(
          attr.getValue()))
    return op->emitOpError()
           << "attribute '" << kScheduleAttr
           << "' must be a schedule such as #compress_kernel.mma_sync, found "
           << attr.getValue();
  return success();
}

/// Of the stages of two operands whose elements have `width` bits.
static int64_t getBytes(ArrayRef<int64_t> tile, int64_t stages,
                        unsigned width) {
  return stages * (tile[0] + tile[1]) * tile[2] * width / 8;
}

int64_t MmaSyncAttr::getSharedBytes(unsigned width) const {
  return getBytes(getTile(), getStages(), width);
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
  if (tile[2] % 32)
    return emitError() << "tile[2] must be a multiple of 64, or of 32 for f32, "
                          "found "
                       << tile[2];
  if (stages < 2 || stages > 64)
    return emitError() << "stages must be in 2..64, found " << stages;
  int64_t threads = warps[0] * warps[1] * 32;
  if (threads > 1024)
    return emitError() << "there must be at most 32 warps, found "
                       << threads / 32;
  if (int64_t accumulators = tile[0] * tile[1] / threads; accumulators > 128)
    return emitError() << "a thread must have at most 128 accumulators, found "
                       << accumulators << ": more warps or a smaller tile";
  // Of 16 bits, the least that an element may have.
  if (int64_t bytes = getBytes(tile, stages, 16); bytes > kMostSharedBytes)
    return emitError() << "stages must fit into " << kMostSharedBytes
                       << " bytes, found " << bytes
                       << ": fewer stages or a smaller tile";
  return success();
}

LogicalResult EncodeTensorMapOp::verify() {
  auto type = cast<MemRefType>(getTensor().getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  if (type.getRank() < 1 || type.getRank() > 5)
    return emitOpError("takes a buffer of 1 to 5 dimensions, found ") << type;
  if (failed(type.getStridesAndOffset(strides, offset)) || strides.back() != 1)
    return emitOpError("takes a buffer whose innermost stride is 1, found ")
           << type;
  Type element = type.getElementType();
  if (!element.isF16() && !element.isBF16() && !element.isF32() &&
      !element.isInteger(8))
    return emitOpError("takes elements of f16, bf16, f32 or i8, found ")
           << element;
  if (getTf32() && !element.isF32())
    return emitOpError("makes tf32 of elements of f32, found ") << element;
  ArrayRef<int64_t> box = getBox();
  if (static_cast<int64_t>(box.size()) != type.getRank() ||
      llvm::any_of(box, [](int64_t e) { return e < 1 || e > 256; }))
    return emitOpError("takes a box with an extent of 1 to 256 for each of ")
           << type.getRank() << " dimensions, found [" << box << "]";
  int64_t bytes = box.back() * element.getIntOrFloatBitWidth() / 8;
  if (bytes % 16)
    return emitOpError("takes a box whose lines are a multiple of 16 bytes, "
                       "found ")
           << bytes;
  int64_t swizzle = getSwizzle();
  if (swizzle != 0 && swizzle != kSwizzle)
    return emitOpError("has swizzle 0 or ")
           << kSwizzle << ", found " << swizzle;
  if (swizzle && bytes != swizzle)
    return emitOpError("swizzles lines of ")
           << swizzle << " bytes, but those of the box have " << bytes;
  return success();
}
