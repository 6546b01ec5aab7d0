//===- EmulateInstructions.cpp - Instructions of a kernel -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulateInstructions.h"
#include "Instruction.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

/// The special register that an op reads.
static std::optional<EmulatedRegister> getRegister(Operation *op) {
  using R = EmulatedRegister;
  return llvm::TypeSwitch<Operation *, std::optional<R>>(op)
      .Case([](NVVM::ThreadIdXOp) { return R::TidX; })
      .Case([](NVVM::ThreadIdYOp) { return R::TidY; })
      .Case([](NVVM::ThreadIdZOp) { return R::TidZ; })
      .Case([](NVVM::BlockDimXOp) { return R::NtidX; })
      .Case([](NVVM::BlockDimYOp) { return R::NtidY; })
      .Case([](NVVM::BlockDimZOp) { return R::NtidZ; })
      .Case([](NVVM::BlockIdXOp) { return R::CtaidX; })
      .Case([](NVVM::BlockIdYOp) { return R::CtaidY; })
      .Case([](NVVM::BlockIdZOp) { return R::CtaidZ; })
      .Case([](NVVM::GridDimXOp) { return R::NctaidX; })
      .Case([](NVVM::GridDimYOp) { return R::NctaidY; })
      .Case([](NVVM::GridDimZOp) { return R::NctaidZ; })
      .Case([](NVVM::ClusterIdXOp) { return R::ClusteridX; })
      .Case([](NVVM::ClusterIdYOp) { return R::ClusteridY; })
      .Case([](NVVM::ClusterIdZOp) { return R::ClusteridZ; })
      .Case([](NVVM::ClusterDimXOp) { return R::NclusteridX; })
      .Case([](NVVM::ClusterDimYOp) { return R::NclusteridY; })
      .Case([](NVVM::ClusterDimZOp) { return R::NclusteridZ; })
      .Case([](NVVM::BlockInClusterIdXOp) { return R::ClusterCtaidX; })
      .Case([](NVVM::BlockInClusterIdYOp) { return R::ClusterCtaidY; })
      .Case([](NVVM::BlockInClusterIdZOp) { return R::ClusterCtaidZ; })
      .Case([](NVVM::ClusterDimBlocksXOp) { return R::ClusterNctaidX; })
      .Case([](NVVM::ClusterDimBlocksYOp) { return R::ClusterNctaidY; })
      .Case([](NVVM::ClusterDimBlocksZOp) { return R::ClusterNctaidZ; })
      .Case([](NVVM::ClusterId) { return R::ClusterCtarank; })
      .Case([](NVVM::ClusterDim) { return R::ClusterNctarank; })
      .Case([](NVVM::LaneIdOp) { return R::LaneId; })
      .Case([](NVVM::WarpIdOp) { return R::WarpId; })
      .Case([](NVVM::LaneMaskEqOp) { return R::LaneMaskEq; })
      .Case([](NVVM::LaneMaskLeOp) { return R::LaneMaskLe; })
      .Case([](NVVM::LaneMaskLtOp) { return R::LaneMaskLt; })
      .Case([](NVVM::LaneMaskGeOp) { return R::LaneMaskGe; })
      .Case([](NVVM::LaneMaskGtOp) { return R::LaneMaskGt; })
      .Case([](NVVM::SmIdOp) { return R::SmId; })
      .Case([](NVVM::ClockOp) { return R::Clock; })
      .Default([](Operation *) { return std::nullopt; });
}

static bool isAsyncProxy(NVVM::ProxyKind kind) {
  return kind == NVVM::ProxyKind::async ||
         kind == NVVM::ProxyKind::async_global ||
         kind == NVVM::ProxyKind::async_shared;
}

/// Ops that order memory or set resources, neither of which the emulator has:
/// it runs one thread at a time, and what must be ordered is found by its
/// clocks at the barriers.
static bool isWithoutEffect(Operation *op) {
  // Of the proxies, only the async one is.
  if (auto fence = dyn_cast<NVVM::FenceProxyOp>(op))
    return !isAsyncProxy(fence.getKind());
  return isa<NVVM::FenceMbarrierInitOp, NVVM::FenceProxyAcquireOp,
             NVVM::FenceProxyReleaseOp, NVVM::FenceProxySyncRestrictOp,
             NVVM::FenceSyncRestrictOp, NVVM::FenceScClusterOp, NVVM::MembarOp,
             NVVM::PrefetchOp, NVVM::CpAsyncBulkPrefetchOp,
             NVVM::CpAsyncBulkTensorPrefetchOp, NVVM::SetMaxRegisterOp,
             NVVM::GriddepcontrolOp>(op);
}

/// Whether an address is of a variable on the stack of its function.
static bool isLocal(Value address) {
  while (auto gep = address.getDefiningOp<LLVM::GEPOp>())
    address = gep.getBase();
  return address.getDefiningOp<LLVM::AllocaOp>() != nullptr;
}

void Instruction::access(Value address, Type type,
                         std::optional<uint64_t> alignment,
                         EmulatedAccess kind) {
  if (isLocal(address))
    return;
  DataLayout layout = DataLayout::closest(op);
  int64_t bytes = layout.getTypeSize(type);
  call("access", nullptr,
       {address, integer(bytes),
        integer(alignment ? *alignment : layout.getTypeABIAlignment(type)),
        integer(static_cast<int32_t>(kind))});
}

LogicalResult Instruction::lower(NVVM::ShflOp shuffle) {
  static_assert(static_cast<int>(NVVM::ShflKind::bfly) == 0 &&
                static_cast<int>(NVVM::ShflKind::up) == 1 &&
                static_cast<int>(NVVM::ShflKind::down) == 2 &&
                static_cast<int>(NVVM::ShflKind::idx) == 3);
  static constexpr EmulatedShuffle modes[] = {
      EmulatedShuffle::Bfly, EmulatedShuffle::Up, EmulatedShuffle::Down,
      EmulatedShuffle::Idx};
  EmulatedShuffle mode = modes[static_cast<int>(shuffle.getKind())];
  Type type = shuffle.getVal().getType();
  bool hasPredicate = shuffle.getReturnValueAndIsValid().has_value();
  Value inRange = hasPredicate
                      ? calls.allocate(builder, op, builder.getI8Type(), 1)
                      : LLVM::ZeroOp::create(builder, loc, pointer());
  Value result =
      cast(call("shuffle", i32(),
                {integer(static_cast<int32_t>(mode)), shuffle.getThreadMask(),
                 cast(shuffle.getVal(), i32()), shuffle.getOffset(),
                 shuffle.getMaskAndClamp(), inRange}),
           type);
  if (!hasPredicate)
    return replace(result);
  Value loaded =
      LLVM::LoadOp::create(builder, loc, builder.getI8Type(), inRange);
  Value isValid =
      LLVM::TruncOp::create(builder, loc, builder.getI1Type(), loaded);
  Value both = LLVM::PoisonOp::create(builder, loc, shuffle.getType());
  both = LLVM::InsertValueOp::create(builder, loc, both, result,
                                     ArrayRef<int64_t>{0});
  return replace(LLVM::InsertValueOp::create(builder, loc, both, isValid,
                                             ArrayRef<int64_t>{1}));
}

LogicalResult Instruction::lower(NVVM::VoteSyncOp vote) {
  EmulatedVote mode = EmulatedVote::All;
  switch (vote.getKind()) {
  case NVVM::VoteSyncKind::any:
    mode = EmulatedVote::Any;
    break;
  case NVVM::VoteSyncKind::all:
    mode = EmulatedVote::All;
    break;
  case NVVM::VoteSyncKind::ballot:
    mode = EmulatedVote::Ballot;
    break;
  case NVVM::VoteSyncKind::uni:
    mode = EmulatedVote::Uni;
    break;
  }
  return replace(call("vote", i32(),
                      {integer(static_cast<int32_t>(mode)), vote.getMask(),
                       cast(vote.getPred(), i32())}));
}

/// tf32 has the exponent of f32 and 10 bits of fraction; to nearest, ties away
/// from zero (PTX ISA, cvt.rna.tf32.f32).
LogicalResult Instruction::lower(NVVM::ConvertFloatToTF32Op convert) {
  if (convert.getRnd() != NVVM::FPRoundingMode::RNA || convert.getRelu() ||
      convert.getSat() != NVVM::SaturationMode::NONE)
    return op->emitOpError("is emulated with rounding rna only");
  Value bits = cast(convert.getSrc(), i32());
  Value rounded = LLVM::AddOp::create(builder, loc, bits, integer(0x1000));
  rounded = LLVM::AndOp::create(builder, loc, rounded, integer(0xffffe000));
  // Infinities and NaNs stay.
  Value exponent = LLVM::AndOp::create(builder, loc, bits, integer(0x7f800000));
  Value isSpecial = LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::eq,
                                         exponent, integer(0x7f800000));
  return replace(
      LLVM::SelectOp::create(builder, loc, isSpecial, bits, rounded));
}

/// The bytes of two words that a selector names, four bits each, of which the
/// last asks for copies of the byte's sign (PTX ISA, prmt in its default mode).
LogicalResult Instruction::lower(NVVM::PermuteOp permute) {
  if (permute.getMode() != NVVM::PermuteMode::DEFAULT || !permute.getHi())
    return op->emitOpError("is emulated in its default mode only");
  auto mask = [&](Value from, int32_t bits) -> Value {
    return LLVM::AndOp::create(builder, loc, from, integer(bits));
  };
  auto shift = [&](Value from, Value bits) -> Value {
    return LLVM::LShrOp::create(builder, loc, from, bits);
  };
  auto isSet = [&](Value bits) -> Value {
    return LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, bits,
                                integer(0));
  };
  Value result = integer(0);
  for (int32_t i = 0; i < 4; ++i) {
    Value part = shift(permute.getSelector(), integer(4 * i));
    Value from = LLVM::SelectOp::create(builder, loc, isSet(mask(part, 4)),
                                        permute.getHi(), permute.getLo());
    Value place = LLVM::ShlOp::create(builder, loc, mask(part, 3), integer(3));
    Value byte = mask(shift(from, place), 0xff);
    Value sign = LLVM::SelectOp::create(builder, loc, isSet(mask(byte, 0x80)),
                                        integer(0xff), integer(0));
    byte =
        LLVM::SelectOp::create(builder, loc, isSet(mask(part, 8)), sign, byte);
    byte = LLVM::ShlOp::create(builder, loc, byte, integer(i * 8));
    result = LLVM::OrOp::create(builder, loc, result, byte);
  }
  return replace(result);
}

/// The sum of the products of bits for which the table has a one.
LogicalResult Instruction::lower(kernel::Lop3Op lop) {
  Value all = integer(-1), result = integer(0);
  for (uint32_t i = 0; i < 8; ++i) {
    if (!(lop.getTable() >> i & 1))
      continue;
    Value product = all;
    for (auto [place, operand] : llvm::enumerate(lop->getOperands())) {
      Value factor = operand;
      if (!(i >> (2 - place) & 1))
        factor = LLVM::XOrOp::create(builder, loc, operand, all);
      product = LLVM::AndOp::create(builder, loc, product, factor);
    }
    result = LLVM::OrOp::create(builder, loc, result, product);
  }
  return replace(result);
}

LogicalResult Instruction::lower(bool checkAccesses) {
  if (std::optional<EmulatedRegister> reg = getRegister(op))
    return replace(call("register", i32(),
                        {integer(static_cast<int32_t>(*reg))},
                        /*isPure=*/*reg != EmulatedRegister::Clock));
  if (isWithoutEffect(op))
    return replace({});
  if (isa<LLVM::LLVMDialect>(op->getDialect())) {
    if (auto function = dyn_cast<LLVM::CallIntrinsicOp>(op))
      return lower(function);
    if (isa<LLVM::InlineAsmOp>(op))
      return op->emitOpError("is not emulated: expected an op of its own for "
                             "the instruction");
    if (!checkAccesses)
      return success();
    llvm::TypeSwitch<Operation *>(op)
        .Case([&](LLVM::LoadOp load) {
          access(load.getAddr(), load.getType(), load.getAlignment(),
                 EmulatedAccess::Load);
        })
        .Case([&](LLVM::StoreOp store) {
          access(store.getAddr(), store.getValue().getType(),
                 store.getAlignment(), EmulatedAccess::Store);
        })
        .Case([&](LLVM::AtomicRMWOp atomic) {
          access(atomic.getPtr(), atomic.getType(), atomic.getAlignment(),
                 EmulatedAccess::Atomic);
        })
        .Case([&](LLVM::AtomicCmpXchgOp atomic) {
          access(atomic.getPtr(), atomic.getVal().getType(),
                 atomic.getAlignment(), EmulatedAccess::Atomic);
        });
    return success();
  }

  if (auto isRelaxed = op->getAttrOfType<BoolAttr>("relaxed");
      isRelaxed && isRelaxed.getValue())
    return op->emitOpError("without an order of memory is not emulated");
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](NVVM::WarpSizeOp) { return replace(integer(32)); })
      .Case([&](NVVM::Barrier0Op) {
        call("barrier", nullptr, {integer(0), integer(0)});
        return replace({});
      })
      .Case([&](NVVM::BarrierOp barrier) -> LogicalResult {
        if (barrier.getReductionOp())
          return op->emitOpError("with a reduction is not emulated");
        call("barrier", nullptr,
             {orConstant(barrier.getBarrierId(), 0),
              orConstant(barrier.getNumberOfThreads(), 0)});
        return replace({});
      })
      .Case([&](NVVM::BarrierArriveOp arrive) {
        call("barrier_arrive", nullptr,
             {orConstant(arrive.getBarrierId(), 0),
              arrive.getNumberOfThreads()});
        return replace({});
      })
      .Case([&](NVVM::ClusterArriveOp) {
        call("cluster_arrive", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::ClusterWaitOp) {
        call("cluster_wait", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::SyncWarpOp sync) {
        call("syncwarp", nullptr, {sync.getMask()});
        return replace({});
      })
      .Case([&](NVVM::ElectSyncOp elect) -> LogicalResult {
        if (elect.getMembermask())
          return op->emitOpError("is emulated for whole warps only");
        return replace(call("elect", i32(), {}));
      })
      .Case<NVVM::ShflOp, NVVM::VoteSyncOp, NVVM::LdMatrixOp, NVVM::StMatrixOp,
            NVVM::MmaOp, NVVM::MmaSpOp, NVVM::ConvertFloatToTF32Op,
            NVVM::PermuteOp, kernel::Lop3Op, kernel::MmaOp>(
          [&](auto o) { return lower(o); })
      // Hints for caches have no effect.
      .Case([&](kernel::EvictFirstOp) { return replace(integer(0, 64)); })
      .Case([&](NVVM::MapaOp map) {
        return replace(call("map_shared", pointer(), {map.getA(), map.getB()}));
      })
      .Case([&](NVVM::FenceProxyOp) {
        call("fence_proxy", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::WgmmaFenceAlignedOp) {
        call("wgmma_fence", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::WgmmaGroupSyncAlignedOp) {
        call("wgmma_commit", nullptr, {});
        return replace({});
      })
      .Case([&](NVVM::WgmmaWaitGroupSyncOp wait) {
        call("wgmma_wait", nullptr, {integer(wait.getGroup())});
        return replace({});
      })
      .Default([&](Operation *) { return lowerCopy(); });
}

LogicalResult compress::emulateInstruction(Operation *op, EmulatedCalls &calls,
                                           bool checkAccesses) {
  return Instruction(op, calls).lower(checkAccesses);
}
