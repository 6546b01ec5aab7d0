//===- EmulateMatrix.cpp - Instructions on matrices -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "EmulateInstructions.h"
#include "Instruction.h"
#include "mlir/IR/Matchers.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

static std::optional<EmulatedType> getEmulatedType(NVVM::MMATypes type) {
  switch (type) {
  case NVVM::MMATypes::f16:
    return EmulatedType::F16;
  case NVVM::MMATypes::bf16:
    return EmulatedType::BF16;
  case NVVM::MMATypes::tf32:
    return EmulatedType::TF32;
  case NVVM::MMATypes::f32:
    return EmulatedType::F32;
  case NVVM::MMATypes::f64:
    return EmulatedType::F64;
  case NVVM::MMATypes::e4m3:
    return EmulatedType::E4M3;
  case NVVM::MMATypes::e5m2:
    return EmulatedType::E5M2;
  case NVVM::MMATypes::s8:
    return EmulatedType::S8;
  case NVVM::MMATypes::u8:
    return EmulatedType::U8;
  case NVVM::MMATypes::s4:
    return EmulatedType::S4;
  case NVVM::MMATypes::u4:
    return EmulatedType::U4;
  case NVVM::MMATypes::s32:
    return EmulatedType::S32;
  default:
    return std::nullopt;
  }
}

EmulatedType compress::getOperandType(Type type) {
  return llvm::TypeSwitch<Type, EmulatedType>(type)
      .Case([](Float16Type) { return EmulatedType::F16; })
      .Case([](BFloat16Type) { return EmulatedType::BF16; })
      .Case([](FloatTF32Type) { return EmulatedType::TF32; })
      .Case([](Float8E4M3FNType) { return EmulatedType::E4M3; })
      .Case([](Float8E5M2Type) { return EmulatedType::E5M2; })
      .Default([](Type integer) {
        return integer.isUnsignedInteger() ? EmulatedType::U8
                                           : EmulatedType::S8;
      });
}

/// 8x8 matrices of 16-bit elements.
static bool isPlainMatrix(NVVM::LdStMatrixShapeAttr shape,
                          NVVM::LdStMatrixEltType type) {
  return shape.getM() == 8 && shape.getN() == 8 &&
         type == NVVM::LdStMatrixEltType::B16;
}

LogicalResult Instruction::lower(NVVM::LdMatrixOp load) {
  if (!isPlainMatrix(load.getShape(), load.getEltType()))
    return op->emitOpError("of another form than m8n8.b16 is not emulated");
  Value memory = calls.allocate(builder, op, i32(), load.getNum());
  call("ldmatrix", nullptr,
       {memory, load.getPtr(), integer(load.getNum()),
        integer(load.getLayout() == NVVM::MMALayout::col)});
  return replace(
      LLVM::LoadOp::create(builder, loc, load.getRes().getType(), memory));
}

LogicalResult Instruction::lower(NVVM::StMatrixOp store) {
  if (!isPlainMatrix(store.getShape(), store.getEltType()))
    return op->emitOpError("of another form than m8n8.b16 is not emulated");
  call("stmatrix", nullptr,
       {calls.spill(builder, op, store.getSources()), store.getPtr(),
        integer(store.getSources().size()),
        integer(store.getLayout() == NVVM::MMALayout::col)});
  return replace({});
}

template <typename Mma>
LogicalResult
Instruction::lowerMma(Mma mma, std::optional<NVVM::MMATypes> accumulator,
                      std::optional<NVVM::MMATypes> result, bool isSparse,
                      Value metadata, int32_t selector) {
  std::optional<EmulatedType> types[4];
  std::optional<NVVM::MMATypes> found[] = {mma.getMultiplicandAPtxType(),
                                           mma.getMultiplicandBPtxType(),
                                           accumulator, result};
  for (auto [type, ptx] : llvm::zip(types, found)) {
    if (ptx)
      type = getEmulatedType(*ptx);
    if (!type)
      return op->emitOpError("has an operand whose type is not emulated");
  }
  NVVM::MMAShapeAttr shape = mma.getShape();
  bool saturates =
      mma.getIntOverflowBehavior() == NVVM::MMAIntOverflow::satfinite;
  // The fields of EmulatedMma.
  Value form = calls.constantWords(
      builder, loc,
      {shape.getM(), shape.getN(), shape.getK(),
       static_cast<int32_t>(*types[0]), static_cast<int32_t>(*types[1]),
       static_cast<int32_t>(*types[2]), static_cast<int32_t>(*types[3]),
       saturates, isSparse, selector});
  Value memory = calls.allocate(builder, op, mma.getRes().getType(), 1);
  call("mma", nullptr,
       {memory, calls.spill(builder, op, mma.getOperandA()),
        calls.spill(builder, op, mma.getOperandB()),
        calls.spill(builder, op, mma.getOperandC()), metadata, form});
  return replace(
      LLVM::LoadOp::create(builder, loc, mma.getRes().getType(), memory));
}

LogicalResult Instruction::lower(NVVM::MmaOp mma) {
  if (mma.getLayoutA() != NVVM::MMALayout::row ||
      mma.getLayoutB() != NVVM::MMALayout::col)
    return op->emitOpError("is emulated with A by rows and B by columns only");
  return lowerMma(mma, mma.accumPtxType(), mma.resultPtxType(),
                  /*isSparse=*/false, integer(0), 0);
}

LogicalResult Instruction::lower(NVVM::MmaSpOp mma) {
  APInt selector;
  if (!matchPattern(mma.getSparsitySelector(), m_ConstantInt(&selector)))
    return op->emitOpError("needs a constant selector");
  if (!mma.getOrderedMetadata())
    return op->emitOpError("is emulated with ordered metadata only");
  return lowerMma(mma, mma.accumPtxType(), mma.resultPtxType(),
                  /*isSparse=*/true, mma.getSparseMetadata(),
                  selector.getSExtValue());
}

LogicalResult Instruction::lower(kernel::MmaOp mma) {
  auto number = [](EmulatedType type) { return static_cast<int32_t>(type); };
  int32_t sum =
      number(mma.hasWideSums() ? EmulatedType::F32 : EmulatedType::F16);
  // The fields of EmulatedMma.
  Value form = calls.constantWords(
      builder, loc,
      {/*m=*/16, /*n=*/8, static_cast<int32_t>(mma.getDepth()),
       number(getOperandType(mma.getTypeA())),
       number(getOperandType(mma.getTypeB())), sum, sum, /*saturate=*/0,
       /*sparse=*/mma.getMetadata() != nullptr, /*selector=*/0});
  Type type = mma.getResult().getType();
  Value memory = calls.allocate(builder, op, type, 1);
  call("mma", nullptr,
       {memory, calls.spill(builder, op, mma.getA()),
        calls.spill(builder, op, mma.getB()),
        calls.spill(builder, op, mma.getAccumulator()),
        orConstant(mma.getMetadata(), 0), form});
  return replace(LLVM::LoadOp::create(builder, loc, type, memory));
}
