//===- MatrixOps.cpp - Matrix products that NVVM lacks --------------------===//
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

/// Whether a structure has `count` fields of the type.
static bool isOf(LLVM::LLVMStructType type, size_t count, Type field) {
  return !type.isOpaque() && type.getBody().size() == count &&
         llvm::all_of(type.getBody(), [&](Type t) { return t == field; });
}

static bool isSmallFloat(Type type) {
  return isa<Float8E4M3FNType, Float8E5M2Type>(type);
}

static bool isSmallInteger(Type type) {
  return type.isSignlessInteger(8) || type.isUnsignedInteger(8);
}

//===----------------------------------------------------------------------===//
// MmaOp
//===----------------------------------------------------------------------===//

bool MmaOp::hasWideSums() {
  return isOf(cast<LLVM::LLVMStructType>(getAccumulator().getType()), 4,
              Float32Type::get(getContext()));
}

LogicalResult MmaOp::verify() {
  for (Type type : {getTypeA(), getTypeB()})
    if (!isSmallFloat(type))
      return emitOpError("takes f8E4M3FN or f8E5M2, found ")
             << type << "; nvvm.mma.sync has the other types";
  if (getA().size() != 4)
    return emitOpError("takes 4 registers of A, found ") << getA().size();
  if (size_t count = getMetadata() ? 4 : 2; getB().size() != count)
    return emitOpError("takes ") << count << " registers of B "
                                 << (getMetadata() ? "with" : "without")
                                 << " metadata, found " << getB().size();
  auto sums = cast<LLVM::LLVMStructType>(getAccumulator().getType());
  auto pair = VectorType::get(2, Float16Type::get(getContext()));
  if (!hasWideSums() && (getMetadata() || !isOf(sums, 2, pair)))
    return emitOpError("takes an accumulator of 4 f32")
           << (getMetadata() ? "" : " or 2 vector<2xf16>") << ", found "
           << sums;
  return success();
}

//===----------------------------------------------------------------------===//
// WgmmaSpOp
//===----------------------------------------------------------------------===//

int64_t WgmmaSpOp::getNumColumns() {
  auto type = cast<LLVM::LLVMStructType>(getAccumulator().getType());
  return static_cast<int64_t>(type.getBody().size()) * 2;
}

int64_t WgmmaSpOp::getDepth() {
  if (getTypeA().isTF32())
    return 16;
  return getTypeA().getIntOrFloatBitWidth() == 16 ? 32 : 64;
}

LogicalResult WgmmaSpOp::verify() {
  if (getDescriptorA() ? !getRegistersA().empty() : getRegistersA().size() != 4)
    return emitOpError("takes a descriptor or 4 registers of A, found ")
           << getRegistersA().size() << " registers";
  Type a = getTypeA(), b = getTypeB();
  bool isWide = a.isF16() || a.isBF16() || a.isTF32();
  bool areIntegers = isSmallInteger(a) && isSmallInteger(b);
  if (!(isWide && a == b) && !(isSmallFloat(a) && isSmallFloat(b)) &&
      !areIntegers)
    return emitOpError("takes f16, bf16 or tf32 twice, two of f8E4M3FN and "
                       "f8E5M2, or two of i8 and ui8, found ")
           << a << " and " << b;
  if (uint32_t most = isWide; getSelector() > most)
    return emitOpError("has a selector of 0")
           << (most ? " or 1" : " for operands of 8 bits") << ", found "
           << getSelector();
  auto sums = cast<LLVM::LLVMStructType>(getAccumulator().getType());
  Type sum = areIntegers ? Type(IntegerType::get(getContext(), 32))
                         : Type(Float32Type::get(getContext()));
  size_t count = sums.isOpaque() ? 0 : sums.getBody().size();
  if (count < 4 || count > 128 || count % 4 || !isOf(sums, count, sum) ||
      (areIntegers && count > 16 && count % 8))
    return emitOpError("takes an accumulator of ")
           << (areIntegers ? "4, 8, 12, 16, 24, 32, ..." : "4, 8, 12, ...")
           << " or 128 " << sum << ", found " << sums;
  return success();
}
