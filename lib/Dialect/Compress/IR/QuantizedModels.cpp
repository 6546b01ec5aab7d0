//===- QuantizedModels.cpp - Ops on quantized integers
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/QuantizedModels.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace mlir::compress;

namespace {
template <typename Op>
struct QuantizedModel
    : CompressibleOpInterface::ExternalModel<QuantizedModel<Op>, Op> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    reason = "it multiplies integers that are quantized already, and whose "
             "scales it does not hold";
    return failure();
  }

  bool isAlwaysListed(Operation *op) const { return true; }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value lhs, Value rhs) const {
    return failure();
  }
};

template <typename... Ops>
void attachModels(MLIRContext *context) {
  (Ops::template attachInterface<QuantizedModel<Ops>>(*context), ...);
}

/// Attaches the models once linalg is loaded.
struct QuantizedModelsExtension
    : DialectExtension<QuantizedModelsExtension, linalg::LinalgDialect> {
  void apply(MLIRContext *context, linalg::LinalgDialect *) const final {
    attachModels<linalg::QuantizedMatmulOp, linalg::QuantizedBatchMatmulOp,
                 linalg::Conv2DNhwcHwcfQOp, linalg::Conv2DNhwcFhwcQOp,
                 linalg::Conv2DNchwFchwQOp, linalg::Conv2DNgchwGfchwQOp,
                 linalg::Conv2DNhwgcGfhwcQOp, linalg::Conv3DNdhwcDhwcfQOp,
                 linalg::DepthwiseConv2DNhwcHwcQOp,
                 linalg::DepthwiseConv2DNhwcHwcmQOp>(context);
  }
};
} // namespace

void compress::registerQuantizedModels(DialectRegistry &registry) {
  registry.addExtensions<QuantizedModelsExtension>();
}
