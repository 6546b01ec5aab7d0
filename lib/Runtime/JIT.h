//===- JIT.h - LLVM IR to machine code in memory ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_JIT_H
#define COMPRESS_LIB_RUNTIME_JIT_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>

namespace llvm {
class LLVMContext;
class Module;
namespace orc {
class LLJIT;
} // namespace orc
} // namespace llvm

namespace mlir::compress::runtime {

/// Machine code for this processor, in memory.
class JIT {
public:
  /// Compiles a module for this processor, with the functions of the runtimes
  /// that generated code calls, and finds the address of a symbol.
  static llvm::Expected<std::unique_ptr<JIT>>
  create(std::unique_ptr<llvm::Module> code,
         std::unique_ptr<llvm::LLVMContext> context, llvm::StringRef symbol);
  ~JIT();

  void *getAddress() const { return address; }

private:
  JIT();
  std::unique_ptr<llvm::orc::LLJIT> jit;
  void *address = nullptr;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_JIT_H
