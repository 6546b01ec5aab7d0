//===- ContractFromZeros.cpp - Products without an accumulator -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/ContractFromZeros.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

using namespace mlir;
using namespace mlir::compress;

OpFoldResult compress::getUncompressedSize(ImplicitLocOpBuilder &b, Value value,
                                           int64_t dim) {
  if (auto decode = value.getDefiningOp<DecodeOp>())
    if (auto encode = decode.getInput().getDefiningOp<EncodeOp>())
      value = encode.getInput();
  return tensor::getMixedSize(b, b.getLoc(), value, dim);
}

FailureOr<Value>
compress::buildContractFromZeros(RewriterBase &rewriter, Operation *op,
                                 const Contraction &contraction, Value lhs,
                                 Value rhs) {
  if (contraction.isConvolution())
    return failure();
  // An operand with each extent of the result, and its dimension.
  SmallVector<std::pair<Value, unsigned>> sources;
  for (AffineExpr expr : contraction.maps[2].getResults()) {
    if (auto dim = contraction.maps[0].getResultPosition(expr))
      sources.emplace_back(op->getOperand(contraction.lhs), *dim);
    else if (auto dim = contraction.maps[1].getResultPosition(expr))
      sources.emplace_back(op->getOperand(contraction.rhs), *dim);
    else
      return failure();
  }
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  ImplicitLocOpBuilder b(op->getLoc(), rewriter);
  SmallVector<OpFoldResult> sizes;
  for (auto [operand, dim] : sources)
    sizes.push_back(getUncompressedSize(b, operand, dim));
  Value empty = tensor::EmptyOp::create(b, sizes, type.getElementType());
  Value zero =
      arith::ConstantOp::create(b, b.getZeroAttr(type.getElementType()));
  Value init = linalg::FillOp::create(b, ValueRange{zero}, ValueRange{empty})
                   .getResult(0);
  Value result = ContractOp::create(b, init.getType(), lhs, rhs, init,
                                    b.getAffineMapArrayAttr(contraction.maps));
  if (result.getType() != type)
    result = tensor::CastOp::create(b, type, result);
  return result;
}
