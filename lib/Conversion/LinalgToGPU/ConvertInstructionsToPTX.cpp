//===- ConvertInstructionsToPTX.cpp - Our instructions as assembly --------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StreamInstructions.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTINSTRUCTIONSTOPTXPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using compress::kernel::MmaOp;
using compress::kernel::WgmmaOp;
using compress::kernel::WgmmaSpOp;
using compress::kernel::WgmmaWaitOp;

/// The letter of a register's constraint; none for types of other widths.
static std::optional<char> getConstraint(Type type) {
  if (type.isF32())
    return 'f';
  if (type.isInteger(32))
    return 'r';
  return std::nullopt;
}

/// What PTX calls the type of a matrix operand.
static StringRef getName(Type type) {
  return llvm::TypeSwitch<Type, StringRef>(type)
      .Case([](Float16Type) { return "f16"; })
      .Case([](BFloat16Type) { return "bf16"; })
      .Case([](FloatTF32Type) { return "tf32"; })
      .Case([](Float8E4M3FNType) { return "e4m3"; })
      .Case([](Float8E5M2Type) { return "e5m2"; })
      .Default([](Type integer) {
        return integer.isUnsignedInteger() ? "u8" : "s8";
      });
}

/// Registers `first` to `first + count - 1` of an assembly.
static std::string list(int64_t first, int64_t count) {
  std::string text = "{$" + std::to_string(first);
  for (int64_t i = 1; i < count; ++i)
    text += ", $" + std::to_string(first + i);
  return text + "}";
}

/// Replaces an op that takes and gives an accumulator, which goes in and out in
/// the same registers, so that no use of the result can come before the
/// instruction. `inputs` have constraints `constraints`.
static LogicalResult replace(Operation *op, Value accumulator,
                             ValueRange inputs, const Twine &text,
                             StringRef constraints) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  auto type = dyn_cast<LLVM::LLVMStructType>(accumulator.getType());
  if (!type || type.isOpaque() || type.getBody().empty())
    return op->emitOpError("takes an accumulator that is a struct, found ")
           << accumulator.getType();
  SmallVector<Value> registers;
  std::string outputs, tied;
  for (auto [index, element] : llvm::enumerate(type.getBody())) {
    std::optional<char> constraint = getConstraint(element);
    if (!constraint)
      return op->emitOpError("takes registers of f32 or i32, found ")
             << element;
    outputs += std::string("=") + *constraint + ",";
    tied += std::to_string(index) + ",";
    registers.push_back(
        LLVM::ExtractValueOp::create(b, loc, accumulator, index));
  }
  llvm::append_range(registers, inputs);
  auto assembly = LLVM::InlineAsmOp::create(
      b, loc, TypeRange(type), registers, text.str(),
      (outputs + tied + constraints + "~{memory}").str(),
      /*has_side_effects=*/true,
      /*is_align_stack=*/false, LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
  op->getResult(0).replaceAllUsesWith(assembly.getResult(0));
  op->erase();
  return success();
}

static LogicalResult convert(WgmmaWaitOp op) {
  return replace(op, op.getAccumulator(), /*inputs=*/{},
                 "wgmma.wait_group.sync.aligned 0;", /*constraints=*/"");
}

/// The registers of the accumulator come first, then as many that are tied to
/// them, and then those of A.
static LogicalResult convert(WgmmaOp op) {
  OpBuilder b(op);
  SmallVector<Value> inputs;
  for (Value pair : op.getA())
    inputs.push_back(
        LLVM::BitcastOp::create(b, op.getLoc(), b.getI32Type(), pair));
  inputs.push_back(op.getDescriptor());
  int64_t columns = op.getNumColumns(), count = columns / 2;
  StringRef type = getName(getElementTypeOrSelf(op.getA0().getType()));
  // The result adds to what is there, with the signs of A and B, and K runs
  // along the lines of B.
  return replace(op, op.getAccumulator(), inputs,
                 "{ .reg .pred p; setp.ne.b32 p, 1, 0; "
                 "wgmma.mma_async.sync.aligned.m64n" +
                     Twine(columns) + "k16.f32." + type + "." + type + " " +
                     list(0, count) + ", " + list(2 * count, 4) + ", $" +
                     Twine(2 * count + 4) + ", p, 1, 1, 0; }",
                 "r,r,r,r,l,");
}

static LogicalResult convert(WgmmaSpOp op) {
  int64_t columns = op.getNumColumns(), count = columns / 2;
  SmallVector<Value> inputs(op.getRegistersA());
  bool hasRegisters = !inputs.empty();
  if (!hasRegisters)
    inputs.push_back(op.getDescriptorA());
  llvm::append_range(inputs, ValueRange{op.getDescriptorB(), op.getMetadata()});
  int64_t first = 2 * count;
  std::string a = hasRegisters ? list(first, 4) : "$" + std::to_string(first);
  int64_t next = first + (hasRegisters ? 4 : 1);
  // Integers have no signs to change, and only 16 bits can be transposed, A in
  // shared memory.
  Type type = op.getTypeA();
  bool areIntegers = isa<IntegerType>(type);
  StringRef modifiers = areIntegers ? "" : ", 1, 1";
  if (type.isF16() || type.isBF16())
    modifiers = hasRegisters ? ", 1, 1, 0" : ", 1, 1, 0, 0";
  return replace(op, op.getAccumulator(), inputs,
                 "{ .reg .pred p; setp.ne.b32 p, 1, 0; "
                 "wgmma.mma_async.sp.sync.aligned.m64n" +
                     Twine(columns) + "k" + Twine(op.getDepth()) + "." +
                     (areIntegers ? "s32" : "f32") + "." + getName(type) + "." +
                     getName(op.getTypeB()) + " " + list(0, count) + ", " + a +
                     ", $" + Twine(next) + ", $" + Twine(next + 1) + ", " +
                     Twine(op.getSelector()) + ", p" + modifiers + "; }",
                 hasRegisters ? "r,r,r,r,l,r," : "l,l,r,");
}

/// All lanes execute it together, so that it must stay where it is.
static LogicalResult convert(MmaOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  bool isWide = op.hasWideSums(), isSparse = op.getMetadata() != nullptr;
  int64_t count = isWide ? 4 : 2, numB = op.getB().size();
  // Registers of two f16 are words of an assembly.
  auto type = cast<LLVM::LLVMStructType>(op.getAccumulator().getType());
  Type word = isWide ? Type(b.getF32Type()) : Type(b.getI32Type());
  SmallVector<Value> inputs(op.getA());
  llvm::append_range(inputs, op.getB());
  std::string outputs, constraints;
  for (int64_t i = 0; i < 4 + numB; ++i)
    constraints += "r,";
  for (int64_t i = 0; i < count; ++i) {
    Value sum = LLVM::ExtractValueOp::create(b, loc, op.getAccumulator(), i);
    inputs.push_back(isWide ? sum : LLVM::BitcastOp::create(b, loc, word, sum));
    outputs += isWide ? "=f," : "=r,";
    constraints += isWide ? "f," : "r,";
  }
  constraints.pop_back();
  StringRef sums = isWide ? "f32" : "f16";
  int64_t a = count, c = a + 4 + numB;
  std::string text =
      (Twine("mma") + (isSparse ? ".sp::ordered_metadata" : "") +
       ".sync.aligned.m16n8k" + Twine(op.getDepth()) + ".row.col." + sums +
       "." + getName(op.getTypeA()) + "." + getName(op.getTypeB()) + "." +
       sums + " " + list(0, count) + ", " + list(a, 4) + ", " +
       list(a + 4, numB) + ", " + list(c, count))
          .str();
  if (isSparse) {
    inputs.push_back(op.getMetadata());
    constraints += ",r";
    text += ", $" + std::to_string(c + count) + ", 0";
  }
  auto assembly = LLVM::InlineAsmOp::create(
      b, loc,
      LLVM::LLVMStructType::getLiteral(b.getContext(),
                                       SmallVector<Type>(count, word)),
      inputs, text + ";", outputs + constraints, /*has_side_effects=*/true,
      /*is_align_stack=*/false, LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
  Value result = assembly.getResult(0);
  if (!isWide) {
    Value pairs = LLVM::PoisonOp::create(b, loc, type);
    for (int64_t i = 0; i < count; ++i) {
      Value sum = LLVM::ExtractValueOp::create(b, loc, result, i);
      sum = LLVM::BitcastOp::create(b, loc, type.getBody()[i], sum);
      pairs = LLVM::InsertValueOp::create(b, loc, pairs, sum, i);
    }
    result = pairs;
  }
  op.getResult().replaceAllUsesWith(result);
  op.erase();
  return success();
}

namespace {
struct ConvertInstructionsToPTX
    : compress::impl::ConvertInstructionsToPTXPassBase<
          ConvertInstructionsToPTX> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([](Operation *op) {
      LogicalResult result = success();
      if (auto wait = dyn_cast<WgmmaWaitOp>(op))
        result = convert(wait);
      else if (auto product = dyn_cast<WgmmaOp>(op))
        result = convert(product);
      else if (auto product = dyn_cast<WgmmaSpOp>(op))
        result = convert(product);
      else if (auto product = dyn_cast<MmaOp>(op))
        result = convert(product);
      else
        compress::convertStreamInstruction(op);
      return failed(result) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
