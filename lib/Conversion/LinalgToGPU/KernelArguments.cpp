//===- KernelArguments.cpp - What a kernel takes from the host ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "KernelArguments.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

void KernelArguments::pass(Value value) {
  if (indices.try_emplace(value, operands.size()).second)
    operands.push_back(value);
}

/// An op that takes the size already, so that equal sizes are one value.
static Value findSize(OpBuilder &host, Value buffer, int64_t dim) {
  for (Operation *user : buffer.getUsers())
    if (auto size = dyn_cast<memref::DimOp>(user))
      if (size.getConstantIndex() == dim &&
          size->getBlock() == host.getInsertionBlock() &&
          size->isBeforeInBlock(&*host.getInsertionPoint()))
        return size;
  return nullptr;
}

OpFoldResult KernelArguments::getSize(Value buffer, int64_t dim) {
  auto type = cast<MemRefType>(buffer.getType());
  if (!type.isDynamicDim(dim))
    return host.getIndexAttr(type.getDimSize(dim));
  Value &size = sizes[{buffer, dim}];
  if (!size) {
    size = findSize(host, buffer, dim);
    if (!size)
      size = host.createOrFold<memref::DimOp>(loc, buffer, dim);
    pass(size);
  }
  return size;
}

LogicalResult KernelArguments::add(Value value) {
  auto type = dyn_cast<MemRefType>(value.getType());
  if (!type) {
    if (!value.getType().isIntOrIndexOrFloat() &&
        !isa<kernel::TensorMapType>(value.getType()))
      return failure();
    // A scalar of the host that is constant needs no parameter.
    if (!matchPattern(value, m_Constant()))
      pass(value);
    scalars.push_back(value);
    return success();
  }
  if (llvm::any_of(buffers, [&](Buffer &b) { return b.buffer == value; }))
    return success();
  SmallVector<int64_t> strides;
  int64_t offset;
  Type element = type.getElementType();
  // An i1 occupies a byte; other elements that are no whole bytes would be
  // addressed wrongly.
  if (failed(type.getStridesAndOffset(strides, offset)) ||
      !element.isIntOrIndexOrFloat() ||
      (element.isIntOrFloat() && !element.isInteger(1) &&
       element.getIntOrFloatBitWidth() % 8))
    return failure();

  auto metadata = memref::ExtractStridedMetadataOp::create(host, loc, value);
  Buffer buffer{value, metadata.getBaseBuffer(), {}, {}, {}};
  pass(buffer.base);
  auto passIfDynamic = [&](int64_t value, Value dynamic) -> OpFoldResult {
    if (!ShapedType::isDynamic(value))
      return host.getIndexAttr(value);
    pass(dynamic);
    return dynamic;
  };
  buffer.offset = passIfDynamic(offset, metadata.getOffset());
  for (int64_t dim = 0; dim < type.getRank(); ++dim)
    buffer.sizes.push_back(getSize(value, dim));
  // The strides of a contiguous buffer follow from its sizes.
  if (!type.getLayout().isIdentity())
    for (auto [stride, dynamic] : llvm::zip(strides, metadata.getStrides()))
      buffer.strides.push_back(passIfDynamic(stride, dynamic));
  buffers.push_back(std::move(buffer));
  return success();
}

Value KernelArguments::materialize(OpBuilder &kernel, ValueRange arguments,
                                   OpFoldResult size) const {
  if (auto constant = dyn_cast<Attribute>(size))
    return arith::ConstantOp::create(kernel, loc, cast<TypedAttr>(constant));
  return arguments[indices.lookup(cast<Value>(size))];
}

void KernelArguments::materialize(OpBuilder &kernel, ValueRange arguments,
                                  IRMapping &mapping) const {
  for (Value scalar : scalars) {
    Operation *definition = scalar.getDefiningOp();
    mapping.map(scalar, indices.contains(scalar)
                            ? arguments[indices.lookup(scalar)]
                            : kernel.clone(*definition)->getResult(0));
  }
  for (const Buffer &buffer : buffers) {
    auto type = cast<MemRefType>(buffer.buffer.getType());
    auto inKernel = [&](OpFoldResult value) -> OpFoldResult {
      if (isa<Attribute>(value))
        return value;
      return arguments[indices.lookup(cast<Value>(value))];
    };
    SmallVector<OpFoldResult> sizes =
        llvm::map_to_vector(buffer.sizes, inKernel);
    SmallVector<OpFoldResult> strides =
        llvm::map_to_vector(buffer.strides, inKernel);
    if (strides.empty() && type.getRank() > 0) {
      strides.assign(type.getRank(), kernel.getIndexAttr(1));
      for (int64_t dim = type.getRank() - 1; dim > 0; --dim) {
        auto outer = getConstantIntValue(strides[dim]);
        auto size = getConstantIntValue(sizes[dim]);
        if (outer && size)
          strides[dim - 1] = kernel.getIndexAttr(*outer * *size);
        else
          strides[dim - 1] =
              arith::MulIOp::create(
                  kernel, loc,
                  getValueOrCreateConstantIndexOp(kernel, loc, strides[dim]),
                  getValueOrCreateConstantIndexOp(kernel, loc, sizes[dim]))
                  .getResult();
      }
    }
    Value base = arguments[indices.lookup(buffer.base)];
    SmallVector<int64_t> staticStrides;
    int64_t staticOffset;
    (void)type.getStridesAndOffset(staticStrides, staticOffset);
    auto strided =
        MemRefType::get(type.getShape(), type.getElementType(),
                        StridedLayoutAttr::get(kernel.getContext(),
                                               staticOffset, staticStrides),
                        type.getMemorySpace());
    Value whole = memref::ReinterpretCastOp::create(
        kernel, loc, strided, base, inKernel(buffer.offset), sizes, strides);
    if (strided != type)
      whole = memref::CastOp::create(kernel, loc, type, whole);
    mapping.map(buffer.buffer, whole);
  }
}
