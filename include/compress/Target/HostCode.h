//===- HostCode.h - Code for the processor that calls kernels ---*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// LLVM IR of host functions: made, optimized, and turned into an object file
// and a shared object. The linker is lld, a program.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_HOSTCODE_H
#define COMPRESS_TARGET_HOSTCODE_H

#include "compress/Target/CPUTarget.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <string>

namespace llvm {
class LLVMContext;
class Module;
class TargetMachine;
} // namespace llvm

namespace mlir {
class ModuleOp;

namespace compress {

/// Calls a function with pointers to its arguments.
using PackedFunction = void(void **arguments);

/// Translates a module in the LLVM dialect.
llvm::Expected<std::unique_ptr<llvm::Module>>
translateHostCode(ModuleOp module, llvm::LLVMContext &context);

/// Makes code for the CPU call compress_allocate_buffer and
/// compress_free_buffer where it takes and frees memory.
void useBufferRuntime(llvm::Module &module);

/// Adds a PackedFunction `name`, which calls `function`, all of whose arguments
/// are pointers.
llvm::Error addPackedFunction(llvm::Module &module, llvm::StringRef function,
                              llvm::StringRef name);

/// Makes the module one for that processor, and optimizes it.
void optimizeHostCode(llvm::Module &module, const CPUTarget &target,
                      llvm::TargetMachine &machine);

/// Optimizes the module and compiles it to a position-independent object file.
llvm::Expected<std::string> compileToObject(llvm::Module &module,
                                            const CPUTarget &target);

/// Links an object file and the runtime of compiled models into a shared object
/// that exports what the object file does. With `callsSystem` it names the
/// libraries of the system that it needs: that of C, and that of mathematics.
/// Without, symbols of the C library stay undefined.
llvm::Expected<std::string> linkSharedObject(llvm::StringRef object,
                                             llvm::StringRef name,
                                             bool callsSystem);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_TARGET_HOSTCODE_H
