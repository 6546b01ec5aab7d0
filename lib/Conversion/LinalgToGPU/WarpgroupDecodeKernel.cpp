//===- WarpgroupDecodeKernel.cpp - Packed weights for wgmma ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupDecodeKernel.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::compress;
using kernel::EncodeTensorMapOp;
using kernel::WgmmaDecodeAttr;

/// Bytes that descriptors count by.
static constexpr int64_t kUnit = 16;

WarpgroupDecodeKernel::WarpgroupDecodeKernel(kernel::ContractOp op,
                                             Value initial,
                                             WgmmaDecodeAttr schedule,
                                             const Chip &chip)
    : PackedKernel(op, initial), chip(chip), schedule(schedule),
      pipeline(schedule.getStages(), schedule.getStageBytes(weight.width),
               schedule.getConsumers()) {}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

bool WarpgroupDecodeKernel::canCopy(MemRefType inputs) {
  SmallVector<int64_t> strides;
  int64_t offset;
  if (failed(inputs.getStridesAndOffset(strides, offset)) || strides[1] != 1)
    return false;
  return llvm::all_of(ArrayRef{offset, strides[0]}, [](int64_t elements) {
    return !ShapedType::isDynamic(elements) && elements * 2 % kUnit == 0;
  });
}

Value WarpgroupDecodeKernel::countTiles(OpBuilder &b, Value rows) {
  Value tile = arith::ConstantIndexOp::create(b, loc, getTileM());
  Number tilesM{&b, loc, b.createOrFold<arith::CeilDivUIOp>(loc, rows, tile)};
  return tilesM * (getNumTilesN() * schedule.getSplits());
}

FailureOr<Value> WarpgroupDecodeKernel::buildHost(OpBuilder &host,
                                                  KernelArguments &arguments) {
  if (failed(passOperands(arguments, /*passesInputs=*/false)))
    return failure();
  map = EncodeTensorMapOp::create(
      host, loc, kernel::TensorMapType::get(host.getContext()), op.getX(),
      host.getDenseI64ArrayAttr({getTileM(), kStepK}),
      host.getI64IntegerAttr(EncodeTensorMapOp::kSwizzle),
      /*tf32=*/UnitAttr());
  if (failed(arguments.add(map)))
    return failure();
  Value tiles =
      countTiles(host, getValueOrCreateConstantIndexOp(host, loc, rows));
  Value most = arith::ConstantIndexOp::create(host, loc, chip.numProcessors);
  return host.createOrFold<arith::MinUIOp>(loc, tiles, most);
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

WarpgroupDecodeKernel::Tile WarpgroupDecodeKernel::enterTile(Value number) {
  OpBuilder &b = *builder;
  Value part, firstStep = constant(0), steps = constant(getNumSlices());
  if (int64_t splits = schedule.getSplits(); splits > 1) {
    // The last part may have fewer steps, or none.
    Number all = this->number(number);
    part = all % splits;
    number = all / splits;
    firstStep = arith::MinUIOp::create(
        b, loc, this->number(part) * getNumSteps(), steps);
    steps = arith::MinUIOp::create(b, loc, constant(getNumSteps()),
                                   this->number(steps) - firstStep);
  }
  Value tilesM =
      b.createOrFold<arith::CeilDivUIOp>(loc, m, constant(getTileM()));
  TilePosition at = findTile(b, loc, number, tilesM, constant(getNumTilesN()));
  Number tileN = this->number(at.n) * getTilesN();
  Value count = constant(getTilesN());
  if (weight.getNumTilesN() % getTilesN())
    count = arith::MinUIOp::create(
        b, loc, count, this->number(constant(weight.getNumTilesN())) - tileN);
  return {
      this->number(at.m) * getTileM(), tileN, count, part, firstStep, steps};
}

Value WarpgroupDecodeKernel::getStepOfK(const Tile &tile, Value step) {
  return tile.part ? Value(number(step) + tile.firstStep) : step;
}

Value WarpgroupDecodeKernel::countTilesK(Value step) {
  Value count = constant(getStepTilesK());
  if (weight.getNumTilesK() % getStepTilesK() == 0)
    return count;
  Number rest =
      number(constant(weight.getNumTilesK())) - number(step) * getStepTilesK();
  return arith::MinUIOp::create(*builder, loc, count, rest);
}

Number WarpgroupDecodeKernel::getTileByte(Number tileN, Value tileK) {
  Number k = number(tileK);
  Number tile =
      goesAlongN() ? k * getTilesN() + tileN : tileN * getStepTilesK() + tileK;
  return tile * kMmaTileBytes + schedule.getInputBytes();
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// Starts the copies of a step to a stage: a box of the activations, and of the
/// weight each line of tiles that lie side by side.
void WarpgroupDecodeKernel::copyStage(const Tile &tile, Value step, Value stage,
                                      Value full) {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Number tilesK = number(countTilesK(step));
  Value numTilesN = constant(weight.getNumTilesN());
  Value numTilesK = constant(weight.getNumTilesK());
  Number bytes =
      tilesK * tile.tilesN * kMmaTileBytes + schedule.getInputBytes();
  pipeline.expect(full, toI32(b, loc, bytes));
  Number first = toIndex(pipeline.getByteOf(stage));
  auto getShared = [&](Value byte) {
    return getByte(b, loc, pipeline.shared, toI32(b, loc, byte));
  };
  SmallVector<Value> coordinates = {toI32(b, loc, number(step) * kStepK),
                                    toI32(b, loc, tile.row)};
  copyBox(b, loc, mapPointer, getShared(first), coordinates, full);

  // Along the other dimension than the tiles that lie side by side.
  Value lines = goesAlongN() ? Value(tilesK) : tile.tilesN;
  Number lineBytes =
      (goesAlongN() ? number(tile.tilesN) : tilesK) * kMmaTileBytes;
  auto loop = scf::ForOp::create(b, loc, constant(0), lines, constant(1));
  b.setInsertionPointToStart(loop.getBody());
  Number line = number(loop.getInductionVar());
  Number zero = number(constant(0));
  Number tileN = goesAlongN() ? zero : line, tileK = goesAlongN() ? line : zero;
  Number globalN = tileN + tile.tileN;
  Number globalK = number(step) * getStepTilesK() + tileK;
  Number from = goesAlongN() ? globalK * numTilesN + globalN
                             : globalN * numTilesK + globalK;
  NVVM::CpAsyncBulkGlobalToSharedClusterOp::create(
      b, loc, toCluster(b, loc, getShared(first + getTileByte(tileN, tileK))),
      getByte(b, loc, weights, toI64(b, loc, from * kMmaTileBytes)), full,
      toI32(b, loc, lineBytes), /*multicastMask=*/Value(),
      /*l2CacheHint=*/Value());
}

void WarpgroupDecodeKernel::produce() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Position position;
  scf::ForOp tiles = pipeline.startTiles(countTiles(b, m), position);
  Tile tile = enterTile(tiles.getInductionVar());
  ValueRange next = pipeline.fill(
      tile.steps, position, [&](Value step, Value stage, Value full) {
        copyStage(tile, getStepOfK(tile, step), stage, full);
      });
  scf::YieldOp::create(b, loc, next);
}

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

/// The words of a part's tile, for all of the step's positions of K. Where
/// there is none, beyond an edge, those of another are multiplied with zeros,
/// or their results not stored.
SmallVector<Value> WarpgroupDecodeKernel::loadWeights(const Tile &tile,
                                                      Value step, Value stage,
                                                      int64_t part) {
  OpBuilder &b = *builder;
  Number tileN = number(ownTileN) + part;
  if (weight.getNumTilesN() % getTilesN())
    tileN = number(arith::MinUIOp::create(b, loc, tileN,
                                          number(tile.tilesN) - constant(1)));
  Number byte = getTileByte(tileN, constant(0)) +
                toIndex(number(lane) * kMmaLaneBytes) +
                toIndex(pipeline.getByteOf(stage));
  Number distance = number(
      constant(goesAlongN() ? getTilesN() * kMmaTileBytes : kMmaTileBytes));
  SmallVector<Value> words;
  for (int64_t j = 0; j < getStepTilesK(); ++j) {
    Number tileK = number(constant(j));
    if (weight.getNumTilesK() % getStepTilesK())
      tileK = number(arith::MinUIOp::create(
          b, loc, tileK, number(countTilesK(step)) - constant(1)));
    llvm::append_range(
        words, loadWords(getByte(b, loc, pipeline.shared,
                                 toI32(b, loc, byte + tileK * distance))));
  }
  return words;
}

/// Says, for the warp, that a stage may be overwritten, of which its lanes have
/// loaded words.
void WarpgroupDecodeKernel::release(Value condition, Value stage) {
  NVVM::SyncWarpOp::create(*builder, loc, number(lane).get(-1));
  pipeline.releaseIf(condition, stage);
}

/// Starts the products of a step, and says that the stage before is empty.
SmallVector<Value> WarpgroupDecodeKernel::multiply(const Tile &tile, Value step,
                                                   const Position &position,
                                                   ValueRange parameters,
                                                   ValueRange sums,
                                                   Value previousStage) {
  OpBuilder &b = *builder;
  SmallVector<SmallVector<Value>> words;
  for (int64_t part = 0; part < getNumParts(); ++part)
    words.push_back(
        loadWeights(tile, getStepOfK(tile, step), position.stage, part));
  Value stage = arith::ExtUIOp::create(
      b, loc, b.getI64Type(),
      number(position.stage) * (schedule.getStageBytes(weight.width) / kUnit));
  SmallVector<Value> next(sums);
  SmallVector<WeightDecode::Channel> even(getNumParts()), odd(getNumParts());
  for (int64_t k = 0; k < kStepK; k += kMmaK) {
    SmallVector<SmallVector<Value, 4>> fragments;
    for (int64_t part = 0; part < getNumParts(); ++part) {
      if (k % (kStepK / getNumGroups()) == 0) {
        even[part] = getChannel(parameters, part, 0, k);
        odd[part] = getChannel(parameters, part, 1, k);
      }
      fragments.push_back(
          decodeFragment(words[part], k, even[part], odd[part]));
    }
    Value inputs = number(descriptor) + stage + k * 2 / kUnit;
    NVVM::WgmmaFenceAlignedOp::create(b, loc);
    for (auto [sum, fragment] : llvm::zip(next, fragments))
      sum = kernel::WgmmaOp::create(b, loc, sum.getType(), sum, fragment[0],
                                    fragment[1], fragment[2], fragment[3],
                                    inputs);
    NVVM::WgmmaGroupSyncAlignedOp::create(b, loc);
    // The products before these have ended, and with the first ones of a step
    // those of the stage before.
    NVVM::WgmmaWaitGroupSyncOp::create(b, loc, 1);
    if (k == 0)
      release(number(constant(0)).less(step), previousStage);
  }
  return next;
}

void WarpgroupDecodeKernel::consume() {
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  Value none = arith::ConstantIntOp::create(b, loc, 0, 32);
  descriptor = makeDescriptor(b, loc, pipeline.shared, none, kUnit);
  entry = WeightDecode::buildEntry(b, loc, weight, lane);
  Number warp =
      number(pipeline.consumer) * WgmmaDecodeAttr::kWarps + pipeline.warp;
  ownTileN = toIndex(warp) * getNumParts();

  Position position;
  scf::ForOp tiles = pipeline.startTiles(countTiles(b, m), position);
  Tile tile = enterTile(tiles.getInductionVar());
  Number firstTileN = number(tile.tileN) + ownTileN;
  loadConstantParameters(firstTileN, getNumParts());
  auto load = [&](Value slice) {
    return loadParameters(slice, firstTileN, getNumParts());
  };
  auto fragment = LLVM::LLVMStructType::getLiteral(
      b.getContext(), SmallVector<Type>(getTileM() / 2, b.getF32Type()));
  // The stage whose products are still on their way is carried along, and the
  // parameters of the next step; those of a whole channel stay.
  SmallVector<Value> start = {position.stage, position.phase, none};
  start.append(getNumParts(), LLVM::ZeroOp::create(b, loc, fragment));
  SmallVector<Value> parameters = load(tile.firstStep);
  if (!weight.isScaledByChannel())
    llvm::append_range(start, parameters);
  auto loop =
      scf::ForOp::create(b, loc, constant(0), tile.steps, constant(1), start);
  {
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(loop.getBody());
    Number step = number(loop.getInductionVar());
    ValueRange carried = ValueRange(loop.getRegionIterArgs()).drop_front(3);
    SmallVector<Value> next;
    if (!weight.isScaledByChannel()) {
      llvm::copy(carried.drop_front(getNumParts()), parameters.begin());
      next = load(number(getStepOfK(tile, step)) + 1);
    }
    position = {loop.getRegionIterArg(0), loop.getRegionIterArg(1)};
    pipeline.waitUntilFull(position);
    SmallVector<Value> sums =
        multiply(tile, step, position, parameters,
                 carried.take_front(getNumParts()), loop.getRegionIterArg(2));
    Position following = pipeline.advance(position);
    SmallVector<Value> results = {following.stage, following.phase,
                                  position.stage};
    llvm::append_range(results, sums);
    llvm::append_range(results, next);
    scf::YieldOp::create(b, loc, results);
  }
  SmallVector<Value> sums;
  for (Value sum : loop.getResults().slice(3, getNumParts()))
    sums.push_back(kernel::WgmmaWaitOp::create(b, loc, fragment, sum));
  Value isAny = tile.part ? number(constant(0)).less(tile.steps)
                          : arith::ConstantIntOp::create(b, loc, 1, 1);
  release(isAny, loop.getResult(2));
  storeSums(tile, sums);
  scf::YieldOp::create(b, loc, loop.getResults().take_front(2));
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

/// Writes a warp's results, 8 rows at a time. Of a fragment of 16 channels by 8
/// rows, a lane has two neighbouring rows of one channel, and of the one eight
/// further: they change places in shared memory, so that neighbouring channels
/// are written by neighbouring lanes.
void WarpgroupDecodeKernel::storeSums(const Tile &tile, ValueRange sums) {
  constexpr int64_t rows = WgmmaDecodeAttr::kStoredRows;
  OpBuilder &b = *builder;
  OpBuilder::InsertionGuard insertion(b);
  int64_t stride = schedule.getStoredStride();
  int64_t columns = schedule.getWarpColumns();
  Number own = number(lane);
  Number warp =
      number(pipeline.consumer) * WgmmaDecodeAttr::kWarps + pipeline.warp;
  Number first = warp * (rows * stride) +
                 schedule.getStages() * schedule.getStageBytes(weight.width) +
                 pipeline.getBarrierBytes();
  Number to = first + own % 4 * (2 * stride) + Value(own / 4 * 4);
  // Lanes that go along the channels of different rows read different banks.
  int64_t readers = kWarpSize / columns, rowsOfReader = rows / readers;
  Number row = own / columns * rowsOfReader, column = own % columns;
  Number from = first + row * stride + Value(column * 4);
  Number globalRow = toIndex(row) + tile.row;
  Number globalColumn =
      (number(tile.tileN) + ownTileN) * kMmaN + toIndex(column);
  Value isChannel = globalColumn.less(constant(weight.n));
  auto synchronize = [&] { NVVM::SyncWarpOp::create(b, loc, own.get(-1)); };
  for (int64_t done = 0; done < getTileM(); done += rows) {
    synchronize();
    for (auto [part, sum] : llvm::enumerate(sums))
      for (int64_t i = 0; i < 4; ++i) {
        Value value = LLVM::ExtractValueOp::create(b, loc, sum, done / 2 + i);
        int64_t channel = static_cast<int64_t>(part) * kMmaN + i / 2 * 8;
        LLVM::StoreOp::create(b, loc, value,
                              getByte(b, loc, pipeline.shared,
                                      to + (i % 2 * stride + channel * 4)));
      }
    synchronize();
    for (int64_t i = 0; i < rowsOfReader; ++i) {
      Number at = globalRow + (done + i);
      auto guard = scf::IfOp::create(
          b, loc, arith::AndIOp::create(b, loc, isChannel, at.less(m)));
      OpBuilder::InsertionGuard insertion(b);
      b.setInsertionPointToStart(guard.thenBlock());
      Value sum = LLVM::LoadOp::create(
          b, loc, b.getF32Type(),
          getByte(b, loc, pipeline.shared, from + i * stride));
      storeResult(at, globalColumn, sum, tile.part);
    }
  }
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

void WarpgroupDecodeKernel::buildBody() {
  OpBuilder &b = *builder;
  mapPointer = UnrealizedConversionCastOp::create(
                   b, loc, LLVM::LLVMPointerType::get(b.getContext()),
                   mapping.lookup(map))
                   .getResult(0);
  weights = getElement(b, loc, mapping.lookup(op.getComponents().front()),
                       constant(0));
  pipeline.start(b, loc);
  lane = pipeline.lane;
  pipeline.branch([&] { produce(); }, [&] { consume(); });
}
