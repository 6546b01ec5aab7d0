//===- EmulatedCalls.h - Calls of the emulator ------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Calls of the functions of EmulatedABI.h.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEDCALLS_H
#define COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEDCALLS_H

#include "../Utils/RuntimeCalls.h"

namespace mlir::compress {

class EmulatedCalls : public RuntimeCalls {
public:
  explicit EmulatedCalls(ModuleOp module) : RuntimeCalls(module, "emulated") {}
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_NVVMTOEMULATED_EMULATEDCALLS_H
