//===- CPUProgram.h - A model compiled for the CPU --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A module, all the way to host code, and what is made of it: LLVM IR whose
// data is the CPUModule of compress/Runtime/CPUABI.h, for an object file or a
// shared object; and its C header.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_CPUPROGRAM_H
#define COMPRESS_TARGET_CPUPROGRAM_H

#include "compress/Target/CPUTarget.h"
#include "compress/Target/ModelProgram.h"

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace mlir::compress {

struct CPUProgram : ModelProgram {
  CPUTarget target;
};

/// Compiles the public functions of a module, which becomes their code in the
/// LLVM dialect. Weights are read in place, so the module's context must
/// outlive the program. Detail beyond the returned error goes to the context's
/// diagnostic handler.
llvm::Expected<CPUProgram> compileForCPU(ModuleOp module,
                                         const CPUTarget &target);

/// The code, the CPUModule, and the functions of the C header; `name` is the
/// model's, an identifier.
llvm::Expected<std::unique_ptr<llvm::Module>>
buildCPUModule(ModuleOp host, const CPUProgram &program, StringRef name,
               llvm::LLVMContext &context);

/// Writes the C header.
void writeCPUHeader(raw_ostream &os, const CPUProgram &program, StringRef name);

} // namespace mlir::compress

#endif // COMPRESS_TARGET_CPUPROGRAM_H
