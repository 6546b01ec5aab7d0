//===- VectorBody.cpp - Bodies of generic ops on vectors ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorBody.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;
using namespace mlir::compress;

/// Entries of a table.
static constexpr int64_t kTable = 16;

/// The i32 of which the low four bits are the place in a table that the op
/// reads, or null.
static Value getPlace(vector::ExtractOp op) {
  if (op.getSourceVectorType().getShape() != ArrayRef<int64_t>{kTable} ||
      !op.getSourceVectorType().getElementType().isF32() ||
      op.getDynamicPosition().size() != 1)
    return {};
  auto cast =
      op.getDynamicPosition().front().getDefiningOp<arith::IndexCastUIOp>();
  auto mask = cast ? cast.getIn().getDefiningOp<arith::AndIOp>() : nullptr;
  APInt value;
  if (!mask || !mask.getType().isInteger(32) ||
      !matchPattern(mask.getRhs(), m_ConstantInt(&value)) ||
      value != kTable - 1)
    return {};
  return mask.getLhs();
}

bool VectorBody::canEvaluate(Value value, Block *body, int64_t loop,
                             unsigned first, unsigned last) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return argument.getOwner() == body && argument.getArgNumber() >= first &&
           argument.getArgNumber() < last;
  Operation *op = value.getDefiningOp();
  if (auto index = dyn_cast<linalg::IndexOp>(op))
    return static_cast<int64_t>(index.getDim()) == loop;
  if (matchPattern(value, m_Constant()))
    return true;
  auto canEvaluateToo = [&](Value operand) {
    return canEvaluate(operand, body, loop, first, last);
  };
  if (auto extract = dyn_cast<vector::ExtractOp>(op)) {
    Value place = getPlace(extract);
    return place && matchPattern(extract.getSource(), m_Constant()) &&
           canEvaluateToo(place);
  }
  return OpTrait::hasElementwiseMappableTraits(op) &&
         op->getNumResults() == 1 &&
         llvm::all_of(op->getOperands(), canEvaluateToo);
}

Value VectorBody::broadcast(Value value) {
  if (isa<VectorType>(value.getType()))
    return value;
  return vector::BroadcastOp::create(
      b, loc, VectorType::get({lanes}, value.getType()), value);
}

Value VectorBody::evaluate(Value value) { return broadcast(compute(value)); }

Value VectorBody::compute(Value value) {
  if (auto argument = dyn_cast<BlockArgument>(value))
    return getArgument(argument);
  Value &result = known[value];
  if (result)
    return result;
  Operation *op = value.getDefiningOp();
  if (auto index = dyn_cast<linalg::IndexOp>(op))
    return result = getIndex(index.getDim());
  if (matchPattern(value, m_Constant()))
    return result = b.clone(*op)->getResult(0);
  if (auto extract = dyn_cast<vector::ExtractOp>(op)) {
    Value place = evaluate(getPlace(extract));
    Value looked = lookUp(compute(extract.getSource()), place);
    return known[value] = looked;
  }
  SmallVector<Value> operands;
  for (Value operand : op->getOperands())
    operands.push_back(compute(operand));
  Type type = value.getType();
  if (llvm::any_of(operands, [](Value operand) {
        return isa<VectorType>(operand.getType());
      })) {
    type = VectorType::get({lanes}, type);
    for (Value &operand : operands)
      operand = broadcast(operand);
  }
  OperationState state(loc, op->getName(), operands, type, op->getAttrs());
  return known[value] = b.create(state)->getResult(0);
}

/// The entries of the table at the places that the low bits of `place` say:
/// permutations where vectors are those of AVX-512 or AVX2 (LLVM's
/// IntrinsicsX86.td), else one comparison for each entry.
Value VectorBody::lookUp(Value table, Value place) {
  Type f32 = b.getF32Type();
  auto type = VectorType::get({lanes}, f32);
  auto permute = [&](StringRef name, ValueRange operands) -> Value {
    return LLVM::CallIntrinsicOp::create(b, loc, type, b.getStringAttr(name),
                                         operands)
        .getResult(0);
  };
  auto splat = [&](int64_t value) -> Value {
    auto integers = VectorType::get({lanes}, b.getI32Type());
    return arith::ConstantOp::create(
        b, loc, DenseElementsAttr::get(integers, b.getI32IntegerAttr(value)));
  };
  if (lanes == kTable)
    return permute("llvm.x86.avx512.permvar.sf.512", {table, place});
  if (lanes == kTable / 2) {
    auto half = [&](int64_t first) -> Value {
      Value part = vector::ExtractStridedSliceOp::create(
          b, loc, table, ArrayRef<int64_t>{first}, ArrayRef<int64_t>{lanes},
          ArrayRef<int64_t>{1});
      return permute("llvm.x86.avx2.permps", {part, place});
    };
    Value bit = arith::AndIOp::create(b, loc, place, splat(lanes));
    Value isHigh =
        arith::CmpIOp::create(b, loc, arith::CmpIPredicate::ne, bit, splat(0));
    return arith::SelectOp::create(b, loc, isHigh, half(lanes), half(0));
  }
  Value low = arith::AndIOp::create(b, loc, place, splat(kTable - 1));
  Value result;
  for (int64_t i = 0; i < kTable; ++i) {
    Value entry = broadcast(vector::ExtractOp::create(b, loc, table, i));
    if (result)
      entry = arith::SelectOp::create(
          b, loc,
          arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq, low,
                                splat(i)),
          entry, result);
    result = entry;
  }
  return result;
}
