//===- WarpgroupKernel.cpp - Matrix products by warpgroups ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupKernel.h"
#include "SharedMemory.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;
using kernel::EncodeTensorMapOp;
using kernel::WgmmaAttr;

static constexpr int64_t kWarpgroup = WgmmaAttr::kWarpgroup;
static constexpr int64_t kWarps = kWarpgroup / kWarpSize;
static constexpr int64_t kLineBytes = WgmmaAttr::kLineBytes;
/// 16-bit elements of a line, which alone may lie across K.
static constexpr int64_t kLineElements = kLineBytes / 2;
/// Bytes that descriptors count by.
static constexpr int64_t kUnit = 16;

//===----------------------------------------------------------------------===//
// Match
//===----------------------------------------------------------------------===//

/// The loop that each dimension of a buffer is the index of, where loops of one
/// step in sums do not count; none where there are windows.
static SmallVector<unsigned> getDimLoops(OpOperand &buffer) {
  auto op = cast<linalg::LinalgOp>(buffer.getOwner());
  SmallVector<int64_t> ranges = op.getStaticLoopRanges();
  SmallVector<unsigned> result;
  for (AffineExpr expr : op.getMatchingIndexingMap(&buffer).getResults()) {
    if (!isa<AffineDimExpr>(expr)) {
      DenseMap<AffineExpr, AffineExpr> known;
      for (auto [loop, range] : llvm::enumerate(ranges))
        if (range == 1)
          known[getAffineDimExpr(loop, op->getContext())] =
              getAffineConstantExpr(0, op->getContext());
      expr = expr.replace(known);
    }
    auto dim = dyn_cast<AffineDimExpr>(expr);
    if (!dim || llvm::is_contained(result, dim.getPosition()))
      return {};
    result.push_back(dim.getPosition());
  }
  return result;
}

/// Finds the dimensions of a tensor map of the buffer, where bulk copies can
/// read it. Those along K are one, and so are the others that a tile goes
/// along: the buffer names such loops side by side, without windows, and is
/// contiguous along the last of its dimensions, one of these, by strides that
/// are multiples of 16 bytes.
void WarpgroupKernel::Operand::findMap(ArrayRef<unsigned> k) {
  constexpr size_t mostDims = 5;
  OpOperand &buffer = *operand->buffer;
  auto type = cast<MemRefType>(buffer.get().getType());
  SmallVector<unsigned> all = getDimLoops(buffer);
  ArrayRef<unsigned> line = layout.isKContiguous ? k : loops;
  if (all.empty() || all.back() != line.back() ||
      copyWidth != layout.getChunkElements())
    return;
  SmallVector<ReassociationIndices> groups;
  for (size_t dim = 0; dim < all.size();) {
    ArrayRef<unsigned> together = all[dim];
    for (ArrayRef<unsigned> tile : {loops, k})
      if (llvm::is_contained(tile, all[dim]))
        together = tile;
    if (ArrayRef(all).slice(dim).take_front(together.size()) != together)
      return;
    ReassociationIndices group;
    for (size_t i = 0; i < together.size(); ++i)
      group.push_back(dim++);
    groups.push_back(std::move(group));
  }
  if (groups.size() > mostDims ||
      (groups.size() < all.size() &&
       !memref::CollapseShapeOp::isGuaranteedCollapsible(type, groups)))
    return;
  for (const ReassociationIndices &group : groups)
    dimLoops.push_back(all[group.front()]);
  dims = std::move(groups);
}

bool WarpgroupKernel::Operand::find(linalg::GenericOp op, MatmulOperand &of,
                                    ArrayRef<unsigned> along,
                                    ArrayRef<unsigned> k) {
  operand = &of;
  loops = along;
  // wgmma takes f32 along K only.
  bool isF32 = of.getElementType().isF32();
  if (of.buffer && !isContiguous(*of.buffer, k)) {
    if (isF32)
      return false;
    // One that is contiguous nowhere is read as if it were computed.
    if (!isContiguous(*of.buffer, loops))
      of.buffer = nullptr;
  }
  layout.elementBytes = of.getElementType().getIntOrFloatBitWidth() / 8;
  layout.isKContiguous = of.buffer ? isContiguous(*of.buffer, k)
                                   : isF32 || isComputedAlong(op, of, k);
  return true;
}

OperandWork WarpgroupKernel::Operand::getWork() const {
  int64_t bytes = layout.elementBytes;
  OperandWork work =
      isComputed()
          // One that is only read takes a load and its address.
          ? getComputedWork(bytes,
                            std::max<double>(operand->computation.size(), 8))
          : getCopyWork(bytes, copyWidth, isBulk());
  if (!layout.isKContiguous && !isComputed())
    work.multiple = kLineElements;
  return work;
}

bool WarpgroupKernel::Operand::setTile(int64_t extent, int64_t tileK) {
  if (isComputed() && extent % kLineElements)
    layout.isKContiguous = true;
  layout.rows = layout.isKContiguous ? extent : tileK;
  layout.columns = layout.isKContiguous ? tileK : extent;
  layout.boxColumns = kLineBytes / layout.elementBytes;
  return layout.columns % layout.boxColumns == 0;
}

std::unique_ptr<WarpgroupKernel> WarpgroupKernel::match(linalg::GenericOp op,
                                                        ArrayRef<Value> initial,
                                                        const Chip &chip,
                                                        bool tf32) {
  Attribute given = op->getAttr(kernel::KernelDialect::kScheduleAttr);
  auto schedule = dyn_cast_if_present<WgmmaAttr>(given);
  if ((given && !schedule) || !chip.warpgroupProducts)
    return nullptr;
  std::optional<Matmul> matmul = matchMatmul(op);
  if (!matmul || !isForTensorCores(*matmul, tf32))
    return nullptr;
  MatmulExtents extents = getExtents(op, *matmul);
  std::unique_ptr<WarpgroupKernel> kernel(
      new WarpgroupKernel(op, initial, std::move(*matmul), chip));
  Matmul &found = kernel->matmul;
  Operand &lhs = kernel->lhs, &rhs = kernel->rhs;
  if (!lhs.find(op, found.a, found.m, found.k) ||
      !rhs.find(op, found.b, found.n, found.k))
    return nullptr;
  for (Operand *operand : {&lhs, &rhs})
    if (!operand->isComputed()) {
      kernel->prepare(*operand);
      operand->findMap(found.k);
    }
  if (!schedule)
    schedule = chooseWgmma(op.getContext(), extents, chip, lhs.getWork(),
                           rhs.getWork());
  if (!schedule || schedule.getTile()[2] * extents.elementBytes != kLineBytes)
    return nullptr;
  if (schedule.getSwap()) {
    std::swap(found.a, found.b);
    std::swap(found.m, found.n);
    std::swap(lhs, rhs);
    lhs.operand = &found.a;
    lhs.loops = found.m;
    rhs.operand = &found.b;
    rhs.loops = found.n;
  }
  ArrayRef<int64_t> tile = schedule.getTile();
  if (!lhs.setTile(tile[0], tile[2]) || !rhs.setTile(tile[1], tile[2]))
    return nullptr;
  rhs.stageOffset = lhs.layout.getBytes();
  kernel->schedule = schedule;
  kernel->pipeline.emplace(schedule.getStages(), schedule.getStageBytes(),
                           schedule.getConsumers(), kernel->getProducer());
  return kernel;
}

WarpgroupPipeline::Producer WarpgroupKernel::getProducer() const {
  WarpgroupPipeline::Producer producer;
  producer.isWarpgroup = !lhs.isBulk() || !rhs.isBulk();
  producer.hasBulk = lhs.isBulk() || rhs.isBulk();
  for (const Operand *operand : {&lhs, &rhs})
    producer.isAsync |= operand->isGathered() &&
                        isAsync(operand->copyWidth * getElementBytes());
  // Addresses need more registers than bulk copies do, and what is computed all
  // that the others can do without.
  bool isComputed = lhs.isComputed() || rhs.isComputed();
  if (producer.isWarpgroup)
    producer.registers = !isComputed ? 72
                         : schedule.getNumAccumulators() > kMostBesideComputed
                             ? 88
                             : 152;
  return producer;
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

bool WarpgroupKernel::passesBuffer(Value buffer) {
  if (!ContractionKernel::passesBuffer(buffer))
    return false;
  // Not what bulk copies alone read.
  return llvm::any_of(buffer.getUses(), [&](OpOperand &use) {
    return op->isAncestor(use.getOwner()) &&
           llvm::none_of(ArrayRef{&lhs, &rhs}, [&](const Operand *operand) {
             return operand->isBulk() && operand->operand->buffer == &use;
           });
  });
}

LogicalResult WarpgroupKernel::passMore(OpBuilder &host,
                                        KernelArguments &arguments) {
  if (failed(ContractionKernel::passMore(host, arguments)))
    return failure();
  for (Operand *operand : {&lhs, &rhs}) {
    if (!operand->isBulk())
      continue;
    Value tensor = operand->operand->buffer->get();
    int64_t rank = cast<MemRefType>(tensor.getType()).getRank();
    if (static_cast<int64_t>(operand->dims.size()) < rank)
      tensor =
          memref::CollapseShapeOp::create(host, loc, tensor, operand->dims);
    SmallVector<int64_t> box;
    for (unsigned loop : operand->dimLoops)
      // A line across K has 64 elements; a wider tile is several boxes.
      box.push_back(loop == matmul.k.front()         ? getTile(2)
                    : loop != operand->loops.front() ? 1
                    : operand->layout.isKContiguous  ? operand->getExtent()
                                                     : kLineElements);
    operand->map = EncodeTensorMapOp::create(
        host, loc, kernel::TensorMapType::get(host.getContext()), tensor,
        host.getDenseI64ArrayAttr(box),
        host.getI64IntegerAttr(EncodeTensorMapOp::kSwizzle),
        getElementType().isF32() ? host.getUnitAttr() : UnitAttr());
    if (failed(arguments.add(operand->map)))
      return failure();
  }
  return success();
}

Value WarpgroupKernel::countBlocks(OpBuilder &host) {
  Value most = arith::ConstantIndexOp::create(host, loc, chip.numProcessors);
  return host.createOrFold<arith::MinUIOp>(
      loc, countTiles(host, getTile(0), getTile(1)), most);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// Starts the bulk copies of a tile, whose first element along K is given, to
/// the stage.
void WarpgroupKernel::copyBoxes(const Operand &operand, Value stage, Value full,
                                Value firstK) {
  OpBuilder &b = *builder;
  Number byte = pipeline->getByteOf(stage) + operand.stageOffset;
  int64_t extent = operand.getExtent();
  int64_t width = operand.layout.isKContiguous ? extent : kLineElements;
  for (int64_t done = 0; done < extent; done += width) {
    Value to =
        getByte(b, loc, shared, byte + done * getTile(2) * getElementBytes());
    Number along = Number{&b, loc, operand.origin} + done;
    SmallVector<Value> coordinates;
    // The innermost dimension comes first.
    for (unsigned loop : llvm::reverse(operand.dimLoops)) {
      Value at = loop == matmul.k.front()        ? firstK
                 : loop == operand.loops.front() ? Value(along)
                                                 : point[loop];
      coordinates.push_back(toI32(b, loc, at));
    }
    copyBox(b, loc, operand.mapPointer, to, coordinates, full);
  }
}

/// Starts the copies of a step to a stage, and computes what is computed.
void WarpgroupKernel::copyStage(Value step, Value stage, Value full) {
  OpBuilder &b = *builder;
  Value firstK = Number{&b, loc, step} * getTile(2);
  int64_t bulkBytes = 0;
  for (const Operand *operand : {&lhs, &rhs})
    bulkBytes += operand->isBulk() ? operand->layout.getBytes() : 0;
  auto copyBulk = [&] {
    pipeline->expect(full, arith::ConstantIntOp::create(b, loc, bulkBytes, 32));
    for (const Operand *operand : {&lhs, &rhs})
      if (operand->isBulk())
        copyBoxes(*operand, stage, full, firstK);
  };
  if (lhs.isBulk() && rhs.isBulk())
    return copyBulk();
  if (bulkBytes)
    pipeline->callOnce(copyBulk);
  Value byte = pipeline->getByteOf(stage);
  for (const Operand *operand : {&lhs, &rhs}) {
    if (operand->isGathered())
      copyTile(*operand, byte, firstK);
    else if (operand->isComputed())
      computeTile(*operand, byte, firstK);
  }
}

void WarpgroupKernel::produce() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Position position;
  scf::ForOp tiles =
      pipeline->startTiles(countTilesInKernel(getTile(0), getTile(1)), position,
                           /*isProducer=*/true);
  Tile tile = enterTile(tiles.getInductionVar(), getTile(0), getTile(1));
  lhs.origin = tile.row;
  rhs.origin = tile.column;
  ValueRange next =
      pipeline->fill(steps, position, [&](Value step, Value stage, Value full) {
        copyStage(step, stage, full);
      });
  scf::YieldOp::create(b, loc, next);
  b.setInsertionPointAfter(tiles);
  pipeline->finish(tiles);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// What wgmma is told of an operand's tile in the first stage, from a row on.
Value WarpgroupKernel::makeDescriptor(const Operand &operand, Value firstRow) {
  // Rows that are lines follow one another; across K, 64 rows are a box.
  Number byte = Number{builder, loc, firstRow} * kLineBytes;
  return compress::makeDescriptor(
      *builder, loc, shared, byte + operand.stageOffset,
      operand.layout.isKContiguous ? kUnit : getTile(2) * kLineBytes);
}

/// Starts the products of a stage.
SmallVector<Value> WarpgroupKernel::multiply(const Position &position,
                                             ValueRange sums) {
  OpBuilder &b = *builder;
  MLIRContext *context = b.getContext();
  Type element = getElementType();
  NVVM::WGMMATypes type = element.isF16()   ? NVVM::WGMMATypes::f16
                          : element.isF32() ? NVVM::WGMMATypes::tf32
                                            : NVVM::WGMMATypes::bf16;
  int64_t bytes = getElementBytes(), mmaK = kMmaBytes / bytes;
  // Units of 16 bytes, as in descriptors.
  Value stage = arith::ExtUIOp::create(b, loc, b.getI64Type(),
                                       Number{&b, loc, position.stage} *
                                           (schedule.getStageBytes() / kUnit));
  auto getDescriptor = [&](const Operand &operand, int64_t part, int64_t k) {
    // 32 bytes along lines, or two atoms across them; a part of 64 rows is as
    // many lines, or a box.
    int64_t offset =
        k * (operand.layout.isKContiguous ? bytes : kLineBytes) / kUnit;
    return Number{&b, loc, operand.descriptor} + stage +
           (offset + part * kMmaM * kLineBytes / kUnit);
  };
  SmallVector<Value> next(sums);
  NVVM::WgmmaFenceAlignedOp::create(b, loc);
  for (int64_t k = 0; k < getTile(2); k += mmaK)
    for (int64_t part = 0; part < getNumParts(); ++part)
      next[part] = NVVM::WgmmaMmaAsyncOp::create(
          b, loc, next[part].getType(), next[part], getDescriptor(lhs, part, k),
          getDescriptor(rhs, 0, k),
          NVVM::MMAShapeAttr::get(context, kMmaM, getTile(1), mmaK), type, type,
          NVVM::WGMMATypes::f32, NVVM::WGMMAScaleOut::one,
          NVVM::WGMMAScaleIn::one, NVVM::WGMMAScaleIn::one,
          lhs.layout.isKContiguous ? NVVM::MMALayout::row
                                   : NVVM::MMALayout::col,
          rhs.layout.isKContiguous ? NVVM::MMALayout::col
                                   : NVVM::MMALayout::row,
          /*satfinite=*/NVVM::MMAIntOverflowAttr());
  NVVM::WgmmaGroupSyncAlignedOp::create(b, loc);
  return next;
}

void WarpgroupKernel::consume() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Value none = arith::ConstantIntOp::create(b, loc, 0, 32);
  lhs.descriptor = makeDescriptor(lhs, Number{&b, loc, pipeline->consumer} *
                                           getConsumerRows());
  rhs.descriptor = makeDescriptor(rhs, none);

  Position position;
  scf::ForOp tiles = pipeline->startTiles(
      countTilesInKernel(getTile(0), getTile(1)), position);
  Tile tile = enterTile(tiles.getInductionVar(), getTile(0), getTile(1));
  auto fragment = LLVM::LLVMStructType::getLiteral(
      b.getContext(), SmallVector<Type>(getTile(1) / 2, b.getF32Type()));
  // The stage whose products are still on their way is carried along.
  SmallVector<Value> start = {position.stage, position.phase, none};
  start.append(getNumParts(), LLVM::ZeroOp::create(b, loc, fragment));
  Number first{&b, loc, constant(0)};
  auto loop = scf::ForOp::create(b, loc, first, steps, constant(1), start);
  {
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(loop.getBody());
    position = {loop.getRegionIterArg(0), loop.getRegionIterArg(1)};
    pipeline->waitUntilFull(position);
    SmallVector<Value> sums =
        multiply(position, loop.getRegionIterArgs().drop_front(3));
    NVVM::WgmmaWaitGroupSyncOp::create(b, loc, 1);
    pipeline->releaseIf(first.less(loop.getInductionVar()),
                        loop.getRegionIterArg(2));
    Position next = pipeline->advance(position);
    SmallVector<Value> results = {next.stage, next.phase, position.stage};
    llvm::append_range(results, sums);
    scf::YieldOp::create(b, loc, results);
  }
  SmallVector<Value> sums;
  for (Value sum : loop.getResults().drop_front(3))
    sums.push_back(kernel::WgmmaWaitOp::create(b, loc, fragment, sum));
  pipeline->releaseIf(first.less(steps), loop.getResult(2));
  storeAccumulators(tile, sums);
  scf::YieldOp::create(b, loc, loop.getResults().take_front(2));
}

/// Writes the results of a tile. Of 16 rows by 8 columns of a warp, a lane has
/// two neighbours of one row and the two that are eight rows below.
void WarpgroupKernel::storeAccumulators(const Tile &tile,
                                        ValueRange accumulators) {
  OpBuilder &b = *builder;
  Number own{&b, loc, pipeline->lane};
  Number row = Number{&b, loc, pipeline->consumer} * getConsumerRows() +
               Value(Number{&b, loc, pipeline->warp} * (kMmaM / kWarps)) +
               Value(own / 4);
  Number column = own % 4 * 2;
  SmallVector<Result> results;
  for (auto [part, sums] : llvm::enumerate(accumulators))
    for (int64_t i = 0; i < getTile(1) / 2; ++i)
      results.push_back({LLVM::ExtractValueOp::create(b, loc, sums, i),
                         static_cast<int64_t>(part) * kMmaM + i % 4 / 2 * 8,
                         i / 4 * 8 + i % 2});
  storeResults(toIndex(b, loc, row) + tile.row,
               toIndex(b, loc, column) + tile.column, results);
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

void WarpgroupKernel::buildBody() {
  OpBuilder &b = *builder;
  for (Operand *operand : {&lhs, &rhs})
    if (operand->isBulk())
      operand->mapPointer =
          UnrealizedConversionCastOp::create(
              b, loc, LLVM::LLVMPointerType::get(b.getContext()),
              mapping.lookup(operand->map))
              .getResult(0);
  steps = countTilesAlong(matmul.k, getTile(2));
  pipeline->start(b, loc);
  thread = pipeline->thread;
  shared = pipeline->shared;
  pipeline->branch([&] { produce(); }, [&] { consume(); });
}
