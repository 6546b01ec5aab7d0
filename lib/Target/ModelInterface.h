//===- ModelInterface.h - The C interface of a compiled model ---*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_TARGET_MODELINTERFACE_H
#define COMPRESS_LIB_TARGET_MODELINTERFACE_H

#include "compress/Target/ModelProgram.h"

namespace llvm {
class Module;
} // namespace llvm

namespace mlir::compress {

/// What the C interfaces of targets differ in.
struct ModelInterface {
  /// In the names of the runtime's functions, as in compress_cpu_init.
  StringRef runtime;
  /// The symbol of the model's data.
  StringRef data;
  /// What it was compiled for.
  StringRef target;
  /// The integer that the init function takes, and what this function does.
  StringRef number, init;
  StringRef destroy;
  /// What the tensors of a call are; of one that is `forHost`; further fields.
  StringRef tensors, forHost, fields;
  /// What the sizes function does, and the function itself.
  StringRef sizes, run;
  /// Whether calls are enqueued to a stream, which something waits for.
  bool hasStreams = false;
};

/// Adds the functions of the C header to the IR; `name` is an identifier. An
/// error where two of them would have one name.
llvm::Error addModelInterface(llvm::Module &module, const ModelProgram &program,
                              const ModelInterface &interface, StringRef name);

/// Writes the C header.
void writeModelHeader(raw_ostream &os, const ModelProgram &program,
                      const ModelInterface &interface, StringRef name);

} // namespace mlir::compress

#endif // COMPRESS_LIB_TARGET_MODELINTERFACE_H
