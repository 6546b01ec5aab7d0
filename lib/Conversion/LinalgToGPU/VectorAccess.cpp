//===- VectorAccess.cpp - Neighbouring elements of a buffer ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorAccess.h"
#include "KernelArithmetic.h"
#include "Matmul.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

int64_t compress::getElementBytes(Type type) {
  return isa<IndexType>(type)
             ? 8
             : llvm::divideCeil(type.getIntOrFloatBitWidth(), 8);
}

int64_t compress::getVectorWidth(OpOperand &buffer, unsigned loop,
                                 int64_t extent, int64_t most) {
  auto op = cast<linalg::LinalgOp>(buffer.getOwner());
  AffineMap map = op.getMatchingIndexingMap(&buffer);
  Type type = getElementTypeOrSelf(buffer.get());
  if (!isContiguous(buffer, loop) || ShapedType::isDynamic(extent) ||
      !llvm::isPowerOf2_64(getElementBytes(type)) || isa<IndexType>(type))
    return 1;
  for (AffineExpr index : map.getResults())
    if (!isa<AffineDimExpr>(index) && index.isFunctionOfDim(loop))
      return 1;
  int64_t width = std::min<int64_t>(
      getLineAlignment(buffer, loop, llvm::bit_floor<uint64_t>(most)),
      kVectorBytes / getElementBytes(type));
  while (extent % width)
    width /= 2;
  return width;
}

/// What an element is in a vector: an i1 is a byte in memory.
static Type getStorageType(OpBuilder &b, Type element) {
  return element.isInteger(1) ? b.getI8Type() : element;
}

/// The address of the element at the indices.
static Value getAddress(OpBuilder &b, Location loc, Value buffer,
                        ValueRange indices) {
  auto type = cast<MemRefType>(buffer.getType());
  SmallVector<int64_t> strides;
  int64_t offset;
  (void)type.getStridesAndOffset(strides, offset);
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  Number linear{&b, loc, arith::ConstantIndexOp::create(b, loc, 0)};
  for (auto [dim, index] : llvm::enumerate(indices)) {
    Number term = linear.with(index);
    term = ShapedType::isDynamic(strides[dim])
               ? term * metadata.getStrides()[dim]
               : term * strides[dim];
    linear = linear + Value(term);
  }
  return getElement(b, loc, buffer, linear);
}

SmallVector<Value> compress::loadVector(OpBuilder &b, Location loc,
                                        Value buffer, ValueRange indices,
                                        int64_t width) {
  if (width == 1)
    return {memref::LoadOp::create(b, loc, buffer, indices)};
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  auto type = VectorType::get(width, getStorageType(b, element));
  Value loaded =
      LLVM::LoadOp::create(b, loc, type, getAddress(b, loc, buffer, indices),
                           width * getElementBytes(element));
  SmallVector<Value> values;
  for (int64_t i = 0; i < width; ++i) {
    Value index = LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(i));
    Value value = LLVM::ExtractElementOp::create(b, loc, loaded, index);
    if (value.getType() != element)
      value = arith::TruncIOp::create(b, loc, element, value);
    values.push_back(value);
  }
  return values;
}

void compress::storeVector(OpBuilder &b, Location loc, ValueRange values,
                           Value buffer, ValueRange indices) {
  if (values.size() == 1) {
    memref::StoreOp::create(b, loc, values[0], buffer, indices);
    return;
  }
  Type element = cast<MemRefType>(buffer.getType()).getElementType();
  Type storage = getStorageType(b, element);
  Value vector =
      LLVM::PoisonOp::create(b, loc, VectorType::get(values.size(), storage));
  for (auto [i, value] : llvm::enumerate(values)) {
    if (storage != element)
      value = arith::ExtUIOp::create(b, loc, storage, value);
    Value index = LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(i));
    vector = LLVM::InsertElementOp::create(b, loc, vector, value, index);
  }
  LLVM::StoreOp::create(b, loc, vector, getAddress(b, loc, buffer, indices),
                        values.size() * getElementBytes(element));
}

SmallVector<Value>
compress::loadIf(OpBuilder &b, Location loc, Value condition,
                 llvm::function_ref<SmallVector<Value>()> load) {
  if (!condition)
    return load();
  // The types are known when the loads are there.
  auto scratch = scf::ExecuteRegionOp::create(b, loc, TypeRange());
  SmallVector<Value> values;
  {
    OpBuilder::InsertionGuard insertion(b);
    b.createBlock(&scratch.getRegion());
    values = load();
  }
  auto branch =
      scf::IfOp::create(b, loc, TypeRange(ValueRange(values)), condition,
                        /*addThenBlock=*/true, /*addElseBlock=*/true);
  OpBuilder::InsertionGuard insertion(b);
  branch.thenBlock()->getOperations().splice(
      branch.thenBlock()->end(), scratch.getRegion().front().getOperations());
  scratch.erase();
  b.setInsertionPointToEnd(branch.thenBlock());
  scf::YieldOp::create(b, loc, values);
  b.setInsertionPointToEnd(branch.elseBlock());
  scf::YieldOp::create(b, loc, llvm::map_to_vector(values, [&](Value value) {
                         return arith::ConstantOp::create(
                                    b, loc, b.getZeroAttr(value.getType()))
                             .getResult();
                       }));
  return SmallVector<Value>(branch.getResults());
}
