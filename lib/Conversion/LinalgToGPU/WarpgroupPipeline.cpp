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
/// Registers of a thread of each of three warpgroups together: a launch gives
/// all threads the same, which is at most 168.
static constexpr int64_t kBlockRegisters = 3 * 168;

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
  setRegisters(producer.registers, NVVM::SetMaxRegisterAction::decrease);
  if (producer.isWarpgroup)
    produce();
  else
    callOnce(produce);
  b.setInsertionPointToStart(roles.elseBlock());
  setRegisters((kBlockRegisters - producer.registers) / 2,
               NVVM::SetMaxRegisterAction::increase);
  consume();
}

void WarpgroupPipeline::callOnce(llvm::function_ref<void()> fn) {
  OpBuilder &b = *builder;
  Number own{&b, loc, thread};
  auto isFirst = scf::IfOp::create(b, loc, own.less(own.get(1)));
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(isFirst.thenBlock());
  fn();
}

scf::ForOp WarpgroupPipeline::startTiles(Value tiles, Position &position,
                                         bool isProducer) {
  OpBuilder &b = *builder;
  Value block = gpu::BlockIdOp::create(b, loc, gpu::Dimension::x);
  Value blocks = gpu::GridDimOp::create(b, loc, gpu::Dimension::x);
  Value zero = arith::ConstantIntOp::create(b, loc, 0, 32);
  SmallVector<Value> start(isProducer && getDelay() > 0 ? 3 : 2, zero);
  auto loop = scf::ForOp::create(b, loc, block, tiles, blocks, start);
  b.setInsertionPointToStart(loop.getBody());
  position = getPosition(loop.getRegionIterArgs());
  return loop;
}

SmallVector<Value>
WarpgroupPipeline::getValues(const Position &position) const {
  SmallVector<Value> values = {position.stage, position.phase};
  if (position.filled)
    values.push_back(position.filled);
  return values;
}

WarpgroupPipeline::Position WarpgroupPipeline::getPosition(ValueRange values) {
  return {values[0], values[1], values.size() > 2 ? values[2] : Value()};
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
  // At the first of a stage's two the thread arrives that starts bulk copies,
  // and one of every warp that copies else, at the second one of every warp
  // that multiplies.
  int64_t arrivals = producer.hasBulk + producer.isWarpgroup * kWarps;
  callOnce([&] {
    for (int64_t stage = 0; stage < stages; ++stage) {
      Value number = own.get(stage);
      NVVM::MBarrierInitOp::create(b, loc, TypeRange(),
                                   getBarrier(number, /*isFull=*/true),
                                   own.get(arrivals), /*predicate=*/Value());
      NVVM::MBarrierInitOp::create(b, loc, TypeRange(),
                                   getBarrier(number, /*isFull=*/false),
                                   own.get(consumers * kWarps),
                                   /*predicate=*/Value());
    }
    NVVM::FenceMbarrierInitOp::create(b, loc);
  });
  NVVM::BarrierOp::create(b, loc);
}

WarpgroupPipeline::Position
WarpgroupPipeline::advance(const Position &position) {
  OpBuilder &b = *builder;
  Number stage{&b, loc, position.stage}, phase{&b, loc, position.phase};
  Number next = stage + 1;
  Value isLast = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, next,
                                       next.get(stages));
  Position result = {
      arith::SelectOp::create(b, loc, isLast, next.get(0), next),
      arith::SelectOp::create(b, loc, isLast, phase ^ phase.get(1), phase),
      {}};
  if (position.filled)
    result.filled = Number{&b, loc, position.filled} + 1;
  return result;
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
  auto loop = scf::ForOp::create(
      b, loc, arith::ConstantIndexOp::create(b, loc, 0), steps,
      arith::ConstantIndexOp::create(b, loc, 1), getValues(position));
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(loop.getBody());
  position = getPosition(loop.getRegionIterArgs());
  // In the first round every stage is empty.
  Number phase{&b, loc, position.phase};
  wait(getBarrier(position.stage, /*isFull=*/false), phase ^ phase.get(1));
  copy(loop.getInductionVar(), position.stage,
       getBarrier(position.stage, /*isFull=*/true));
  if (producer.isWarpgroup) {
    if (producer.isAsync)
      NVVM::CpAsyncCommitGroupOp::create(b, loc);
    sealWrites(getDelay());
    announce(position, getDelay());
  }
  scf::YieldOp::create(b, loc, getValues(advance(position)));
  return loop.getResults();
}

/// Waits for the warp's copies, all but those of some stages, and makes what
/// they and its threads have written known to wgmma, which reads shared memory
/// by the async proxy.
void WarpgroupPipeline::sealWrites(int64_t groups) {
  OpBuilder &b = *builder;
  MLIRContext *context = b.getContext();
  if (producer.isAsync)
    NVVM::CpAsyncWaitGroupOp::create(b, loc, groups);
  NVVM::FenceProxyOp::create(
      b, loc, NVVM::ProxyKindAttr::get(context, NVVM::ProxyKind::async_shared),
      NVVM::SharedSpaceAttr::get(context, NVVM::SharedSpace::shared_cta));
  Number own{&b, loc, lane};
  NVVM::SyncWarpOp::create(b, loc, own.get(-1));
}

/// Says, for the warp, that the stage is full that was filled so many stages
/// before, if there was one.
void WarpgroupPipeline::announce(const Position &position, int64_t behind) {
  OpBuilder &b = *builder;
  Number own{&b, loc, lane}, stage{&b, loc, position.stage};
  Value condition = own.less(own.get(1));
  if (behind > 0) {
    Number before = stage - stage.get(behind);
    stage = stage.with(arith::SelectOp::create(
        b, loc, stage.less(stage.get(behind)), before + stages, before));
    condition = arith::AndIOp::create(
        b, loc, condition, own.with(own.get(behind - 1)).less(position.filled));
  }
  auto guard = scf::IfOp::create(b, loc, condition);
  OpBuilder::InsertionGuard insertion(b);
  b.setInsertionPointToStart(guard.thenBlock());
  NVVM::MBarrierArriveOp::create(b, loc, TypeRange(),
                                 getBarrier(stage, /*isFull=*/true),
                                 /*count=*/Value(), NVVM::MemScopeKind::CTA);
}

void WarpgroupPipeline::finish(scf::ForOp tiles) {
  if (!getDelay())
    return;
  sealWrites(/*groups=*/0);
  for (int64_t behind = getDelay(); behind > 0; --behind)
    announce(getPosition(tiles.getResults()), behind);
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
