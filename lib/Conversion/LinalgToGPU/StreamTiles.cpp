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
#include "VectorAccess.h"
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
  OpBuilder &b = *builder;
  SmallVector<Value> words;
  auto type = VectorType::get(4, b.getI32Type());
  Number from = number(stage) + getWeightOffset();
  for (int64_t j = 0; j < getStepTilesK(); ++j) {
    int64_t place = (tileN * getStepTilesK() + j) * kMmaTileBytes;
    Value loaded = LLVM::LoadOp::create(
        b, loc, type, getByte(b, loc, shared, from + place), kMmaLaneBytes);
    for (int64_t i = 0; i < 4; ++i)
      words.push_back(
          LLVM::ExtractElementOp::create(b, loc, loaded, from.get(i)));
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

/// Where the parameters of one of the lane's channels lie that hold for all of
/// K and for `extentN` channels together.
SmallVector<Value> StreamKernel::getOwnBlock(int64_t tileN, int64_t row,
                                             int64_t extentN) {
  OpBuilder &b = *builder;
  Value n = (number(firstTileN) + tileN) * kMmaN +
            Value(toIndex(number(lane) / 4) + row * 8);
  // What lies beyond the edge is not stored.
  n = arith::MinUIOp::create(b, loc, n, constant(weight.n - 1));
  SmallVector<Value> at = {constant(0), number(n) / extentN};
  if (weight.reduced == 1)
    std::swap(at[0], at[1]);
  return at;
}

/// Loads what stays in registers.
void StreamKernel::loadConstantParameters() {
  OpBuilder &b = *builder;
  if (!weight.superScale && !weight.entry)
    return;
  Value component = mapping.lookup(op.getComponents().back());
  for (int64_t tile = 0; tile < getWarpTilesN(); ++tile)
    for (int64_t row : {0, 1}) {
      if (weight.superScale) {
        Value scale = memref::LoadOp::create(
            b, loc, component, getOwnBlock(tile, row, weight.superN));
        if (!weight.superScale.isF32())
          scale = LLVM::FPExtOp::create(b, loc, b.getF32Type(), scale);
        superScales.push_back(scale);
        continue;
      }
      SmallVector<Value> at = getOwnBlock(tile, row, weight.blockN);
      at.append(2, constant(0));
      SmallVector<Value> entries;
      int64_t width = kVectorBytes / getElementBytes(weight.entry);
      for (int64_t first = 0; first < 16; first += width) {
        at[2] = constant(first);
        llvm::append_range(entries, loadVector(b, loc, component, at, width));
      }
      tables.push_back(
          WeightDecode(b, loc, weight, entry).prepareTable(entries));
    }
}

/// The stored parameters of a step, for each group and every two tiles along N:
/// a lane has those of one of their 32 channels, so that a line of them is read
/// by one load. Scales of 16 bits and zero points share a word.
SmallVector<Value> StreamKernel::loadParameters(Value step) {
  OpBuilder &b = *builder;
  if (weight.entry)
    return {};
  Number slice = number(getSlice(step));
  int64_t tiles = getWarpTilesN();
  SmallVector<Value> parameters;
  for (int64_t tile = 0; tile < tiles; tile += 2)
    for (int64_t group = 0; group < getNumGroups(); ++group) {
      int64_t channels = std::min<int64_t>(tiles - tile, 2) * kMmaN;
      // What lies beyond the edges is multiplied with zeros, or not stored.
      Value n = (number(firstTileN) + tile) * kMmaN +
                toIndex(number(lane) % channels);
      n = arith::MinUIOp::create(b, loc, n, constant(weight.n - 1));
      Value k = slice * kStepK + group * (kStepK / getNumGroups());
      k = arith::MinUIOp::create(b, loc, k, constant(weight.k - 1));
      SmallVector<Value> at = {number(k) / weight.blockK,
                               number(n) / weight.blockN};
      if (weight.reduced == 1)
        std::swap(at[0], at[1]);
      auto load = [&](unsigned component) -> Value {
        return memref::LoadOp::create(
            b, loc, mapping.lookup(op.getComponents()[component]), at);
      };
      Value scale = load(1);
      unsigned bits = weight.scale.getWidth();
      Value word =
          LLVM::BitcastOp::create(b, loc, b.getIntegerType(bits), scale);
      if (bits < 32)
        word = LLVM::ZExtOp::create(b, loc, b.getI32Type(), word);
      Value zeroPoint;
      if (weight.hasZeroPoints)
        zeroPoint = LLVM::SExtOp::create(b, loc, b.getI32Type(), load(2));
      if (zeroPoint && bits < 32) {
        Value sixteen = number(word).get(16);
        zeroPoint = LLVM::ShlOp::create(b, loc, zeroPoint, sixteen);
        word = LLVM::OrOp::create(b, loc, word, zeroPoint);
        zeroPoint = {};
      }
      parameters.push_back(word);
      if (zeroPoint)
        parameters.push_back(zeroPoint);
    }
  return parameters;
}

/// What decodes one of the lane's channels at a position of K in the step, from
/// the lane that has loaded it.
WeightDecode::Channel StreamKernel::getChannel(ValueRange parameters,
                                               int64_t tileN, int64_t row,
                                               int64_t k) {
  if (weight.entry)
    return tables[tileN * 2 + row];
  OpBuilder &b = *builder;
  int64_t group = k / (kStepK / getNumGroups());
  bool isShared = weight.scale.getWidth() < 32;
  int64_t count = weight.hasZeroPoints && !isShared ? 2 : 1;
  int64_t first = (tileN / 2 * getNumGroups() + group) * count;
  Value from = number(lane) / 4 + (tileN % 2 * kMmaN + row * 8);
  auto get = [&](Value word) -> Value {
    Number all = number(lane);
    return NVVM::ShflOp::create(b, loc, b.getI32Type(), all.get(-1), word, from,
                                all.get(kWarpSize - 1), NVVM::ShflKind::idx,
                                /*returnValueAndIsValid=*/UnitAttr());
  };
  Value scale = get(parameters[first]), zeroPoint;
  if (weight.hasZeroPoints && !isShared)
    zeroPoint = get(parameters[first + 1]);
  if (weight.hasZeroPoints && isShared)
    zeroPoint = LLVM::AShrOp::create(b, loc, scale, number(scale).get(16));
  Value superScale;
  if (weight.superScale)
    superScale = superScales[tileN * 2 + row];
  return WeightDecode(b, loc, weight, entry)
      .prepare(scale, zeroPoint, superScale);
}
