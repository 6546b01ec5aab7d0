//===- ExportQuant.cpp - From compressed tensors to quantized types
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StoredIntegers.h"
#include "WeightsOut.h"
#include "compress/Codec/Convert.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Quant/IR/Quant.h"
#include "mlir/Dialect/Quant/IR/QuantTypes.h"
#include "mlir/IR/Remarks.h"

namespace mlir::compress {
#define GEN_PASS_DEF_EXPORTQUANTPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
class QuantExporter {
public:
  explicit QuantExporter(ModuleOp module)
      : store(getExternalStore(module)), builder(module.getContext()) {}

  /// Replaces a decode, or says why it stays.
  LogicalResult convert(DecodeOp op, std::string &reason);

private:
  FailureOr<Type> getElementType(CompressedTensorType type,
                                 ValueRange parameters, std::string &reason);

  ExternalStore &store;
  SymbolTableCollection symbols;
  OpBuilder builder;
};

struct ExportQuantPass : compress::impl::ExportQuantPassBase<ExportQuantPass> {
  void runOnOperation() override;
};
} // namespace

/// The quantized type that says the same as an affine storage with these
/// parameters.
FailureOr<Type> QuantExporter::getElementType(CompressedTensorType type,
                                              ValueRange parameters,
                                              std::string &reason) {
  auto fail = [&](const Twine &text) {
    reason = text.str();
    return failure();
  };
  SchemeAttrInterface scheme = type.getScheme();
  auto affine = dyn_cast<AffineStorageAttr>(scheme.getStorage());
  if (!affine)
    return fail("quantized types have affine integers only");
  if (!isa<DenseSparsityAttr>(scheme.getSparsity()))
    return fail("quantized types have no sparsity");
  if (!isa<RowMajorLayoutAttr>(scheme.getLayout()))
    return fail("quantized types have no layout; export before compress-pack");
  ScalingAttr scaling = affine.getScaling();
  Type expressed = type.getElementType(), scaleType = scaling.getScaleType();
  std::optional<codec::ElementType> codecType = getCodecElementType(scaleType);
  if (scaling.getSuperScaleType() || !codecType ||
      !(expressed.isF32() || scaleType == expressed))
    return fail("quantized types have one level of scales, of the expressed "
                "type");

  FailureOr<std::vector<char>> bytes =
      readConstant(parameters[0], store, symbols, reason);
  if (failed(bytes))
    return failure();
  auto scalesType = cast<RankedTensorType>(parameters[0].getType());
  std::vector<float> scales(scalesType.getNumElements());
  codec::convertToF32(*codecType, *bytes, scales);
  std::vector<char> zeros(scales.size());
  if (!affine.getSymmetric()) {
    FailureOr<std::vector<char>> read =
        readConstant(parameters[1], store, symbols, reason);
    if (failed(read))
      return failure();
    zeros = std::move(*read);
  }
  for (char zero : zeros)
    if (zero < affine.getMin() || zero > affine.getMax())
      return fail("a zero point lies outside of the integers' range");

  MLIRContext *context = type.getContext();
  auto integer = IntegerType::get(context, affine.getWidth());
  auto emit = [&] { return emitError(UnknownLoc::get(context)); };
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    reason = diagnostic.str();
    return success();
  });
  Type result;
  unsigned flags = quant::QuantizationFlags::Signed;
  int64_t min = affine.getMin(), max = affine.getMax();
  SmallVector<int32_t> dims;
  SmallVector<int64_t> sizes;
  for (auto [dim, extent] : llvm::enumerate(type.getShape())) {
    int64_t size = scaling.getBlockExtent(dim);
    if (size == 0)
      continue;
    if (ShapedType::isDynamic(extent) || extent % size != 0)
      return fail("quantized types have no ragged or dynamic blocks");
    dims.push_back(dim);
    sizes.push_back(size);
  }
  if (dims.empty()) {
    result = quant::UniformQuantizedType::getChecked(
        emit, flags, integer, expressed, scales[0], zeros[0], min, max);
  } else if (dims.size() == 1 && sizes[0] == 1) {
    SmallVector<double> axisScales(scales.begin(), scales.end());
    SmallVector<int64_t> axisZeros(zeros.begin(), zeros.end());
    result = quant::UniformQuantizedPerAxisType::getChecked(
        emit, flags, integer, expressed, axisScales, axisZeros, dims[0], min,
        max);
  } else {
    // Scales have the expressed type; zero points a byte each, whose other bits
    // are clear.
    std::vector<char> expressedScales(scales.size() *
                                      expressed.getIntOrFloatBitWidth() / 8);
    codec::convertFromF32(scales, *getCodecElementType(expressed),
                          expressedScales);
    for (char &zero : zeros)
      zero &= (1u << affine.getWidth()) - 1;
    ArrayRef<int64_t> grid = scalesType.getShape();
    result = quant::UniformQuantizedSubChannelType::getChecked(
        emit, flags, integer, expressed,
        DenseElementsAttr::getFromRawBuffer(
            RankedTensorType::get(grid, expressed), expressedScales),
        DenseElementsAttr::getFromRawBuffer(
            RankedTensorType::get(grid, integer), zeros),
        dims, sizes, min, max);
  }
  if (!result)
    return failure();
  return result;
}

LogicalResult QuantExporter::convert(DecodeOp op, std::string &reason) {
  CompressedTensorType type = op.getInput().getType();
  Operation *source = op.getInput().getDefiningOp();
  auto assemble = dyn_cast_or_null<AssembleOp>(source);
  auto encode = dyn_cast_or_null<EncodeOp>(source);
  ValueRange parameters;
  if (assemble)
    parameters = assemble.getComponents().drop_front();
  else if (encode)
    parameters = encode.getParameters();
  if (!assemble && (!encode || parameters.empty())) {
    reason = "its scales are not known; export after compress-fold";
    return failure();
  }
  if (!isa<AffineStorageAttr>(type.getScheme().getStorage()))
    parameters = {};
  FailureOr<Type> element = getElementType(type, parameters, reason);
  if (failed(element))
    return failure();

  Location loc = op.getLoc();
  builder.setInsertionPoint(op);
  auto quantized = RankedTensorType::get(type.getShape(), *element);
  Value stored;
  if (encode) {
    stored = quant::QuantizeCastOp::create(builder, loc, quantized,
                                           encode.getInput());
  } else {
    unsigned width =
        cast<quant::QuantizedType>(*element).getStorageTypeIntegralWidth();
    Value integers = assemble.getComponents().front();
    if (width != 8) {
      FailureOr<ElementsAttr> unpacked = unpackIntegers(
          integers, type.getShape(), width, store, symbols, reason);
      if (failed(unpacked))
        return failure();
      integers =
          arith::ConstantOp::create(builder, loc, cast<TypedAttr>(*unpacked));
    }
    stored = quant::StorageCastOp::create(builder, loc, quantized, integers);
  }
  op.replaceAllUsesWith(
      quant::DequantizeCastOp::create(builder, loc, op.getType(), stored)
          .getResult());
  return success();
}

void ExportQuantPass::runOnOperation() {
  QuantExporter exporter(getOperation());
  auto stay = [](Operation *op, StringRef reason) {
    remark::missed(op->getLoc(),
                   remark::RemarkOpts::name("compressed-tensor-stays")
                       .category("compress"))
        << remark::reason("{0}", reason.str());
  };
  SmallVector<DecodeOp> decodes;
  getOperation().walk([&](Operation *op) {
    if (auto decode = dyn_cast<DecodeOp>(op))
      decodes.push_back(decode);
    else if (isa<ContractOp>(op))
      stay(op, "it computes with a compressed tensor; export before "
               "compress-fuse");
  });
  for (DecodeOp decode : decodes) {
    std::string reason;
    if (failed(exporter.convert(decode, reason))) {
      stay(decode, reason);
      continue;
    }
    Operation *source = decode.getInput().getDefiningOp();
    SmallVector<Value> operands(source->getOperands());
    decode.erase();
    if (!source->use_empty())
      continue;
    source->erase();
    for (Value operand : operands)
      if (auto constant = operand.getDefiningOp<arith::ConstantOp>();
          constant && constant->use_empty())
        constant.erase();
  }
}
