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
using compress::kernel::WgmmaWaitOp;

/// The letter of a register's constraint; none for types of other widths.
static std::optional<char> getConstraint(Type type) {
  if (type.isF32())
    return 'f';
  if (type.isInteger(32))
    return 'r';
  return std::nullopt;
}

/// The accumulator goes in and out in the same registers, so that no use of the
/// result can come before the instruction.
static LogicalResult convert(WgmmaWaitOp op) {
  OpBuilder b(op);
  Location loc = op.getLoc();
  auto type = dyn_cast<LLVM::LLVMStructType>(op.getAccumulator().getType());
  if (!type || type.isOpaque() || type.getBody().empty())
    return op.emitOpError("waits for an accumulator that is a struct, found ")
           << op.getAccumulator().getType();
  SmallVector<Value> registers;
  std::string outputs, inputs;
  for (auto [index, element] : llvm::enumerate(type.getBody())) {
    std::optional<char> constraint = getConstraint(element);
    if (!constraint)
      return op.emitOpError("waits for registers of f32 or i32, found ")
             << element;
    outputs += std::string("=") + *constraint + ",";
    inputs += std::to_string(index) + ",";
    registers.push_back(
        LLVM::ExtractValueOp::create(b, loc, op.getAccumulator(), index));
  }
  auto wait = LLVM::InlineAsmOp::create(
      b, loc, TypeRange(type), registers, "wgmma.wait_group.sync.aligned 0;",
      outputs + inputs + "~{memory}", /*has_side_effects=*/true,
      /*is_align_stack=*/false, LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
  op.replaceAllUsesWith(wait.getResult(0));
  op.erase();
  return success();
}

namespace {
struct ConvertInstructionsToPTX
    : compress::impl::ConvertInstructionsToPTXPassBase<
          ConvertInstructionsToPTX> {
  void runOnOperation() override {
    WalkResult result = getOperation().walk([](Operation *op) {
      auto wait = dyn_cast<WgmmaWaitOp>(op);
      if (wait && failed(convert(wait)))
        return WalkResult::interrupt();
      if (!wait)
        compress::convertStreamInstruction(op);
      return WalkResult::advance();
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }
};
} // namespace
