//===- PTX.h - PTX and cubin of a module's kernels --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Kernels in the NVVM dialect to PTX by LLVM, and PTX to machine code by ptxas,
// a program of the CUDA toolkit that need not be there. Only kernels are
// translated; the host code that launches them is not.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_PTX_H
#define COMPRESS_TARGET_PTX_H

#include "compress/Target/Chip.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <optional>
#include <string>

namespace mlir {
class DialectRegistry;
class ModuleOp;

namespace compress {

/// What `translateToPTX` needs in a context's registry.
void registerPTXTranslation(DialectRegistry &registry);

/// The PTX of the one `gpu.module` in a module that went through
/// `buildLinalgToGPUPipeline`. The module is not changed.
llvm::Expected<std::string> translateToPTX(ModuleOp module, const Chip &chip);

/// Path of ptxas: on PATH, otherwise in $CUDA_HOME/bin.
std::optional<std::string> findPtxas();

/// Machine code and what ptxas says of it.
struct Cubin {
  std::string bytes;
  /// Registers, stack and spills of each kernel, in ptxas's words.
  std::string resourceUsage;
  /// Kernels some of whose registers live in memory.
  bool spills = false;
};

/// Assembles PTX. Errors of ptxas are errors, and so are its C75xx warnings,
/// by which it says that it gave up an instruction's asynchrony.
llvm::Expected<Cubin> assemblePTX(llvm::StringRef ptx, const Chip &chip,
                                  llvm::StringRef ptxas);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_TARGET_PTX_H
