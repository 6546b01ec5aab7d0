//===- EmulateInstructions.cpp - Instructions of a kernel -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulateInstructions.h"
#include "compress/Runtime/EmulatedABI.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/DataLayoutInterfaces.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;
using runtime::EmulatedAccess;
using runtime::EmulatedRegister;
using runtime::EmulatedShuffle;
using runtime::EmulatedType;
using runtime::EmulatedVote;

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

/// Ops that order memory or set resources, neither of which the emulator has:
/// it runs one thread at a time, and what must be ordered is found by its
/// clocks at the barriers.
static bool isWithoutEffect(Operation *op) {
  return isa<NVVM::FenceMbarrierInitOp, NVVM::FenceProxyOp,
             NVVM::FenceScClusterOp, NVVM::MembarOp, NVVM::PrefetchOp,
             NVVM::SetMaxRegisterOp, NVVM::GriddepcontrolOp>(op);
}

static std::optional<EmulatedType> getType(NVVM::MMATypes type) {
  switch (type) {
  case NVVM::MMATypes::f16:
    return EmulatedType::F16;
  case NVVM::MMATypes::bf16:
    return EmulatedType::BF16;
  case NVVM::MMATypes::tf32:
    return EmulatedType::TF32;
  case NVVM::MMATypes::f32:
    return EmulatedType::F32;
  case NVVM::MMATypes::f64:
    return EmulatedType::F64;
  case NVVM::MMATypes::e4m3:
    return EmulatedType::E4M3;
  case NVVM::MMATypes::e5m2:
    return EmulatedType::E5M2;
  case NVVM::MMATypes::s8:
    return EmulatedType::S8;
  case NVVM::MMATypes::u8:
    return EmulatedType::U8;
  case NVVM::MMATypes::s4:
    return EmulatedType::S4;
  case NVVM::MMATypes::u4:
    return EmulatedType::U4;
  case NVVM::MMATypes::s32:
    return EmulatedType::S32;
  default:
    return std::nullopt;
  }
}

namespace {
/// Lowers one op, at which the builder stands.
class Instruction {
public:
  Instruction(Operation *op, EmulatedCalls &calls)
      : op(op), loc(op->getLoc()), builder(op), calls(calls) {}

  LogicalResult lower(bool checkAccesses);

private:
  Value integer(int64_t value, unsigned width = 32) {
    return calls.constant(builder, loc, value, width);
  }
  /// An operand, or a constant where there is none.
  Value orConstant(Value value, int64_t constant) {
    return value ? value : integer(constant);
  }
  Value site() { return calls.site(builder, op); }
  Type i32() { return builder.getI32Type(); }
  Type pointer() { return LLVM::LLVMPointerType::get(builder.getContext()); }

  Value call(StringRef name, Type result, ValueRange arguments,
             bool isPure = false) {
    SmallVector<Value> all(arguments);
    if (!isPure)
      all.push_back(site());
    return calls.call(builder, loc, name, result, all, isPure);
  }

  LogicalResult replace(Value value) {
    if (value) {
      if (value.getType() != op->getResult(0).getType())
        value = cast(value, op->getResult(0).getType());
      op->getResult(0).replaceAllUsesWith(value);
    }
    op->erase();
    return success();
  }

  /// Between an i32, which the emulator passes, and what an op has.
  Value cast(Value value, Type type) {
    if (value.getType() == type)
      return value;
    if (type.isInteger(1))
      return LLVM::ICmpOp::create(builder, loc, LLVM::ICmpPredicate::ne, value,
                                  integer(0));
    if (value.getType().isInteger(1))
      return LLVM::ZExtOp::create(builder, loc, type, value);
    return LLVM::BitcastOp::create(builder, loc, type, value);
  }

  /// Before a read or write of `type` at `address`.
  void access(Value address, Type type, std::optional<uint64_t> alignment,
              EmulatedAccess kind);

  LogicalResult lower(NVVM::ShflOp shuffle);
  LogicalResult lower(NVVM::VoteSyncOp vote);
  LogicalResult lower(NVVM::LdMatrixOp load);
  LogicalResult lower(NVVM::StMatrixOp store);
  LogicalResult lower(NVVM::MmaOp mma);
  LogicalResult lower(NVVM::MmaSpOp mma);
  LogicalResult lower(NVVM::CpAsyncOp copy);
  LogicalResult lower(NVVM::ConvertFloatToTF32Op convert);
  template <typename Mma>
  LogicalResult lowerMma(Mma mma, std::optional<NVVM::MMATypes> accumulator,
                         std::optional<NVVM::MMATypes> result, bool isSparse,
                         Value metadata, int32_t selector);

  Operation *op;
  Location loc;
  OpBuilder builder;
  EmulatedCalls &calls;
};
} // namespace

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

/// 8x8 matrices of 16-bit elements.
static bool isPlainMatrix(NVVM::LdStMatrixShapeAttr shape,
                          NVVM::LdStMatrixEltType type) {
  return shape.getM() == 8 && shape.getN() == 8 &&
         type == NVVM::LdStMatrixEltType::B16;
}

LogicalResult Instruction::lower(NVVM::LdMatrixOp load) {
  if (!isPlainMatrix(load.getShape(), load.getEltType()))
    return op->emitOpError("of another form than m8n8.b16 is not emulated");
  Value memory = calls.allocate(builder, op, i32(), load.getNum());
  call("ldmatrix", nullptr,
       {memory, load.getPtr(), integer(load.getNum()),
        integer(load.getLayout() == NVVM::MMALayout::col)});
  return replace(
      LLVM::LoadOp::create(builder, loc, load.getRes().getType(), memory));
}

LogicalResult Instruction::lower(NVVM::StMatrixOp store) {
  if (!isPlainMatrix(store.getShape(), store.getEltType()))
    return op->emitOpError("of another form than m8n8.b16 is not emulated");
  call("stmatrix", nullptr,
       {calls.spill(builder, op, store.getSources()), store.getPtr(),
        integer(store.getSources().size()),
        integer(store.getLayout() == NVVM::MMALayout::col)});
  return replace({});
}

template <typename Mma>
LogicalResult
Instruction::lowerMma(Mma mma, std::optional<NVVM::MMATypes> accumulator,
                      std::optional<NVVM::MMATypes> result, bool isSparse,
                      Value metadata, int32_t selector) {
  std::optional<EmulatedType> types[4];
  std::optional<NVVM::MMATypes> found[] = {mma.getMultiplicandAPtxType(),
                                           mma.getMultiplicandBPtxType(),
                                           accumulator, result};
  for (auto [type, ptx] : llvm::zip(types, found)) {
    if (ptx)
      type = getType(*ptx);
    if (!type)
      return op->emitOpError("has an operand whose type is not emulated");
  }
  NVVM::MMAShapeAttr shape = mma.getShape();
  bool saturates =
      mma.getIntOverflowBehavior() == NVVM::MMAIntOverflow::satfinite;
  // The fields of EmulatedMma.
  Value form = calls.constantWords(
      builder, loc,
      {shape.getM(), shape.getN(), shape.getK(),
       static_cast<int32_t>(*types[0]), static_cast<int32_t>(*types[1]),
       static_cast<int32_t>(*types[2]), static_cast<int32_t>(*types[3]),
       saturates, isSparse, selector});
  Value memory = calls.allocate(builder, op, mma.getRes().getType(), 1);
  call("mma", nullptr,
       {memory, calls.spill(builder, op, mma.getOperandA()),
        calls.spill(builder, op, mma.getOperandB()),
        calls.spill(builder, op, mma.getOperandC()), metadata, form});
  return replace(
      LLVM::LoadOp::create(builder, loc, mma.getRes().getType(), memory));
}

LogicalResult Instruction::lower(NVVM::MmaOp mma) {
  if (mma.getLayoutA() != NVVM::MMALayout::row ||
      mma.getLayoutB() != NVVM::MMALayout::col)
    return op->emitOpError("is emulated with A by rows and B by columns only");
  return lowerMma(mma, mma.accumPtxType(), mma.resultPtxType(),
                  /*isSparse=*/false, integer(0), 0);
}

LogicalResult Instruction::lower(NVVM::MmaSpOp mma) {
  APInt selector;
  if (!matchPattern(mma.getSparsitySelector(), m_ConstantInt(&selector)))
    return op->emitOpError("needs a constant selector");
  if (!mma.getOrderedMetadata())
    return op->emitOpError("is emulated with ordered metadata only");
  return lowerMma(mma, mma.accumPtxType(), mma.resultPtxType(),
                  /*isSparse=*/true, mma.getSparseMetadata(),
                  selector.getSExtValue());
}

LogicalResult Instruction::lower(NVVM::CpAsyncOp copy) {
  call("cp_async", nullptr,
       {copy.getDst(), copy.getSrc(), integer(copy.getSize()),
        orConstant(copy.getCpSize(), copy.getSize())});
  return replace({});
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

LogicalResult Instruction::lower(bool checkAccesses) {
  if (std::optional<EmulatedRegister> reg = getRegister(op))
    return replace(call("register", i32(),
                        {integer(static_cast<int32_t>(*reg))},
                        /*isPure=*/*reg != EmulatedRegister::Clock));
  if (isWithoutEffect(op))
    return replace({});
  if (isa<LLVM::LLVMDialect>(op->getDialect())) {
    if (isa<LLVM::InlineAsmOp, LLVM::CallIntrinsicOp>(op))
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
      .Case([&](NVVM::MBarrierArriveOp arrive) {
        Value state = call(
            "mbarrier_arrive", builder.getI64Type(),
            {arrive.getAddr(), orConstant(arrive.getCount(), 1), integer(0)});
        return replace(op->getNumResults() ? state : Value());
      })
      .Case([&](NVVM::MBarrierArriveExpectTxOp arrive) -> LogicalResult {
        if (arrive.getPredicate())
          return op->emitOpError("with a predicate is not emulated");
        Value state = call("mbarrier_arrive", builder.getI64Type(),
                           {arrive.getAddr(), integer(1), arrive.getTxcount()});
        return replace(op->getNumResults() ? state : Value());
      })
      .Case([&](NVVM::MBarrierExpectTxOp expect) {
        call("mbarrier_expect", nullptr,
             {expect.getAddr(), expect.getTxcount()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierTryWaitParityOp wait) {
        call("mbarrier_wait_parity", i32(), {wait.getAddr(), wait.getPhase()});
        return replace({});
      })
      .Case([&](NVVM::MBarrierTestWaitOp test) -> LogicalResult {
        if (!test.getStateOrPhase().getType().isInteger(64))
          return op->emitOpError("with a phase is not emulated");
        return replace(call("mbarrier_test", i32(),
                            {test.getAddr(), test.getStateOrPhase()}));
      })
      .Case<NVVM::ShflOp, NVVM::VoteSyncOp, NVVM::LdMatrixOp, NVVM::StMatrixOp,
            NVVM::MmaOp, NVVM::MmaSpOp, NVVM::CpAsyncOp,
            NVVM::ConvertFloatToTF32Op>([&](auto o) { return lower(o); })
      .Default([&](Operation *) {
        return op->emitOpError("is not an instruction that the emulator knows");
      });
}

LogicalResult compress::emulateInstruction(Operation *op, EmulatedCalls &calls,
                                           bool checkAccesses) {
  return Instruction(op, calls).lower(checkAccesses);
}
