//===- EmulateCopies.cpp - Asynchronous copies and mbarriers --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Instruction.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

LogicalResult
Instruction::lower(NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp copy) {
  if (copy.getMode() != NVVM::TMALoadMode::TILE ||
      !copy.getIm2colOffsets().empty() || copy.getGroup())
    return op->emitOpError("is emulated in tile mode only");
  if (copy.getPredicate())
    return op->emitOpError("with a predicate is not emulated");
  call("tma_load", nullptr,
       {copy.getDstMem(), copy.getTmaDescriptor(),
        calls.spill(builder, op, copy.getCoordinates()),
        integer(copy.getCoordinates().size()), copy.getMbar(),
        multicast(copy.getMulticastMask())});
  return replace({});
}

LogicalResult
Instruction::lower(NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp copy) {
  if (copy.getMode() != NVVM::TMAStoreMode::TILE)
    return op->emitOpError("is emulated in tile mode only");
  if (copy.getPredicate())
    return op->emitOpError("with a predicate is not emulated");
  call("tma_store", nullptr,
       {copy.getTmaDescriptor(), copy.getSrcMem(),
        calls.spill(builder, op, copy.getCoordinates()),
        integer(copy.getCoordinates().size())});
  return replace({});
}

LogicalResult
Instruction::lower(NVVM::CpAsyncBulkGlobalToSharedClusterOp copy) {
  call("bulk_load", nullptr,
       {copy.getDstMem(), copy.getSrcMem(), copy.getMbar(), copy.getSize(),
        multicast(copy.getMulticastMask())});
  return replace({});
}

LogicalResult Instruction::lower(NVVM::CpAsyncBulkSharedCTAToGlobalOp copy) {
  if (copy.getByteMask())
    return op->emitOpError("with a mask of bytes is not emulated");
  call("bulk_store", nullptr,
       {copy.getDstMem(), copy.getSrcMem(), copy.getSize()});
  return replace({});
}

LogicalResult Instruction::lowerCopy() {
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](NVVM::CpAsyncOp copy) {
        call("cp_async", nullptr,
             {copy.getDst(), copy.getSrc(), integer(copy.getSize()),
              orConstant(copy.getCpSize(), copy.getSize())});
        return replace({});
      })
      .Case([&](kernel::CpAsyncOp copy) {
        call("cp_async", nullptr,
             {copy.getTo(), copy.getFrom(), integer(16), copy.getBytes()});
        return replace({});
      })
      .Case([&](NVVM::CpAsyncCommitGroupOp) {
        call("cp_async_commit", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::CpAsyncWaitGroupOp wait) {
        call("cp_async_wait", nullptr, {integer(wait.getN())});
        return replace({});
      })
      .Case([&](NVVM::CpAsyncMBarrierArriveOp arrive) {
        call("cp_async_arrive", nullptr,
             {arrive.getAddr(), integer(arrive.getNoinc())});
        return replace({});
      })
      .Case<NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp,
            NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp,
            NVVM::CpAsyncBulkGlobalToSharedClusterOp,
            NVVM::CpAsyncBulkSharedCTAToGlobalOp>(
          [&](auto o) { return lower(o); })
      .Case([&](NVVM::CpAsyncBulkSharedCTAToSharedClusterOp copy) {
        call("bulk_load", nullptr,
             {copy.getDstMem(), copy.getSrcMem(), copy.getMbar(),
              copy.getSize(), integer(-1)});
        return replace({});
      })
      .Case([&](NVVM::CpAsyncBulkCommitGroupOp) {
        call("bulk_commit", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::CpAsyncBulkWaitGroupOp wait) {
        call("bulk_wait", nullptr,
             {integer(wait.getGroup()), integer(wait.getRead().has_value())});
        return replace({});
      })
      .Default([&](Operation *) { return lowerMBarrier(); });
}

LogicalResult Instruction::lowerMBarrier() {
  // An arrival, whose state token not every op returns.
  auto arrive = [&](StringRef name, Value address, Value count, Value bytes) {
    Value state = call(name, builder.getI64Type(), {address, count, bytes});
    return replace(op->getNumResults() ? state : Value());
  };
  // By a state token or by the parity of a phase.
  auto test = [&](StringRef name, Value address, Value stateOrPhase) {
    bool isState = stateOrPhase.getType().isInteger(64);
    return replace(call((name + (isState ? "" : "_parity")).str(), i32(),
                        {address, stateOrPhase}));
  };
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](NVVM::MBarrierInitOp init) -> LogicalResult {
        if (init.getPredicate())
          return op->emitOpError("with a predicate is not emulated");
        call("mbarrier_init", nullptr, {init.getAddr(), init.getCount()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierInvalOp inval) {
        call("mbarrier_inval", nullptr, {inval.getAddr()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierArriveOp o) {
        return arrive("mbarrier_arrive", o.getAddr(),
                      orConstant(o.getCount(), 1), integer(0));
      })
      .Case([&](NVVM::MBarrierArriveExpectTxOp o) -> LogicalResult {
        if (o.getPredicate())
          return op->emitOpError("with a predicate is not emulated");
        return arrive("mbarrier_arrive", o.getAddr(), integer(1),
                      o.getTxcount());
      })
      .Case([&](NVVM::MBarrierExpectTxOp expect) {
        call("mbarrier_expect", nullptr,
             {expect.getAddr(), expect.getTxcount()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierArriveNocompleteOp o) {
        return arrive("mbarrier_arrive", o.getAddr(), o.getCount(), integer(0));
      })
      .Case([&](NVVM::MBarrierArriveDropOp o) {
        return arrive("mbarrier_drop", o.getAddr(), orConstant(o.getCount(), 1),
                      integer(0));
      })
      .Case([&](NVVM::MBarrierArriveDropNocompleteOp o) {
        return arrive("mbarrier_drop", o.getAddr(), o.getCount(), integer(0));
      })
      .Case([&](NVVM::MBarrierArriveDropExpectTxOp o) {
        return arrive("mbarrier_drop", o.getAddr(), integer(1), o.getTxcount());
      })
      .Case([&](NVVM::MBarrierCompleteTxOp complete) {
        call("mbarrier_complete", nullptr,
             {complete.getAddr(), complete.getTxcount()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierTryWaitParityOp wait) {
        call("mbarrier_wait_parity", i32(), {wait.getAddr(), wait.getPhase()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierTestWaitOp o) {
        return test("mbarrier_test", o.getAddr(), o.getStateOrPhase());
      })
      // It may wait as long as it likes.
      .Case([&](NVVM::MBarrierTryWaitOp o) {
        return test("mbarrier_wait", o.getAddr(), o.getStateOrPhase());
      })
      .Default([&](Operation *) {
        return op->emitOpError("is not an instruction that the emulator knows");
      });
}
