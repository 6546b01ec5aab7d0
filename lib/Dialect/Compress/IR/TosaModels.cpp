//===- TosaModels.cpp - Compressible TOSA ops
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/TosaModels.h"
#include "compress/Dialect/Compress/IR/Compress.h"
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

/// The dense tensor of the same extents as `value`, from before compression:
/// asking it for an extent keeps no decode.
static Value getUncompressed(Value value) {
  if (auto decode = value.getDefiningOp<DecodeOp>())
    if (auto encode = decode.getInput().getDefiningOp<EncodeOp>())
      return encode.getInput();
  return value;
}

static OpFoldResult getSize(ImplicitLocOpBuilder &b, Value value, int64_t dim) {
  return tensor::getMixedSize(b, b.getLoc(), getUncompressed(value), dim);
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
    Builder builder(op->getContext());
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
    auto matmul = cast<tosa::MatMulOp>(op);
    auto type = cast<RankedTensorType>(matmul.getType());
    ImplicitLocOpBuilder b(op->getLoc(), rewriter);
    OpFoldResult sizes[] = {getSize(b, matmul.getA(), 0),
                            getSize(b, matmul.getA(), 1),
                            getSize(b, matmul.getB(), 2)};
    Value empty = tensor::EmptyOp::create(b, sizes, type.getElementType());
    Value zero =
        arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
    Value init = linalg::FillOp::create(b, ValueRange{zero}, ValueRange{empty})
                     .getResult(0);
    Value result =
        ContractOp::create(b, init.getType(), lhs, rhs, init,
                           b.getAffineMapArrayAttr(contraction->maps));
    if (result.getType() != type)
      result = tensor::CastOp::create(b, type, result);
    return result;
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
    sizes.push_back(getSize(builder, gather.getValues(), 2));
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
    // Rebuilt ops are made of these.
    context->loadDialect<arith::ArithDialect, linalg::LinalgDialect,
                         tensor::TensorDialect>();
  }
};
} // namespace

void compress::registerTosaModels(DialectRegistry &registry) {
  registry.addExtensions<TosaModelsExtension>();
}
