//===- CudaProgram.h - A model compiled for CUDA ----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A module, all the way to PTX, machine code and host code, and what is made of
// it: LLVM IR whose data is the CudaModule of compress/Runtime/CudaABI.h, for
// compress-run to compile in memory or for a shared object; and the object's C
// header.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_CUDAPROGRAM_H
#define COMPRESS_TARGET_CUDAPROGRAM_H

#include "compress/Target/ModelProgram.h"
#include "compress/Target/PTX.h"

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace mlir::compress {

struct CudaProgram : ModelProgram {
  const Chip *chip = nullptr;
  std::string ptx;
  std::optional<Cubin> cubin;
  std::vector<std::string> kernels;
  /// Of the buffers of each function: two positions for each one.
  std::vector<SmallVector<int64_t>> lifetimes;
};

/// Compiles the public functions of a module, which becomes their host code in
/// the LLVM dialect. Without `ptxas` there is no machine code. Weights are read
/// in place, so the module's context must outlive the program. Detail beyond
/// the returned error goes to the context's diagnostic handler. `tf32` is the
/// option of convert-linalg-to-kernels.
llvm::Expected<CudaProgram> compileForCuda(ModuleOp module, const Chip &chip,
                                           bool tf32,
                                           std::optional<StringRef> ptxas);

/// The CudaModule in the LLVM IR that `buildCudaModule` makes.
constexpr llvm::StringLiteral kCudaModuleName = "compress_cuda_module";

/// The host code and the CudaModule. `name` is the model's, for messages.
llvm::Expected<std::unique_ptr<llvm::Module>>
buildCudaModule(ModuleOp host, const CudaProgram &program, StringRef name,
                WeightsPlace weights, llvm::LLVMContext &context);

/// Adds the functions of the C header to the IR; `name` is an identifier. An
/// error where two of them would have one name.
llvm::Error addCudaInterface(llvm::Module &module, const CudaProgram &program,
                             StringRef name);

/// Writes the C header of a shared object.
void writeCudaHeader(raw_ostream &os, const CudaProgram &program,
                     StringRef name);

} // namespace mlir::compress

#endif // COMPRESS_TARGET_CUDAPROGRAM_H
