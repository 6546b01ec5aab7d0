//===- ColumnsKernel.cpp - Reductions across rows -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ColumnsKernel.h"
#include "VectorAccess.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr int64_t kThreads = 256;
/// Rows of a block below which sharing them costs more than it gains.
static constexpr int64_t kLeastRows = 256;

std::unique_ptr<Kernel> ColumnsKernel::match(linalg::GenericOp op,
                                             ArrayRef<Value> initial,
                                             const Chip &chip) {
  std::optional<Combiner> combiner = getCombiner(op);
  OpOperand *full = combiner ? getFullOperand(op) : nullptr;
  if (!full || op.getNumParallelLoops() == 0)
    return nullptr;
  auto kernel =
      std::unique_ptr<ColumnsKernel>(new ColumnsKernel(op, initial, *combiner));
  AffineMap map = op.getMatchingIndexingMap(full);
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
  int64_t length = 1, results = 1;
  auto multiply = [](int64_t &product, int64_t extent) {
    product = ShapedType::isDynamic(product) || ShapedType::isDynamic(extent)
                  ? ShapedType::kDynamic
                  : product * extent;
  };
  for (unsigned dim = 0; dim < map.getNumResults(); ++dim) {
    unsigned loop = map.getDimPosition(dim);
    if (iterators[loop] == utils::IteratorType::reduction) {
      kernel->reduced.push_back(loop);
      multiply(length, extents[loop]);
    } else if (dim + 1 < map.getNumResults()) {
      kernel->outer.push_back(loop);
      multiply(results, extents[loop]);
    } else {
      kernel->column = loop;
    }
  }
  unsigned column = map.getDimPosition(map.getNumResults() - 1);
  if (iterators[column] == utils::IteratorType::reduction)
    return nullptr;
  int64_t columns = extents[column];
  int64_t bytes = getElementBytes(getElementTypeOrSelf(full->get()));
  // Accumulators of a thread are few, so that many threads fit.
  kernel->vector = getVectorWidth(
      *full, column, columns,
      std::min<int64_t>(4, std::max<int64_t>(1, kVectorBytes / bytes)));
  if (!ShapedType::isDynamic(columns))
    kernel->lanes = std::min<int64_t>(
        kWarpSize, llvm::PowerOf2Ceil(std::max<int64_t>(
                       1, llvm::divideCeil(columns, kernel->vector))));
  kernel->rows = kThreads / kernel->lanes;
  if (!ShapedType::isDynamic(length))
    kernel->rows = std::min<int64_t>(
        kernel->rows,
        llvm::bit_floor(static_cast<uint64_t>(std::max<int64_t>(1, length))));
  if (!ShapedType::isDynamic(columns))
    multiply(results,
             llvm::divideCeil(columns, kernel->lanes * kernel->vector));
  else
    results = ShapedType::kDynamic;
  kernel->splits = chooseSplits(results, length, kLeastRows, chip);
  if (kernel->splits > 1) {
    SmallVector<unsigned> loops = kernel->outer;
    loops.push_back(column);
    kernel->partials = Partials{op, *combiner, loops, /*isPartFirst=*/true};
  }
  return kernel;
}

LogicalResult ColumnsKernel::passMore(OpBuilder &host,
                                      KernelArguments &arguments) {
  if (!partials)
    return success();
  partials->allocate(host, splits);
  return arguments.add(partials->buffer);
}

linalg::GenericOp ColumnsKernel::buildRest(OpBuilder &host) {
  return partials ? partials->buildCombination(host) : nullptr;
}

Value ColumnsKernel::countBlocks(OpBuilder &host) {
  Value blocks = countTiles(host, column, lanes * vector);
  for (unsigned loop : outer)
    blocks = host.createOrFold<arith::MulIOp>(loc, blocks,
                                              countTiles(host, loop, 1));
  Value parts = arith::ConstantIndexOp::create(host, loc, splits);
  return host.createOrFold<arith::MulIOp>(loc, blocks, parts);
}

/// What is combined, in the thread's columns.
SmallVector<Value> ColumnsKernel::computeElements(ArrayRef<Point> points) {
  OpBuilder &b = *builder;
  SmallVector<IRMapping> locals(vector, mapping);
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    AffineMap map = op.getMatchingIndexingMap(input);
    if (argument.use_empty())
      continue;
    if (!map.isFunctionOfDim(column)) {
      Value value = loadInput(*input, points[0]);
      for (IRMapping &local : locals)
        local.map(argument, value);
      continue;
    }
    int64_t width = getVectorWidth(*input, column,
                                   op.getStaticLoopRanges()[column], vector);
    for (int64_t first = 0; first < vector; first += width)
      for (auto [local, value] :
           llvm::zip(MutableArrayRef<IRMapping>(locals).slice(first, width),
                     loadVector(b, loc, mapping.lookup(input->get()),
                                applyMap(map, points[first]), width)))
        local.map(argument, value);
  }
  SmallVector<Value> values;
  for (auto [point, local] : llvm::zip(points, locals)) {
    for (Operation &nested : op.getBody()->without_terminator())
      if (&nested != combiner.op)
        copyOp(nested, point, local);
    values.push_back(
        widen(b, loc, combiner.kind, local.lookupOrDefault(combiner.element)));
  }
  return values;
}

/// Combines every `step`th row of the thread's columns.
SmallVector<Value> ColumnsKernel::reduce(Value begin, Value end, Value step,
                                         Point point) {
  OpBuilder &b = *builder;
  Value neutral = widen(b, loc, combiner.kind,
                        arith::getIdentityValue(
                            combiner.kind, combiner.element.getType(), b, loc));
  auto loop = scf::ForOp::create(b, loc, begin, end, step,
                                 SmallVector<Value>(vector, neutral));
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(loop.getBody());
  delinearize(loop.getInductionVar(), reduced, point);
  SmallVector<Point> points(vector, point);
  for (int64_t i = 1; i < vector; ++i)
    points[i][column] =
        arith::AddIOp::create(b, loc, point[column], constant(i));
  SmallVector<Value> results;
  for (auto [sum, value] :
       llvm::zip(loop.getRegionIterArgs(), computeElements(points)))
    results.push_back(arith::getReductionOp(combiner.kind, b, loc, sum, value));
  scf::YieldOp::create(b, loc, results);
  return SmallVector<Value>(loop.getResults());
}

void ColumnsKernel::buildBody() {
  OpBuilder &b = *builder;
  auto function = cast<gpu::GPUFuncOp>(b.getInsertionBlock()->getParentOp());
  auto space =
      gpu::AddressSpaceAttr::get(b.getContext(), gpu::AddressSpace::Workgroup);
  // Neighbours of a thread lie apart, so that its lanes use different banks.
  Type type = getWideType(combiner.element.getType());
  Value shared = function.addWorkgroupAttribution(
      MemRefType::get({vector, rows, lanes}, type, MemRefLayoutAttrInterface(),
                      space),
      loc);

  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x);
  Value lane = arith::RemUIOp::create(b, loc, thread, constant(lanes));
  Value row = arith::DivUIOp::create(b, loc, thread, constant(lanes));
  auto next = [&](Value count) -> Value {
    Value index = arith::RemUIOp::create(b, loc, block, count);
    block = arith::DivUIOp::create(b, loc, block, count);
    return index;
  };
  Value tile = next(b.createOrFold<arith::CeilDivUIOp>(
      loc, extent(column), constant(lanes * vector)));
  Value part = next(constant(splits));
  Point point(op.getNumLoops());
  delinearize(block, outer, point);
  point[column] = arith::MulIOp::create(
      b, loc,
      arith::AddIOp::create(
          b, loc, arith::MulIOp::create(b, loc, tile, constant(lanes)), lane),
      constant(vector));
  Value inside = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult,
                                       point[column], extent(column));

  Value length = constant(1);
  for (unsigned loop : reduced)
    length = b.createOrFold<arith::MulIOp>(loc, length, extent(loop));
  Value size =
      b.createOrFold<arith::CeilDivUIOp>(loc, length, constant(splits));
  Value begin = arith::MulIOp::create(b, loc, part, size);
  Value end = arith::MinUIOp::create(
      b, loc, arith::AddIOp::create(b, loc, begin, size), length);
  SmallVector<Value> results = loadIf(b, loc, inside, [&] {
    return reduce(arith::AddIOp::create(b, loc, begin, row), end,
                  constant(rows), point);
  });
  for (auto [i, value] : llvm::enumerate(results))
    memref::StoreOp::create(b, loc, value, shared,
                            ValueRange{constant(i), row, lane});
  gpu::BarrierOp::create(b, loc);

  Value isFirst =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, row, constant(0));
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(
      scf::IfOp::create(b, loc, arith::AndIOp::create(b, loc, isFirst, inside))
          .thenBlock());
  if (rows > 1) {
    auto loop = scf::ForOp::create(b, loc, constant(1), constant(rows),
                                   constant(1), results);
    OpBuilder::InsertionGuard inLoop(b);
    b.setInsertionPointToStart(loop.getBody());
    SmallVector<Value> sums;
    for (auto [i, sum] : llvm::enumerate(loop.getRegionIterArgs())) {
      Value other = memref::LoadOp::create(
          b, loc, shared,
          ValueRange{constant(i), loop.getInductionVar(), lane});
      sums.push_back(arith::getReductionOp(combiner.kind, b, loc, sum, other));
    }
    scf::YieldOp::create(b, loc, sums);
    results.assign(loop.getResults().begin(), loop.getResults().end());
  }
  SmallVector<Point> points(vector, point);
  for (int64_t i = 1; i < vector; ++i)
    points[i][column] =
        arith::AddIOp::create(b, loc, point[column], constant(i));
  if (partials)
    return storeVector(b, loc, results, mapping.lookup(partials->buffer),
                       partials->getIndices(part, point));
  OpOperand &output = *op.getDpsInitOperand(0);
  AffineMap map = op.getMatchingIndexingMap(&output);
  Value buffer = mapping.lookup(output.get());
  int64_t width =
      getVectorWidth(output, column, op.getStaticLoopRanges()[column], vector);
  for (int64_t first = 0; first < vector; first += width) {
    SmallVector<Value> indices = applyMap(map, points[first]);
    SmallVector<Value> starts(width);
    if (!initial.empty() && initial[0])
      starts.assign(width, mapping.lookup(initial[0]));
    else
      starts = loadVector(b, loc, buffer, indices, width);
    for (auto [i, start] : llvm::enumerate(starts))
      start = arith::getReductionOp(
          combiner.kind, b, loc, start,
          narrow(b, loc, results[first + i], combiner.element.getType()));
    storeVector(b, loc, starts, buffer, indices);
  }
}
