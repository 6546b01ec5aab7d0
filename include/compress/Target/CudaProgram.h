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

#include "compress/Runtime/Signature.h"
#include "compress/Target/PTX.h"
#include "mlir/IR/BuiltinOps.h"

namespace llvm {
class LLVMContext;
class Module;
} // namespace llvm

namespace mlir::compress {

struct CudaProgram {
  /// A weight that functions share.
  struct Constant {
    TypedAttr weight;
    ArrayRef<char> data;
    /// The data, where it is decoded.
    std::vector<char> storage;
  };
  struct Function {
    std::string name, measure;
    runtime::Signature signature;
    /// What the arguments are, as in CudaFunction.
    SmallVector<int64_t> arguments;
    /// Two positions for each buffer.
    SmallVector<int64_t> lifetimes;
  };

  const Chip *chip = nullptr;
  std::string ptx;
  std::optional<Cubin> cubin;
  std::vector<std::string> kernels;
  std::vector<Constant> constants;
  std::vector<Function> functions;
};

/// Compiles the public functions of a module, which becomes their host code in
/// the LLVM dialect. Without `ptxas` there is no machine code. Weights are read
/// in place, so the module's context must outlive the program. Detail beyond
/// the returned error goes to the context's diagnostic handler. `tf32` is the
/// option of convert-linalg-to-kernels.
llvm::Expected<CudaProgram> compileForCuda(ModuleOp module, const Chip &chip,
                                           bool tf32,
                                           std::optional<StringRef> ptxas);

/// Where the bytes of weights are: in this process, where they are now, or in
/// the code, or, for those of 1 MiB and more that lie in a file, there.
enum class CudaWeights { InPlace, InCode };

/// The CudaModule in the LLVM IR that `buildCudaModule` makes.
constexpr llvm::StringLiteral kCudaModuleName = "compress_cuda_module";

/// The host code and the CudaModule. `name` is the model's, for messages.
llvm::Expected<std::unique_ptr<llvm::Module>>
buildCudaModule(ModuleOp host, const CudaProgram &program, StringRef name,
                CudaWeights weights, llvm::LLVMContext &context);

/// An identifier of C that is like `name`.
std::string makeIdentifier(StringRef name);

/// Adds the functions of the C header to the IR; `name` is an identifier. An
/// error where two of them would have one name.
llvm::Error addCudaInterface(llvm::Module &module, const CudaProgram &program,
                             StringRef name);

/// Writes the C header of a shared object.
void writeCudaHeader(raw_ostream &os, const CudaProgram &program,
                     StringRef name);

} // namespace mlir::compress

#endif // COMPRESS_TARGET_CUDAPROGRAM_H
