//===- ContractionKernel.cpp - Kernels of matrix products -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ContractionKernel.h"
#include "KernelArithmetic.h"
#include "TileOrder.h"
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

Value ContractionKernel::getExtent(ArrayRef<unsigned> loops) {
  Number product{builder, loc, extent(loops.front())};
  for (unsigned loop : loops.drop_front())
    product = product * extent(loop);
  return product;
}

Value ContractionKernel::countTilesAlong(ArrayRef<unsigned> loops,
                                         int64_t tile) {
  return builder->createOrFold<arith::CeilDivUIOp>(loc, getExtent(loops),
                                                   constant(tile));
}

void ContractionKernel::enter(Point &point, ArrayRef<unsigned> loops,
                              Value linear) {
  Number rest{builder, loc, linear};
  for (unsigned loop : llvm::reverse(loops.drop_front())) {
    point[loop] = rest % extent(loop);
    rest = rest / extent(loop);
  }
  point[loops.front()] = rest;
}

Value ContractionKernel::countTiles(OpBuilder &host, int64_t tileM,
                                    int64_t tileN) {
  Value tiles = arith::MulIOp::create(
      host, loc, Kernel::countTiles(host, matmul.m, tileM),
      Kernel::countTiles(host, matmul.n, tileN));
  if (!matmul.batch.empty())
    tiles = arith::MulIOp::create(host, loc, tiles,
                                  Kernel::countTiles(host, matmul.batch, 1));
  return tiles;
}

Value ContractionKernel::countTilesInKernel(int64_t tileM, int64_t tileN) {
  Number tiles{builder, loc, countTilesAlong(matmul.m, tileM)};
  tiles = tiles * countTilesAlong(matmul.n, tileN);
  return matmul.batch.empty() ? Value(tiles) : tiles * getExtent(matmul.batch);
}

ContractionKernel::Tile
ContractionKernel::enterTile(Value number, int64_t tileM, int64_t tileN) {
  OpBuilder &b = *builder;
  Number tilesM{&b, loc, countTilesAlong(matmul.m, tileM)};
  Number tilesN{&b, loc, countTilesAlong(matmul.n, tileN)};
  Number all{&b, loc, number};
  Number inBatch = all, batch = all.with(all.get(0));
  if (!matmul.batch.empty()) {
    Value perBatch = tilesM * tilesN;
    inBatch = all % perBatch;
    batch = all / perBatch;
  }
  point.assign(op.getNumLoops(), constant(0));
  if (!matmul.batch.empty())
    enter(point, matmul.batch, batch);

  TilePosition at = findTile(b, loc, inBatch, tilesM, tilesN);
  return {Number{&b, loc, at.m} * tileM, Number{&b, loc, at.n} * tileN};
}

Value ContractionKernel::getOffset(OpOperand &buffer, const Point &point) {
  auto owner = cast<linalg::LinalgOp>(buffer.getOwner());
  return getOffset(buffer, owner.getMatchingIndexingMap(&buffer), point);
}

Value ContractionKernel::getOffset(OpOperand &buffer, AffineMap map,
                                   const Point &point) {
  auto metadata = memref::ExtractStridedMetadataOp::create(
      *builder, loc, mapping.lookup(buffer.get()));
  Number offset{builder, loc, constant(0)};
  for (auto [index, stride] :
       llvm::zip(applyMap(map, point), metadata.getStrides()))
    offset = offset + Value(Number{builder, loc, index} * stride);
  return offset;
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

bool ContractionKernel::passesBuffer(Value buffer) {
  return buffer != matmul.c->get() || buffer == getTarget().get() ||
         initial.empty() || !initial[0];
}

LogicalResult ContractionKernel::passMore(OpBuilder &,
                                          KernelArguments &arguments) {
  return epilogue ? epilogue.pass(arguments) : success();
}

OpOperand &ContractionKernel::getTarget() {
  return epilogue ? epilogue.getTarget() : *matmul.c;
}

/// The loop of what is written that goes along a parallel loop of the product.
unsigned ContractionKernel::getTargetLoop(unsigned loop) {
  if (!epilogue)
    return loop;
  unsigned dim = *Matmul::getDim(*matmul.c, loop);
  AffineMap map = epilogue.op.getMatchingIndexingMap(epilogue.operand);
  return cast<AffineDimExpr>(map.getResult(dim)).getPosition();
}

/// The point of the loops of what is written.
Kernel::Point ContractionKernel::getTargetPoint(const Point &at) {
  if (!epilogue)
    return at;
  return epilogue.getPoint(applyMap(op.getMatchingIndexingMap(matmul.c), at));
}

/// Whether neighbours along N, of which the first is even, lie side by side at
/// a multiple of their size, and are inside of the output together.
bool ContractionKernel::storesPairs() {
  int64_t columns = op.getStaticLoopRanges()[matmul.n.back()];
  SmallVector<unsigned> loops = llvm::map_to_vector(
      matmul.n, [&](unsigned loop) { return getTargetLoop(loop); });
  return !ShapedType::isDynamic(columns) && columns % 2 == 0 &&
         isContiguous(getTarget(), loops) &&
         getLineAlignment(getTarget(), loops, 2) == 2;
}

/// What is written at a point of the product's loops.
Value ContractionKernel::finish(const Result &result, const Point &at) {
  OpBuilder &b = *builder;
  Type type = cast<MemRefType>(matmul.c->get().getType()).getElementType();
  Value known =
      initial.empty() || !initial[0] ? Value() : mapping.lookup(initial[0]);
  Value value = result.value;
  if (!known || !matchPattern(known, m_AnyZeroFloat())) {
    Value addend = known ? known : loadInput(*matmul.c, at);
    if (!type.isF32())
      addend = arith::ExtFOp::create(b, loc, b.getF32Type(), addend);
    value = arith::AddFOp::create(b, loc, value, addend);
  }
  if (!type.isF32())
    value = arith::TruncFOp::create(b, loc, type, value);
  if (!epilogue)
    return value;

  return epilogue.compute(b, loc, mapping, getTargetPoint(at), value);
}

void ContractionKernel::storeResults(Value row, Value column,
                                     ArrayRef<Result> results) {
  OpBuilder &b = *builder;
  OpOperand &target = getTarget();
  Value output = mapping.lookup(target.get());
  Type element = cast<MemRefType>(output.getType()).getElementType();
  // Rows and columns are found once, though many results share them.
  struct Line {
    Value isInside;
    Point point;
  };
  DenseMap<int64_t, Line> rows, columns;
  auto findLine = [&](DenseMap<int64_t, Line> &lines, ArrayRef<unsigned> loops,
                      Value first, int64_t distance) -> Line & {
    Line &line = lines[distance];
    if (!line.isInside) {
      Number linear = Number{&b, loc, first} + distance;
      line.isInside = linear.less(getExtent(loops));
      line.point.resize(op.getNumLoops());
      enter(line.point, loops, linear);
    }
    return line;
  };
  unsigned width = storesPairs() ? 2 : 1;
  for (unsigned first = 0; first < results.size(); first += width) {
    Line &m = findLine(rows, matmul.m, row, results[first].row);
    Line &n = findLine(columns, matmul.n, column, results[first].column);
    Point at = point;
    for (unsigned loop : matmul.m)
      at[loop] = m.point[loop];
    for (unsigned loop : matmul.n)
      at[loop] = n.point[loop];
    auto guard = scf::IfOp::create(
        b, loc, arith::AndIOp::create(b, loc, m.isInside, n.isInside));
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(guard.thenBlock());
    Value address =
        getElement(b, loc, output, getOffset(target, getTargetPoint(at)));
    Value stored;
    for (unsigned i = 0; i < width; ++i) {
      Value value = finish(results[first + i], at);
      if (width == 1) {
        stored = value;
        continue;
      }
      if (!stored)
        stored =
            LLVM::PoisonOp::create(b, loc, VectorType::get(width, element));
      Value index = LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(i));
      stored = LLVM::InsertElementOp::create(b, loc, stored, value, index);
      unsigned last = matmul.n.back();
      at[last] = Number{&b, loc, at[last]} + 1;
    }
    LLVM::StoreOp::create(b, loc, stored, address);
  }
}
