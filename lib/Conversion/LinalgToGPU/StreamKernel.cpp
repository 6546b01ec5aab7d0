//===- StreamKernel.cpp - Products with packed weights --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StreamKernel.h"
#include "SharedMemory.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

int64_t StreamKernel::getNumSlicesPerSplit() const {
  return llvm::divideCeil(getNumSlices(), schedule.getSplits());
}

int64_t StreamKernel::getNumSteps() const {
  return llvm::divideCeil(getNumSlicesPerSplit(), getWarpsK());
}

int64_t StreamKernel::getNumBlocksN() const {
  return llvm::divideCeil(weight.n, getTileN());
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

FailureOr<Value> StreamKernel::buildHost(OpBuilder &host,
                                         KernelArguments &arguments) {
  if (failed(passOperands(arguments, /*passesInputs=*/true)))
    return failure();
  Value size = getValueOrCreateConstantIndexOp(host, loc, rows);
  Value tile = arith::ConstantIndexOp::create(host, loc, getTileM());
  Value blocks = host.createOrFold<arith::CeilDivUIOp>(loc, size, tile);
  Value others = arith::ConstantIndexOp::create(
      host, loc, getNumBlocksN() * schedule.getSplits());
  return host.createOrFold<arith::MulIOp>(loc, blocks, others);
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

/// The number of a step's 64 positions of K, for this warp.
Value StreamKernel::getSlice(Value step) {
  return number(step) * getWarpsK() + firstSlice + toIndex(warpK);
}

/// Multiplies the fragments of 16 positions of K with up to 16 rows.
SmallVector<Value>
StreamKernel::multiplyRows(Value stage, int64_t firstRow, int64_t k,
                           ArrayRef<SmallVector<Value, 4>> fragments,
                           ValueRange accumulators) {
  OpBuilder &b = *builder;
  SmallVector<Value> loaded = loadInputs(stage, firstRow, k);
  SmallVector<Value> sums(accumulators);
  int64_t tilesM = loaded.size() / 2;
  for (auto [i, fragment] : llvm::enumerate(fragments))
    for (int64_t j = 0; j < tilesM; ++j)
      TensorMma::add(
          b, loc, weight.element, fragment,
          ArrayRef<Value>(loaded).slice(j * 2, 2),
          MutableArrayRef<Value>(sums).slice((i * tilesM + j) * 4, 4));
  return sums;
}

/// Multiplies a step's positions of K. Accumulators go along the rows first in
/// groups of 16, then along the channels.
SmallVector<Value> StreamKernel::multiply(Value stage, ValueRange parameters,
                                          ValueRange accumulators) {
  OpBuilder &b = *builder;
  int64_t tilesN = getWarpTilesN();
  SmallVector<SmallVector<Value>> words;
  for (int64_t i = 0; i < tilesN; ++i)
    words.push_back(loadWeights(stage, i));
  SmallVector<Value> sums(accumulators);
  int64_t rowsPerGroup = std::min<int64_t>(getTileM(), 16);
  int64_t numGroups = getTileM() / rowsPerGroup;
  int64_t perGroup = sums.size() / numGroups;
  SmallVector<WeightDecode::Channel> even(tilesN), odd(tilesN);
  for (int64_t k = 0; k < kStepK; k += kMmaK) {
    SmallVector<SmallVector<Value, 4>> fragments;
    for (int64_t i = 0; i < tilesN; ++i) {
      if (k % (kStepK / getNumGroups()) == 0) {
        even[i] = getChannel(parameters, i, 0, k);
        odd[i] = getChannel(parameters, i, 1, k);
      }
      fragments.push_back(decodeFragment(words[i], k, even[i], odd[i]));
    }
    for (int64_t group = 0; group < numGroups; ++group) {
      int64_t firstRow = group * rowsPerGroup;
      auto own = MutableArrayRef<Value>(sums).slice(group * perGroup, perGroup);
      // A tile that the rows do not fill skips what lies beyond them.
      if (group == 0 || getConstantIntValue(rows)) {
        llvm::copy(multiplyRows(stage, firstRow, k, fragments, own),
                   own.begin());
        continue;
      }
      Value isInside = (number(originM) + firstRow).less(m);
      auto guard = scf::IfOp::create(
          b, loc, isInside,
          [&](OpBuilder &then, Location loc) {
            builder = &then;
            scf::YieldOp::create(
                then, loc, multiplyRows(stage, firstRow, k, fragments, own));
          },
          [&](OpBuilder &otherwise, Location loc) {
            scf::YieldOp::create(otherwise, loc, own);
          });
      builder = &b;
      llvm::copy(guard.getResults(), own.begin());
    }
  }
  return sums;
}

/// Adds the sums of the warps along K in their order, through shared memory,
/// and writes the results, neighbours along N by neighbouring threads.
void StreamKernel::addSums(ValueRange accumulators) {
  OpBuilder &b = *builder;
  int64_t stride = schedule.getSumStride();
  int64_t warpBytes = getTileM() * stride;
  NVVM::BarrierOp::create(b, loc);
  Number own = number(lane);
  // Of a fragment of 16 channels by 8 rows, a lane has two neighbouring rows of
  // one channel, and of the one eight further.
  Value first = number(warpK) * warpBytes + Value(own % 4 * (2 * stride)) +
                Value(number(warpN) * (schedule.getWarpColumns() * 4)) +
                Value(own / 4 * 4);
  int64_t tilesN = getWarpTilesN();
  int64_t tilesPerGroup = std::min<int64_t>(getNumTilesM(), 2);
  for (auto [i, value] : llvm::enumerate(accumulators)) {
    int64_t part = i % 4, tileM = i / 4 % tilesPerGroup,
            tileN = i / 4 / tilesPerGroup % tilesN,
            group = i / 4 / tilesPerGroup / tilesN;
    int64_t row = (group * tilesPerGroup + tileM) * kMmaM + part % 2;
    int64_t column = tileN * kMmaN + part / 2 * 8;
    LLVM::StoreOp::create(
        b, loc, value,
        getByte(b, loc, shared, number(first) + (row * stride + column * 4)));
  }
  NVVM::BarrierOp::create(b, loc);

  Value threads = constant(getNumThreads());
  auto loop = scf::ForOp::create(b, loc, toIndex(thread),
                                 constant(getTileM() * getTileN()), threads);
  b.setInsertionPointToStart(loop.getBody());
  Number result = number(loop.getInductionVar());
  Number row = result / getTileN(), column = result % getTileN();
  Number globalRow = row + originM;
  Number globalColumn = column + originN;
  Value isInside = arith::AndIOp::create(b, loc, globalRow.less(m),
                                         globalColumn.less(constant(weight.n)));
  auto guard = scf::IfOp::create(b, loc, isInside);
  b.setInsertionPointToStart(guard.thenBlock());
  Value byte = toI32(b, loc, row * stride + Value(column * 4));
  Value sum;
  for (int64_t warp = 0; warp < getWarpsK(); ++warp) {
    Value part = LLVM::LoadOp::create(
        b, loc, b.getF32Type(),
        getByte(b, loc, shared, number(byte) + warp * warpBytes));
    sum = sum ? Value(arith::AddFOp::create(b, loc, sum, part)) : part;
  }
  storeResult(globalRow, globalColumn, sum,
              schedule.getSplits() > 1 ? split : Value());
  b.setInsertionPointAfter(loop);
}

/// Finds the block's and the warp's part of the work.
void StreamKernel::prepare() {
  OpBuilder &b = *builder;
  shared = getSharedMemory(b, loc);
  thread = toI32(b, loc, gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x));
  lane = number(thread) % kWarpSize;
  entry = WeightDecode::buildEntry(b, loc, weight, lane);
  Number warp = number(thread) / kWarpSize;
  warpN = warp % getWarpsN();
  warpK = warp / getWarpsN();

  // Blocks go along M first: those that run together share the weight's bytes.
  Number block = number(gpu::BlockIdOp::create(b, loc, gpu::Dimension::x));
  Value tilesM =
      b.createOrFold<arith::CeilDivUIOp>(loc, m, constant(getTileM()));
  originM = block % tilesM * getTileM();
  block = block / tilesM;
  Number blockN = block % getNumBlocksN();
  originN = blockN * getTileN();
  firstTileN =
      blockN * (getTileN() / kMmaN) + Value(toIndex(warpN) * getWarpTilesN());
  split = block / getNumBlocksN();
  firstSlice = number(split) * getNumSlicesPerSplit();
  Value end = number(firstSlice) + getNumSlicesPerSplit();
  endSlice = arith::MinUIOp::create(b, loc, end, constant(getNumSlices()));
  policy = kernel::EvictFirstOp::create(b, loc, b.getI64Type());
}

void StreamKernel::buildBody() {
  OpBuilder &b = *builder;
  prepare();
  prepareOperands();
  int64_t stages = schedule.getStages();
  int64_t stageBytes =
      schedule.getInputBytes() + schedule.getWeightBytes(weight.width);
  auto getStage = [&](Number step) -> Value {
    return number(toI32(b, loc, step % stages)) * stageBytes;
  };
  for (int64_t step = 0; step + 1 < stages; ++step)
    copyStage(number(thread).get(step * stageBytes), constant(step));

  // Parameters are in registers one step ahead; those of a whole channel stay.
  loadConstantParameters(firstTileN, getWarpTilesN());
  Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
  SmallVector<Value> carried(schedule.getNumAccumulators(), zero);
  auto load = [&](Value step) {
    return loadParameters(getSlice(step), firstTileN, getWarpTilesN());
  };
  SmallVector<Value> parameters = load(constant(0));
  if (!weight.isScaledByChannel())
    llvm::append_range(carried, parameters);
  auto loop = scf::ForOp::create(b, loc, constant(0), constant(getNumSteps()),
                                 constant(1), carried);
  {
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(loop.getBody());
    Number step = number(loop.getInductionVar());
    ValueRange sums =
        loop.getRegionIterArgs().take_front(schedule.getNumAccumulators());
    SmallVector<Value> next;
    if (!weight.isScaledByChannel()) {
      llvm::copy(loop.getRegionIterArgs().drop_front(sums.size()),
                 parameters.begin());
      next = load(step + 1);
    }
    NVVM::CpAsyncWaitGroupOp::create(b, loc, stages - 2);
    // Also says that nobody reads any more what the next copies overwrite.
    if (getWarpsN() > 1)
      NVVM::BarrierOp::create(b, loc);
    else
      NVVM::SyncWarpOp::create(b, loc, number(thread).get(-1));
    Number newest = step + (stages - 1);
    copyStage(getStage(newest), newest);
    SmallVector<Value> results = multiply(getStage(step), parameters, sums);
    llvm::append_range(results, next);
    scf::YieldOp::create(b, loc, results);
  }
  // Copies beyond the end, of zeros, must not land on the sums.
  NVVM::CpAsyncWaitGroupOp::create(b, loc, 0);
  addSums(loop.getResults().take_front(schedule.getNumAccumulators()));
}
