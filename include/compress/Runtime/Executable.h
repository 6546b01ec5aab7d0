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
#include "compress/Runtime/Signature.h"
#include "compress/Target/Chip.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::compress::runtime {

/// Registers the dialects, interfaces and translations that compiling needs.
void registerExecutableDialects(DialectRegistry &registry);

/// A GPU that is emulated.
struct EmulatedTarget : EmulatorOptions {
  /// Whose kernels run.
  const Chip *chip = nullptr;
  /// The option of convert-linalg-to-kernels.
  bool tf32 = false;
};

/// A GPU that is there.
struct CudaTarget {
  /// Whose kernels run.
  const Chip *chip = nullptr;
  /// The option of convert-linalg-to-kernels.
  bool tf32 = false;
  /// The driver's number of the GPU.
  int device = 0;
  /// Capture a call once for each shape, and replay it.
  bool graph = false;
};

class Executable {
public:
  /// Compiles the function named `entry`, or the only public function when the
  /// name is empty: for the processor, or, with `emulator`, as kernels for an
  /// emulated GPU. Uses the module up. Constants are read in place, so the
  /// module's context must outlive the executable. Detail beyond the returned
  /// error goes to the context's diagnostic handler.
  static llvm::Expected<std::unique_ptr<Executable>>
  compile(OwningOpRef<ModuleOp> module, llvm::StringRef entry,
          std::optional<EmulatedTarget> emulator = std::nullopt);

  /// Likewise for a GPU, which the weights are uploaded to.
  static llvm::Expected<std::unique_ptr<Executable>>
  compileForCuda(OwningOpRef<ModuleOp> module, llvm::StringRef entry,
                 const CudaTarget &target);

  explicit Executable(Signature signature) : signature(std::move(signature)) {}
  virtual ~Executable();

  /// The GPU that is emulated, or null.
  virtual Emulator *getEmulator() const;

  llvm::ArrayRef<TensorSpec> getInputs() const { return signature.inputs; }
  llvm::ArrayRef<TensorSpec> getOutputs() const { return signature.outputs; }
  /// Inputs and outputs, a line each, for messages.
  std::string formatSignature() const;

  /// Checks that the arrays are this function's inputs: every name, no other
  /// name, the types, the extents.
  llvm::Error checkInputs(const NdArrayMap &inputs) const;

  /// Checks the inputs, runs the function, and returns its results by name. On
  /// the processor, inputs are read where they are, and results are the buffers
  /// that the function has allocated. Calls for the processor may run at a
  /// time.
  virtual llvm::Expected<NdArrayMap> run(const NdArrayMap &inputs) = 0;

  /// The milliseconds of a run; on a GPU, those that the GPU takes, with inputs
  /// and outputs on the device.
  virtual llvm::Expected<double> time(const NdArrayMap &inputs);

protected:
  Signature signature;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_EXECUTABLE_H
