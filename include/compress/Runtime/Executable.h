//===- Executable.h - A compiled function and its signature --- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a function of a module for this processor, or as the kernels of a
// GPU that is emulated on it, and calls it with arrays.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_EXECUTABLE_H
#define COMPRESS_RUNTIME_EXECUTABLE_H

#include "compress/Runtime/Emulator.h"
#include "compress/Runtime/NdArray.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::compress::runtime {

/// Registers the dialects, interfaces and translations that compiling needs.
void registerExecutableDialects(DialectRegistry &registry);

/// An argument or a result: a name, an element type, and extents of which
/// ShapedType::kDynamic ones are known only when it is called.
struct TensorSpec {
  std::string name;
  DType dtype;
  SmallVector<int64_t, 4> shape;
};

/// As in "x: f32[?, 384]".
std::string formatSpec(const TensorSpec &spec);

class Executable {
public:
  /// Compiles the function named `entry`, or the only public function when the
  /// name is empty: for the processor, or, with `emulator`, as kernels for an
  /// emulated GPU. Uses the module up. Constants are read in place, so the
  /// module's context must outlive the executable. Detail beyond the returned
  /// error goes to the context's diagnostic handler.
  static llvm::Expected<std::unique_ptr<Executable>>
  compile(OwningOpRef<ModuleOp> module, llvm::StringRef entry,
          std::optional<EmulatorOptions> emulator = std::nullopt);
  ~Executable();

  /// The GPU that the function is compiled for, null for the processor.
  Emulator *getEmulator() const;

  llvm::ArrayRef<TensorSpec> getInputs() const;
  llvm::ArrayRef<TensorSpec> getOutputs() const;
  /// Inputs and outputs, a line each, for messages.
  std::string formatSignature() const;

  /// Checks that the arrays are this function's inputs: every name, no other
  /// name, the types, the extents.
  llvm::Error checkInputs(const NdArrayMap &inputs) const;

  /// Checks the inputs, runs the function, and returns its results by name.
  llvm::Expected<NdArrayMap> run(const NdArrayMap &inputs) const;

private:
  struct Impl;
  explicit Executable(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_EXECUTABLE_H
