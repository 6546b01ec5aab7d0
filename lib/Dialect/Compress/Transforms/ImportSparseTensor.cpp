//===- ImportSparseTensor.cpp - From sparse types to compressed tensors
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SparseLevels.h"
#include "StoredIntegers.h"
#include "WeightsOut.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/SparseTensor/IR/SparseTensor.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::compress {
#define GEN_PASS_DEF_IMPORTSPARSETENSORPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
class SparseImporter {
public:
  explicit SparseImporter(ModuleOp module)
      : store(getExternalStore(module)), builder(module.getContext()) {}

  /// Replaces the result of an op; reports what cannot be.
  LogicalResult convert(Operation *op);

private:
  /// The dense bytes of a weight of sparse type, row-major; fails with the
  /// reason. `isWeight` tells whether its elements are known at all.
  FailureOr<std::vector<char>> readDense(Operation *op,
                                         const SparseLevels &levels,
                                         bool &isWeight, std::string &reason);
  LogicalResult replaceUses(Operation *op, Value decoded);

  ExternalStore &store;
  SymbolTableCollection symbols;
  OpBuilder builder;
};

struct ImportSparseTensorPass
    : compress::impl::ImportSparseTensorPassBase<ImportSparseTensorPass> {
  void runOnOperation() override {
    SparseImporter importer(getOperation());
    SmallVector<Operation *> ops;
    getOperation().walk([&](Operation *op) {
      if (op->getNumResults() == 1 && !op->use_empty() &&
          sparse_tensor::getSparseTensorEncoding(op->getResult(0).getType()) &&
          (op->hasTrait<OpTrait::ConstantLike>() ||
           isa<sparse_tensor::ConvertOp, sparse_tensor::AssembleOp>(op)))
        ops.push_back(op);
    });
    for (Operation *op : ops)
      if (failed(importer.convert(op)))
        return signalPassFailure();
  }
};
} // namespace

/// The elements of a constant that lists its nonzeros.
static std::vector<char> readSparseElements(SparseElementsAttr elements) {
  auto type = cast<RankedTensorType>(elements.getType());
  unsigned width = type.getElementTypeBitWidth() / 8;
  std::vector<char> dense(type.getNumElements() * width);
  ArrayRef<char> values = elements.getValues().getRawData();
  bool isSplat = elements.getValues().isSplat();
  int64_t linear = 0, dim = 0, rank = type.getRank(), item = 0;
  // The verifier has compared the indices with the shape.
  for (int64_t index : elements.getIndices().getValues<int64_t>()) {
    linear = linear * type.getDimSize(dim) + index;
    if (++dim != rank)
      continue;
    memcpy(dense.data() + linear * width,
           values.data() + (isSplat ? 0 : item * width), width);
    linear = dim = 0;
    ++item;
  }
  return dense;
}

FailureOr<std::vector<char>>
SparseImporter::readDense(Operation *op, const SparseLevels &levels,
                          bool &isWeight, std::string &reason) {
  auto read = [&](Value value) {
    return readConstant(value, store, symbols, reason);
  };
  isWeight = false;
  if (auto assemble = dyn_cast<sparse_tensor::AssembleOp>(op)) {
    SmallVector<std::vector<char>> buffers;
    SmallVector<unsigned> widths;
    for (Value level : assemble.getLevels()) {
      Type element = getElementTypeOrSelf(level.getType());
      FailureOr<std::vector<char>> bytes = read(level);
      if (failed(bytes))
        return failure();
      buffers.push_back(std::move(*bytes));
      widths.push_back(element.isIndex() ? 8
                                         : element.getIntOrFloatBitWidth() / 8);
    }
    FailureOr<std::vector<char>> values = read(assemble.getValues());
    if (failed(values))
      return failure();
    isWeight = true;
    return levels.scatter(buffers, widths, *values, reason);
  }
  Value source = op->getResult(0);
  if (auto convert = dyn_cast<sparse_tensor::ConvertOp>(op))
    source = convert.getSource();
  std::string why;
  FailureOr<Weight> weight = findWeight(source, symbols, why);
  if (failed(weight)) {
    reason = why;
    return failure();
  }
  isWeight = true;
  if (auto sparse = dyn_cast<SparseElementsAttr>(weight->elements);
      sparse && weight->views.empty())
    return readSparseElements(sparse);
  return read(source);
}

LogicalResult SparseImporter::replaceUses(Operation *op, Value decoded) {
  for (OpOperand &use :
       llvm::make_early_inc_range(op->getResult(0).getUses())) {
    Operation *user = use.getOwner();
    auto convert = dyn_cast<sparse_tensor::ConvertOp>(user);
    if (convert && convert.getType() == decoded.getType()) {
      convert.replaceAllUsesWith(decoded);
      convert.erase();
    } else if (isa<linalg::LinalgOp>(user)) {
      use.set(decoded);
    } else {
      auto diag = op->emitError()
                  << "cannot become a compressed tensor: '" << user->getName()
                  << "' reads the sparse type; convert it to a dense one first";
      diag.attachNote(user->getLoc()) << "read here";
      return diag;
    }
  }
  return success();
}

LogicalResult SparseImporter::convert(Operation *op) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  auto fail = [&](StringRef reason) -> LogicalResult {
    return op->emitError() << "cannot become a compressed tensor: " << reason;
  };
  std::string reason;
  FailureOr<SparseLevels> levels = SparseLevels::get(type, reason);
  std::optional<codec::ElementType> element =
      getCodecElementType(type.getElementType());
  if (succeeded(levels) && !element)
    reason = "its elements are not f32, f16 or bf16";
  if (!reason.empty())
    return fail(reason);
  bool isWeight = false;
  FailureOr<std::vector<char>> dense = readDense(op, *levels, isWeight, reason);
  if (failed(dense)) {
    if (isWeight)
      return fail(reason);
    remark::missed(
        op->getLoc(),
        remark::RemarkOpts::name("sparse-type-stays").category("compress"))
        << remark::reason("{0}", reason);
    return success();
  }

  MLIRContext *context = op->getContext();
  auto compressed = CompressedTensorType::getChecked(
      [&] { return op->emitError(); }, context, type.getShape(),
      type.getElementType(),
      SchemeAttrInterface(SchemeAttr::get(
          levels->getSparsity(*dense),
          FloatStorageAttr::get(context, type.getElementType()))));
  if (!compressed)
    return failure();
  SmallVector<ComponentSpec> specs = compressed.getComponents();
  SmallVector<std::vector<char>> bytes;
  for (const ComponentSpec &spec : specs)
    bytes.emplace_back(getNumBytes(spec.type));
  SmallVector<MutableArrayRef<char>> spans(bytes.begin(), bytes.end());
  codec::EncodeOptions options;
  if (context->isMultithreadingEnabled())
    options.threads = &context->getThreadPool();
  if (llvm::Error error = compressed.getScheme().encode(
          type.getShape(), type.getElementType(), *dense, spans, options,
          /*stats=*/nullptr))
    return fail(llvm::toString(std::move(error)));
  builder.setInsertionPoint(op);
  SmallVector<Value> components;
  for (auto [spec, data] : llvm::zip_equal(specs, bytes))
    components.push_back(arith::ConstantOp::create(
        builder, op->getLoc(),
        cast<TypedAttr>(makeElements(spec.type, spec.name, data))));
  Value decoded = DecodeOp::create(
      builder, op->getLoc(),
      AssembleOp::create(builder, op->getLoc(), compressed, components));
  if (failed(replaceUses(op, decoded)))
    return failure();
  SmallVector<Value> operands(op->getOperands());
  op->erase();
  for (Value operand : operands)
    if (Operation *source = operand.getDefiningOp();
        source && isOpTriviallyDead(source))
      source->erase();
  return success();
}
