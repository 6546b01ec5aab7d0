//===- LookupModels.cpp - Compressible lookups
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/LookupModels.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/DialectRegistry.h"

using namespace mlir;
using namespace mlir::compress;

Value compress::buildLookup(
    ImplicitLocOpBuilder &builder, RankedTensorType type,
    ArrayRef<OpFoldResult> sizes,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> getElement) {
  Value empty = tensor::EmptyOp::create(builder, sizes, type.getElementType());
  AffineMap identity = builder.getMultiDimIdentityMap(type.getRank());
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto body = [&](OpBuilder &nested, Location loc, ValueRange) {
    ImplicitLocOpBuilder b(loc, nested);
    SmallVector<Value> position;
    for (int64_t dim = 0; dim < type.getRank(); ++dim)
      position.push_back(linalg::IndexOp::create(b, dim));
    linalg::YieldOp::create(b, getElement(b, position));
  };
  return linalg::GenericOp::create(builder, type, ValueRange(), empty, identity,
                                   iterators, body)
      .getResult(0);
}

Value compress::buildGather(
    ImplicitLocOpBuilder &builder, tensor::GatherOp gather,
    function_ref<Value(ImplicitLocOpBuilder &, ValueRange)> getElement) {
  Value indices = gather.getIndices();
  int64_t batchRank = cast<RankedTensorType>(indices.getType()).getRank() - 1;
  auto source = cast<RankedTensorType>(gather.getSource().getType());
  RankedTensorType type = gather.getType();
  ArrayRef<int64_t> gathered = gather.getGatherDims();
  // A result without the gathered dimensions, or with them as extents 1.
  bool keepsDims = type.getRank() == batchRank + source.getRank();

  SmallVector<OpFoldResult> sizes =
      tensor::getMixedSizes(builder, gather.getLoc(), indices);
  sizes.pop_back();
  SmallVector<OpFoldResult> sourceSizes =
      tensor::getMixedSizes(builder, gather.getLoc(), gather.getSource());
  for (int64_t dim = 0; dim < source.getRank(); ++dim) {
    if (!llvm::is_contained(gathered, dim))
      sizes.push_back(sourceSizes[dim]);
    else if (keepsDims)
      sizes.push_back(builder.getIndexAttr(1));
  }
  return buildLookup(
      builder, type, sizes,
      [&](ImplicitLocOpBuilder &b, ValueRange at) -> Value {
        SmallVector<Value> position(source.getRank());
        for (auto [i, dim] : llvm::enumerate(gathered)) {
          SmallVector<Value> where(at.take_front(batchRank));
          where.push_back(
              arith::ConstantIndexOp::create(b, static_cast<int64_t>(i)));
          Value index = tensor::ExtractOp::create(b, indices, where);
          if (!index.getType().isIndex())
            index = arith::IndexCastOp::create(b, b.getIndexType(), index);
          position[dim] = index;
        }
        int64_t next = batchRank;
        for (int64_t dim = 0; dim < source.getRank(); ++dim) {
          if (!position[dim])
            position[dim] = at[next++];
          else if (keepsDims)
            ++next;
        }
        return getElement(b, position);
      });
}

namespace {
/// Says that no lookup is a contraction.
template <typename Model, typename Op>
struct LookupModel : CompressibleOpInterface::ExternalModel<Model, Op> {
  FailureOr<Contraction> getContraction(Operation *op,
                                        std::string &reason) const {
    reason = "it looks up elements whose type or shape cannot be compressed";
    return failure();
  }
};

struct ExtractModel : LookupModel<ExtractModel, tensor::ExtractOp> {
  std::optional<Lookup> getLookup(Operation *op) const {
    auto extract = cast<tensor::ExtractOp>(op);
    int64_t rank = extract.getTensor().getType().getRank();
    // Scalars share no scale.
    if (rank < 2)
      return std::nullopt;
    Lookup lookup;
    for (auto [dim, index] : llvm::enumerate(extract.getIndices()))
      if (index.getDefiningOp<linalg::IndexOp>())
        lookup.rowAxes.push_back(dim);
    if (static_cast<int64_t>(lookup.rowAxes.size()) == rank)
      lookup.rowAxes.erase(lookup.rowAxes.begin());
    if (lookup.rowAxes.empty())
      lookup.rowAxes.push_back(rank - 1);
    return lookup;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value table, Value) const {
    auto extract = cast<tensor::ExtractOp>(op);
    return ExtractOp::create(rewriter, op->getLoc(), extract.getType(), table,
                             extract.getIndices())
        .getResult();
  }
};

struct GatherModel : LookupModel<GatherModel, tensor::GatherOp> {
  std::optional<Lookup> getLookup(Operation *op) const {
    auto gather = cast<tensor::GatherOp>(op);
    Lookup lookup;
    int64_t rank =
        cast<RankedTensorType>(gather.getSource().getType()).getRank();
    for (int64_t dim = 0; dim < rank; ++dim)
      if (!llvm::is_contained(gather.getGatherDims(), dim))
        lookup.rowAxes.push_back(dim);
    if (lookup.rowAxes.empty())
      return std::nullopt;
    return lookup;
  }

  FailureOr<Value> rebuildCompressed(Operation *op, RewriterBase &rewriter,
                                     Value table, Value) const {
    ImplicitLocOpBuilder builder(op->getLoc(), rewriter);
    auto type = cast<CompressedTensorType>(table.getType());
    return buildGather(builder, cast<tensor::GatherOp>(op),
                       [&](ImplicitLocOpBuilder &b, ValueRange position) {
                         return ExtractOp::create(b, type.getElementType(),
                                                  table, position)
                             .getResult();
                       });
  }
};

/// Attaches the models once tensor is loaded.
struct LookupModelsExtension
    : DialectExtension<LookupModelsExtension, tensor::TensorDialect> {
  void apply(MLIRContext *context, tensor::TensorDialect *) const final {
    tensor::ExtractOp::attachInterface<ExtractModel>(*context);
    tensor::GatherOp::attachInterface<GatherModel>(*context);
    // A rebuilt gather is a generic.
    context->loadDialect<arith::ArithDialect, linalg::LinalgDialect>();
  }
};
} // namespace

void compress::registerLookupModels(DialectRegistry &registry) {
  registry.addExtensions<LookupModelsExtension>();
}
