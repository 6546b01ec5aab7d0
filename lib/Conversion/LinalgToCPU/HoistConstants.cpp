//===- HoistConstants.cpp - Large constants to function arguments ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Bufferization/IR/Bufferization.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/MLProgram/IR/MLProgram.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace mlir::compress {
#define GEN_PASS_DEF_HOISTCONSTANTSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The constant tensor that the operation yields, or null.
static Attribute getConstant(Operation *op) {
  if (auto constant = dyn_cast<arith::ConstantOp>(op))
    return constant.getValue();
  SymbolRefAttr symbol;
  if (auto load = dyn_cast<ml_program::GlobalLoadConstOp>(op))
    symbol = load.getGlobalAttr();
  else if (auto load = dyn_cast<ml_program::GlobalLoadOp>(op))
    symbol = load.getGlobalAttr();
  else
    return nullptr;
  auto global =
      SymbolTable::lookupNearestSymbolFrom<ml_program::GlobalOp>(op, symbol);
  return global && !global.getIsMutable() ? global.getValueAttr() : nullptr;
}

/// Bytes of a tensor of a type that a buffer can hold as it is, or 0.
static int64_t getNumBytes(RankedTensorType type) {
  if (!type || !type.hasStaticShape() || !type.getElementType().isIntOrFloat())
    return 0;
  unsigned width = type.getElementTypeBitWidth();
  return width % 8 ? 0 : type.getNumElements() * (width / 8);
}

namespace {
struct HoistConstants : compress::impl::HoistConstantsPassBase<HoistConstants> {
  using HoistConstantsPassBase::HoistConstantsPassBase;

  void runOnOperation() override {
    SymbolTableCollection symbols;
    SymbolUserMap users(symbols, getOperation());
    for (auto function : getOperation().getOps<func::FuncOp>())
      if (!function.isExternal() && users.useEmpty(function) &&
          failed(hoist(function)))
        return signalPassFailure();
  }

  LogicalResult hoist(func::FuncOp function) {
    SmallVector<Operation *> constants;
    function.walk([&](Operation *op) {
      Attribute value = op->getNumResults() == 1 ? getConstant(op) : nullptr;
      if (!value)
        return;
      // What lies outside the IR stays there, however small.
      int64_t least = isa<DenseElementsAttr>(value) ? minBytes : 1;
      if (getNumBytes(dyn_cast<RankedTensorType>(op->getResult(0).getType())) >=
          std::max<int64_t>(least, 1))
        constants.push_back(op);
    });
    DenseMap<Attribute, BlockArgument> arguments;
    for (Operation *op : constants) {
      Value result = op->getResult(0);
      auto type = cast<RankedTensorType>(result.getType());
      Attribute value = getConstant(op);
      if (auto splat = dyn_cast<SplatElementsAttr>(value)) {
        result.replaceAllUsesWith(fill(op, type, splat));
        op->erase();
        continue;
      }
      BlockArgument &argument = arguments[value];
      if (!argument) {
        unsigned number = function.getNumArguments();
        Builder builder(&getContext());
        NamedAttribute attributes[] = {
            builder.getNamedAttr(
                bufferization::BufferizationDialect::kWritableAttrName,
                builder.getBoolAttr(false)),
            builder.getNamedAttr(CompressDialect::kConstantAttr, value)};
        if (failed(function.insertArgument(
                number, type, builder.getDictionaryAttr(attributes),
                op->getLoc())))
          return failure();
        argument = function.getArgument(number);
      }
      result.replaceAllUsesWith(argument);
      op->erase();
    }
    return success();
  }

  static Value fill(Operation *op, RankedTensorType type,
                    SplatElementsAttr splat) {
    OpBuilder builder(op);
    Value scalar = arith::ConstantOp::create(builder, op->getLoc(),
                                             splat.getSplatValue<TypedAttr>());
    Value empty = tensor::EmptyOp::create(builder, op->getLoc(), type, {});
    return linalg::FillOp::create(builder, op->getLoc(), scalar, empty)
        .getResult(0);
  }
};
} // namespace
