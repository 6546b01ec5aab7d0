//===- ContractParts.cpp - Sums in parts, on buffers ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractParts.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::compress;

/// A buffer in which the parts of a row follow each other, so that the distance
/// between parts is static where the number of rows is not.
static Value allocate(OpBuilder &host, kernel::ContractOp op, int64_t splits) {
  auto init = cast<MemRefType>(op.getInit().getType());
  SmallVector<Value> rows;
  if (init.isDynamicDim(0))
    rows.push_back(
        host.createOrFold<memref::DimOp>(op.getLoc(), op.getInit(), 0));
  auto type = MemRefType::get({init.getDimSize(0), splits, init.getDimSize(1)},
                              host.getF32Type());
  return memref::AllocOp::create(host, op.getLoc(), type, rows);
}

/// The same with the parts as the first dimension.
static Value getPartsFirst(OpBuilder &host, Location loc, Value buffer) {
  auto type = cast<MemRefType>(buffer.getType());
  int64_t splits = type.getDimSize(1), columns = type.getDimSize(2);
  int64_t strides[] = {columns, splits * columns, 1};
  auto first = MemRefType::get(
      {splits, type.getDimSize(0), columns}, type.getElementType(),
      StridedLayoutAttr::get(host.getContext(), /*offset=*/0, strides));
  OpFoldResult rows = memref::getMixedSize(host, loc, buffer, 0);
  return memref::ReinterpretCastOp::create(
      host, loc, first, buffer, /*offset=*/host.getIndexAttr(0),
      ArrayRef<OpFoldResult>{host.getIndexAttr(splits), rows,
                             host.getIndexAttr(columns)},
      getAsIndexOpFoldResult(host.getContext(), strides));
}

static Value getPart(OpBuilder &host, Location loc, Value buffer,
                     int64_t part) {
  auto type = cast<MemRefType>(buffer.getType());
  Attribute zero = host.getIndexAttr(0), one = host.getIndexAttr(1);
  OpFoldResult rows = memref::getMixedSize(host, loc, buffer, 0);
  SmallVector<OpFoldResult> offsets = {zero, host.getIndexAttr(part), zero},
                            sizes = {rows, one,
                                     host.getIndexAttr(type.getDimSize(2))},
                            strides(3, one);
  int64_t shape[] = {type.getDimSize(0), type.getDimSize(2)};
  MemRefType partType = memref::SubViewOp::inferRankReducedResultType(
      shape, type, offsets, sizes, strides);
  return memref::SubViewOp::create(host, loc, partType, buffer, offsets, sizes,
                                   strides);
}

/// The parts in their order, and what they are added to, rounded once.
static Value addUp(OpBuilder &b, Location loc, ValueRange parts, Value start,
                   Type type) {
  Value sum = parts.front();
  for (Value part : parts.drop_front())
    sum = arith::AddFOp::create(b, loc, sum, part);
  if (!start.getType().isF32())
    start = arith::ExtFOp::create(b, loc, b.getF32Type(), start);
  sum = arith::AddFOp::create(b, loc, sum, start);
  return type.isF32() ? sum : Value(arith::TruncFOp::create(b, loc, type, sum));
}

ContractParts compress::buildParts(OpBuilder &host, kernel::ContractOp op,
                                   Value initial, Epilogue epilogue,
                                   Attribute schedule) {
  Location loc = op.getLoc();
  int64_t splits = kernel::getSplits(schedule);
  Value buffer = allocate(host, op, splits);
  ContractParts result;
  result.zero = arith::ConstantOp::create(host, loc, host.getF32FloatAttr(0));
  Value partsFirst = getPartsFirst(host, loc, buffer);
  result.product = cast<kernel::ContractOp>(host.clone(*op));
  result.product.getInitMutable().assign(partsFirst);
  result.product->setAttr(kernel::KernelDialect::kScheduleAttr, schedule);

  // The loops are those of the epilogue, which reads the sum.
  AffineMap map = host.getMultiDimIdentityMap(2);
  OpOperand *output = &op.getInitMutable();
  AffineMap outputMap = map;
  SmallVector<Value> inputs;
  SmallVector<AffineMap> maps;
  if (epilogue) {
    map = epilogue.op.getMatchingIndexingMap(epilogue.operand);
    output = &epilogue.getTarget();
    outputMap = epilogue.op.getMatchingIndexingMap(output);
  }
  for (int64_t part = 0; part < splits; ++part) {
    inputs.push_back(getPart(host, loc, buffer, part));
    maps.push_back(map);
  }
  bool readsInit = !initial && output->get() != op.getInit();
  if (readsInit) {
    inputs.push_back(op.getInit());
    maps.push_back(map);
  }
  SmallVector<OpOperand *> others;
  if (epilogue)
    for (OpOperand *input : epilogue.op.getDpsInputOperands())
      if (input != epilogue.operand) {
        others.push_back(input);
        inputs.push_back(input->get());
        maps.push_back(epilogue.op.getMatchingIndexingMap(input));
      }
  maps.push_back(outputMap);
  SmallVector<utils::IteratorType> iterators(2, utils::IteratorType::parallel);
  Type type = cast<MemRefType>(op.getInit().getType()).getElementType();
  result.sum = linalg::GenericOp::create(
      host, loc, inputs, ValueRange{output->get()}, maps, iterators,
      [&](OpBuilder &b, Location, ValueRange elements) {
        Value held = readsInit ? elements[splits] : elements.back();
        Value sum = addUp(b, loc, elements.take_front(splits),
                          initial ? initial : held, type);
        if (epilogue) {
          IRMapping mapping;
          mapping.map(epilogue.op.getMatchingBlockArgument(output),
                      elements.back());
          for (auto [other, element] :
               llvm::zip(others, elements.drop_front(splits + readsInit)))
            mapping.map(epilogue.op.getMatchingBlockArgument(other), element);
          mapping.map(epilogue.op.getMatchingBlockArgument(epilogue.operand),
                      sum);
          for (Operation &nested : epilogue.op.getBody()->without_terminator())
            b.clone(nested, mapping);
          sum = mapping.lookupOrDefault(
              epilogue.op.getBody()->getTerminator()->getOperand(0));
        }
        linalg::YieldOp::create(b, loc, sum);
      });
  return result;
}
