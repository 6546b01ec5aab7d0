//===- LinalgModels.cpp - Compressible linalg ops
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/LinalgModels.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/Convolution.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace mlir::compress;

/// The argument of the body that the value is, converted at most once. What
/// else a body may do to an operand, a compressed op could not repeat.
static BlockArgument getOperandOf(Value value) {
  Operation *op = value.getDefiningOp();
  if (op && isa<arith::ExtFOp, arith::TruncFOp>(op))
    value = op->getOperand(0);
  return dyn_cast<BlockArgument>(value);
}

/// Whether the body yields the accumulator plus the product of the two inputs.
static bool multipliesAndAdds(Block &body) {
  if (body.getNumArguments() != 3)
    return false;
  Value yielded = body.getTerminator()->getOperand(0);
  auto sum = yielded.getDefiningOp<arith::AddFOp>();
  if (!sum)
    return false;
  bool first = sum.getLhs() == body.getArgument(2);
  if (!first && sum.getRhs() != body.getArgument(2))
    return false;
  Value added = first ? sum.getRhs() : sum.getLhs();
  auto product = added.getDefiningOp<arith::MulFOp>();
  if (!product)
    return false;
  BlockArgument lhs = getOperandOf(product.getLhs());
  BlockArgument rhs = getOperandOf(product.getRhs());
  return lhs && rhs && lhs.getOwner() == &body && rhs.getOwner() == &body &&
         lhs.getArgNumber() + rhs.getArgNumber() == 1;
}

/// Brings the maps of a convolution into the order (image, filter, result).
/// Returns why they are not those of one, empty when they are.
static std::string findConvolutionMaps(linalg::LinalgOp op,
                                       Contraction &contraction) {
  SmallVector<AffineMap> maps = op.getIndexingMapsArray();
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1)
    return "it neither contracts nor convolves: it has other operands than two "
           "and an accumulator";
  // The image is the operand whose index has sums.
  if (maps[0].isProjectedPermutation()) {
    std::swap(contraction.lhs, contraction.rhs);
    std::swap(maps[0], maps[1]);
  }
  if (maps[0].isProjectedPermutation())
    return "it neither contracts nor convolves by its indexing maps";
  std::string wrong = checkConvolutionMaps(maps);
  if (!wrong.empty())
    return "it is no convolution: " + wrong;
  for (auto [dim, type] : llvm::enumerate(op.getIteratorTypesArray()))
    if ((type == utils::IteratorType::parallel) != maps[2].isFunctionOfDim(dim))
      return "it reduces other dimensions than those that its result lacks";
  contraction.maps.assign(maps.begin(), maps.end());
  return {};
}

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
    Contraction contraction;
    contraction.init = 2;
    if (linalg::isaContractionOpInterface(linalgOp)) {
      llvm::append_range(contraction.maps, linalgOp.getIndexingMapsArray());
    } else {
      reason = findConvolutionMaps(linalgOp, contraction);
      if (!reason.empty())
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
    // compress.contract and conv multiply in the type of the result.
    bool narrow = false;
    op->getRegion(0).walk(
        [&](arith::MulFOp product) { narrow |= product.getType() != type; });
    if (narrow) {
      reason = "it multiplies in another type than that of its result";
      return failure();
    }
    if (!multipliesAndAdds(op->getRegion(0).front())) {
      reason = "it does not add the product of its two operands to an "
               "accumulator";
      return failure();
    }
    return contraction;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value lhs, Value rhs) const {
    std::string reason;
    FailureOr<Contraction> contraction = getContraction(op, reason);
    if (failed(contraction))
      return failure();
    Value init = op->getOperand(*contraction->init);
    ArrayAttr maps = rewriter.getAffineMapArrayAttr(contraction->maps);
    if (contraction->isConvolution())
      return ConvOp::create(rewriter, op->getLoc(), init.getType(), lhs, rhs,
                            init, maps)
          .getResult();
    return ContractOp::create(rewriter, op->getLoc(), init.getType(), lhs, rhs,
                              init, maps)
        .getResult();
  }
};

/// A pooling has a window but no weight.
template <typename Op>
struct PoolingModel
    : CompressibleOpInterface::ExternalModel<PoolingModel<Op>, Op> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    reason = "it pools: it multiplies by no weight";
    return failure();
  }
  bool isAlwaysListed(Operation *op) const { return true; }
  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value lhs, Value rhs) const {
    return failure();
  }
};

template <template <typename> typename Model, typename... Ops>
void attachModels(MLIRContext *context) {
  (Ops::template attachInterface<Model<Ops>>(*context), ...);
}

/// Attaches the models once linalg is loaded.
struct LinalgModelsExtension
    : DialectExtension<LinalgModelsExtension, linalg::LinalgDialect> {
  void apply(MLIRContext *context, linalg::LinalgDialect *) const final {
    attachModels<LinalgModel, linalg::MatmulOp, linalg::BatchMatmulOp,
                 linalg::MatvecOp, linalg::VecmatOp, linalg::BatchMatvecOp,
                 linalg::BatchVecmatOp, linalg::Mmt4DOp, linalg::BatchMmt4DOp,
                 linalg::ContractOp, linalg::GenericOp>(context);
    attachModels<
        LinalgModel, linalg::Conv1DOp, linalg::Conv2DOp, linalg::Conv3DOp,
        linalg::Conv1DNwcWcfOp, linalg::Conv1DNcwFcwOp,
        linalg::Conv2DNhwcHwcfOp, linalg::Conv2DNhwcFhwcOp,
        linalg::Conv2DNchwFchwOp, linalg::Conv2DNgchwFgchwOp,
        linalg::Conv2DNgchwGfchwOp, linalg::Conv2DNhwgcGfhwcOp,
        linalg::Conv3DNdhwcDhwcfOp, linalg::Conv3DNcdhwFcdhwOp,
        linalg::DepthwiseConv1DNwcWcOp, linalg::DepthwiseConv1DNcwCwOp,
        linalg::DepthwiseConv1DNwcWcmOp, linalg::DepthwiseConv2DNhwcHwcOp,
        linalg::DepthwiseConv2DNchwChwOp, linalg::DepthwiseConv2DNhwcHwcmOp,
        linalg::DepthwiseConv3DNdhwcDhwcOp, linalg::DepthwiseConv3DNcdhwCdhwOp,
        linalg::DepthwiseConv3DNdhwcDhwcmOp>(context);
    attachModels<PoolingModel, linalg::PoolingNhwcSumOp,
                 linalg::PoolingNchwSumOp, linalg::PoolingNhwcMaxOp,
                 linalg::PoolingNhwcMaxUnsignedOp, linalg::PoolingNchwMaxOp,
                 linalg::PoolingNhwcMinOp, linalg::PoolingNhwcMinUnsignedOp,
                 linalg::PoolingNwcSumOp, linalg::PoolingNcwSumOp,
                 linalg::PoolingNwcMaxOp, linalg::PoolingNwcMaxUnsignedOp,
                 linalg::PoolingNcwMaxOp, linalg::PoolingNwcMinOp,
                 linalg::PoolingNwcMinUnsignedOp, linalg::PoolingNdhwcSumOp,
                 linalg::PoolingNdhwcMaxOp, linalg::PoolingNdhwcMinOp>(context);
  }
};
} // namespace

void compress::registerLinalgModels(DialectRegistry &registry) {
  registry.addExtensions<LinalgModelsExtension>();
}
