//===- WarpgroupPipeline.cpp - Who copies and who multiplies --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WarpgroupPipeline.h"
#include "Kernel.h"
#include "SharedMemory.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr int64_t kWarps = kernel::WgmmaAttr::kWarpgroup / kWarpSize;
/// Lines of 128 bytes after which a swizzle repeats.
static constexpr int64_t kAtomLines = 8, kLineBytes = 128;

//===----------------------------------------------------------------------===//
// Roles
//===----------------------------------------------------------------------===//

void WarpgroupPipeline::start(OpBuilder &kernel, Location at) {
  builder = &kernel;
  loc = at;
  OpBuilder &b = *builder;
  shared = getSharedMemory(b, loc);
  thread = toI32(b, loc, gpu::ThreadIdOp::create(b, loc, gpu::Dimension::x));
  Number own{&b, loc, thread};
  lane = own % kWarpSize;
  // All lanes know that they are of one warp, and branch together.
  Value warpInBlock = NVVM::ShflOp::create(
      b, loc, b.getI32Type(), own.get(-1), own / kWarpSize, own.get(0),
      own.get(kWarpSize - 1), NVVM::ShflKind::idx,
      /*return_value_and_is_valid=*/UnitAttr());
  Number number{&b, loc, warpInBlock};
  Number group = number / kWarps;
  warp = number % kWarps;
  consumer = group - group.get(1);
  isProducer = group.less(group.get(1));
  initializeBarriers();
}

void WarpgroupPipeline::branch(llvm::function_ref<void()> produce,
                               llvm::function_ref<void()> consume) {
  OpBuilder &b = *builder;
  // Registers of the warpgroup that copies go to the others; one alone has
  // enough.
  auto setRegisters = [&](int64_t count, NVVM::SetMaxRegisterAction action) {
    if (consumers > 1)
      NVVM::SetMaxRegisterOp::create(b, loc, count, action);
  };
  auto roles = scf::IfOp::create(b, loc, isProducer, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(roles.thenBlock());
  setRegisters(40, NVVM::SetMaxRegisterAction::decrease);
  Number own{&b, loc, thread};
  auto isFirst = scf::IfOp::create(b, loc, own.less(own.get(1)));
  b.setInsertionPointToStart(isFirst.thenBlock());
  produce();
  b.setInsertionPointToStart(roles.elseBlock());
  setRegisters(232, NVVM::SetMaxRegisterAction::increase);
  consume();
}

scf::ForOp WarpgroupPipeline::startTiles(Value tiles, Position &position) {
  OpBuilder &b = *builder;
  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  Value blocks = gpu::GridDimOp::create(b, loc, gpu::Dimension::x);
  Value zero = arith::ConstantIntOp::create(b, loc, 0, 32);
  auto loop =
      scf::ForOp::create(b, loc, block, tiles, blocks, ValueRange{zero, zero});
  b.setInsertionPointToStart(loop.getBody());
  position = {loop.getRegionIterArg(0), loop.getRegionIterArg(1)};
  return loop;
}

//===----------------------------------------------------------------------===//
// Barriers
//===----------------------------------------------------------------------===//

/// The barrier of a stage that ends a phase when the stage is full, or empty.
/// Barriers of one kind lie side by side after the stages.
Value WarpgroupPipeline::getBarrier(Value stage, bool isFull) {
  Number at = Number{builder, loc, stage} * 8;
  return getByte(*builder, loc, shared,
                 at + stages * (stageBytes + (isFull ? 0 : 8)));
}

void WarpgroupPipeline::initializeBarriers() {
  OpBuilder &b = *builder;
  Number own{&b, loc, thread};
  auto isFirst = scf::IfOp::create(b, loc, own.less(own.get(1)));
  {
    OpBuilder::InsertionGuard insertion(b);
    b.setInsertionPointToStart(isFirst.thenBlock());
    for (int64_t stage = 0; stage < stages; ++stage) {
      Value number = own.get(stage);
      // The copying thread arrives at the first, a thread of every warp that
      // multiplies at the second.
      NVVM::MBarrierInitOp::create(b, loc, TypeRange(),
                                   getBarrier(number, /*isFull=*/true),
                                   own.get(1), /*predicate=*/Value());
      NVVM::MBarrierInitOp::create(b, loc, TypeRange(),
                                   getBarrier(number, /*isFull=*/false),
                                   own.get(consumers * kWarps),
                                   /*predicate=*/Value());
    }
    NVVM::FenceMbarrierInitOp::create(b, loc);
  }
  NVVM::BarrierOp::create(b, loc);
}

WarpgroupPipeline::Position
WarpgroupPipeline::advance(const Position &position) {
  OpBuilder &b = *builder;
  Number stage{&b, loc, position.stage}, phase{&b, loc, position.phase};
  Number next = stage + 1;
  Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, next,
                                       next.get(stages));
  return {arith::SelectOp::create(b, loc, isLast, next.get(0), next),
          arith::SelectOp::create(b, loc, isLast, phase ^ phase.get(1), phase)};
}

void WarpgroupPipeline::wait(Value barrier, Value phase) {
  // How long one attempt may sleep, in nanoseconds; the op tries again.
  constexpr int64_t ticks = 10000000;
  NVVM::MBarrierTryWaitParityOp::create(
      *builder, loc, barrier, phase,
      arith::ConstantIntOp::create(*builder, loc, ticks, 32));
}

void WarpgroupPipeline::waitUntilFull(const Position &position) {
  wait(getBarrier(position.stage, /*isFull=*/true), position.phase);
}

void WarpgroupPipeline::releaseIf(Value condition, Value stage) {
  OpBuilder &b = *builder;
  Number own{&b, loc, lane};
  auto guard = scf::IfOp::create(
      b, loc, arith::AndIOp::create(b, loc, condition, own.less(own.get(1))));
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(guard.thenBlock());
  NVVM::MBarrierArriveOp::create(b, loc, TypeRange(),
                                 getBarrier(stage, /*isFull=*/false),
                                 /*count=*/Value(), NVVM::MemScopeKind::CTA);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

ValueRange WarpgroupPipeline::fill(
    Value steps, Position position,
    llvm::function_ref<void(Value step, Value stage, Value full)> copy) {
  OpBuilder &b = *builder;
  auto loop =
      scf::ForOp::create(b, loc, arith::ConstantIndexOp::create(b, loc, 0),
                         steps, arith::ConstantIndexOp::create(b, loc, 1),
                         ValueRange{position.stage, position.phase});
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(loop.getBody());
  position = {loop.getRegionIterArg(0), loop.getRegionIterArg(1)};
  // In the first round every stage is empty.
  Number phase{&b, loc, position.phase};
  wait(getBarrier(position.stage, /*isFull=*/false), phase ^ phase.get(1));
  copy(loop.getInductionVar(), position.stage,
       getBarrier(position.stage, /*isFull=*/true));
  Position next = advance(position);
  scf::YieldOp::create(b, loc, ValueRange{next.stage, next.phase});
  return loop.getResults();
}

void WarpgroupPipeline::expect(Value full, Value bytes) {
  NVVM::MBarrierArriveExpectTxOp::create(
      *builder, loc, TypeRange(), full, bytes, NVVM::MemScopeKind::CTA,
      /*relaxed=*/false, /*predicate=*/Value());
}

Value compress::makeDescriptor(OpBuilder &b, Location loc, Value shared,
                               Value byte, int64_t leading) {
  auto i64 = [&](int64_t value) -> Value {
    return arith::ConstantIntOp::create(b, loc, value, 64);
  };
  Number address{&b, loc,
                 LLVM::PtrToIntOp::create(b, loc, b.getI32Type(), shared)};
  Value start = arith::ExtUIOp::create(b, loc, b.getI64Type(), address + byte);
  Number field =
      Number{&b, loc, arith::AndIOp::create(b, loc, start, i64(0x3ffff))} / 16;
  constexpr int64_t atom = kAtomLines * kLineBytes / 16;
  return field + Value(i64(int64_t(1) << 62 | atom << 32 | leading / 16 << 16));
}

Value compress::toCluster(OpBuilder &b, Location loc, Value address) {
  auto type = LLVM::LLVMPointerType::get(
      b.getContext(),
      static_cast<unsigned>(NVVM::NVVMMemorySpace::SharedCluster));
  return LLVM::AddrSpaceCastOp::create(b, loc, type, address);
}

void compress::copyBox(OpBuilder &b, Location loc, Value map, Value to,
                       ValueRange coordinates, Value barrier) {
  NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp::create(
      b, loc, toCluster(b, loc, to), map, coordinates, barrier,
      /*im2colOffsets=*/ValueRange(),
      /*multicastMask=*/Value(), /*l2CacheHint=*/Value(),
      NVVM::TMALoadMode::TILE, /*isCTAOnly=*/false, /*group=*/nullptr,
      /*predicate=*/Value());
}
