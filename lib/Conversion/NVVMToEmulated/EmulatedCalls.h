//===- EmulatedCalls.h - Calls of the emulator ------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Builds calls of the functions of EmulatedABI.h in the LLVM dialect.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEDCALLS_H
#define COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEDCALLS_H

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::compress {

class EmulatedCalls {
public:
  explicit EmulatedCalls(ModuleOp module);

  /// Calls `compress_emulated_<name>`, which is declared where it is not yet.
  /// Without a type there is no result. `isPure`: the same in one thread
  /// whenever it is called.
  Value call(OpBuilder &builder, Location loc, StringRef name, Type result,
             ValueRange arguments, bool isPure = false);

  /// The address of the text that names `op`, one for each op.
  Value site(OpBuilder &builder, Operation *op);

  /// The address of a constant array of 32-bit integers.
  Value constantWords(OpBuilder &builder, Location loc,
                      ArrayRef<int32_t> words);

  /// The address of a zero-terminated text.
  Value text(OpBuilder &builder, Location loc, StringRef value);

  /// `count` values of a type on the stack of the function that `op` is in,
  /// allocated at its entry, with an alignment in bytes where it is not the
  /// type's own.
  Value allocate(OpBuilder &builder, Operation *op, Type type, int64_t count,
                 unsigned alignment = 0);

  /// Writes values one after another into memory of their function.
  Value spill(OpBuilder &builder, Operation *op, ValueRange values);

  Value constant(OpBuilder &builder, Location loc, int64_t value,
                 unsigned width = 32);

private:
  Value global(OpBuilder &builder, Location loc, StringRef prefix, Type type,
               Attribute value);

  ModuleOp module;
  SymbolTable symbols;
  LLVM::LLVMPointerType pointer;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEDCALLS_H
