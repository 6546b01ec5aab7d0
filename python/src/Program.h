//===- Program.h - Compiled functions as Python calls them ------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_PYTHON_PROGRAM_H
#define COMPRESS_PYTHON_PROGRAM_H

#include "Module.h"
#include "compress/Runtime/Executable.h"
#include <nanobind/nanobind.h>

namespace mlir::compress::python {

/// Where a module is compiled for.
struct TargetOptions {
  /// "cpu", "emulated" or "cuda".
  std::string target;
  /// Whose kernels run on a GPU.
  std::string chip;
  bool tf32 = false;
  int device = 0;
  /// Of the emulator.
  bool checks = true;
};

/// A compiled function, with the context that its constants lie in.
class Program {
public:
  Program(const Module &module, const std::string &entry,
          const TargetOptions &options);

  llvm::ArrayRef<runtime::TensorSpec> getInputs() const {
    return executable->getInputs();
  }
  llvm::ArrayRef<runtime::TensorSpec> getOutputs() const {
    return executable->getOutputs();
  }
  std::string formatSignature() const { return executable->formatSignature(); }

  /// Runs on arrays by name, reading their memory in place. Results are arrays
  /// of NumPy over the buffers that the function allocated; types that NumPy
  /// lacks are unsigned integers of their width there.
  nanobind::dict run(nanobind::dict inputs);

private:
  std::shared_ptr<SharedContext> context;
  std::unique_ptr<runtime::Executable> executable;
  /// The emulator and a GPU's workspace serve one call at a time.
  std::mutex mutex;
  bool runsOnHost;
};

} // namespace mlir::compress::python

#endif // COMPRESS_PYTHON_PROGRAM_H
