//===- WarpgroupKernel.cpp - Matrix products by warpgroups ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupKernel.h"
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
/// Bytes that descriptors count by.
static constexpr int64_t kUnit = 16;

//===----------------------------------------------------------------------===//
// Match
//===----------------------------------------------------------------------===//

/// Whether bulk copies can read a buffer: lines along K or, of 16-bit elements,
/// which alone wgmma takes then, along the other loop, other strides and the
/// offset multiples of 16 bytes, and no windows.
static bool canCopy(const MatmulOperand &operand, ArrayRef<unsigned> loops,
                    ArrayRef<unsigned> k) {
  if (!operand.buffer || loops.size() != 1 || k.size() != 1)
    return false;
  auto op = cast<linalg::LinalgOp>(operand.buffer->getOwner());
  int64_t rank = cast<MemRefType>(operand.buffer->get().getType()).getRank();
  if (rank < 1 || rank > 5 ||
      !op.getMatchingIndexingMap(operand.buffer).isProjectedPermutation())
    return false;
  bool isF32 = operand.getElementType().isF32();
  int64_t aligned = isF32 ? 4 : 8;
  return llvm::any_of(ArrayRef{k.front(), loops.front()}, [&](unsigned line) {
    return (line == k.front() || !isF32) &&
           isContiguous(*operand.buffer, line) &&
           getLineAlignment(*operand.buffer, line, aligned) == aligned &&
           Matmul::getDim(*operand.buffer, line) == rank - 1;
  });
}

void WarpgroupKernel::setLimits(const Matmul &matmul, MatmulLimits &limits) {
  limits.canCopy = canCopy(matmul.a, matmul.m, matmul.k) &&
                   canCopy(matmul.b, matmul.n, matmul.k);
  if (!limits.canCopy)
    return;
  // A line across K has 64 elements.
  auto getMultiple = [&](const MatmulOperand &operand) -> int64_t {
    return isContiguous(*operand.buffer, matmul.k) ? 1 : kLineBytes / 2;
  };
  limits.multipleM = getMultiple(matmul.a);
  limits.multipleN = getMultiple(matmul.b);
}

std::unique_ptr<WarpgroupKernel>
WarpgroupKernel::match(linalg::GenericOp op, ArrayRef<Value> initial,
                       Matmul matmul, WgmmaAttr schedule, const Chip &chip) {
  MatmulLimits limits;
  setLimits(matmul, limits);
  if (!limits.canCopy || schedule.getTileM() % limits.multipleM ||
      schedule.getTileN() % limits.multipleN ||
      schedule.getTile()[2] * getExtents(op, matmul).elementBytes != kLineBytes)
    return nullptr;
  if (schedule.getSwap()) {
    std::swap(matmul.a, matmul.b);
    std::swap(matmul.m, matmul.n);
  }
  std::unique_ptr<WarpgroupKernel> kernel(
      new WarpgroupKernel(op, initial, std::move(matmul), schedule, chip));
  const Matmul &found = kernel->matmul;
  auto setUp = [&](Operand &operand, const MatmulOperand &of,
                   ArrayRef<unsigned> loops, int64_t extent) {
    operand.buffer = of.buffer;
    operand.loop = loops.front();
    operand.extent = extent;
    operand.isKContiguous = isContiguous(*of.buffer, found.k);
  };
  setUp(kernel->lhs, found.a, found.m, kernel->getTile(0));
  setUp(kernel->rhs, found.b, found.n, kernel->getTile(1));
  kernel->rhs.stageOffset = kernel->getTile(0) * kLineBytes;
  return kernel;
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

bool WarpgroupKernel::passesBuffer(Value buffer) {
  return buffer != lhs.buffer->get() && buffer != rhs.buffer->get() &&
         ContractionKernel::passesBuffer(buffer);
}

LogicalResult WarpgroupKernel::passMore(OpBuilder &host,
                                        KernelArguments &arguments) {
  if (failed(ContractionKernel::passMore(host, arguments)))
    return failure();
  for (Operand *operand : {&lhs, &rhs}) {
    Value buffer = operand->buffer->get();
    SmallVector<int64_t> box(cast<MemRefType>(buffer.getType()).getRank(), 1);
    box[*Matmul::getDim(*operand->buffer, matmul.k.front())] = getTile(2);
    // A line across K has 64 elements; a wider tile is several boxes.
    box[*Matmul::getDim(*operand->buffer, operand->loop)] =
        operand->isKContiguous ? operand->extent : kLineBytes / 2;
    operand->map = EncodeTensorMapOp::create(
        host, loc, kernel::TensorMapType::get(host.getContext()), buffer,
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

/// Starts the copies of a tile, whose first element along K and along the other
/// loop are given, to the stage.
void WarpgroupKernel::copyTile(const Operand &operand, Value stage, Value full,
                               Value firstK, Value first) {
  OpBuilder &b = *builder;
  Number byte = pipeline.getByteOf(stage) + operand.stageOffset;
  int64_t width = operand.isKContiguous ? operand.extent : kLineBytes / 2;
  AffineMap map = op.getMatchingIndexingMap(operand.buffer);
  for (int64_t done = 0; done < operand.extent; done += width) {
    Value to = getByte(b, loc, pipeline.shared,
                       byte + done * getTile(2) * getElementBytes());
    Number along = Number{&b, loc, first} + done;
    SmallVector<Value> coordinates;
    // The innermost dimension comes first.
    for (AffineExpr expr : llvm::reverse(map.getResults())) {
      unsigned loop = cast<AffineDimExpr>(expr).getPosition();
      Value at = loop == matmul.k.front() ? firstK
                 : loop == operand.loop   ? Value(along)
                                          : point[loop];
      coordinates.push_back(toI32(b, loc, at));
    }
    copyBox(b, loc, operand.mapPointer, to, coordinates, full);
  }
}

void WarpgroupKernel::produce() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Position position;
  scf::ForOp tiles =
      pipeline.startTiles(countTilesInKernel(getTile(0), getTile(1)), position);
  Tile tile = enterTile(tiles.getInductionVar(), getTile(0), getTile(1));
  ValueRange next =
      pipeline.fill(steps, position, [&](Value step, Value stage, Value full) {
        pipeline.expect(full, arith::ConstantIntOp::create(
                                  b, loc, schedule.getStageBytes(), 32));
        Value firstK = Number{&b, loc, step} * getTile(2);
        copyTile(lhs, stage, full, firstK, tile.row);
        copyTile(rhs, stage, full, firstK, tile.column);
      });
  scf::YieldOp::create(b, loc, next);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// What wgmma is told of an operand's tile in the first stage, from a row on.
Value WarpgroupKernel::makeDescriptor(const Operand &operand, Value firstRow) {
  // Rows that are lines follow one another; across K, 64 rows are a box.
  Number byte = Number{builder, loc, firstRow} * kLineBytes;
  return compress::makeDescriptor(
      *builder, loc, pipeline.shared, byte + operand.stageOffset,
      operand.isKContiguous ? kUnit : getTile(2) * kLineBytes);
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
    int64_t offset = k * (operand.isKContiguous ? bytes : kLineBytes) / kUnit;
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
          lhs.isKContiguous ? NVVM::MMALayout::row : NVVM::MMALayout::col,
          rhs.isKContiguous ? NVVM::MMALayout::col : NVVM::MMALayout::row,
          /*satfinite=*/NVVM::MMAIntOverflowAttr());
  NVVM::WgmmaGroupSyncAlignedOp::create(b, loc);
  return next;
}

void WarpgroupKernel::consume() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Value none = arith::ConstantIntOp::create(b, loc, 0, 32);
  lhs.descriptor = makeDescriptor(lhs, Number{&b, loc, pipeline.consumer} *
                                           getConsumerRows());
  rhs.descriptor = makeDescriptor(rhs, none);

  Position position;
  scf::ForOp tiles =
      pipeline.startTiles(countTilesInKernel(getTile(0), getTile(1)), position);
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
    pipeline.waitUntilFull(position);
    SmallVector<Value> sums =
        multiply(position, loop.getRegionIterArgs().drop_front(3));
    NVVM::WgmmaWaitGroupSyncOp::create(b, loc, 1);
    pipeline.releaseIf(first.less(loop.getInductionVar()),
                       loop.getRegionIterArg(2));
    Position next = pipeline.advance(position);
    SmallVector<Value> results = {next.stage, next.phase, position.stage};
    llvm::append_range(results, sums);
    scf::YieldOp::create(b, loc, results);
  }
  SmallVector<Value> sums;
  for (Value sum : loop.getResults().drop_front(3))
    sums.push_back(kernel::WgmmaWaitOp::create(b, loc, fragment, sum));
  pipeline.releaseIf(first.less(steps), loop.getResult(2));
  storeAccumulators(tile, sums);
  scf::YieldOp::create(b, loc, loop.getResults().take_front(2));
}

/// Writes the results of a tile. Of 16 rows by 8 columns of a warp, a lane has
/// two neighbours of one row and the two that are eight rows below.
void WarpgroupKernel::storeAccumulators(const Tile &tile,
                                        ValueRange accumulators) {
  OpBuilder &b = *builder;
  Number own{&b, loc, pipeline.lane};
  Number row = Number{&b, loc, pipeline.consumer} * getConsumerRows() +
               Value(Number{&b, loc, pipeline.warp} * (kMmaM / kWarps)) +
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
    operand->mapPointer =
        UnrealizedConversionCastOp::create(
            b, loc, LLVM::LLVMPointerType::get(b.getContext()),
            mapping.lookup(operand->map))
            .getResult(0);
  steps = countTilesAlong(matmul.k, getTile(2));
  pipeline.start(b, loc);
  pipeline.branch([&] { produce(); }, [&] { consume(); });
}
