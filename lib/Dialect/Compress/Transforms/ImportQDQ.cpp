//===- ImportQDQ.cpp - Recognize dequantized weights
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StoredIntegers.h"
#include "WeightsOut.h"
#include "compress/Analysis/Weights.h"
#include "compress/Codec/Convert.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

namespace mlir::compress {
#define GEN_PASS_DEF_IMPORTQDQPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
/// A dequantization: the values inside a generic's body that the formula names.
struct Dequantize {
  BlockArgument integers;
  bool isUnsigned = false;
  /// A block argument or a scalar constant of the surroundings.
  Value scale;
  /// As `scale`, of integers or floats; null without one.
  Value zeroPoint;
};

class QDQImporter {
public:
  explicit QDQImporter(ModuleOp module)
      : store(getExternalStore(module)), builder(module.getContext()) {}

  /// Replaces a generic that is a dequantization.
  LogicalResult convert(linalg::GenericOp op);

private:
  /// A parameter as one number per block: its f32 values, and the dimensions of
  /// the generic along which it varies.
  struct Parameter {
    std::vector<float> values;
    SmallVector<unsigned> dims;
  };
  FailureOr<Parameter> readParameter(linalg::GenericOp op, Value value,
                                     bool isUnsigned);

  ExternalStore &store;
  SymbolTableCollection symbols;
  OpBuilder builder;
};

struct ImportQDQPass : compress::impl::ImportQDQPassBase<ImportQDQPass> {
  void runOnOperation() override {
    QDQImporter importer(getOperation());
    SmallVector<linalg::GenericOp> generics;
    getOperation().walk([&](linalg::GenericOp op) { generics.push_back(op); });
    for (linalg::GenericOp op : generics)
      (void)importer.convert(op);
  }
};
} // namespace

/// Strips a conversion of integers to a float, of the signedness found.
static Value stripToFloat(Value value, bool &isUnsigned) {
  if (auto toFloat = value.getDefiningOp<arith::SIToFPOp>()) {
    isUnsigned = false;
    return toFloat.getIn();
  }
  if (auto toFloat = value.getDefiningOp<arith::UIToFPOp>()) {
    isUnsigned = true;
    return toFloat.getIn();
  }
  return {};
}

/// Strips an extension of integers, of the signedness found.
static Value stripExtension(Value value, bool &isUnsigned) {
  if (auto extension = value.getDefiningOp<arith::ExtSIOp>()) {
    isUnsigned = false;
    return extension.getIn();
  }
  if (auto extension = value.getDefiningOp<arith::ExtUIOp>()) {
    isUnsigned = true;
    return extension.getIn();
  }
  return {};
}

/// Matches the first factor of the product: float(q), float(q) - z, or
/// float(int(q) - int(z)).
static bool matchDifference(Value value, Dequantize &found) {
  auto setIntegers = [&](Value integers) {
    found.integers = dyn_cast_or_null<BlockArgument>(integers);
    return found.integers && found.integers.getType().isInteger(8);
  };
  if (auto difference = value.getDefiningOp<arith::SubFOp>()) {
    if (!setIntegers(stripToFloat(difference.getLhs(), found.isUnsigned)))
      return false;
    found.zeroPoint = difference.getRhs();
    bool isUnsigned = found.isUnsigned;
    if (Value integers = stripToFloat(found.zeroPoint, isUnsigned)) {
      // A zero point may be extended, to the same value.
      if (Value narrow = stripExtension(integers, isUnsigned))
        integers = narrow;
      found.zeroPoint = integers;
    }
    return isUnsigned == found.isUnsigned;
  }
  bool toFloatUnsigned;
  Value integers = stripToFloat(value, toFloatUnsigned);
  if (!integers)
    return false;
  found.isUnsigned = toFloatUnsigned;
  if (setIntegers(integers))
    return true;
  // An extended difference may be negative.
  if (toFloatUnsigned)
    return false;
  auto difference = integers.getDefiningOp<arith::SubIOp>();
  Value minuend = difference ? difference.getLhs() : integers;
  if (!setIntegers(stripExtension(minuend, found.isUnsigned)))
    return false;
  if (!difference)
    return true;
  bool isUnsigned = found.isUnsigned;
  found.zeroPoint = difference.getRhs();
  if (Value narrow = stripExtension(found.zeroPoint, isUnsigned))
    found.zeroPoint = narrow;
  return isUnsigned == found.isUnsigned;
}

/// Matches the body of a generic.
static bool matchBody(linalg::GenericOp op, Dequantize &found) {
  auto product = op.getBody()
                     ->getTerminator()
                     ->getOperand(0)
                     .getDefiningOp<arith::MulFOp>();
  if (!product)
    return false;
  for (auto [difference, scale] :
       {std::pair(product.getLhs(), product.getRhs()),
        std::pair(product.getRhs(), product.getLhs())}) {
    found = {};
    found.scale = scale;
    if (matchDifference(difference, found))
      return true;
  }
  return false;
}

FailureOr<QDQImporter::Parameter>
QDQImporter::readParameter(linalg::GenericOp op, Value value, bool isUnsigned) {
  Parameter parameter;
  // A scalar.
  FloatAttr number;
  IntegerAttr integer;
  if (matchPattern(value, m_Constant(&number))) {
    parameter.values.push_back(number.getValue().convertToFloat());
    return parameter;
  }
  if (matchPattern(value, m_Constant(&integer))) {
    bool isByte = integer.getType().isInteger(8);
    parameter.values.push_back(isByte && isUnsigned
                                   ? integer.getValue().getZExtValue()
                                   : integer.getValue().getSExtValue());
    return parameter;
  }
  // An input of the generic.
  auto argument = dyn_cast<BlockArgument>(value);
  if (!argument || argument.getOwner() != op.getBody() ||
      argument.getArgNumber() >= op.getNumDpsInputs())
    return failure();
  OpOperand *operand = op.getDpsInputOperand(argument.getArgNumber());
  AffineMap map = op.getMatchingIndexingMap(operand);
  auto type = dyn_cast<RankedTensorType>(operand->get().getType());
  if (!type || !map.isProjectedPermutation() || !type.hasStaticShape())
    return failure();
  for (AffineExpr result : map.getResults())
    parameter.dims.push_back(cast<AffineDimExpr>(result).getPosition());
  // Row-major over the generic's dimensions, as the grid is.
  if (!llvm::is_sorted(parameter.dims))
    return failure();
  std::string reason;
  FailureOr<std::vector<char>> bytes =
      readConstant(operand->get(), store, symbols, reason);
  if (failed(bytes))
    return failure();
  parameter.values.resize(type.getNumElements());
  Type element = type.getElementType();
  if (std::optional<codec::ElementType> codecType =
          getCodecElementType(element)) {
    codec::convertToF32(*codecType, *bytes, parameter.values);
    return parameter;
  }
  if (!element.isInteger(8))
    return failure();
  for (auto [result, byte] : llvm::zip_equal(parameter.values, *bytes))
    result = isUnsigned ? float(uint8_t(byte)) : float(int8_t(byte));
  return parameter;
}

/// The collapse that alone reads the result of a generic whose scales vary
/// along `dims`, when it joins each of the last of these with the ones after
/// it, so that a block of the generic's dimensions is a block of the collapsed
/// ones. Returns the blocks there.
static tensor::CollapseShapeOp findCollapse(linalg::GenericOp op,
                                            ArrayRef<int64_t> shape,
                                            ArrayRef<int64_t> block,
                                            SmallVectorImpl<int64_t> &joined) {
  if (!op->hasOneUse())
    return {};
  auto collapse = dyn_cast<tensor::CollapseShapeOp>(*op->user_begin());
  if (!collapse)
    return {};
  for (ArrayRef<int64_t> group : collapse.getReassociationIndices()) {
    // Leading dimensions with scales of their own, then whole ones.
    int64_t extent = 1;
    bool hasScales = false, isWhole = false;
    for (int64_t dim : group) {
      if (block[dim] == 1) {
        if (isWhole)
          return {};
        hasScales = true;
      } else {
        isWhole = true;
        extent *= shape[dim];
      }
    }
    joined.push_back(hasScales ? extent : 0);
  }
  return collapse;
}

LogicalResult QDQImporter::convert(linalg::GenericOp op) {
  auto result = op->getNumResults() == 1
                    ? dyn_cast<RankedTensorType>(op.getResult(0).getType())
                    : RankedTensorType();
  if (!result || !result.hasStaticShape() ||
      !getCodecElementType(result.getElementType()) ||
      op.getNumParallelLoops() != op.getNumLoops() ||
      !op.getIndexingMapsArray().back().isIdentity())
    return failure();
  Dequantize found;
  if (!matchBody(op, found) || found.integers.getOwner() != op.getBody() ||
      found.integers.getArgNumber() >= op.getNumDpsInputs() ||
      found.scale.getType() != result.getElementType())
    return failure();
  OpOperand *integers = op.getDpsInputOperand(found.integers.getArgNumber());
  if (!op.getMatchingIndexingMap(integers).isIdentity())
    return failure();
  FailureOr<Parameter> scale = readParameter(op, found.scale, false);
  if (failed(scale))
    return failure();
  Parameter zero;
  if (found.zeroPoint) {
    FailureOr<Parameter> read =
        readParameter(op, found.zeroPoint, found.isUnsigned);
    if (failed(read))
      return failure();
    zero = std::move(*read);
    // A scalar holds for every block.
    if (zero.dims.empty() && zero.values.size() == 1) {
      zero.values.resize(scale->values.size(), zero.values.front());
      zero.dims = scale->dims;
    }
    if (zero.dims != scale->dims)
      return failure();
  }
  int shift = found.isUnsigned ? 128 : 0;
  std::vector<char> zeros;
  for (float value : zero.values) {
    float shifted = value - shift;
    if (!(shifted >= -128 && shifted <= 127) ||
        shifted != static_cast<float>(static_cast<int>(shifted)))
      return failure();
    zeros.push_back(static_cast<char>(static_cast<int>(shifted)));
  }
  if (found.isUnsigned && !found.zeroPoint)
    zeros.assign(scale->values.size(), static_cast<char>(-128));

  // The scheme.
  SmallVector<int64_t> shape(result.getShape()), block(shape.size(), 0);
  for (unsigned dim : scale->dims)
    block[dim] = 1;
  SmallVector<int64_t> joined;
  tensor::CollapseShapeOp collapse = findCollapse(op, shape, block, joined);
  if (collapse) {
    block = joined;
    shape = llvm::to_vector(collapse.getResultType().getShape());
  }
  SmallVector<int64_t> grid;
  for (auto [extent, size] : llvm::zip_equal(shape, block))
    grid.push_back(size ? extent / size : 1);
  std::string reason;
  FailureOr<ElementsAttr> values;
  // Signed bytes stay where they are.
  bool stays = !found.isUnsigned && !collapse;
  if (stays ? failed(findWeight(integers->get(), symbols, reason))
            : failed(values = packIntegers(integers->get(), shape, 8,
                                           found.isUnsigned, store, symbols,
                                           reason)))
    return failure();

  MLIRContext *context = op.getContext();
  Location loc = op.getLoc();
  Type element = result.getElementType(), i8 = IntegerType::get(context, 8);
  std::vector<char> scales(scale->values.size() *
                           element.getIntOrFloatBitWidth() / 8);
  codec::convertFromF32(scale->values, *getCodecElementType(element), scales);
  auto type = CompressedTensorType::get(
      context, shape, element,
      SchemeAttr::get(DenseSparsityAttr::get(context),
                      AffineStorageAttr::get(context, 8,
                                             /*symmetric=*/zeros.empty(), block,
                                             element)));
  Operation *replaced = collapse ? collapse.getOperation() : op.getOperation();
  builder.setInsertionPoint(replaced);
  auto constant = [&](ElementsAttr attr) -> Value {
    return arith::ConstantOp::create(builder, loc, cast<TypedAttr>(attr));
  };
  Value stored = integers->get();
  if (!stays)
    stored = constant(*values);
  SmallVector<Value> components{
      stored, constant(makeElements(RankedTensorType::get(grid, element),
                                    "scales", scales))};
  if (!zeros.empty())
    components.push_back(constant(
        makeElements(RankedTensorType::get(grid, i8), "zero_points", zeros)));
  Value decoded = DecodeOp::create(
      builder, loc, AssembleOp::create(builder, loc, type, components));
  replaced->getResult(0).replaceAllUsesWith(decoded);
  if (collapse)
    collapse.erase();
  Value init = op.getDpsInitOperand(0)->get();
  SetVector<Value> sources;
  sources.insert_range(op.getDpsInputs());
  sources.insert(init);
  op.erase();
  for (Value value : sources)
    if (Operation *source = value.getDefiningOp();
        source && isOpTriviallyDead(source))
      source->erase();
  return success();
}
