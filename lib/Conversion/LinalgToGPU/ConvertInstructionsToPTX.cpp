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

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTINSTRUCTIONSTOPTXPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using compress::kernel::WgmmaOp;
using compress::kernel::WgmmaWaitOp;

/// The letter of a register's constraint; none for types of other widths.
static std::optional<char> getConstraint(Type type) {
  if (type.isF32())
    return 'f';
  if (type.isInteger(32))
    return 'r';
  return std::nullopt;
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
  std::string sums = "$0";
  for (int64_t i = 1; i < count; ++i)
    sums += ", $" + std::to_string(i);
  StringRef type =
      getElementTypeOrSelf(op.getA0().getType()).isF16() ? "f16" : "bf16";
  auto at = [&](int64_t i) { return "$" + Twine(2 * count + i).str(); };
  // The result adds to what is there, with the signs of A and B, and K runs
  // along the lines of B.
  return replace(op, op.getAccumulator(), inputs,
                 "{ .reg .pred p; setp.ne.b32 p, 1, 0; "
                 "wgmma.mma_async.sync.aligned.m64n" +
                     Twine(columns) + "k16.f32." + type + "." + type + " {" +
                     sums + "}, {" + at(0) + ", " + at(1) + ", " + at(2) +
                     ", " + at(3) + "}, " + at(4) + ", p, 1, 1, 0; }",
                 "r,r,r,r,l,");
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
      else
        compress::convertStreamInstruction(op);
      return failed(result) ? WalkResult::interrupt() : WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
