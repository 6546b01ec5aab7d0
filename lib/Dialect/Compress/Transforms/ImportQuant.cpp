//===- ImportQuant.cpp - From quantized types to compressed tensors
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StoredIntegers.h"
#include "WeightsOut.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Remarks.h"
#include "mlir/IR/TypeUtilities.h"

namespace mlir::compress {
#define GEN_PASS_DEF_IMPORTQUANTPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
/// What a quantized type says of a tensor.
struct QuantForm {
  CompressedTensorType type;
  /// The components after `values`.
  SmallVector<ElementsAttr, 2> parameters;
  unsigned width = 8;
  /// Stored integers are unsigned; ours are less by 2^(width-1).
  bool isUnsigned = false;
  /// The type restricts the range of stored integers.
  bool isRestricted = false;
};

class QuantImporter {
public:
  explicit QuantImporter(ModuleOp module)
      : store(getExternalStore(module)), builder(module.getContext()) {}

  /// Replaces an op, or says why it stays.
  LogicalResult convert(quant::DequantizeCastOp op, std::string &reason);
  LogicalResult convert(quant::StorageCastOp op, std::string &reason);

private:
  FailureOr<QuantForm> describe(Type type, std::string &reason);
  SmallVector<Value> buildParameters(Location loc, const QuantForm &form);
  FailureOr<Value> encode(quant::QuantizeCastOp op, const QuantForm &form,
                          std::string &reason);

  ExternalStore &store;
  SymbolTableCollection symbols;
  OpBuilder builder;
};

struct ImportQuantPass : compress::impl::ImportQuantPassBase<ImportQuantPass> {
  void runOnOperation() override;
};
} // namespace

/// Appends a scale, rounded to the expressed type.
static void append(double scale, FloatType type, std::vector<char> &bytes) {
  llvm::APFloat value(scale);
  bool losesInfo;
  value.convert(type.getFloatSemantics(), llvm::RoundingMode::NearestTiesToEven,
                &losesInfo);
  uint64_t bits = value.bitcastToAPInt().getZExtValue();
  for (unsigned at = 0; at < type.getWidth(); at += 8)
    bytes.push_back(static_cast<char>(bits >> at));
}

FailureOr<QuantForm> QuantImporter::describe(Type type, std::string &reason) {
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  auto tensor = dyn_cast<RankedTensorType>(type);
  if (!tensor)
    return fail("it has no rank");
  auto quantized = dyn_cast<quant::QuantizedType>(tensor.getElementType());
  if (!quantized || !isa<IntegerType>(quantized.getStorageType()))
    return fail("its type stores no integers with scales");
  auto expressed = dyn_cast<FloatType>(quantized.getExpressedType());
  if (!expressed ||
      !(expressed.isF32() || expressed.isF16() || expressed.isBF16()))
    return fail("its expressed type is not f32, f16 or bf16");
  QuantForm form;
  form.width = quantized.getStorageTypeIntegralWidth();
  form.isUnsigned = !quantized.isSigned();
  form.isRestricted = quantized.hasStorageTypeBounds();
  if (form.width < 2 || form.width > 8)
    return fail("it stores " + Twine(form.width) +
                " bits, and schemes have 2 to 8");

  unsigned rank = tensor.getRank();
  SmallVector<int64_t> block(rank, 0), grid(rank, 1);
  std::vector<char> scales;
  std::vector<char> zeros;
  bool symmetric = true, fits = true;
  int64_t half = int64_t(1) << (form.width - 1);
  auto addZero = [&](int64_t zero) {
    zero -= form.isUnsigned ? half : 0;
    symmetric &= zero == 0;
    fits &= zero >= -128 && zero <= 127;
    zeros.push_back(static_cast<char>(zero));
  };
  if (auto layer = dyn_cast<quant::UniformQuantizedType>(quantized)) {
    append(layer.getScale(), expressed, scales);
    addZero(layer.getZeroPoint());
  } else if (auto axis =
                 dyn_cast<quant::UniformQuantizedPerAxisType>(quantized)) {
    unsigned dim = axis.getQuantizedDimension();
    block[dim] = 1;
    grid[dim] = axis.getScales().size();
    for (double scale : axis.getScales())
      append(scale, expressed, scales);
    llvm::for_each(axis.getZeroPoints(), addZero);
  } else if (auto sub =
                 dyn_cast<quant::UniformQuantizedSubChannelType>(quantized)) {
    for (auto [dim, size] : sub.getBlockSizeInfo())
      block[dim] = size;
    llvm::copy(sub.getScales().getType().getShape(), grid.begin());
    for (const llvm::APFloat &scale :
         sub.getScales().getValues<llvm::APFloat>())
      append(scale.convertToDouble(), expressed, scales);
    for (const llvm::APInt &zero : sub.getZeroPoints().getValues<llvm::APInt>())
      addZero(form.isUnsigned ? static_cast<int64_t>(zero.getZExtValue())
                              : zero.getSExtValue());
  } else {
    return fail("its type has no scales");
  }
  if (!fits)
    return fail("a zero point does not fit into 8 bits");

  MLIRContext *context = type.getContext();
  auto storage =
      AffineStorageAttr::get(context, form.width, symmetric, block, expressed);
  std::string message;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    message = diagnostic.str();
    return success();
  });
  form.type = CompressedTensorType::getChecked(
      [&] { return emitError(UnknownLoc::get(context)); }, context,
      tensor.getShape(), Type(expressed),
      SchemeAttrInterface(
          SchemeAttr::get(DenseSparsityAttr::get(context), storage)));
  if (!form.type)
    return fail(message);
  form.parameters.push_back(
      makeElements(RankedTensorType::get(grid, expressed), "scales", scales));
  if (!symmetric)
    form.parameters.push_back(
        makeElements(RankedTensorType::get(grid, IntegerType::get(context, 8)),
                     "zero_points", zeros));
  return form;
}

SmallVector<Value> QuantImporter::buildParameters(Location loc,
                                                  const QuantForm &form) {
  SmallVector<Value> values;
  for (ElementsAttr parameter : form.parameters)
    values.push_back(
        arith::ConstantOp::create(builder, loc, cast<TypedAttr>(parameter)));
  return values;
}

FailureOr<Value> QuantImporter::encode(quant::QuantizeCastOp op,
                                       const QuantForm &form,
                                       std::string &reason) {
  if (form.isRestricted) {
    reason = "it clamps to a part of the storage's range";
    return failure();
  }
  SmallVector<Value> parameters = buildParameters(op.getLoc(), form);
  return Value(EncodeOp::create(builder, op.getLoc(), form.type, op.getInput(),
                                parameters, ObserverAttr()));
}

LogicalResult QuantImporter::convert(quant::DequantizeCastOp op,
                                     std::string &reason) {
  FailureOr<QuantForm> form = describe(op.getInput().getType(), reason);
  if (failed(form))
    return failure();
  builder.setInsertionPoint(op);
  Value compressed;
  if (auto quantize = op.getInput().getDefiningOp<quant::QuantizeCastOp>()) {
    FailureOr<Value> encoded = encode(quantize, *form, reason);
    if (failed(encoded))
      return failure();
    compressed = *encoded;
  } else if (auto cast = op.getInput().getDefiningOp<quant::StorageCastOp>()) {
    SmallVector<Value> components;
    if (form->width == 8 && !form->isUnsigned) {
      components.push_back(cast.getInput());
    } else {
      FailureOr<ElementsAttr> values =
          packIntegers(cast.getInput(), form->type.getShape(), form->width,
                       form->isUnsigned, store, symbols, reason);
      if (failed(values))
        return failure();
      components.push_back(arith::ConstantOp::create(
          builder, cast.getLoc(), mlir::cast<TypedAttr>(*values)));
    }
    llvm::append_range(components, buildParameters(op.getLoc(), *form));
    compressed =
        AssembleOp::create(builder, op.getLoc(), form->type, components);
  } else {
    reason = "its operand comes from no qcast and no scast";
    return failure();
  }
  op.getResult().replaceAllUsesWith(
      DecodeOp::create(builder, op.getLoc(), compressed));
  return success();
}

LogicalResult QuantImporter::convert(quant::StorageCastOp op,
                                     std::string &reason) {
  auto quantize = op.getInput().getDefiningOp<quant::QuantizeCastOp>();
  if (!quantize) {
    reason = "its operand comes from no qcast";
    return failure();
  }
  FailureOr<QuantForm> form = describe(quantize.getResult().getType(), reason);
  if (failed(form))
    return failure();
  if (form->width != 8 || form->isUnsigned) {
    reason = "stored integers of other types than i8 lie otherwise in a scheme";
    return failure();
  }
  builder.setInsertionPoint(op);
  FailureOr<Value> encoded = encode(quantize, *form, reason);
  if (failed(encoded))
    return failure();
  op.getResult().replaceAllUsesWith(ComponentOp::create(
      builder, op.getLoc(), op.getResult().getType(), *encoded, "values"));
  return success();
}

void ImportQuantPass::runOnOperation() {
  QuantImporter importer(getOperation());
  SmallVector<Operation *> ops;
  getOperation().walk([&](Operation *op) {
    if (isa<quant::QuantDialect>(op->getDialect()))
      ops.push_back(op);
  });
  DenseMap<Operation *, std::string> reasons;
  for (Operation *op : ops) {
    std::string reason;
    if (auto dequantize = dyn_cast<quant::DequantizeCastOp>(op)) {
      (void)importer.convert(dequantize, reason);
    } else if (auto cast = dyn_cast<quant::StorageCastOp>(op)) {
      // A cast to a quantized type is read by what converts.
      if (isa<quant::QuantizedType>(
              getElementTypeOrSelf(cast.getInput().getType())))
        (void)importer.convert(cast, reason);
    }
    reasons[op] = reason;
  }
  // Users come after what they use.
  for (Operation *op : llvm::reverse(ops)) {
    if (op->use_empty()) {
      op->erase();
      continue;
    }
    std::string &reason = reasons[op];
    if (reason.empty())
      for (Operation *user : op->getUsers())
        reason =
            ("'" + user->getName().getStringRef() + "' reads its result").str();
    remark::missed(
        op->getLoc(),
        remark::RemarkOpts::name("quantized-type-stays").category("compress"))
        << remark::reason("{0}", reason);
  }
}
