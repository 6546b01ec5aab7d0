//===- StreamTiles.cpp - What a streamed product loads --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How activations, codes and parameters get to the registers of a product with
// a packed weight. A stage of shared memory has the activations, 64 positions
// of K for each of the warps along K, then the codes, 16 bytes for each lane of
// each tile of each warp.
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"
#include "StreamKernel.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

/// Elements that one copy of 16 bytes moves, and chunks of a line.
static constexpr int64_t kChunkElements = 8, kChunkBytes = 16;

/// Finds the addresses of the operands.
void StreamKernel::prepareOperands() {
  OpBuilder &b = *builder;
  Value x = mapping.lookup(op.getX());
  inputs = getElement(b, loc, x, constant(0));
  auto metadata = memref::ExtractStridedMetadataOp::create(b, loc, x);
  inputStride = metadata.getStrides()[0];
  inputStep = metadata.getStrides()[1];
  SmallVector<int64_t> strides;
  int64_t offset;
  (void)cast<MemRefType>(x.getType()).getStridesAndOffset(strides, offset);
  // Every address of a copy is a multiple of its width.
  inputWidth = strides[1] == 1 ? kChunkElements : 1;
  for (int64_t multiple : {offset, strides[0]})
    while (inputWidth > 1 &&
           (ShapedType::isDynamic(multiple) || multiple % inputWidth))
      inputWidth /= 2;
  weights = getElement(b, loc, mapping.lookup(op.getComponents().front()),
                       constant(0));
}

/// Starts the copies of a step to the stage at byte `stage` of shared memory.
void StreamKernel::copyStage(Value stage, Value step) {
  Value slice = getSlice(step);
  copyWeights(stage, slice);
  copyInputs(stage, slice);
  NVVM::CpAsyncCommitGroupOp::create(*builder, loc);
}

/// Each lane copies the bytes that it will decode.
void StreamKernel::copyWeights(Value stage, Value slice) {
  OpBuilder &b = *builder;
  Value numTilesN = constant(weight.getNumTilesN());
  Value numTilesK = constant(weight.getNumTilesK());
  Value isMine = number(slice).less(endSlice);
  Number to = number(stage) + getWeightOffset();
  for (int64_t i = 0; i < getWarpTilesN(); ++i) {
    Number tileN = number(firstTileN) + i;
    for (int64_t j = 0; j < getStepTilesK(); ++j) {
      Number tileK = number(slice) * getStepTilesK() + j;
      Value isInside = arith::AndIOp::create(b, loc, tileN.less(numTilesN),
                                             tileK.less(numTilesK));
      isInside = arith::AndIOp::create(b, loc, isInside, isMine);
      Number tile = weight.reduced == 0 ? tileK * numTilesN + tileN
                                        : tileN * numTilesK + tileK;
      Number byte = tile * kMmaTileBytes + toIndex(lane) * kMmaLaneBytes;
      // An address that is not read stays inside of the operand all the same.
      Value safe = arith::SelectOp::create(b, loc, isInside, byte, constant(0));
      Value count = arith::SelectOp::create(b, loc, isInside,
                                            to.get(kMmaLaneBytes), to.get(0));
      int64_t place = (i * getStepTilesK() + j) * kMmaTileBytes;
      kernel::CpAsyncOp::create(b, loc, getByte(b, loc, shared, to + place),
                                getByte(b, loc, weights, toI64(b, loc, safe)),
                                count, policy);
    }
  }
}

/// Where this lane's bytes of the weight lie in a stage.
Value StreamKernel::getWeightOffset() {
  Number warp = number(thread) / kWarpSize;
  return warp * (getWarpTilesN() * getStepTilesK() * kMmaTileBytes) +
         Value(number(lane) * kMmaLaneBytes) + schedule.getInputBytes();
}

/// The words of a tile along N, for all of the step's positions of K.
SmallVector<Value> StreamKernel::loadWeights(Value stage, int64_t tileN) {
  SmallVector<Value> words;
  Number from = number(stage) + getWeightOffset();
  for (int64_t j = 0; j < getStepTilesK(); ++j) {
    int64_t place = (tileN * getStepTilesK() + j) * kMmaTileBytes;
    llvm::append_range(words,
                       loadWords(getByte(*builder, loc, shared, from + place)));
  }
  return words;
}

/// The warps along N share the copies of their activations.
void StreamKernel::copyInputs(Value stage, Value slice) {
  // More copies of a thread than this, which narrow ones need, are a loop:
  // their addresses would not fit into registers.
  constexpr int64_t mostUnrolled = 8;
  OpBuilder &b = *builder;
  int64_t copies = getTileM() * kStepK / inputWidth;
  int64_t threads = getWarpsN() * kWarpSize;
  Number own = number(warpN) * kWarpSize + lane;
  OpBuilder::InsertionGuard insertion(b);
  if (copies > mostUnrolled * threads) {
    auto loop =
        scf::ForOp::create(b, loc, own, own.get(copies), own.get(threads));
    b.setInsertionPointToStart(loop.getBody());
    return copyInput(stage, slice, loop.getInductionVar());
  }
  for (int64_t first = 0; first < copies; first += threads) {
    Number copy = own + first;
    if (copies - first < threads) {
      auto guard = scf::IfOp::create(b, loc, copy.less(copy.get(copies)));
      b.setInsertionPointToStart(guard.thenBlock());
    }
    copyInput(stage, slice, copy);
  }
}

/// The byte of a stage where an element of this warp's activations lies. Chunk
/// c of row r is at place c ^ (r % 8) of its line: eight lanes that read, or
/// write, the same chunk of eight consecutive rows use all banks once.
Value StreamKernel::getInputByte(Value stage, Value row, Value k) {
  Number line = number(row), element = number(k);
  Number chunk =
      element / kChunkElements ^ Value(line % (kLineBytes / kChunkBytes));
  return number(warpK) * (getTileM() * kLineBytes) + Value(line * kLineBytes) +
         Value(chunk * kChunkBytes) + Value(element % kChunkElements * 2) +
         stage;
}

/// Starts copy number `copy` along the rows, one after another.
void StreamKernel::copyInput(Value stage, Value slice, Value copy) {
  OpBuilder &b = *builder;
  int64_t perLine = kStepK / inputWidth;
  Number row = number(copy) / perLine;
  Number column = number(copy) % perLine * inputWidth;
  Value to = getByte(b, loc, shared, getInputByte(stage, row, column));

  Number globalRow = toIndex(row) + originM;
  Number k = number(slice) * kStepK + toIndex(column);
  Number rest = number(constant(weight.k)) - k;
  Value zero = rest.get(0), width = rest.get(inputWidth);
  Value count = arith::MinSIOp::create(b, loc, rest, width);
  count = arith::MaxSIOp::create(b, loc, count, zero);
  Value isMine = arith::AndIOp::create(b, loc, globalRow.less(m),
                                       number(slice).less(endSlice));
  count = arith::SelectOp::create(b, loc, isMine, count, zero);
  // An address that is not read stays inside of the operand all the same.
  Number element = globalRow * inputStride + Value(k * inputStep);
  Value safe = arith::SelectOp::create(b, loc, number(zero).less(count),
                                       element * 2, zero);
  copyToShared(b, loc, to, getByte(b, loc, inputs, toI64(b, loc, safe)),
               /*elementBytes=*/2, inputWidth, toI32(b, loc, count));
}

/// Loads 16 positions of K of up to 16 rows: two registers for each eight rows,
/// which are a fragment of operand B.
SmallVector<Value> StreamKernel::loadInputs(Value stage, int64_t row,
                                            int64_t k) {
  OpBuilder &b = *builder;
  // A quarter of the lanes gives the lines of one 8x8 matrix each.
  unsigned matrices = std::min<int64_t>(getTileM(), 16) / kMmaM * 2;
  Number own = number(lane);
  Number line = own % 8 + Value(own / 16 % (matrices / 2) * 8) + row;
  Number column = own / 8 % 2 * kChunkElements + k;
  Value byte = getInputByte(stage, line, column);
  MLIRContext *context = b.getContext();
  auto registers = LLVM::LLVMStructType::getLiteral(
      context, SmallVector<Type>(matrices, b.getI32Type()));
  auto load = NVVM::LdMatrixOp::create(
      b, loc, registers, getByte(b, loc, shared, byte), matrices,
      NVVM::MMALayout::row, NVVM::LdStMatrixShapeAttr::get(context, 8, 8),
      NVVM::LdStMatrixEltType::B16);
  SmallVector<Value> fragment;
  for (unsigned i = 0; i < matrices; ++i)
    fragment.push_back(LLVM::ExtractValueOp::create(b, loc, load.getRes(), i));
  return fragment;
}
