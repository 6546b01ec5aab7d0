//===- ConvertInstructionsToPTX.cpp - Our instructions as assembly --------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StreamInstructions.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTINSTRUCTIONSTOPTXPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;

namespace {
struct ConvertInstructionsToPTX
    : compress::impl::ConvertInstructionsToPTXPassBase<
          ConvertInstructionsToPTX> {
  void runOnOperation() override {
    getOperation().walk(
        [](Operation *op) { compress::convertStreamInstruction(op); });
  }
};
} // namespace
