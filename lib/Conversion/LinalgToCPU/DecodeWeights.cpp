//===- DecodeWeights.cpp - Weights that loops do not decode ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/Transforms/Repack.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"

namespace mlir::compress {
#define GEN_PASS_DEF_DECODEWEIGHTSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Whether the op computes with the decoded values of the weight.
static bool decodes(Operation *op) {
  if (auto contract = dyn_cast<ContractOp>(op))
    return !contract.isIntegerContraction();
  if (auto conv = dyn_cast<ConvOp>(op))
    return !conv.isIntegerContraction();
  return isa<DecodeOp>(op);
}

namespace {
struct DecodeWeights : compress::impl::DecodeWeightsPassBase<DecodeWeights> {
  using DecodeWeightsPassBase::DecodeWeightsPassBase;

  void runOnOperation() override {
    SmallVector<AssembleOp> ops;
    getOperation().walk([&](AssembleOp op) {
      if (op.getType().hasStaticShape() && hasConstantComponents(op) &&
          llvm::any_of(op->getUsers(), decodes))
        ops.push_back(op);
    });
    for (AssembleOp op : ops)
      if (failed(decode(op)))
        return signalPassFailure();
  }

  LogicalResult decode(AssembleOp op) {
    CompressedTensorType type = op.getType();
    RankedTensorType dense = type.getDenseType();
    auto scheme = SchemeAttr::get(
        op.getContext(), DenseSparsityAttr::get(op.getContext()),
        FloatStorageAttr::get(op.getContext(), dense.getElementType()),
        RowMajorLayoutAttr::get(op.getContext()));
    if (scheme == type.getScheme())
      return success();

    FailureOr<SmallVector<WeightBytes>> read = readComponents(op);
    if (failed(read))
      return failure();
    SmallVector<ArrayRef<char>> components;
    for (const WeightBytes &bytes : *read)
      components.push_back(bytes.data);
    AsmResourceBlob blob =
        HeapAsmResourceBlob::allocate(getNumBytes(dense), /*align=*/64);
    if (llvm::Error error = type.getScheme().decode(
            type.getShape(), type.getElementType(), components,
            blob.getMutableData(), &getContext().getThreadPool()))
      return op.emitOpError(llvm::toString(std::move(error)));

    OpBuilder b(op);
    Value values = arith::ConstantOp::create(
        b, op.getLoc(), dense,
        DenseResourceElementsAttr::get(dense, "decoded", std::move(blob)));
    auto decoded = AssembleOp::create(
        b, op.getLoc(),
        CompressedTensorType::get(op.getContext(), type.getShape(),
                                  type.getElementType(), scheme),
        values);
    op.getResult().replaceUsesWithIf(decoded.getResult(), [](OpOperand &use) {
      return decodes(use.getOwner());
    });
    if (op->use_empty())
      eraseWithConstants(op);
    return success();
  }
};
} // namespace
