//===- SeparateLoopInits.cpp - An empty tensor for each value of a loop ---===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/Passes.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/LoopLikeInterface.h"

namespace mlir::compress {
#define GEN_PASS_DEF_SEPARATELOOPINITSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct SeparateLoopInits
    : compress::impl::SeparateLoopInitsPassBase<SeparateLoopInits> {
  void runOnOperation() override {
    getOperation()->walk([](LoopLikeOpInterface loop) {
      // Destinations of a parallel loop are written in slices, never read.
      if (isa<scf::ForallOp>(*loop))
        return;
      OpBuilder builder(loop);
      for (OpOperand &init : loop.getInitsMutable()) {
        auto empty = init.get().getDefiningOp<tensor::EmptyOp>();
        if (empty && !empty->hasOneUse())
          init.set(builder.clone(*empty)->getResult(0));
      }
    });
  }
};
} // namespace
