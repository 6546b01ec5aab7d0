//===- MatmulKernel.cpp - Matrix products on tensor cores -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MatmulKernel.h"
#include "KernelArithmetic.h"
#include "SharedMemory.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

//===----------------------------------------------------------------------===//
// Match
//===----------------------------------------------------------------------===//

static int64_t getElementBytes(const MatmulOperand &operand) {
  return operand.getElementType().getIntOrFloatBitWidth() / 8;
}

/// Bytes of a line, of which a shorter one would not reach all banks.
static constexpr int64_t kLeastLine =
    TileLayout::kSwizzle * TileLayout::kChunkBytes;

/// Chooses how tiles of `extent` by K lie in shared memory. A buffer that is
/// not contiguous along either dimension is read as if its elements were
/// computed.
static TileLayout chooseLayout(linalg::GenericOp op, MatmulOperand &operand,
                               ArrayRef<unsigned> loops, ArrayRef<unsigned> k,
                               int64_t extent, int64_t tileK) {
  int64_t bytes = getElementBytes(operand);
  TileLayout alongK = {extent, tileK, /*isKContiguous=*/true, bytes};
  TileLayout across = {tileK, extent, /*isKContiguous=*/false, bytes};
  bool canCross = across.getLineBytes() >= kLeastLine;
  if (operand.buffer) {
    if (isContiguous(*operand.buffer, k))
      return alongK;
    if (isContiguous(*operand.buffer, loops) && canCross)
      return across;
    operand.buffer = nullptr;
  }
  return canCross && !isComputedAlong(op, operand, k) ? across : alongK;
}

std::unique_ptr<MatmulKernel> MatmulKernel::match(linalg::GenericOp op,
                                                  ArrayRef<Value> initial,
                                                  const Chip &chip, bool tf32) {
  Attribute given = op->getAttr(kernel::KernelDialect::kScheduleAttr);
  if (isa_and_present<kernel::WgmmaAttr>(given))
    return nullptr;
  std::optional<Matmul> matmul = matchMatmul(op);
  if (!matmul || !isForTensorCores(*matmul, tf32))
    return nullptr;
  std::unique_ptr<MatmulKernel> kernel(
      new MatmulKernel(op, initial, std::move(*matmul)));
  const Matmul &found = kernel->matmul;
  int64_t bytes = getElementBytes(found.a);
  kernel->schedule = cast_if_present<kernel::MmaSyncAttr>(given);
  if (!kernel->schedule) {
    bool isCopied = found.a.buffer && found.b.buffer;
    kernel->schedule =
        chooseMmaSync(op.getContext(), getExtents(op, found), chip,
                      // Where lines of A do not run along K, its rows make one.
                      found.a.buffer && !isContiguous(*found.a.buffer, found.k)
                          ? kLeastLine / bytes
                          : 16,
                      // What computes an operand needs registers of its own.
                      isCopied ? 128 : kMostBesideComputed);
  }
  if (kernel->getTile(2) * bytes % kLeastLine)
    return nullptr;
  auto setUp = [&](TileOperand &operand, MatmulOperand &of,
                   ArrayRef<unsigned> loops, int64_t extent) {
    operand.operand = &of;
    operand.loops = loops;
    operand.layout =
        chooseLayout(op, of, loops, found.k, extent, kernel->getTile(2));
  };
  setUp(kernel->lhs, kernel->matmul.a, found.m, kernel->getTile(0));
  setUp(kernel->rhs, kernel->matmul.b, found.n, kernel->getTile(1));
  return kernel;
}

//===----------------------------------------------------------------------===//
// Host
//===----------------------------------------------------------------------===//

Value MatmulKernel::countBlocks(OpBuilder &host) {
  return countTiles(host, getTile(0), getTile(1));
}

//===----------------------------------------------------------------------===//
// Kernel
//===----------------------------------------------------------------------===//

/// Multiplies the tiles of a stage.
SmallVector<Value> MatmulKernel::multiply(Value stage,
                                          ValueRange accumulators) {
  OpBuilder &builder = *this->builder;
  SmallVector<Value> sums(accumulators);
  int64_t tilesM = getNumTilesM(), tilesN = getNumTilesN();
  Number firstM = Number{&builder, loc, warpM} * (tilesM * kMmaM);
  Number firstN = Number{&builder, loc, warpN} * (tilesN * kMmaN);
  Type element = matmul.a.getElementType();
  int64_t mmaK = TensorMma::getK(element.getIntOrFloatBitWidth());
  for (int64_t k = 0; k < getTile(2); k += mmaK) {
    SmallVector<SmallVector<Value>> as, bs;
    for (int64_t i = 0; i < tilesM; ++i)
      as.push_back(loadFragment(lhs, stage, firstM, i * kMmaM, k));
    for (int64_t j = 0; j < tilesN; j += 2)
      bs.push_back(loadFragment(rhs, stage, firstN, j * kMmaN, k));
    for (int64_t i = 0; i < tilesM; ++i)
      for (int64_t j = 0; j < tilesN; ++j)
        TensorMma::add(
            builder, loc, element, as[i],
            ArrayRef<Value>(bs[j / 2]).slice(j % 2 * 2, 2),
            MutableArrayRef<Value>(sums).slice((i * tilesN + j) * 4, 4));
  }
  return sums;
}

/// Writes the results of the block's tile. Of a fragment of 16 by 8, a lane has
/// two neighbours of one row and the two that are eight rows below.
void MatmulKernel::storeAccumulators(ValueRange accumulators) {
  OpBuilder &b = *builder;
  int64_t tilesM = getNumTilesM(), tilesN = getNumTilesN();
  Number own{&b, loc, lane};
  Number row =
      toIndex(b, loc,
              Number{&b, loc, warpM} * (tilesM * kMmaM) + Value(own / 4)) +
      lhs.origin;
  Number column =
      toIndex(b, loc,
              Number{&b, loc, warpN} * (tilesN * kMmaN) + Value(own % 4 * 2)) +
      rhs.origin;
  SmallVector<Result> results;
  for (auto [index, value] : llvm::enumerate(accumulators)) {
    int64_t tile = index / 4, part = index % 4;
    results.push_back({value, tile / tilesN * kMmaM + part / 2 * 8,
                       tile % tilesN * kMmaN + part % 2});
  }
  storeResults(row, column, results);
}

void MatmulKernel::buildBody() {
  OpBuilder &b = *builder;
  shared = getSharedMemory(b, loc);
  thread = toI32(b, loc, gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x));
  Number own{&b, loc, thread};
  lane = own % kWarpSize;
  Number warp = own / kWarpSize;
  warpM = warp / schedule.getWarps()[1];
  warpN = warp % schedule.getWarps()[1];

  Tile tile = enterTile(gpu::BlockIdOp::create(b, loc, gpu::Dimension::x),
                        getTile(0), getTile(1));
  lhs.origin = tile.row;
  rhs.origin = tile.column;
  rhs.stageOffset = lhs.layout.getBytes();
  prepare(lhs);
  prepare(rhs);

  // The first stages are on their way before the loop.
  int64_t stageBytes = lhs.layout.getBytes() + rhs.layout.getBytes();
  auto copyStage = [&](Value stage, Value firstK) {
    for (TileOperand *operand : {&lhs, &rhs})
      if (operand->operand->buffer)
        copyTile(*operand, stage, firstK);
      else
        computeTile(*operand, stage, firstK);
    NVVM::CpAsyncCommitGroupOp::create(b, loc);
  };
  for (int64_t stage = 0; stage + 1 < schedule.getStages(); ++stage)
    copyStage(own.get(stage * stageBytes), constant(stage * getTile(2)));

  Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
  SmallVector<Value> sums(getNumTilesM() * getNumTilesN() * 4, zero);
  auto loop = scf::ForOp::create(b, loc, constant(0),
                                 countTilesAlong(matmul.k, getTile(2)),
                                 constant(1), sums);
  {
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(loop.getBody());
    Number step{&b, loc, loop.getInductionVar()};
    NVVM::CpAsyncWaitGroupOp::create(b, loc, schedule.getStages() - 2);
    NVVM::BarrierOp::create(b, loc);
    Number next = step + (schedule.getStages() - 1);
    auto getStage = [&](Number number) -> Value {
      return Number{&b, loc, toI32(b, loc, number % schedule.getStages())} *
             stageBytes;
    };
    copyStage(getStage(next), next * getTile(2));
    scf::YieldOp::create(b, loc,
                         multiply(getStage(step), loop.getRegionIterArgs()));
  }
  // Copies beyond the end, of zeros, must not outlive the block.
  NVVM::CpAsyncWaitGroupOp::create(b, loc, 0);
  storeAccumulators(loop.getResults());
}
