//===- CountInstructions.cpp - Instructions of a kernel by class ----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulateInstructions.h"
#include "compress/Runtime/EmulatedABI.h"

using namespace mlir;
using namespace mlir::compress;
using runtime::EmulatedClass;

/// The class of an op; none for what costs nothing or is counted otherwise:
/// constants, addresses, and accesses of memory.
static std::optional<EmulatedClass> getClass(Operation &op) {
  if (!isa<LLVM::LLVMDialect>(op.getDialect()) ||
      isa<LLVM::ConstantOp, LLVM::AddressOfOp, LLVM::AddrSpaceCastOp,
          LLVM::PoisonOp, LLVM::UndefOp, LLVM::ZeroOp, LLVM::ExtractValueOp,
          LLVM::InsertValueOp, LLVM::LoadOp, LLVM::StoreOp, LLVM::AtomicRMWOp,
          LLVM::AtomicCmpXchgOp, LLVM::AllocaOp, LLVM::BitcastOp,
          LLVM::ReturnOp>(op))
    return std::nullopt;
  if (op.hasTrait<OpTrait::IsTerminator>())
    return EmulatedClass::Branch;
  if (isa<LLVM::SExtOp, LLVM::ZExtOp, LLVM::TruncOp, LLVM::SIToFPOp,
          LLVM::UIToFPOp, LLVM::FPToSIOp, LLVM::FPToUIOp, LLVM::FPExtOp,
          LLVM::FPTruncOp>(op))
    return EmulatedClass::Convert;
  if (op.getNumOperands() == 0 || op.getNumResults() == 0)
    return EmulatedClass::Other;
  Type type = op.getOperand(0).getType();
  if (auto vector = dyn_cast<VectorType>(type))
    type = vector.getElementType();
  return isa<FloatType>(type) ? EmulatedClass::Float : EmulatedClass::Integer;
}

void compress::countInstructions(LLVM::LLVMFuncOp kernel,
                                 EmulatedCalls &calls) {
  for (Block &block : kernel.getBody()) {
    std::array<int64_t, static_cast<size_t>(EmulatedClass::Other) + 1> counts =
        {};
    for (Operation &op : block)
      if (std::optional<EmulatedClass> kind = getClass(op))
        ++counts[static_cast<size_t>(*kind)];
    OpBuilder builder(block.getTerminator());
    Location loc = block.getTerminator()->getLoc();
    for (auto [kind, count] : llvm::enumerate(counts))
      if (count)
        calls.call(builder, loc, "count", /*result=*/nullptr,
                   {calls.constant(builder, loc, kind),
                    calls.constant(builder, loc, count)});
  }
}
