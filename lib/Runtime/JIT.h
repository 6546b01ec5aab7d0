//===- JIT.h - LLVM dialect to machine code in memory --------- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_JIT_H
#define COMPRESS_LIB_RUNTIME_JIT_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace llvm::orc {
class LLJIT;
} // namespace llvm::orc

namespace mlir::compress::runtime {

/// Machine code for this processor, in memory.
class JIT {
public:
  /// Calls the function with pointers to its arguments.
  using PackedFunction = void (*)(void **arguments);

  /// Compiles a module in the LLVM dialect. `function` takes `numArguments`
  /// pointers.
  static llvm::Expected<std::unique_ptr<JIT>>
  create(ModuleOp module, llvm::StringRef function, unsigned numArguments);
  ~JIT();

  PackedFunction getFunction() const { return function; }

private:
  JIT();
  std::unique_ptr<llvm::orc::LLJIT> jit;
  PackedFunction function = nullptr;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_JIT_H
