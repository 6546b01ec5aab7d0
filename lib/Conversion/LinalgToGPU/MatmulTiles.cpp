//===- MatmulTiles.cpp - From tiles to fragments --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How the operands of a matrix product get from shared memory to the fragments
// of an instruction.
//
//===----------------------------------------------------------------------===//

#include "KernelArithmetic.h"
#include "MatmulKernel.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"

using namespace mlir;
using namespace mlir::compress;

/// Loads a fragment by one instruction: the quarters of the lanes give the
/// lines of one matrix each, of eight lines of 16 bytes.
SmallVector<Value> MatmulKernel::loadMatrices(const TileOperand &operand,
                                              Value stage, Value first,
                                              int64_t k) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  bool isA = &operand == &lhs;
  // Fragments of A go along M first, those of B along K (PTX ISA, matrix
  // fragments for mma.m16n8k16).
  Number own{&b, loc, lane};
  Number low = own % 16, high = own / 16;
  Number along = own % 8 + Value(high * 8), across = low / 8;
  Number row = own, column = own;
  if (layout.isKContiguous) {
    row = (isA ? low : along) + first;
    column = (isA ? high : across) * layout.getChunkElements() + k;
  } else {
    row = (isA ? along : low) + k;
    column = (isA ? across : high) * layout.getChunkElements() + first;
  }
  Value byte = getSharedByte(operand, stage, row, column);
  MLIRContext *context = b.getContext();
  auto registers = LLVM::LLVMStructType::getLiteral(
      context, SmallVector<Type>(4, b.getI32Type()));
  // Transposed where the fragment's pairs, which lie along K, are not
  // contiguous.
  auto load = NVVM::LdMatrixOp::create(
      b, loc, registers, getByte(b, loc, shared, byte), /*num=*/4,
      layout.isKContiguous ? NVVM::MMALayout::row : NVVM::MMALayout::col,
      NVVM::LdStMatrixShapeAttr::get(context, 8, 8),
      NVVM::LdStMatrixEltType::B16);
  SmallVector<Value> fragment;
  for (int64_t i = 0; i < 4; ++i)
    fragment.push_back(LLVM::ExtractValueOp::create(b, loc, load.getRes(), i));
  return fragment;
}

/// Loads a fragment one f32 at a time: lane l has element l / 4 of line l % 4
/// of a matrix of four lines (PTX ISA, matrix fragments for mma.m16n8k8).
SmallVector<Value> MatmulKernel::loadWords(const TileOperand &operand,
                                           Value stage, Value first,
                                           int64_t offset, int64_t k) {
  // The swizzle repeats after so many lines, and so many elements.
  constexpr int64_t lines = 4, elements = 32;
  OpBuilder &b = *builder;
  Number own{&b, loc, lane};
  SmallVector<Value> fragment;
  // The matrices of A go along M first, those of B along K.
  for (int64_t major : {0, 1})
    for (int64_t minor : {0, 1}) {
      bool isA = &operand == &lhs;
      int64_t along = offset + (isA ? minor : major) * 8;
      int64_t line = k + (isA ? major : minor) * lines;
      // All that a lane loads lies at constant distances from four addresses.
      Number column = own / 4 + first;
      Value base = getByte(b, loc, shared,
                           getSharedByte(operand, stage, own % lines,
                                         column + along % elements));
      int64_t distance =
          line * operand.layout.getLineBytes() +
          along / elements * elements * operand.layout.elementBytes;
      fragment.push_back(LLVM::LoadOp::create(
          b, loc, b.getI32Type(), getByte(b, loc, base, own.get(distance))));
    }
  return fragment;
}

/// Loads elements at `first`, the warp's, plus `offset` along the operand's own
/// dimension, 16 of them, and at `k` along K, 32 bytes of them, of the stage's
/// tile: four registers, which are a fragment of A, or two fragments of B.
SmallVector<Value> MatmulKernel::loadFragment(const TileOperand &operand,
                                              Value stage, Value first,
                                              int64_t offset, int64_t k) {
  Number at{builder, loc, first};
  SmallVector<Value> fragment =
      operand.layout.isReadByWords()
          ? loadWords(operand, stage, first, offset, k)
          : loadMatrices(operand, stage, at + offset, k);
  if (operand.operand->getElementType().isF32())
    for (Value &value : fragment)
      value = TensorMma::roundToTF32(*builder, loc, value);
  return fragment;
}
