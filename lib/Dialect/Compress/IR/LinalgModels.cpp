//===- LinalgModels.cpp - Compressible linalg ops
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/LinalgModels.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace mlir::compress;

namespace {
template <typename Op>
struct LinalgModel
    : CompressibleOpInterface::ExternalModel<LinalgModel<Op>, Op> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    auto linalgOp = cast<linalg::LinalgOp>(op);
    if (!linalgOp.hasPureTensorSemantics()) {
      reason = "it works on buffers; run before bufferization";
      return failure();
    }
    if (!linalg::isaContractionOpInterface(linalgOp)) {
      reason =
          "it is no contraction: a multiplication of two operands added to "
          "an accumulator";
      return failure();
    }
    Type type = getElementTypeOrSelf(op->getResult(0));
    if (!getCodecElementType(type)) {
      reason = "its result must be f32, f16 or bf16";
      return failure();
    }
    for (Type operand : op->getOperandTypes()) {
      auto tensor = dyn_cast<RankedTensorType>(operand);
      if (!tensor || !getCodecElementType(tensor.getElementType())) {
        reason = "its operands must be tensors of f32, f16 or bf16";
        return failure();
      }
    }
    // compress.contract multiplies in the type of the result.
    bool narrow = false;
    op->getRegion(0).walk(
        [&](arith::MulFOp product) { narrow |= product.getType() != type; });
    if (narrow) {
      reason = "it multiplies in another type than that of its result";
      return failure();
    }
    Contraction contraction;
    llvm::append_range(contraction.maps, linalgOp.getIndexingMapsArray());
    return contraction;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value lhs, Value rhs) const {
    std::string reason;
    FailureOr<Contraction> contraction = getContraction(op, reason);
    if (failed(contraction))
      return failure();
    Value init = op->getOperand(contraction->init);
    auto contract = ContractOp::create(
        rewriter, op->getLoc(), init.getType(), lhs, rhs, init,
        rewriter.getAffineMapArrayAttr(contraction->maps));
    return contract.getResult();
  }
};

template <typename... Ops>
void attachModels(MLIRContext *context) {
  (Ops::template attachInterface<LinalgModel<Ops>>(*context), ...);
}

/// Attaches the models once linalg is loaded.
struct LinalgModelsExtension
    : DialectExtension<LinalgModelsExtension, linalg::LinalgDialect> {
  void apply(MLIRContext *context, linalg::LinalgDialect *) const final {
    attachModels<linalg::MatmulOp, linalg::BatchMatmulOp, linalg::MatvecOp,
                 linalg::VecmatOp, linalg::BatchMatvecOp, linalg::BatchVecmatOp,
                 linalg::Mmt4DOp, linalg::BatchMmt4DOp, linalg::ContractOp,
                 linalg::GenericOp>(context);
  }
};
} // namespace

void compress::registerLinalgModels(DialectRegistry &registry) {
  registry.addExtensions<LinalgModelsExtension>();
}
