//===- TensorMaps.cpp - Encoding of tensor maps ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorMaps.h"
#include "compress/Runtime/EmulatedABI.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::compress;
using runtime::EmulatedSwizzle;
using runtime::EmulatedTensorMap;
using runtime::EmulatedTensorType;

/// Dimensions that a tensor map has room for.
static constexpr int32_t kMostDims = 5;

static EmulatedTensorType getTensorType(kernel::EncodeTensorMapOp op) {
  Type element = getElementTypeOrSelf(op.getTensor());
  if (op.getTf32())
    return EmulatedTensorType::TFloat32;
  if (element.isF16())
    return EmulatedTensorType::Float16;
  if (element.isBF16())
    return EmulatedTensorType::BFloat16;
  return element.isF32() ? EmulatedTensorType::Float32
                         : EmulatedTensorType::UInt8;
}

void compress::encodeTensorMap(kernel::EncodeTensorMapOp op,
                               RuntimeCalls &calls, ValueRange first) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  MLIRContext *context = op.getContext();
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  auto pointer = LLVM::LLVMPointerType::get(context);
  auto array = [](Type element, int64_t count) -> Type {
    return LLVM::LLVMArrayType::get(element, count);
  };
  // EmulatedTensorMap, field by field.
  enum { Kind, Rank, Address, Extents, Strides, Box, Steps, Swizzle, Fill };
  auto type = LLVM::LLVMStructType::getLiteral(
      context,
      {i32, i32, pointer, array(i64, kMostDims), array(i64, kMostDims - 1),
       array(i32, kMostDims), array(i32, kMostDims), i32, i32});
  static_assert(sizeof(EmulatedTensorMap) == 136 &&
                offsetof(EmulatedTensorMap, fillsWithNaN) == 132);
  Value map = calls.allocate(b, op, array(b.getI8Type(), 128), 1, 64);
  Value parameters = calls.allocate(b, op, type, 1);

  auto store = [&](int32_t field, std::optional<int32_t> index, Value value) {
    SmallVector<LLVM::GEPArg> at = {0, field};
    if (index)
      at.push_back(*index);
    LLVM::StoreOp::create(
        b, loc, value,
        LLVM::GEPOp::create(b, loc, pointer, type, parameters, at));
  };
  auto integer = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, loc, value, 32);
  };
  auto toI64 = [&](Value index) -> Value {
    return arith::IndexCastOp::create(b, loc, i64, index);
  };
  auto index = [&](int64_t value) -> Value {
    return arith::ConstantIndexOp::create(b, loc, value);
  };

  auto buffer = cast<MemRefType>(op.getTensor().getType());
  int64_t bytes = buffer.getElementTypeBitWidth() / 8;
  auto metadata =
      memref::ExtractStridedMetadataOp::create(b, loc, op.getTensor());
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(b, loc, op.getTensor());
  Value offset =
      arith::MulIOp::create(b, loc, metadata.getOffset(), index(bytes));
  address = arith::AddIOp::create(b, loc, address, offset);
  store(Kind, std::nullopt, integer(static_cast<int32_t>(getTensorType(op))));
  store(Rank, std::nullopt, integer(buffer.getRank()));
  store(Address, std::nullopt,
        LLVM::IntToPtrOp::create(b, loc, pointer, toI64(address)));
  for (int32_t dim = 0; dim < buffer.getRank(); ++dim) {
    // The innermost dimension comes first.
    int64_t from = buffer.getRank() - 1 - dim;
    // A tensor without elements has no map; nothing is copied from it either.
    Value extent =
        arith::MaxUIOp::create(b, loc, metadata.getSizes()[from], index(1));
    store(Extents, dim, toI64(extent));
    if (dim > 0)
      store(Strides, dim - 1,
            toI64(arith::MulIOp::create(b, loc, metadata.getStrides()[from],
                                        index(bytes))));
    store(Box, dim, integer(op.getBox()[from]));
    store(Steps, dim, integer(1));
  }
  auto swizzle =
      op.getSwizzle() ? EmulatedSwizzle::Bytes128 : EmulatedSwizzle::None;
  store(Swizzle, std::nullopt, integer(static_cast<int32_t>(swizzle)));
  store(Fill, std::nullopt, integer(0));

  SmallVector<Value> operands(first);
  operands.append({map, parameters, calls.site(b, op)});
  calls.call(b, loc, "encode_tensor_map", /*result=*/nullptr, operands);
  auto cast = UnrealizedConversionCastOp::create(b, loc, op.getType(), map);
  op.replaceAllUsesWith(cast.getResult(0));
  op.erase();
}
