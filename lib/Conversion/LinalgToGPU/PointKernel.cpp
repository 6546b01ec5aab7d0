//===- PointKernel.cpp - Elementwise kernels ------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PointKernel.h"
#include "VectorAccess.h"
#include "compress/Target/Chip.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr int64_t kThreads = 256;

/// Whether the body reads a buffer by indices of its own. Neighbouring points
/// then read what they will, one element at a time.
static bool gathers(linalg::GenericOp op) {
  return op.getBody()
      ->walk([](memref::LoadOp) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

static SmallVector<OpOperand *> getBuffers(linalg::GenericOp op) {
  SmallVector<OpOperand *> buffers;
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()))
      buffers.push_back(&operand);
  return buffers;
}

static bool hasSameOrder(linalg::GenericOp op) {
  AffineMap order = op.getMatchingIndexingMap(op.getDpsInitOperand(0));
  bool needsIndices =
      op.getBody()
          ->walk([](linalg::IndexOp) { return WalkResult::interrupt(); })
          .wasInterrupted();
  return !needsIndices && llvm::all_of(getBuffers(op), [&](OpOperand *buffer) {
    return op.getMatchingIndexingMap(buffer) == order &&
           cast<MemRefType>(buffer->get().getType()).getLayout().isIdentity();
  });
}

/// How many elements of the widest buffer fit into one access.
static int64_t getMostElements(linalg::GenericOp op) {
  int64_t bytes = 1;
  for (OpOperand *buffer : getBuffers(op)) {
    Type type = getElementTypeOrSelf(buffer->get());
    if (isa<IndexType>(type) || !llvm::isPowerOf2_64(getElementBytes(type)))
      return 1;
    bytes = std::max(bytes, getElementBytes(type));
  }
  return std::max<int64_t>(1, kVectorBytes / bytes);
}

std::unique_ptr<Kernel> PointKernel::match(linalg::GenericOp op,
                                           ArrayRef<Value> initial,
                                           const Chip &chip) {
  if (op.getNumReductionLoops() > 0 || op.getNumDpsInits() == 0)
    return nullptr;
  bool isFlat = hasSameOrder(op);
  int64_t vector = gathers(op) ? 1 : getMostElements(op);
  SmallVector<unsigned> loops = getParallelLoops(op);
  if (!isFlat && !loops.empty()) {
    unsigned inner = loops.back();
    for (OpOperand *buffer : getBuffers(op))
      if (op.getMatchingIndexingMap(buffer).isFunctionOfDim(inner))
        vector = std::min(
            vector, getVectorWidth(*buffer, inner,
                                   op.getStaticLoopRanges()[inner], vector));
  }
  if (loops.empty())
    vector = 1;
  return std::unique_ptr<Kernel>(
      new PointKernel(op, initial, vector, isFlat, chip));
}

PointKernel::PointKernel(linalg::GenericOp op, ArrayRef<Value> initial,
                         int64_t vector, bool isFlat, const Chip &chip)
    : Kernel(op, initial), vector(vector), isFlat(isFlat), chip(chip) {}

int64_t PointKernel::getNumThreads() const { return kThreads; }

Value PointKernel::countBlocks(OpBuilder &host) {
  Value elements = arith::ConstantIndexOp::create(host, loc, 1);
  for (unsigned loop : getParallelLoops(op))
    elements = host.createOrFold<arith::MulIOp>(loc, elements,
                                                countTiles(host, loop, 1));
  Value blocks = host.createOrFold<arith::CeilDivUIOp>(
      loc, elements,
      arith::ConstantIndexOp::create(host, loc, kThreads * vector));
  return host.createOrFold<arith::MinUIOp>(
      loc, blocks,
      arith::ConstantIndexOp::create(
          host, loc, chip.numProcessors * (chip.threads / kThreads)));
}

void PointKernel::compute(
    ArrayRef<Point> points,
    llvm::function_ref<SmallVector<Value>(OpOperand &)> load,
    llvm::function_ref<void(OpOperand &, ValueRange)> store) {
  SmallVector<IRMapping> locals(points.size(), mapping);
  for (OpOperand &operand : op->getOpOperands()) {
    if (!op.payloadUsesValueFromOperand(&operand))
      continue;
    SmallVector<Value> values = load(operand);
    for (auto [local, value] : llvm::zip(locals, values))
      local.map(op.getMatchingBlockArgument(&operand), value);
  }
  for (Operation &nested : op.getBody()->without_terminator())
    for (auto [point, local] : llvm::zip(points, locals))
      copyOp(nested, point, local);
  for (auto [output, value] :
       llvm::zip(op.getDpsInitsMutable(),
                 op.getBody()->getTerminator()->getOperands()))
    store(output, llvm::map_to_vector(locals, [&, value = value](IRMapping &l) {
            return l.lookupOrDefault(value);
          }));
}

/// The elements from number `vector` times the width on.
void PointKernel::buildFlat(Value index) {
  OpBuilder &b = *builder;
  Value total = constant(1);
  for (unsigned loop : getParallelLoops(op))
    total = b.createOrFold<arith::MulIOp>(loc, total, extent(loop));
  // The buffers as lines.
  llvm::DenseMap<Value, Value> lines;
  for (OpOperand *buffer : getBuffers(op)) {
    Value value = mapping.lookup(buffer->get());
    auto type = cast<MemRefType>(value.getType());
    Value &line = lines[buffer->get()];
    if (!line)
      line = memref::ReinterpretCastOp::create(
          b, loc,
          MemRefType::get({ShapedType::kDynamic}, type.getElementType(),
                          StridedLayoutAttr::get(b.getContext(), 0, {1}),
                          type.getMemorySpace()),
          value, b.getIndexAttr(0), ArrayRef<OpFoldResult>{total},
          ArrayRef<OpFoldResult>{b.getIndexAttr(1)});
  }
  auto computeAt = [&](Value first, int64_t width) {
    SmallVector<Point> points(width, Point(op.getNumLoops()));
    compute(
        points,
        [&](OpOperand &operand) {
          if (!lines.contains(operand.get()))
            return SmallVector<Value>(width, mapping.lookup(operand.get()));
          return loadVector(b, loc, lines[operand.get()], first, width);
        },
        [&](OpOperand &operand, ValueRange values) {
          storeVector(b, loc, values, lines[operand.get()], first);
        });
  };
  Value first = arith::MulIOp::create(b, loc, index, constant(vector));
  auto known = getConstantIntValue(total);
  if (vector == 1 || (known && *known % vector == 0))
    return computeAt(first, vector);
  Value end = arith::AddIOp::create(b, loc, first, constant(vector));
  Value isWhole =
      arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ule, end, total);
  auto branch = scf::IfOp::create(b, loc, isWhole, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(branch.thenBlock());
  computeAt(first, vector);
  // What is left at the end is less than a vector.
  b.setInsertionPointToStart(branch.elseBlock());
  auto rest = scf::ForOp::create(b, loc, first, total, constant(1));
  b.setInsertionPointToStart(rest.getBody());
  computeAt(rest.getInductionVar(), 1);
}

/// The elements of the vector of that number, which all lie in one line of the
/// output.
void PointKernel::buildLine(Value index) {
  OpBuilder &b = *builder;
  SmallVector<unsigned> loops = getParallelLoops(op);
  Point point(op.getNumLoops());
  unsigned inner = 0;
  if (!loops.empty()) {
    inner = loops.pop_back_val();
    Value count =
        b.createOrFold<arith::DivUIOp>(loc, extent(inner), constant(vector));
    Value place = index;
    if (!loops.empty()) {
      place = arith::RemUIOp::create(b, loc, index, count);
      index = arith::DivUIOp::create(b, loc, index, count);
    }
    point[inner] = b.createOrFold<arith::MulIOp>(loc, place, constant(vector));
    delinearize(index, loops, point);
  }
  SmallVector<Point> points(vector, point);
  for (int64_t i = 1; i < vector; ++i)
    points[i][inner] = arith::AddIOp::create(b, loc, point[inner], constant(i));
  compute(
      points,
      [&](OpOperand &operand) {
        AffineMap map = op.getMatchingIndexingMap(&operand);
        Value buffer = mapping.lookup(operand.get());
        if (!isa<MemRefType>(buffer.getType()) || vector == 1 ||
            !map.isFunctionOfDim(inner))
          return SmallVector<Value>(vector, loadInput(operand, point));
        return loadVector(b, loc, buffer, applyMap(map, point), vector);
      },
      [&](OpOperand &operand, ValueRange values) {
        storeVector(b, loc, values, mapping.lookup(operand.get()),
                    applyMap(op.getMatchingIndexingMap(&operand), point));
      });
}

void PointKernel::buildBody() {
  OpBuilder &b = *builder;
  auto global = [&](Value block) -> Value {
    return arith::MulIOp::create(b, loc, block, constant(kThreads));
  };
  Value first = arith::AddIOp::create(
      b, loc, global(gpu::BlockIdOp::create(b, loc, gpu::Dimension::x)),
      gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x));
  Value step = global(gpu::GridDimOp::create(b, loc, gpu::Dimension::x));
  Value count = constant(1);
  for (unsigned loop : getParallelLoops(op))
    count = b.createOrFold<arith::MulIOp>(loc, count, extent(loop));
  count = b.createOrFold<arith::CeilDivUIOp>(loc, count, constant(vector));
  OpBuilder::InsertionGuard insertion(b);
  auto loop = scf::ForOp::create(b, loc, first, count, step);
  b.setInsertionPointToStart(loop.getBody());
  if (isFlat)
    buildFlat(loop.getInductionVar());
  else
    buildLine(loop.getInductionVar());
}

//===----------------------------------------------------------------------===//
// TransposeKernel
//===----------------------------------------------------------------------===//

/// Lines and columns of a tile: a warp has a line of it.
static constexpr int64_t kTile = 32;
/// A transposition of less has its lines in few sectors anyway.
static constexpr int64_t kLeastExtent = 8;

std::unique_ptr<Kernel> TransposeKernel::match(linalg::GenericOp op,
                                               ArrayRef<Value> initial) {
  SmallVector<unsigned> loops = getParallelLoops(op);
  if (op.getNumReductionLoops() > 0 || loops.size() < 2)
    return nullptr;
  unsigned column = loops.back();
  SmallVector<int64_t> extents = op.getStaticLoopRanges();
  auto isLong = [&](unsigned loop) {
    return ShapedType::isDynamic(extents[loop]) ||
           extents[loop] >= kLeastExtent;
  };
  std::unique_ptr<TransposeKernel> kernel;
  for (OpOperand *input : op.getDpsInputOperands()) {
    AffineMap map = op.getMatchingIndexingMap(input);
    if (!isa<MemRefType>(input->get().getType()) ||
        op.getMatchingBlockArgument(input).use_empty() ||
        !map.isProjectedPermutation() || !map.isFunctionOfDim(column) ||
        getVectorWidth(*input, column, kTile, kTile) > 1)
      continue;
    SmallVector<int64_t> strides;
    int64_t offset;
    (void)cast<MemRefType>(input->get().getType())
        .getStridesAndOffset(strides, offset);
    auto inner = llvm::find(strides, 1);
    if (inner == strides.end())
      continue;
    unsigned row = map.getDimPosition(inner - strides.begin());
    if (row == column || !isLong(row) || !isLong(column) ||
        (kernel && kernel->row != row))
      continue;
    if (!kernel) {
      kernel.reset(new TransposeKernel(op, initial));
      kernel->row = row;
      kernel->column = column;
      for (unsigned loop : loops)
        if (loop != row && loop != column)
          kernel->outer.push_back(loop);
    }
    kernel->inputs.push_back(input);
  }
  return kernel;
}

int64_t TransposeKernel::getNumThreads() const { return kThreads; }

Value TransposeKernel::countBlocks(OpBuilder &host) {
  Value blocks = host.createOrFold<arith::MulIOp>(
      loc, countTiles(host, column, kTile), countTiles(host, row, kTile));
  for (unsigned loop : outer)
    blocks = host.createOrFold<arith::MulIOp>(loc, blocks,
                                              countTiles(host, loop, 1));
  return blocks;
}

/// A tile in shared memory. The lanes that read a column of it use different
/// banks, since a line and what pads it are an odd number of banks.
Value TransposeKernel::makeTile(OpOperand &operand) {
  OpBuilder &b = *builder;
  Type element = getElementTypeOrSelf(operand.get());
  int64_t padding = std::max<int64_t>(1, 4 / getElementBytes(element));
  auto space =
      gpu::AddressSpaceAttr::get(b.getContext(), gpu::AddressSpace::Workgroup);
  auto function = cast<gpu::GPUFuncOp>(b.getInsertionBlock()->getParentOp());
  return function.addWorkgroupAttribution(
      MemRefType::get({kTile, kTile + padding}, element,
                      MemRefLayoutAttrInterface(), space),
      loc);
}

void TransposeKernel::buildBody() {
  OpBuilder &b = *builder;
  SmallVector<Value> tiles;
  for (OpOperand *input : inputs)
    tiles.push_back(makeTile(*input));
  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  Value thread = gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x);
  Value lane = arith::RemUIOp::create(b, loc, thread, constant(kTile));
  Value warp = arith::DivUIOp::create(b, loc, thread, constant(kTile));
  auto next = [&](unsigned loop) -> Value {
    Value tiles =
        b.createOrFold<arith::CeilDivUIOp>(loc, extent(loop), constant(kTile));
    Value tile = arith::RemUIOp::create(b, loc, block, tiles);
    block = arith::DivUIOp::create(b, loc, block, tiles);
    return arith::MulIOp::create(b, loc, tile, constant(kTile));
  };
  Value firstColumn = next(column), firstRow = next(row);
  Point point(op.getNumLoops());
  delinearize(block, outer, point);

  // Each warp has every eighth line of a tile: `build(line)` at the lane's
  // place in it, where there is one.
  auto eachLine = [&](Value firstLine, unsigned line, Value firstAlong,
                      unsigned along,
                      llvm::function_ref<void(const Point &, Value)> build) {
    for (int64_t i = 0; i < kTile; i += kThreads / kTile) {
      Value number = arith::AddIOp::create(b, loc, warp, constant(i));
      Point at = point;
      at[line] = arith::AddIOp::create(b, loc, firstLine, number);
      at[along] = arith::AddIOp::create(b, loc, firstAlong, lane);
      Value inside = arith::AndIOp::create(
          b, loc,
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, at[line],
                                extent(line)),
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ult, at[along],
                                extent(along)));
      OpBuilder::InsertionGuard insertion(b);
      b.setInsertionPointToStart(scf::IfOp::create(b, loc, inside).thenBlock());
      build(at, number);
    }
  };
  // Lines of the tile are columns of the output.
  eachLine(firstColumn, column, firstRow, row,
           [&](const Point &at, Value line) {
             for (auto [input, tile] : llvm::zip(inputs, tiles))
               memref::StoreOp::create(b, loc, loadInput(*input, at), tile,
                                       ValueRange{line, lane});
           });
  gpu::BarrierOp::create(b, loc);
  eachLine(firstRow, row, firstColumn, column,
           [&](const Point &at, Value place) {
             IRMapping local = mapping;
             for (OpOperand &operand : op->getOpOperands()) {
               if (!op.payloadUsesValueFromOperand(&operand))
                 continue;
               auto input = llvm::find(inputs, &operand);
               Value value = input == inputs.end()
                                 ? loadInput(operand, at)
                                 : memref::LoadOp::create(
                                       b, loc, tiles[input - inputs.begin()],
                                       ValueRange{lane, place});
               local.map(op.getMatchingBlockArgument(&operand), value);
             }
             for (Operation &nested : op.getBody()->without_terminator())
               copyOp(nested, at, local);
             for (auto [output, value] :
                  llvm::zip(op.getDpsInitsMutable(),
                            op.getBody()->getTerminator()->getOperands()))
               memref::StoreOp::create(
                   b, loc, local.lookupOrDefault(value),
                   mapping.lookup(output.get()),
                   applyMap(op.getMatchingIndexingMap(&output), at));
           });
}
