//===- ContractionKernel.cpp - Kernels of matrix products -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionKernel.h"
#include "KernelArithmetic.h"
#include "SharedMemory.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

Value compress::getElement(OpBuilder &b, Location loc, Value buffer,
                           Value offset) {
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, buffer);
  Value address =
      memref::ExtractAlignedPointerAsIndexOp::create(b, loc, buffer);
  Value pointer = LLVM::IntToPtrOp::create(
      b, loc,
      LLVM::LLVMPointerType::get(
          b.getContext(), static_cast<unsigned>(NVVM::NVVMMemorySpace::Global)),
      toI64(b, loc, address));
  int64_t bytes =
      cast<MemRefType>(buffer.getType()).getElementTypeBitWidth() / 8;
  return getByte(
      b, loc, pointer,
      toI64(b, loc, (Number{&b, loc, offset} + metadata.getOffset()) * bytes));
}

std::optional<Matmul> ContractionKernel::matchHalfMatmul(linalg::GenericOp op) {
  std::optional<Matmul> matmul = matchMatmul(op);
  if (!matmul)
    return std::nullopt;
  Type element = matmul->a.getElementType();
  Type result = cast<MemRefType>(matmul->c->get().getType()).getElementType();
  if (!(element.isF16() || element.isBF16()) ||
      matmul->b.getElementType() != element ||
      !(result.isF32() || result == element))
    return std::nullopt;
  return matmul;
}

MatmulExtents ContractionKernel::getExtents(linalg::GenericOp op,
                                            const Matmul &matmul) {
  SmallVector<int64_t> loops = op.getStaticLoopRanges();
  MatmulExtents extents = {1, loops[matmul.m], loops[matmul.n],
                           loops[matmul.k]};
  for (unsigned loop : matmul.batch)
    extents.batch = ShapedType::isDynamic(extents.batch) ||
                            ShapedType::isDynamic(loops[loop])
                        ? ShapedType::kDynamic
                        : extents.batch * loops[loop];
  return extents;
}

Value ContractionKernel::getSharedMemory() {
  return compress::getSharedMemory(*builder, loc);
}

Value ContractionKernel::countTilesInKernel(unsigned loop, int64_t tile) {
  return builder->createOrFold<arith::CeilDivUIOp>(loc, extent(loop),
                                                   constant(tile));
}

void ContractionKernel::enterBatch(Value linear) {
  Number rest{builder, loc, linear};
  point.resize(op.getNumLoops());
  for (unsigned loop : matmul.batch) {
    point[loop] = rest % extent(loop);
    rest = rest / extent(loop);
  }
}

Value ContractionKernel::getStride(OpOperand &buffer, unsigned loop) {
  std::optional<unsigned> dim = Matmul::getDim(buffer, loop);
  if (!dim)
    return constant(0);
  auto metadata = memref::ExtractStridedMetadataOp::create(
      *builder, loc, mapping.lookup(buffer.get()));
  return metadata.getStrides()[*dim];
}

Value ContractionKernel::getBatchOffset(OpOperand &buffer) {
  Number offset{builder, loc, constant(0)};
  for (unsigned loop : matmul.batch)
    offset = offset +
             Value(Number{builder, loc, getStride(buffer, loop)} * point[loop]);
  return offset;
}

/// Whether neighbours along N, of which the first is even, lie side by side at
/// a multiple of their size, and are inside of the output together.
bool ContractionKernel::storesPairs() {
  int64_t columns = op.getStaticLoopRanges()[matmul.n];
  return !ShapedType::isDynamic(columns) && columns % 2 == 0 &&
         isContiguous(*matmul.c, matmul.n) &&
         getLineAlignment(*matmul.c, 2) == 2;
}

void ContractionKernel::storeResults(Value row, Value column,
                                     ArrayRef<Result> results) {
  OpBuilder &b = *builder;
  Value output = mapping.lookup(matmul.c->get());
  Type element = cast<MemRefType>(output.getType()).getElementType();
  Value known =
      initial.empty() || !initial[0] ? Value() : mapping.lookup(initial[0]);
  bool isZero = known && matchPattern(known, m_AnyZeroFloat());

  Number origin{&b, loc, getBatchOffset(*matmul.c)};
  Value strideM = getStride(*matmul.c, matmul.m);
  Value strideN = getStride(*matmul.c, matmul.n);
  unsigned width = storesPairs() ? 2 : 1;
  Type stored = width == 1 ? element : VectorType::get(width, element);
  for (unsigned first = 0; first < results.size(); first += width) {
    Number m = Number{&b, loc, row} + results[first].row;
    Number n = Number{&b, loc, column} + results[first].column;
    Value isInside = arith::AndIOp::create(b, loc, m.less(extent(matmul.m)),
                                           n.less(extent(matmul.n)));
    auto guard = scf::IfOp::create(b, loc, isInside);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(guard.thenBlock());
    Value address = getElement(
        b, loc, output, origin + Value(m * strideM) + Value(n * strideN));
    Value before;
    if (!known)
      before = LLVM::LoadOp::create(b, loc, stored, address);
    auto at = [&](int64_t index) -> Value {
      return LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(index));
    };
    Value result =
        width == 1 ? Value() : Value(LLVM::PoisonOp::create(b, loc, stored));
    for (unsigned i = 0; i < width; ++i) {
      Value value = results[first + i].value;
      if (!isZero) {
        Value addend = known;
        if (!known)
          addend = width == 1 ? before
                              : Value(LLVM::ExtractElementOp::create(
                                    b, loc, before, at(i)));
        if (!addend.getType().isF32())
          addend = arith::ExtFOp::create(b, loc, b.getF32Type(), addend);
        value = arith::AddFOp::create(b, loc, value, addend);
      }
      if (!element.isF32())
        value = arith::TruncFOp::create(b, loc, element, value);
      result = width == 1 ? value
                          : Value(LLVM::InsertElementOp::create(b, loc, result,
                                                                value, at(i)));
    }
    LLVM::StoreOp::create(b, loc, result, address);
  }
}
