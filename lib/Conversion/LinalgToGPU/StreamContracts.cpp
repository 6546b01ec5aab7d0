//===- StreamContracts.cpp - Products for kernels that stream -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Utils/RowProduct.h"
#include "ChooseDecode.h"
#include "ChoosePacked.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Dialect/Compress/Transforms/Repack.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Remarks.h"
#include "llvm/Support/FormatVariadic.h"

namespace mlir::compress {
#define GEN_PASS_DEF_STREAMCONTRACTSPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Instructions that the reference decode takes for an element: a load, its
/// index, and the arithmetic.
static constexpr double kReferenceDecode = 24;

/// A contraction seen as a product of rows with a weight.
struct StreamedContract {
  ContractOp op;
  AssembleOp assemble;
  kernel::StreamedWeight weight;
};

/// Matches x[b..., k] * w[k, n] into y[b..., n], where w may be transposed.
/// Fails with the reason.
static FailureOr<StreamedContract> match(ContractOp op, std::string &reason) {
  auto fail = [&](const char *text) -> FailureOr<StreamedContract> {
    reason = text;
    return failure();
  };
  auto type = dyn_cast<CompressedTensorType>(op.getRhs().getType());
  auto xType = dyn_cast<RankedTensorType>(op.getLhs().getType());
  if (!type || !xType)
    return fail("it does not multiply a dense operand with a weight on its "
                "right");
  std::optional<unsigned> reduced = getReducedOfRowProduct(op);
  if (!reduced)
    return fail("it is no product of rows with a matrix");
  auto weight = kernel::StreamedWeight::match(type, *reduced, reason);
  if (failed(weight))
    return failure();
  Type result = op.getType().getElementType();
  if (xType.getElementType() != weight->element ||
      !(result.isF32() || result == weight->element))
    return fail("its operands and its result are not of the weight's element "
                "type, or the result f32");
  auto assemble = op.getRhs().getDefiningOp<AssembleOp>();
  if (!assemble)
    return fail("the weight is computed when running");
  if (type.getScheme().getLayout() != weight->getLayout() &&
      !hasConstantComponents(assemble))
    return fail("the weight has another layout, and is no constant that could "
                "be given this one");
  return StreamedContract{op, assemble, *weight};
}

namespace {
struct StreamContracts
    : compress::impl::StreamContractsPassBase<StreamContracts> {
  using StreamContractsPassBase::StreamContractsPassBase;

  void getDependentDialects(DialectRegistry &registry) const override {
    StreamContractsPassBase::getDependentDialects(registry);
    kernel::registerBufferizableOpInterfaceExternalModels(registry);
  }

  void runOnOperation() override {
    llvm::Expected<const Chip &> found = findChip(chip);
    if (!found) {
      getOperation().emitError(llvm::toString(found.takeError()));
      return signalPassFailure();
    }
    SmallVector<ContractOp> contracts;
    getOperation().walk([&](ContractOp op) { contracts.push_back(op); });
    for (ContractOp op : contracts) {
      std::string reason;
      auto contract = match(op, reason);
      Attribute schedule = op->getAttr(kernel::KernelDialect::kScheduleAttr);
      if (succeeded(contract) &&
          !(schedule && kernel::isForPackedWeights(schedule))) {
        auto chosen = choose(*contract, *found, reason);
        if (failed(chosen))
          contract = failure();
        else
          schedule = *chosen;
      }
      if (failed(contract)) {
        remark::missed(
            op->getLoc(),
            remark::RemarkOpts::name("not-streamed").category("compress"))
            << remark::reason("{0}", reason);
        continue;
      }
      if (failed(convert(*contract, schedule)))
        return signalPassFailure();
    }
    for (auto &[assemble, packed] : repacked) {
      if (packed->use_empty())
        packed.erase();
      if (assemble->use_empty())
        eraseWithConstants(assemble);
    }
  }

private:
  /// The weight in the layout that kernels read, once for all of its readers.
  FailureOr<AssembleOp> getPacked(StreamedContract &contract) {
    CompressedTensorType type = contract.assemble.getType();
    TiledLayoutAttr layout = contract.weight.getLayout();
    if (type.getScheme().getLayout() == layout)
      return contract.assemble;
    AssembleOp &packed = repacked[contract.assemble];
    auto packedType = CompressedTensorType::get(
        type.getContext(), type.getShape(), type.getElementType(),
        type.getScheme().with({}, {}, layout));
    if (packed && packed.getType() == packedType)
      return packed;
    OpBuilder builder(contract.assemble);
    auto built = buildRepacked(builder, contract.assemble, packedType);
    if (succeeded(built) && !packed)
      packed = *built;
    return built;
  }

  LogicalResult convert(StreamedContract &contract, Attribute schedule) {
    ContractOp op = contract.op;
    Location loc = op.getLoc();
    FailureOr<AssembleOp> assemble = getPacked(contract);
    if (failed(assemble))
      return failure();
    OpBuilder b(op);
    Value x = toMatrix(b, loc, op.getLhs());
    Value init = toMatrix(b, loc, op.getInit());
    int64_t splits = kernel::getSplits(schedule);
    Value accumulator = init;
    if (splits > 1)
      accumulator = buildParts(b, loc, init, splits);
    auto product = kernel::ContractOp::create(
        b, loc, accumulator.getType(), x, assemble->getComponents(),
        accumulator, assemble->getType(), contract.weight.reduced == 1);
    if (schedule)
      product->setAttr(kernel::KernelDialect::kScheduleAttr, schedule);
    Value result =
        splits > 1 ? addParts(b, loc, op.getInit(), product.getResult(), splits)
                   : fromMatrix(b, loc, product.getResult(), op.getInit());
    op.replaceAllUsesWith(result);
    op.erase();
    return success();
  }

  /// The schedule that the cost model chooses; none where that is one by wgmma,
  /// since only of a buffer is it known whether bulk copies can read it. Fails
  /// with the reason where a product with the dense weight would be faster.
  static FailureOr<Attribute> choose(StreamedContract &contract,
                                     const Chip &chip, std::string &reason) {
    const kernel::StreamedWeight &weight = contract.weight;
    int64_t rows = 1;
    for (int64_t extent : cast<RankedTensorType>(contract.op.getLhs().getType())
                              .getShape()
                              .drop_back())
      rows = ShapedType::isDynamic(rows) || ShapedType::isDynamic(extent)
                 ? ShapedType::kDynamic
                 : rows * extent;
    if (ShapedType::isDynamic(rows))
      return chip.warpgroupProducts
                 ? Attribute()
                 : choosePackedByRows(weight, chip, /*canCopy=*/false);
    auto chosen = choosePacked(weight, rows, chip,
                               /*canCopy=*/weight.k % 8 == 0);
    if (rows * weight.n * weight.k != 0) {
      MatmulExtents extents{/*batch=*/1, rows, weight.n, weight.k,
                            /*elementBytes=*/2};
      double dense =
          predictDecodeBefore(static_cast<double>(weight.n) * weight.k,
                              /*elementBytes=*/2, kReferenceDecode, chip) +
          predictClocks(weight.element.getContext(), extents, MatmulLimits(),
                        chip);
      double packed = chosen.clocks.first;
      if (dense < packed) {
        reason = llvm::formatv(
            "of {0} rows the product with the weight decoded before it is "
            "predicted to take {1:f0} clocks, from its packed bytes {2:f0}",
            rows, dense, packed);
        return failure();
      }
    }
    return isa_and_present<kernel::StreamAttr>(chosen.schedule)
               ? chosen.schedule
               : Attribute();
  }

  /// Dimensions but the last as one.
  static Value toMatrix(OpBuilder &b, Location loc, Value value) {
    auto type = cast<RankedTensorType>(value.getType());
    int64_t rank = type.getRank();
    if (rank == 2)
      return value;
    if (rank == 1)
      return tensor::ExpandShapeOp::create(
          b, loc,
          RankedTensorType::get({1, type.getDimSize(0)}, type.getElementType()),
          value, SmallVector<ReassociationIndices>{{0, 1}});
    // A fill of less than a whole buffer would not be seen as the start of the
    // accumulator.
    if (auto fill = value.getDefiningOp<linalg::FillOp>())
      if (auto empty = fill.getOutputs()[0].getDefiningOp<tensor::EmptyOp>()) {
        OpFoldResult rows = b.getIndexAttr(1);
        for (OpFoldResult size : ArrayRef(empty.getMixedSizes()).drop_back())
          rows = multiplySizes(b, loc, rows, size);
        Value collapsed = tensor::EmptyOp::create(
            b, loc, ArrayRef<OpFoldResult>{rows, empty.getMixedSizes().back()},
            type.getElementType());
        return linalg::FillOp::create(b, loc, fill.value(), collapsed)
            .getResult(0);
      }
    SmallVector<ReassociationIndices> groups(2);
    for (int64_t dim = 0; dim < rank; ++dim)
      groups[dim + 1 == rank].push_back(dim);
    return tensor::CollapseShapeOp::create(b, loc, value, groups);
  }

  static OpFoldResult multiplySizes(OpBuilder &b, Location loc, OpFoldResult a,
                                    OpFoldResult c) {
    auto left = getConstantIntValue(a), right = getConstantIntValue(c);
    if (left && right)
      return b.getIndexAttr(*left * *right);
    if (left && *left == 1)
      return c;
    return arith::MulIOp::create(b, loc,
                                 getValueOrCreateConstantIndexOp(b, loc, a),
                                 getValueOrCreateConstantIndexOp(b, loc, c))
        .getResult();
  }

  /// The matrix in the shape of `like`.
  static Value fromMatrix(OpBuilder &b, Location loc, Value matrix,
                          Value like) {
    auto type = cast<RankedTensorType>(like.getType());
    int64_t rank = type.getRank();
    if (rank == 2)
      return matrix;
    SmallVector<ReassociationIndices> groups(rank == 1 ? 1 : 2);
    if (rank == 1) {
      groups[0] = {0, 1};
      return tensor::CollapseShapeOp::create(b, loc, type, matrix, groups);
    }
    for (int64_t dim = 0; dim < rank; ++dim)
      groups[dim + 1 == rank].push_back(dim);
    return tensor::ExpandShapeOp::create(b, loc, type, matrix, groups,
                                         tensor::getMixedSizes(b, loc, like));
  }

  /// Zeros for the parts of a sum.
  static Value buildParts(OpBuilder &b, Location loc, Value init,
                          int64_t parts) {
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, init);
    sizes.insert(sizes.begin(), b.getIndexAttr(parts));
    Value zero = arith::ConstantOp::create(b, loc, b.getF32FloatAttr(0));
    Value empty = tensor::EmptyOp::create(b, loc, sizes, b.getF32Type());
    return linalg::FillOp::create(b, loc, zero, empty).getResult(0);
  }

  /// init + the parts in their order, rounded to the result's type once, in the
  /// shape of init, so that an elementwise op behind it can be fused with it.
  static Value addParts(OpBuilder &b, Location loc, Value init, Value parts,
                        int64_t count) {
    auto type = cast<RankedTensorType>(init.getType());
    SmallVector<OpFoldResult> sizes = tensor::getMixedSizes(b, loc, init);
    int64_t rank = type.getRank();
    SmallVector<OpFoldResult> partSizes(sizes);
    partSizes.insert(partSizes.begin(), b.getIndexAttr(count));
    if (rank == 1)
      partSizes.insert(partSizes.begin() + 1, b.getIndexAttr(1));
    if (rank > 2) {
      SmallVector<int64_t> shape(type.getShape());
      shape.insert(shape.begin(), count);
      SmallVector<ReassociationIndices> groups = {{0}, {}, {rank}};
      for (int64_t dim = 1; dim < rank; ++dim)
        groups[1].push_back(dim);
      parts = tensor::ExpandShapeOp::create(
          b, loc, RankedTensorType::get(shape, b.getF32Type()), parts, groups,
          partSizes);
    }
    partSizes[0] = b.getIndexAttr(1);
    SmallVector<OpFoldResult> offsets(partSizes.size(), b.getIndexAttr(0)),
        strides(partSizes.size(), b.getIndexAttr(1));
    auto partType = RankedTensorType::get(type.getShape(), b.getF32Type());
    SmallVector<Value> inputs = {init};
    for (int64_t part = 0; part < count; ++part) {
      offsets[0] = b.getIndexAttr(part);
      inputs.push_back(tensor::ExtractSliceOp::create(
          b, loc, partType, parts, offsets, partSizes, strides));
    }
    Value empty = tensor::EmptyOp::create(b, loc, sizes, type.getElementType());
    SmallVector<AffineMap> maps(count + 2, b.getMultiDimIdentityMap(rank));
    SmallVector<utils::IteratorType> iterators(rank,
                                               utils::IteratorType::parallel);
    return linalg::GenericOp::create(
               b, loc, type, inputs, empty, maps, iterators,
               [&](OpBuilder &nested, Location loc, ValueRange elements) {
                 Value sum = elements[1];
                 for (Value part : elements.slice(2, count - 1))
                   sum = arith::AddFOp::create(nested, loc, sum, part);
                 Value start = elements[0];
                 if (!start.getType().isF32())
                   start = arith::ExtFOp::create(nested, loc,
                                                 nested.getF32Type(), start);
                 sum = arith::AddFOp::create(nested, loc, sum, start);
                 if (!type.getElementType().isF32())
                   sum = arith::TruncFOp::create(nested, loc,
                                                 type.getElementType(), sum);
                 linalg::YieldOp::create(nested, loc, sum);
               })
        .getResult(0);
  }

  /// Weights that were given the layout, in the order of the module.
  llvm::MapVector<AssembleOp, AssembleOp> repacked;
};
} // namespace
