//===- EmulateAccumulators.cpp - wgmma and its accumulators ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In SSA form the accumulator of a wgmma is a value, though the instruction
// changes it until its wait. Here the result becomes a handle, which goes where
// the value went: to further wgmmas and along branches. Whatever else uses the
// value reads it from the emulator, which knows whether it is still changing.
//
//===----------------------------------------------------------------------===//

#include "EmulateInstructions.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Runtime/EmulatedABI.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Interfaces/ControlFlowInterfaces.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;
using runtime::EmulatedType;

static std::optional<EmulatedType> getEmulatedType(NVVM::WGMMATypes type) {
  switch (type) {
  case NVVM::WGMMATypes::f16:
    return EmulatedType::F16;
  case NVVM::WGMMATypes::bf16:
    return EmulatedType::BF16;
  case NVVM::WGMMATypes::tf32:
    return EmulatedType::TF32;
  case NVVM::WGMMATypes::f32:
    return EmulatedType::F32;
  case NVVM::WGMMATypes::e4m3:
    return EmulatedType::E4M3;
  case NVVM::WGMMATypes::e5m2:
    return EmulatedType::E5M2;
  case NVVM::WGMMATypes::s8:
    return EmulatedType::S8;
  case NVVM::WGMMATypes::u8:
    return EmulatedType::U8;
  case NVVM::WGMMATypes::s32:
    return EmulatedType::S32;
  case NVVM::WGMMATypes::b1:
    return std::nullopt;
  }
  return std::nullopt;
}

namespace {
class Accumulators {
public:
  Accumulators(LLVM::LLVMFuncOp kernel, EmulatedCalls &calls)
      : kernel(kernel), calls(calls),
        i64(IntegerType::get(kernel.getContext(), 64)) {}

  LogicalResult lower();

private:
  LogicalResult lower(NVVM::WgmmaMmaAsyncOp op);
  LogicalResult lower(kernel::WgmmaOp op);
  LogicalResult lower(kernel::WgmmaSpOp op);
  /// The block argument that a use passes a value to, if it is a branch's.
  static BlockArgument getTarget(OpOperand &use);
  /// The handle of a value before `op`, which is made where there is none.
  Value getHandle(OpBuilder &builder, Operation *op, Value value);
  void replaceReads(Value value);

  LLVM::LLVMFuncOp kernel;
  EmulatedCalls &calls;
  Type i64;
  /// All wgmmas. Their first operand is the accumulator, their result the next.
  SmallVector<Operation *> ops;
  /// Values that become handles: results, and block arguments they reach.
  llvm::SetVector<Value> values;
  /// The types that they had.
  DenseMap<Value, Type> types;
  DenseMap<Value, Value> handles;
};
} // namespace

BlockArgument Accumulators::getTarget(OpOperand &use) {
  auto branch = dyn_cast<BranchOpInterface>(use.getOwner());
  if (!branch)
    return {};
  return branch.getSuccessorBlockArgument(use.getOperandNumber())
      .value_or(BlockArgument());
}

Value Accumulators::getHandle(OpBuilder &builder, Operation *op, Value value) {
  if (Value handle = handles.lookup(value))
    return handle;
  auto type = cast<LLVM::LLVMStructType>(value.getType());
  return calls.call(
      builder, op->getLoc(), "wgmma_accumulator", i64,
      {calls.spill(builder, op, value),
       calls.constant(builder, op->getLoc(), type.getBody().size()),
       calls.site(builder, op)});
}

LogicalResult Accumulators::lower(NVVM::WgmmaMmaAsyncOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  std::optional<EmulatedType> a = getEmulatedType(op.getTypeA()),
                              b = getEmulatedType(op.getTypeB()),
                              d = getEmulatedType(op.getTypeD());
  if (!a || !b || !d)
    return op.emitOpError("has an operand whose type is not emulated");
  bool saturates = op.getSatfinite() == NVVM::MMAIntOverflow::satfinite;
  // The fields of EmulatedWgmma.
  Value form = calls.constantWords(
      builder, loc,
      {int32_t(op.getShape().getN()), static_cast<int32_t>(*a),
       static_cast<int32_t>(*b), static_cast<int32_t>(*d),
       op.getLayoutA() == NVVM::MMALayout::col,
       op.getLayoutB() == NVVM::MMALayout::row,
       op.getScaleA() == NVVM::WGMMAScaleIn::neg,
       op.getScaleB() == NVVM::WGMMAScaleIn::neg, saturates, /*sparse=*/0,
       /*selector=*/0});
  Value noRegisters = LLVM::ZeroOp::create(
      builder, loc, LLVM::LLVMPointerType::get(builder.getContext()));
  Value handle = calls.call(
      builder, loc, "wgmma", i64,
      {calls.constant(builder, loc, 0, 64), noRegisters, op.getDescriptorA(),
       op.getDescriptorB(), /*metadata=*/calls.constant(builder, loc, 0),
       calls.constant(builder, loc, op.getScaleD() == NVVM::WGMMAScaleOut::one),
       form, calls.site(builder, op)});
  handles[op.getResults()] = handle;
  return success();
}

LogicalResult Accumulators::lower(kernel::WgmmaOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto type = static_cast<int32_t>(
      getOperandType(getElementTypeOrSelf(op.getA0().getType())));
  // The fields of EmulatedWgmma.
  Value form = calls.constantWords(
      builder, loc,
      {static_cast<int32_t>(op.getNumColumns()), type, type,
       static_cast<int32_t>(EmulatedType::F32), /*transposeA=*/0,
       /*transposeB=*/0, /*negateA=*/0, /*negateB=*/0, /*saturate=*/0,
       /*sparse=*/0, /*selector=*/0});
  Value zero = calls.constant(builder, loc, 0, 64);
  handles[op.getResult()] = calls.call(
      builder, loc, "wgmma", i64,
      {zero, calls.spill(builder, op, op.getA()), /*descriptorA=*/zero,
       op.getDescriptor(), /*metadata=*/calls.constant(builder, loc, 0),
       calls.constant(builder, loc, /*scaleD=*/1), form,
       calls.site(builder, op)});
  return success();
}

LogicalResult Accumulators::lower(kernel::WgmmaSpOp op) {
  OpBuilder builder(op);
  Location loc = op.getLoc();
  auto number = [](EmulatedType type) { return static_cast<int32_t>(type); };
  bool areIntegers = isa<IntegerType>(op.getTypeA());
  // The fields of EmulatedWgmma.
  Value form = calls.constantWords(
      builder, loc,
      {static_cast<int32_t>(op.getNumColumns()),
       number(getOperandType(op.getTypeA())),
       number(getOperandType(op.getTypeB())),
       number(areIntegers ? EmulatedType::S32 : EmulatedType::F32),
       /*transposeA=*/0, /*transposeB=*/0, /*negateA=*/0, /*negateB=*/0,
       /*saturate=*/0, /*sparse=*/1, static_cast<int32_t>(op.getSelector())});
  Value zero = calls.constant(builder, loc, 0, 64);
  Value descriptor = op.getDescriptorA(), registers;
  if (descriptor) {
    registers = LLVM::ZeroOp::create(
        builder, loc, LLVM::LLVMPointerType::get(builder.getContext()));
  } else {
    descriptor = zero;
    registers = calls.spill(builder, op, op.getRegistersA());
  }
  handles[op.getResult()] =
      calls.call(builder, loc, "wgmma", i64,
                 {zero, registers, descriptor, op.getDescriptorB(),
                  op.getMetadata(), calls.constant(builder, loc, /*scaleD=*/1),
                  form, calls.site(builder, op)});
  return success();
}

static bool isProduct(Operation *op) {
  return isa<NVVM::WgmmaMmaAsyncOp, kernel::WgmmaOp, kernel::WgmmaSpOp>(op);
}

/// Whether an op may end what a read sees.
static bool isWgmma(Operation &op) {
  return isProduct(&op) || isa<NVVM::WgmmaWaitGroupSyncOp>(op);
}

void Accumulators::replaceReads(Value value) {
  llvm::MapVector<Operation *, SmallVector<OpOperand *>> users;
  for (OpOperand &use : value.getUses()) {
    BlockArgument target = getTarget(use);
    if (!isProduct(use.getOwner()) && !(target && values.contains(target)))
      users[use.getOwner()].push_back(&use);
  }
  llvm::SetVector<Block *> blocks;
  for (auto &[user, uses] : users)
    blocks.insert(user->getBlock());
  for (Block *block : blocks) {
    Value read;
    for (Operation &op : llvm::make_early_inc_range(*block)) {
      if (isWgmma(op))
        read = {};
      auto uses = users.find(&op);
      if (uses == users.end())
        continue;
      if (!read) {
        OpBuilder builder(&op);
        Value memory = calls.allocate(builder, &op, types[value], 1);
        calls.call(builder, op.getLoc(), "wgmma_read", nullptr,
                   {handles[value], memory, calls.site(builder, &op)});
        read = LLVM::LoadOp::create(builder, op.getLoc(), types[value], memory);
      }
      for (OpOperand *use : uses->second)
        use->set(read);
    }
  }
}

LogicalResult Accumulators::lower() {
  kernel.walk([&](Operation *op) {
    if (!isProduct(op))
      return;
    ops.push_back(op);
    values.insert(op->getResult(0));
  });
  // Grows while it is walked.
  for (size_t i = 0; i < values.size(); ++i) {
    types[values[i]] = values[i].getType();
    for (OpOperand &use : values[i].getUses())
      if (BlockArgument target = getTarget(use))
        values.insert(target);
  }
  for (Operation *op : ops)
    if (failed(llvm::TypeSwitch<Operation *, LogicalResult>(op)
                   .Case<NVVM::WgmmaMmaAsyncOp, kernel::WgmmaOp,
                         kernel::WgmmaSpOp>(
                       [&](auto product) { return lower(product); })))
      return failure();
  // What is called with a handle is declared by its type.
  for (Value value : values)
    if (isa<BlockArgument>(value)) {
      handles[value] = value;
      value.setType(i64);
    }

  for (Value value : values)
    replaceReads(value);
  for (Operation *op : ops) {
    Operation *made = handles[op->getResult(0)].getDefiningOp();
    OpBuilder builder(made);
    made->setOperand(0, getHandle(builder, op, op->getOperand(0)));
  }
  for (Value value : values) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (!argument)
      continue;
    Block *block = argument.getOwner();
    for (auto it = block->pred_begin(), e = block->pred_end(); it != e; ++it) {
      auto branch = cast<BranchOpInterface>((*it)->getTerminator());
      SuccessorOperands passed =
          branch.getSuccessorOperands(it.getSuccessorIndex());
      OpBuilder builder(branch);
      unsigned index = argument.getArgNumber();
      passed.slice(index, 1).assign(getHandle(builder, branch, passed[index]));
    }
  }
  for (Operation *op : ops)
    op->dropAllUses();
  for (Operation *op : ops)
    op->erase();
  return success();
}

LogicalResult compress::emulateAccumulators(LLVM::LLVMFuncOp kernel,
                                            EmulatedCalls &calls) {
  return Accumulators(kernel, calls).lower();
}
