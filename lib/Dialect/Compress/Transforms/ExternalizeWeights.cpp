//===- ExternalizeWeights.cpp - Move weights to a safetensors file
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightsOut.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"

namespace mlir::compress {
#define GEN_PASS_DEF_EXTERNALIZEWEIGHTSPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct ExternalizeWeightsPass
    : compress::impl::ExternalizeWeightsPassBase<ExternalizeWeightsPass> {
  using ExternalizeWeightsPassBase::ExternalizeWeightsPassBase;

  void runOnOperation() override {
    if (failed(externalize(getOperation())))
      signalPassFailure();
  }

private:
  LogicalResult externalize(ModuleOp module) {
    if (weightsOut.empty())
      return module.emitError() << "compress-externalize-weights needs the "
                                   "option weights-out, the "
                                   "safetensors file to write";
    UniqueNames names;
    SmallVector<DenseWeight> weights = collectDenseWeights(
        module, minBytes, names, [](Operation *, Value) { return false; });
    SmallVector<runtime::SafetensorsEntry> entries;
    for (const DenseWeight &weight : weights)
      entries.push_back(getEntry(weight.key, weight.elements.getShapedType()));
    FailureOr<std::unique_ptr<WeightsOut>> file =
        WeightsOut::create(module, weightsOut, entries);
    return failure(failed(file) || failed((*file)->copy(weights)) ||
                   failed((*file)->finish()));
  }
};
} // namespace
