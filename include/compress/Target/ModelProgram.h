//===- ModelProgram.h - Functions and weights of a model --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is known of a module that is compiled ahead of its calls, whatever for:
// its public functions with their signatures, and the weights that they share.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_MODELPROGRAM_H
#define COMPRESS_TARGET_MODELPROGRAM_H

#include "compress/Runtime/Signature.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/Support/Error.h"

namespace mlir {
class OpPassManager;

namespace compress {

struct ModelProgram {
  /// A weight that functions share.
  struct Constant {
    TypedAttr weight;
    ArrayRef<char> data;
    /// The data, where it is decoded.
    std::vector<char> storage;
  };
  struct Function {
    std::string name;
    /// The function that computes extents, empty if there is none.
    std::string measure;
    runtime::Signature signature;
    /// What the arguments are, as in ModelFunction.
    SmallVector<int64_t> arguments;
  };

  std::vector<Constant> constants;
  std::vector<Function> functions;

  /// Reads the signatures of the module's public functions.
  llvm::Error readSignatures(ModuleOp module);

  /// Lists the arguments of the functions, whose weights are arguments by now,
  /// and completes their signatures.
  llvm::Error bindArguments(ModuleOp module);
};

/// Where the bytes of weights are: in this process, where they are now, or in
/// the code, or, for those of 1 MiB and more that lie in a file, there.
enum class WeightsPlace { InPlace, InCode };

/// Runs passes, with the options that the command line has for all.
llvm::Error runPasses(ModuleOp module,
                      llvm::function_ref<void(OpPassManager &)> build);

/// An identifier of C that is like `name`.
std::string makeIdentifier(StringRef name);

} // namespace compress
} // namespace mlir

#endif // COMPRESS_TARGET_MODELPROGRAM_H
