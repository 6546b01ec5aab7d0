//===- Instruction.h - Lowers one instruction -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_INSTRUCTION_H
#define COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_INSTRUCTION_H

#include "EmulatedCalls.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Runtime/EmulatedABI.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

namespace mlir::compress {

using runtime::EmulatedAccess;
using runtime::EmulatedRegister;
using runtime::EmulatedShuffle;
using runtime::EmulatedType;
using runtime::EmulatedVote;

/// Lowers one op, at which the builder stands.
class Instruction {
public:
  Instruction(Operation *op, EmulatedCalls &calls)
      : op(op), loc(op->getLoc()), builder(op), calls(calls) {}

  LogicalResult lower(bool checkAccesses);

private:
  LogicalResult lowerCopy();
  LogicalResult lowerMBarrier();

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

  /// The mask of blocks that a copy goes to, or -1.
  Value multicast(Value mask) {
    if (!mask)
      return integer(-1);
    return LLVM::ZExtOp::create(builder, loc, i32(), mask);
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
  LogicalResult lower(NVVM::CpAsyncBulkTensorGlobalToSharedClusterOp copy);
  LogicalResult lower(NVVM::CpAsyncBulkTensorSharedCTAToGlobalOp copy);
  LogicalResult lower(NVVM::CpAsyncBulkGlobalToSharedClusterOp copy);
  LogicalResult lower(NVVM::CpAsyncBulkSharedCTAToGlobalOp copy);
  LogicalResult lower(NVVM::ConvertFloatToTF32Op convert);
  LogicalResult lower(LLVM::CallIntrinsicOp function);
  LogicalResult lower(NVVM::PermuteOp permute);
  LogicalResult lower(kernel::Lop3Op lop);
  LogicalResult lower(kernel::MmaOp mma);
  template <typename Mma>
  LogicalResult lowerMma(Mma mma, std::optional<NVVM::MMATypes> accumulator,
                         std::optional<NVVM::MMATypes> result, bool isSparse,
                         Value metadata, int32_t selector);

  Operation *op;
  Location loc;
  OpBuilder builder;
  EmulatedCalls &calls;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_INSTRUCTION_H
