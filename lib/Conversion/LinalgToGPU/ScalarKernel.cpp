//===- ScalarKernel.cpp - Kernels without tensor cores --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ScalarKernel.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

/// Threads of a tile kernel's block that lie along the columns: a warp, or the
/// whole block where there is only one row.
static int64_t getTileLanes(linalg::GenericOp op) {
  return op.getNumParallelLoops() > 1 ? kWarpSize : kBlockSize;
}

KernelSchedule compress::chooseSchedule(linalg::GenericOp op, int64_t tileRows,
                                        int64_t tileColumns) {
  KernelSchedule schedule;
  if (op.getNumReductionLoops() == 0)
    return schedule;
  bool readsAbove = false;
  op.getBody()->walk([&](memref::LoadOp) { readsAbove = true; });
  bool hasReuse =
      readsAbove || llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *in) {
        // An operand that is not read only gives a loop its extent.
        if (op.getMatchingBlockArgument(in).use_empty())
          return false;
        AffineMap map = op.getMatchingIndexingMap(in);
        return llvm::any_of(getParallelLoops(op), [&](unsigned loop) {
          return !map.isFunctionOfDim(loop);
        });
      });
  if (hasReuse) {
    if (op.getNumParallelLoops() < 1)
      return schedule;
    schedule.kind = KernelKind::Tile;
    schedule.tileColumns = tileColumns;
    schedule.tileRows = op.getNumParallelLoops() > 1 ? tileRows : 1;
    return schedule;
  }
  return schedule;
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

Value ScalarKernel::countBlocks(OpBuilder &host) {
  auto multiply = [&](Value a, Value b) -> Value {
    return host.createOrFold<arith::MulIOp>(loc, a, b);
  };
  SmallVector<unsigned> loops = getParallelLoops(op);
  Value blocks = arith::ConstantIndexOp::create(host, loc, 1);
  if (schedule.kind != KernelKind::Tile) {
    for (unsigned loop : loops)
      blocks = multiply(blocks, countTiles(host, loop, 1));
    Value results = arith::ConstantIndexOp::create(host, loc, kBlockSize);
    return host.createOrFold<arith::CeilDivUIOp>(loc, blocks, results);
  }
  for (auto [position, loop] : llvm::enumerate(llvm::reverse(loops))) {
    int64_t tile = 1;
    if (position == 0)
      tile = getTileLanes(op) * schedule.tileColumns;
    else if (position == 1)
      tile = kBlockSize / getTileLanes(op) * schedule.tileRows;
    blocks = multiply(blocks, countTiles(host, loop, tile));
  }
  return blocks;
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

StringRef ScalarKernel::getSuffix() const {
  static constexpr StringLiteral suffixes[] = {"point", "tile"};
  return suffixes[static_cast<int>(schedule.kind)];
}

void ScalarKernel::buildBody() {
  switch (schedule.kind) {
  case KernelKind::Point:
    return buildPoint();
  case KernelKind::Tile:
    return buildTile();
  }
}

/// The values of the outputs before the op, null where the body has no use for
/// them. A thread that is not `inside`, where that is given, must not read what
/// another one writes; it gets zeros.
SmallVector<Value> ScalarKernel::loadInitial(const Point &point, Value inside) {
  SmallVector<Value> values;
  auto load = [&](OpOperand &output) -> Value {
    return memref::LoadOp::create(
        *builder, loc, mapping.lookup(output.get()),
        applyMap(op.getMatchingIndexingMap(&output), point));
  };
  for (auto [index, output] : llvm::enumerate(op.getDpsInitsMutable())) {
    if (!op.payloadUsesValueFromOperand(&output) &&
        op.getNumReductionLoops() == 0)
      values.push_back(nullptr);
    else if (!initial.empty() && initial[index])
      values.push_back(mapping.lookup(initial[index]));
    else if (!inside)
      values.push_back(load(output));
    else
      values.push_back(loadIf(inside, getElementTypeOrSelf(output.get()),
                              [&, &output = output] { return load(output); }));
  }
  return values;
}

/// What `load` builds where the condition holds, zero elsewhere.
Value ScalarKernel::loadIf(Value condition, Type type,
                           llvm::function_ref<Value()> load) {
  OpBuilder &b = *builder;
  auto branch = scf::IfOp::create(b, loc, type, condition,
                                  /*withElseRegion=*/true);
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(branch.thenBlock());
  scf::YieldOp::create(b, loc, load());
  b.setInsertionPointToStart(branch.elseBlock());
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(type));
  scf::YieldOp::create(b, loc, zero);
  return branch.getResult(0);
}

/// The body at one point of all loops.
SmallVector<Value> ScalarKernel::compute(const Point &point,
                                         ValueRange outputs) {
  IRMapping local = mapping;
  for (OpOperand *input : op.getDpsInputOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    if (!argument.use_empty())
      local.map(argument, loadInput(*input, point));
  }
  for (auto [argument, value] : llvm::zip(op.getRegionOutputArgs(), outputs))
    if (value)
      local.map(argument, value);
  for (Operation &nested : op.getBody()->without_terminator())
    copyOp(nested, point, local);
  return llvm::map_to_vector(
      op.getBody()->getTerminator()->getOperands(),
      [&](Value value) { return local.lookupOrDefault(value); });
}

void ScalarKernel::store(const Point &point, ValueRange values) {
  for (auto [output, value] : llvm::zip(op.getDpsInitsMutable(), values))
    memref::StoreOp::create(
        *builder, loc, value, mapping.lookup(output.get()),
        applyMap(op.getMatchingIndexingMap(&output), point));
}

SmallVector<Value> ScalarKernel::reduce(
    ArrayRef<unsigned> loops, ArrayRef<std::pair<Value, Value>> startStep,
    Point point, ValueRange accumulators,
    llvm::function_ref<SmallVector<Value>(const Point &, ValueRange)> body) {
  if (loops.empty())
    return body(point, accumulators);
  auto loop = scf::ForOp::create(*builder, loc, startStep.front().first,
                                 extent(loops.front()),
                                 startStep.front().second, accumulators);
  OpBuilder::InsertionGuard guard(*builder);
  builder->setInsertionPointToStart(loop.getBody());
  point[loops.front()] = loop.getInductionVar();
  SmallVector<Value> results =
      reduce(loops.drop_front(), startStep.drop_front(), point,
             loop.getRegionIterArgs(), body);
  scf::YieldOp::create(*builder, loc, results);
  return loop.getResults();
}

/// The parallel loops' point of that number. What is built from here on happens
/// where there is one.
ScalarKernel::Point ScalarKernel::enterPoint(Value linear) {
  OpBuilder &b = *builder;
  SmallVector<unsigned> loops = getParallelLoops(op);
  Value total = constant(1);
  for (unsigned loop : loops)
    total = b.createOrFold<arith::MulIOp>(loc, total, extent(loop));
  Value inside =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, linear, total);
  auto guard = scf::IfOp::create(b, loc, inside);
  b.setInsertionPointToStart(guard.thenBlock());
  Point point(op.getNumLoops());
  delinearize(linear, loops, point);
  return point;
}

void ScalarKernel::buildPoint() {
  OpBuilder &b = *builder;
  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x);
  Value linear = arith::AddIOp::create(
      b, loc, arith::MulIOp::create(b, loc, block, constant(kBlockSize)),
      thread);
  OpBuilder::InsertionGuard insertion(b);
  Point point = enterPoint(linear);
  SmallVector<Value> outputs = loadInitial(point);
  SmallVector<unsigned> reductions = getReductionLoops(op);
  if (reductions.empty()) {
    outputs = compute(point, outputs);
  } else {
    SmallVector<std::pair<Value, Value>> steps(reductions.size(),
                                               {constant(0), constant(1)});
    outputs = reduce(reductions, steps, point, outputs,
                     [&](const Point &inner, ValueRange values) {
                       return compute(inner, values);
                     });
  }
  store(point, outputs);
}

void ScalarKernel::buildTile() {
  OpBuilder &b = *builder;
  SmallVector<unsigned> loops = getParallelLoops(op);
  bool hasRows = loops.size() > 1;
  unsigned column = loops.back(), row = hasRows ? loops[loops.size() - 2] : 0;
  ArrayRef<unsigned> batch =
      ArrayRef<unsigned>(loops).drop_back(hasRows ? 2 : 1);
  int64_t tileRows = schedule.tileRows, tileColumns = schedule.tileColumns;
  int64_t lanes = getTileLanes(op);
  int64_t blockColumns = lanes * tileColumns;
  int64_t blockRows = kBlockSize / lanes * tileRows;

  auto mul = [&](Value a, int64_t f) -> Value {
    return arith::MulIOp::create(b, loc, a, constant(f));
  };
  auto add = [&](Value a, Value c) -> Value {
    return arith::AddIOp::create(b, loc, a, c);
  };
  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x);
  Value lane = arith::RemUIOp::create(b, loc, thread, constant(lanes));
  Value warp = arith::DivUIOp::create(b, loc, thread, constant(lanes));
  auto next = [&](Value &linear, Value count) -> Value {
    Value index = arith::RemUIOp::create(b, loc, linear, count);
    linear = arith::DivUIOp::create(b, loc, linear, count);
    return index;
  };
  auto ceilDiv = [&](Value size, int64_t tile) -> Value {
    return b.createOrFold<arith::CeilDivUIOp>(loc, size, constant(tile));
  };

  Value rest = block;
  Value blockColumn = next(rest, ceilDiv(extent(column), blockColumns));
  Value firstColumn = add(mul(blockColumn, blockColumns), lane);
  Value firstRow;
  if (hasRows) {
    Value blockRow = next(rest, ceilDiv(extent(row), blockRows));
    firstRow = add(mul(blockRow, blockRows), mul(warp, tileRows));
  }
  Point point(op.getNumLoops());
  delinearize(rest, batch, point);

  // A thread beyond the edge computes the last row or column again, so that no
  // load needs a guard, and does not store.
  struct Index {
    Value clamped, inside;
  };
  auto makeIndex = [&](Value value, unsigned loop) -> Index {
    Value last = arith::SubIOp::create(b, loc, extent(loop), constant(1));
    return {arith::MinUIOp::create(b, loc, value, last),
            arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, value,
                                  extent(loop))};
  };
  SmallVector<Index> rows, columns;
  for (int64_t j = 0; j < tileColumns; ++j)
    columns.push_back(makeIndex(add(firstColumn, constant(j * lanes)), column));
  for (int64_t i = 0; i < tileRows && hasRows; ++i)
    rows.push_back(makeIndex(add(firstRow, constant(i)), row));

  SmallVector<Point> points;
  SmallVector<Value> stores, accumulators;
  for (int64_t i = 0; i < tileRows; ++i)
    for (const Index &c : columns) {
      Point p = point;
      Value inside = c.inside;
      p[column] = c.clamped;
      if (hasRows) {
        p[row] = rows[i].clamped;
        inside = arith::AndIOp::create(b, loc, rows[i].inside, inside);
      }
      llvm::append_range(accumulators, loadInitial(p, inside));
      stores.push_back(inside);
      points.push_back(std::move(p));
    }

  unsigned outputs = op.getNumDpsInits();
  SmallVector<unsigned> reductions = getReductionLoops(op);
  SmallVector<std::pair<Value, Value>> steps(reductions.size(),
                                             {constant(0), constant(1)});
  SmallVector<Value> results = reduce(
      reductions, steps, point, accumulators,
      [&](const Point &inner, ValueRange values) {
        SmallVector<Value> next;
        for (auto [index, p] : llvm::enumerate(points)) {
          Point full = p;
          for (unsigned loop : reductions)
            full[loop] = inner[loop];
          llvm::append_range(
              next, compute(full, values.slice(index * outputs, outputs)));
        }
        return next;
      });
  for (auto [index, p] : llvm::enumerate(points)) {
    auto guard = scf::IfOp::create(b, loc, stores[index]);
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(guard.thenBlock());
    store(p, ValueRange(results).slice(index * outputs, outputs));
  }
}
