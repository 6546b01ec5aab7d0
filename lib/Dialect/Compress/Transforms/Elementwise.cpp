//===- Elementwise.cpp - Elementwise arithmetic on known numbers
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "WeightsOut.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Tosa/IR/TosaOps.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"
#include <cmath>

using namespace mlir;
using namespace mlir::compress;

/// Parameters are far smaller; a weight is none.
static constexpr int64_t kMostElements = int64_t(1) << 20;

//===----------------------------------------------------------------------===//
// Arithmetic
//===----------------------------------------------------------------------===//

static AffineValue add(AffineValue a, AffineValue b) {
  return {a.scale + b.scale, a.offset + b.offset, a.known && b.known};
}

static std::optional<AffineValue> multiply(AffineValue a, AffineValue b) {
  if (!a.known && !b.known)
    return std::nullopt;
  if (!a.known)
    std::swap(a, b);
  return AffineValue{a.offset * b.scale, a.offset * b.offset,
                     a.known && b.known};
}

/// The result of one op of a body, or of a TOSA op on tensors.
static std::optional<AffineValue> evaluateOp(Operation *op,
                                             ArrayRef<AffineValue> x) {
  bool allKnown = llvm::all_of(x, [](AffineValue v) { return v.known; });
  return llvm::TypeSwitch<Operation *, std::optional<AffineValue>>(op)
      .Case<arith::AddFOp, tosa::AddOp>([&](auto) { return add(x[0], x[1]); })
      .Case<arith::SubFOp, tosa::SubOp>([&](auto) {
        return add(x[0], *multiply(AffineValue::get(-1), x[1]));
      })
      .Case<arith::NegFOp>(
          [&](auto) { return *multiply(AffineValue::get(-1), x[0]); })
      // A third operand is TOSA's shift, which floats have as zero.
      .Case<arith::MulFOp, tosa::MulOp>(
          [&](auto) { return multiply(x[0], x[1]); })
      .Case<arith::DivFOp>([&](auto) -> std::optional<AffineValue> {
        if (!x[1].known)
          return std::nullopt;
        return multiply(x[0], AffineValue::get(1 / x[1].offset));
      })
      .Case<math::FmaOp>([&](auto) -> std::optional<AffineValue> {
        std::optional<AffineValue> product = multiply(x[0], x[1]);
        if (!product)
          return std::nullopt;
        return add(*product, x[2]);
      })
      .Case<math::SqrtOp>([&](auto) -> std::optional<AffineValue> {
        if (!allKnown)
          return std::nullopt;
        return AffineValue::get(std::sqrt(x[0].offset));
      })
      .Case<math::RsqrtOp, tosa::RsqrtOp>(
          [&](auto) -> std::optional<AffineValue> {
            if (!allKnown)
              return std::nullopt;
            return AffineValue::get(1 / std::sqrt(x[0].offset));
          })
      .Case<tosa::ReciprocalOp>([&](auto) -> std::optional<AffineValue> {
        if (!allKnown)
          return std::nullopt;
        return AffineValue::get(1 / x[0].offset);
      })
      .Default([](Operation *) { return std::nullopt; });
}

//===----------------------------------------------------------------------===//
// ElementwiseOp
//===----------------------------------------------------------------------===//

std::optional<ElementwiseOp> ElementwiseOp::match(Operation *op) {
  if (op->getNumResults() != 1)
    return std::nullopt;
  auto type = dyn_cast<RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.getElementType().isF32())
    return std::nullopt;
  ElementwiseOp result;
  result.op = op;
  if (auto linalgOp = dyn_cast<linalg::LinalgOp>(op)) {
    if (!linalgOp.hasPureTensorSemantics() ||
        linalgOp.getNumParallelLoops() != linalgOp.getNumLoops() ||
        linalgOp.getNumDpsInits() != 1 ||
        !linalgOp.getMatchingIndexingMap(linalgOp.getDpsInitOperand(0))
             .isIdentity() ||
        linalgOp.payloadUsesValueFromOperand(linalgOp.getDpsInitOperand(0)))
      return std::nullopt;
    for (OpOperand *input : linalgOp.getDpsInputOperands()) {
      AffineMap map = linalgOp.getMatchingIndexingMap(input);
      if (!isa<RankedTensorType>(input->get().getType()) ||
          !map.isProjectedPermutation(/*allowZeroInResults=*/true))
        return std::nullopt;
      result.inputs.push_back(input->get());
      result.maps.push_back(map);
    }
    return result;
  }
  if (!isa<tosa::AddOp, tosa::SubOp, tosa::MulOp, tosa::RsqrtOp,
           tosa::ReciprocalOp>(op))
    return std::nullopt;
  // TOSA repeats an input along its dimensions of extent 1.
  unsigned numInputs = isa<tosa::RsqrtOp, tosa::ReciprocalOp>(op) ? 1 : 2;
  for (Value input : op->getOperands().take_front(numInputs)) {
    auto inputType = dyn_cast<RankedTensorType>(input.getType());
    if (!inputType || inputType.getRank() != type.getRank())
      return std::nullopt;
    SmallVector<AffineExpr> exprs;
    for (int64_t dim = 0; dim < type.getRank(); ++dim) {
      bool repeats =
          inputType.getDimSize(dim) == 1 && type.getDimSize(dim) != 1;
      exprs.push_back(repeats ? getAffineConstantExpr(0, op->getContext())
                              : getAffineDimExpr(dim, op->getContext()));
    }
    result.inputs.push_back(input);
    result.maps.push_back(
        AffineMap::get(type.getRank(), 0, exprs, op->getContext()));
  }
  return result;
}

std::optional<AffineValue>
ElementwiseOp::evaluate(ArrayRef<AffineValue> elements) const {
  if (op->getNumRegions() == 0)
    return evaluateOp(op, elements);
  Block &body = op->getRegion(0).front();
  DenseMap<Value, AffineValue> values;
  for (auto [argument, element] : llvm::zip(body.getArguments(), elements))
    values[argument] = element;
  auto find = [&](Value value) -> std::optional<AffineValue> {
    if (auto known = values.find(value); known != values.end())
      return known->second;
    FloatAttr constant;
    if (matchPattern(value, m_Constant(&constant)))
      return AffineValue::get(constant.getValueAsDouble());
    return std::nullopt;
  };
  for (Operation &inner : body.without_terminator()) {
    if (inner.hasTrait<OpTrait::ConstantLike>())
      continue;
    if (inner.getNumResults() != 1 || !inner.getResult(0).getType().isF32())
      return std::nullopt;
    SmallVector<AffineValue> operands;
    for (Value operand : inner.getOperands()) {
      std::optional<AffineValue> value = find(operand);
      if (!value)
        return std::nullopt;
      operands.push_back(*value);
    }
    std::optional<AffineValue> value = evaluateOp(&inner, operands);
    if (!value)
      return std::nullopt;
    values[inner.getResult(0)] = *value;
  }
  return find(body.getTerminator()->getOperand(0));
}

//===----------------------------------------------------------------------===//
// ConstantReader
//===----------------------------------------------------------------------===//

int64_t compress::getOffset(AffineMap map, ArrayRef<int64_t> index,
                            ArrayRef<int64_t> shape) {
  int64_t offset = 0;
  for (auto [expr, extent] : llvm::zip(map.getResults(), shape)) {
    auto dim = dyn_cast<AffineDimExpr>(expr);
    offset = offset * extent + (dim ? index[dim.getPosition()] : 0);
  }
  return offset;
}

const std::vector<double> *ConstantReader::read(Value value) {
  auto found = known.find(value);
  if (found == known.end()) {
    auto computed = compute(value);
    found = known.insert_or_assign(value, std::move(computed)).first;
  }
  return found->second ? &*found->second : nullptr;
}

std::optional<std::vector<double>> ConstantReader::compute(Value value) {
  auto type = dyn_cast<RankedTensorType>(value.getType());
  if (!type || !type.hasStaticShape() || !type.getElementType().isF32() ||
      type.getNumElements() > kMostElements)
    return std::nullopt;
  Operation *op = value.getDefiningOp();
  std::string reason;
  FailureOr<Weight> weight = findWeight(value, symbols, reason);
  if (succeeded(weight)) {
    // What cannot be read is reported where the weight must be.
    ScopedDiagnosticHandler quiet(value.getContext(),
                                  [](Diagnostic &) { return success(); });
    ExternalStore &store = value.getContext()
                               ->getOrLoadDialect<CompressDialect>()
                               ->getExternalStore();
    Location loc = value.getLoc();
    FailureOr<WeightBytes> bytes = readWeight(
        *weight, store, [&] { return emitError(loc); },
        /*threads=*/nullptr);
    if (failed(bytes))
      return std::nullopt;
    std::vector<float> floats(type.getNumElements());
    memcpy(floats.data(), bytes->data.data(), bytes->data.size());
    return std::vector<double>(floats.begin(), floats.end());
  }
  if (!op)
    return std::nullopt;
  if (isa<tensor::CollapseShapeOp, tensor::ExpandShapeOp, tosa::ReshapeOp>(
          op)) {
    const std::vector<double> *source = read(op->getOperand(0));
    return source ? std::optional(*source) : std::nullopt;
  }
  if (auto fill = dyn_cast<linalg::FillOp>(op)) {
    FloatAttr constant;
    if (!matchPattern(fill.value(), m_Constant(&constant)))
      return std::nullopt;
    return std::vector<double>(type.getNumElements(),
                               constant.getValueAsDouble());
  }
  if (std::optional<ElementwiseOp> elementwise = ElementwiseOp::match(op))
    return computeElementwise(*elementwise, type);
  return std::nullopt;
}

std::optional<std::vector<double>>
ConstantReader::computeElementwise(const ElementwiseOp &op,
                                   RankedTensorType type) {
  SmallVector<std::vector<double>> inputs;
  for (Value input : op.inputs) {
    const std::vector<double> *elements = read(input);
    if (!elements)
      return std::nullopt;
    inputs.push_back(*elements);
  }
  std::vector<double> result;
  SmallVector<int64_t> index(type.getRank(), 0);
  for (int64_t i = 0, e = type.getNumElements(); i < e; ++i) {
    SmallVector<AffineValue> elements;
    for (auto [input, value, map] : llvm::zip(inputs, op.inputs, op.maps))
      elements.push_back(AffineValue::get(input[getOffset(
          map, index, cast<RankedTensorType>(value.getType()).getShape())]));
    std::optional<AffineValue> element = op.evaluate(elements);
    if (!element)
      return std::nullopt;
    result.push_back(element->offset);
    for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
      if (++index[dim] < type.getDimSize(dim))
        break;
      index[dim] = 0;
    }
  }
  return result;
}
