//===- CudaHeader.cpp - The C interface of a model on a GPU ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelInterface.h"
#include "compress/Target/CudaProgram.h"

using namespace mlir;
using namespace mlir::compress;

static ModelInterface getInterface(const CudaProgram &program) {
  ModelInterface interface;
  interface.runtime = "cuda";
  interface.data = kCudaModuleName;
  interface.target = program.chip->name;
  interface.number = "device";
  interface.init =
      "Loads the kernels into GPU number `device`, and uploads the "
      "weights, once.";
  interface.destroy = "Waits for what is under way, and frees everything.";
  interface.tensors =
      "Tensors are row-major. A pointer may be of the device, aligned to 16 "
      "bytes, or of the host, which is copied on the stream. Extents that are "
      "not \"?\" are as written.";
  interface.forHost = ", in the memory of the host";
  interface.fields = "  /* Memory of the device, aligned to 256 bytes, or NULL "
                     "for the model's "
                     "own. */\n"
                     "  void *workspace;\n  int64_t workspace_bytes;\n";
  interface.sizes =
      "From the shapes of the inputs, sets those of the outputs and "
      "workspace_bytes, which counts a place for every tensor that is not on "
      "the device yet.";
  interface.run =
      "Enqueues a call to `stream`, a CUstream, and does not wait for it. "
      "Where "
      "all tensors are on the device it can be captured as a graph. One call "
      "of a model at a time.";
  interface.hasStreams = true;
  return interface;
}

llvm::Error compress::addCudaInterface(llvm::Module &module,
                                       const CudaProgram &program,
                                       StringRef name) {
  return addModelInterface(module, program, getInterface(program), name);
}

void compress::writeCudaHeader(raw_ostream &os, const CudaProgram &program,
                               StringRef name) {
  writeModelHeader(os, program, getInterface(program), name);
}
