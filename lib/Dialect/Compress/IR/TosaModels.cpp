//===- TosaModels.cpp - Compressible TOSA ops
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/TosaModels.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ContractFromZeros.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/IR/LookupModels.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

/// Whether all are tensors of a rank, of one type that can be compressed.
static bool haveOneType(TypeRange types, std::string &reason) {
  for (Type type : types) {
    auto tensor = dyn_cast<RankedTensorType>(type);
    if (!tensor || !getCodecElementType(tensor.getElementType()) ||
        tensor.getElementType() != getElementTypeOrSelf(types.front())) {
      reason = "its operands and its result must be tensors of one type, f32, "
               "f16 or bf16";
      return false;
    }
  }
  return true;
}

/// The zero points of floats are zeros, but an operand all the same.
static bool isZero(Value value) {
  return matchPattern(value, m_AnyZeroFloat());
}

namespace {
/// result[n, h, w] = sum over c of a[n, h, c] * b[n, c, w].
struct MatMulModel
    : CompressibleOpInterface::ExternalModel<MatMulModel, tosa::MatMulOp> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    auto matmul = cast<tosa::MatMulOp>(op);
    if (!haveOneType({matmul.getA().getType(), matmul.getB().getType(),
                      matmul.getType()},
                     reason))
      return failure();
    if (!isZero(matmul.getAZp()) || !isZero(matmul.getBZp())) {
      reason = "its zero points must be constant zeros";
      return failure();
    }
    auto map = [&](ArrayRef<unsigned> dims) {
      return AffineMap::getMultiDimMapWithTargets(4, dims, op->getContext());
    };
    Contraction contraction;
    contraction.maps = {map({0, 1, 3}), map({0, 3, 2}), map({0, 1, 2})};
    return contraction;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value lhs, Value rhs) const {
    std::string reason;
    FailureOr<Contraction> contraction = getContraction(op, reason);
    if (failed(contraction))
      return failure();
    return buildContractFromZeros(rewriter, op, *contraction, lhs, rhs);
  }
};

/// The spatial dimensions of a convolution: padding before and after, stride
/// and dilation of each.
struct Window {
  SmallVector<int64_t> before, after, strides, dilations;

  template <typename Op>
  explicit Window(Op op) {
    for (auto [i, amount] : llvm::enumerate(op.getPad()))
      (i % 2 ? after : before).push_back(amount);
    llvm::append_range(strides, op.getStride());
    llvm::append_range(dilations, op.getDilation());
  }

  bool isPadded() const {
    auto isPositive = [](int64_t amount) { return amount != 0; };
    return llvm::any_of(before, isPositive) || llvm::any_of(after, isPositive);
  }

  /// The amounts for all dimensions of an image, channels last.
  static SmallVector<OpFoldResult> getAmounts(Builder &b,
                                              ArrayRef<int64_t> spatial) {
    SmallVector<OpFoldResult> amounts(spatial.size() + 2, b.getIndexAttr(0));
    for (auto [i, amount] : llvm::enumerate(spatial))
      amounts[i + 1] = b.getIndexAttr(amount);
    return amounts;
  }
};

/// result[n, o..., f] = bias[f] + sum over k..., c of
/// input[n, o * stride + k * dilation - pad..., c] * weight[f, k..., c];
/// depthwise, with weight[k..., c, m] and f = c * M + m, c is not reduced.
template <typename Op>
struct ConvModel : CompressibleOpInterface::ExternalModel<ConvModel<Op>, Op> {
  static constexpr bool kDepthwise =
      std::is_same_v<Op, tosa::DepthwiseConv2DOp>;

  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    auto conv = cast<Op>(op);
    if (!haveOneType({conv.getInput().getType(), conv.getWeight().getType(),
                      conv.getBias().getType(), conv.getType()},
                     reason))
      return failure();
    if (conv.getAccType() != getElementTypeOrSelf(conv.getType())) {
      reason = "it accumulates in another type than that of its result";
      return failure();
    }
    if (!isZero(conv.getInputZp()) || !isZero(conv.getWeightZp())) {
      reason = "its zero points must be constant zeros";
      return failure();
    }
    auto weight = cast<RankedTensorType>(conv.getWeight().getType());
    auto bias = cast<RankedTensorType>(conv.getBias().getType());
    auto result = cast<RankedTensorType>(conv.getType());
    if (!weight.hasStaticShape() || !bias.hasStaticShape() ||
        llvm::any_of(result.getShape().drop_front(), ShapedType::isDynamic)) {
      reason = "its extents, but for the batch, must be static";
      return failure();
    }
    // Dimensions: n, o..., c and m or f, k..., then c if it is reduced.
    Window window(conv);
    MLIRContext *context = op->getContext();
    unsigned spatial = window.strides.size();
    unsigned channel = 1 + spatial, kernel = channel + (kDepthwise ? 2 : 1);
    unsigned numDims = kernel + spatial + (kDepthwise ? 0 : 1);
    auto dim = [&](unsigned position) {
      return getAffineDimExpr(position, context);
    };
    SmallVector<AffineExpr> image{dim(0)}, filter, to{dim(0)};
    for (unsigned i = 0; i < spatial; ++i) {
      image.push_back(dim(1 + i) * window.strides[i] +
                      dim(kernel + i) * window.dilations[i]);
      to.push_back(dim(1 + i));
      filter.push_back(dim(kernel + i));
    }
    if constexpr (kDepthwise) {
      image.push_back(dim(channel));
      filter.append({dim(channel), dim(channel + 1)});
      to.append({dim(channel), dim(channel + 1)});
    } else {
      image.push_back(dim(numDims - 1));
      filter.insert(filter.begin(), dim(channel));
      filter.push_back(dim(numDims - 1));
      to.push_back(dim(channel));
    }
    Contraction contraction;
    for (ArrayRef<AffineExpr> exprs :
         {ArrayRef(image), ArrayRef(filter), ArrayRef(to)})
      contraction.maps.push_back(AffineMap::get(numDims, 0, exprs, context));
    return contraction;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value image, Value filter) const {
    std::string reason;
    FailureOr<Contraction> contraction = getContraction(op, reason);
    if (failed(contraction))
      return failure();
    auto conv = cast<Op>(op);
    ImplicitLocOpBuilder b(op->getLoc(), rewriter);
    FailureOr<Value> padded = padImage(b, Window(conv), image);
    if (failed(padded))
      return failure();
    Value init = buildInit(b, conv);
    ArrayAttr maps = b.getAffineMapArrayAttr(contraction->maps);
    Value result;
    if (contraction->isConvolution())
      result = ConvOp::create(b, init.getType(), *padded, filter, init, maps);
    else
      result =
          ContractOp::create(b, init.getType(), *padded, filter, init, maps);
    if constexpr (kDepthwise) {
      int64_t last = cast<RankedTensorType>(result.getType()).getRank() - 1;
      SmallVector<ReassociationIndices> groups;
      for (int64_t i = 0; i + 1 < last; ++i)
        groups.push_back({i});
      groups.push_back({last - 1, last});
      result = tensor::CollapseShapeOp::create(b, result, groups);
    }
    if (result.getType() != conv.getType())
      result = tensor::CastOp::create(b, conv.getType(), result);
    return result;
  }

private:
  /// Pads by zeros, which every storage of an image with given parameters
  /// holds exactly; a compressed image is encoded anew, after the padding.
  static FailureOr<Value> padImage(ImplicitLocOpBuilder &b, Window window,
                                   Value image) {
    if (!window.isPadded())
      return image;
    auto pad = [&](Value dense) -> Value {
      Value zero = arith::ConstantOp::create(
          b, b.getZeroAttr(getElementTypeOrSelf(dense.getType())));
      return tensor::PadOp::create(b, /*resultType=*/Type(), dense,
                                   Window::getAmounts(b, window.before),
                                   Window::getAmounts(b, window.after), zero);
    };
    auto compressed = dyn_cast<CompressedTensorType>(image.getType());
    if (!compressed)
      return pad(image);
    auto encode = image.getDefiningOp<EncodeOp>();
    SchemeAttrInterface scheme = compressed.getScheme();
    if (!encode || !isa<DenseSparsityAttr>(scheme.getSparsity()))
      return failure();
    Value dense = pad(encode.getInput());
    auto type = cast<RankedTensorType>(dense.getType());
    // Parameters that span the image are those of the padded one.
    auto before = scheme.getParameters(compressed.getShape(),
                                       compressed.getElementType());
    auto after = scheme.getParameters(type.getShape(), type.getElementType());
    for (auto [old, now] : llvm::zip_equal(before, after))
      if (old.type != now.type)
        return failure();
    auto padded = CompressedTensorType::get(b.getContext(), type.getShape(),
                                            type.getElementType(), scheme);
    return EncodeOp::create(b, padded, dense, encode.getParameters(),
                            encode.getObserverAttr())
        .getResult();
  }

  /// The bias at every position of the result.
  static Value buildInit(ImplicitLocOpBuilder &b, Op conv) {
    auto type = cast<RankedTensorType>(conv.getType());
    SmallVector<int64_t> shape(type.getShape());
    int64_t multiplier = 0;
    if constexpr (kDepthwise) {
      ArrayRef<int64_t> weight =
          cast<RankedTensorType>(conv.getWeight().getType()).getShape();
      multiplier = weight.back();
      shape.back() = weight[weight.size() - 2];
      shape.push_back(multiplier);
    }
    SmallVector<OpFoldResult> sizes =
        getAsIndexOpFoldResult(b.getContext(), shape);
    sizes.front() = getUncompressedSize(b, conv.getInput(), 0);
    if (auto extent = getConstantIntValue(sizes.front()))
      shape.front() = *extent;
    Value bias = conv.getBias();
    bool oneBias = cast<RankedTensorType>(bias.getType()).getDimSize(0) == 1;
    auto getElement = [&](ImplicitLocOpBuilder &nb, ValueRange at) -> Value {
      Value index = at.back();
      if (oneBias) {
        index = arith::ConstantIndexOp::create(nb, 0);
      } else if (kDepthwise) {
        Value first = arith::MulIOp::create(
            nb, at[at.size() - 2],
            arith::ConstantIndexOp::create(nb, multiplier));
        index = arith::AddIOp::create(nb, first, index);
      }
      return tensor::ExtractOp::create(nb, bias, index);
    };
    return buildLookup(b, RankedTensorType::get(shape, type.getElementType()),
                       sizes, getElement);
  }
};

/// A transposed convolution scatters: no compress.conv is one.
struct TransposeConvModel
    : CompressibleOpInterface::ExternalModel<TransposeConvModel,
                                             tosa::TransposeConv2DOp> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    reason = "it is a transposed convolution, which adds each element of its "
             "input to a window of its result";
    return failure();
  }
  bool isAlwaysListed(Operation *op) const { return true; }
  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value lhs, Value rhs) const {
    return failure();
  }
};

/// result[n, w, c] = values[n, indices[n, w], c].
struct GatherModel
    : CompressibleOpInterface::ExternalModel<GatherModel, tosa::GatherOp> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    reason = "it looks up rows that cannot be compressed";
    return failure();
  }

  std::optional<Lookup> getLookup(Operation *op) const {
    if (!isa<RankedTensorType>(op->getOperand(1).getType()))
      return std::nullopt;
    Lookup lookup;
    lookup.rowAxes.push_back(2);
    return lookup;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value table, Value) const {
    auto gather = cast<tosa::GatherOp>(op);
    Value indices = gather.getIndices();
    ImplicitLocOpBuilder builder(op->getLoc(), rewriter);
    auto tableType = cast<CompressedTensorType>(table.getType());
    SmallVector<OpFoldResult> sizes =
        tensor::getMixedSizes(builder, op->getLoc(), indices);
    sizes.push_back(getUncompressedSize(builder, gather.getValues(), 2));
    SmallVector<int64_t> shape;
    SmallVector<Value> dynamic;
    dispatchIndexOpFoldResults(sizes, dynamic, shape);
    auto type = RankedTensorType::get(shape, tableType.getElementType());
    auto getElement = [&](ImplicitLocOpBuilder &b, ValueRange at) -> Value {
      Value index =
          tensor::ExtractOp::create(b, indices, ValueRange{at[0], at[1]});
      Value row = arith::IndexCastOp::create(b, b.getIndexType(), index);
      return ExtractOp::create(b, tableType.getElementType(), table,
                               ValueRange{at[0], row, at[2]});
    };
    Value result = buildLookup(builder, type, sizes, getElement);
    if (type != gather.getType())
      result = tensor::CastOp::create(builder, gather.getType(), result);
    return result;
  }
};

/// Attaches the models once TOSA is loaded.
struct TosaModelsExtension
    : DialectExtension<TosaModelsExtension, tosa::TosaDialect> {
  void apply(MLIRContext *context, tosa::TosaDialect *) const final {
    tosa::MatMulOp::attachInterface<MatMulModel>(*context);
    tosa::GatherOp::attachInterface<GatherModel>(*context);
    tosa::Conv2DOp::attachInterface<ConvModel<tosa::Conv2DOp>>(*context);
    tosa::Conv3DOp::attachInterface<ConvModel<tosa::Conv3DOp>>(*context);
    tosa::DepthwiseConv2DOp::attachInterface<
        ConvModel<tosa::DepthwiseConv2DOp>>(*context);
    tosa::TransposeConv2DOp::attachInterface<TransposeConvModel>(*context);
    // Rebuilt ops are made of these.
    context->loadDialect<arith::ArithDialect, linalg::LinalgDialect,
                         tensor::TensorDialect>();
  }
};
} // namespace

void compress::registerTosaModels(DialectRegistry &registry) {
  registry.addExtensions<TosaModelsExtension>();
}
