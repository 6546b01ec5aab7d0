//===- TensorMma.cpp - mma.sync of floats ---------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TensorMma.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mlir::compress;

void TensorMma::add(OpBuilder &builder, Location loc, Type element,
                    ArrayRef<Value> a, ArrayRef<Value> b,
                    MutableArrayRef<Value> sums) {
  // The instruction takes pairs of f16, but all else as integers.
  bool isF16 = element.isF16();
  Type operand = isF16 ? Type(VectorType::get(2, builder.getF16Type()))
                       : builder.getI32Type();
  auto toOperands = [&](ArrayRef<Value> registers) {
    return llvm::map_to_vector(registers, [&](Value value) {
      return builder.createOrFold<LLVM::BitcastOp>(loc, operand, value);
    });
  };
  auto results = LLVM::LLVMStructType::getLiteral(
      builder.getContext(), SmallVector<Type>(4, builder.getF32Type()));
  NVVM::MMATypes type = isF16             ? NVVM::MMATypes::f16
                        : element.isF32() ? NVVM::MMATypes::tf32
                                          : NVVM::MMATypes::bf16;
  Value product = NVVM::MmaOp::create(
      builder, loc, results, toOperands(a), toOperands(b), sums,
      ArrayRef<int64_t>{kM, kN, getK(element.getIntOrFloatBitWidth())},
      /*b1Op=*/std::nullopt, /*intOverflow=*/std::nullopt,
      std::array<NVVM::MMATypes, 2>{type, type},
      std::array<NVVM::MMALayout, 2>{NVVM::MMALayout::row,
                                     NVVM::MMALayout::col});
  for (auto [index, sum] : llvm::enumerate(sums))
    sum = LLVM::ExtractValueOp::create(builder, loc, product, index);
}

Value TensorMma::roundToTF32(OpBuilder &builder, Location loc, Value bits) {
  Value value =
      LLVM::BitcastOp::create(builder, loc, builder.getF32Type(), bits);
  return NVVM::ConvertFloatToTF32Op::create(builder, loc, builder.getI32Type(),
                                            value, NVVM::FPRoundingMode::RNA);
}
