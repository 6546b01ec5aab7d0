//===- MatmulTiles.cpp - Tiles in shared memory ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How the operands of a matrix product get to shared memory, and from there to
// the fragments of an instruction.
//
//===----------------------------------------------------------------------===//

#include "KernelArithmetic.h"
#include "MatmulKernel.h"
#include "SharedMemory.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

/// Finds how the operand is copied.
void MatmulKernel::prepare(Operand &operand) {
  if (OpOperand *buffer = operand.operand->buffer)
    operand.copyWidth = getLineAlignment(
        *buffer, operand.layout.isKContiguous ? matmul.k : operand.loops,
        operand.layout.getChunkElements());
}

/// The byte of shared memory where an element of the tile of a stage lies.
Value MatmulKernel::getSharedByte(const Operand &operand, Value stage,
                                  Value row, Value column) {
  const TileLayout &layout = operand.layout;
  Number line{builder, loc, row}, element{builder, loc, column};
  Number swizzle =
      layout.isReadByWords() ? line % 4 * 2 : line % TileLayout::kSwizzle;
  Number chunk = element / layout.getChunkElements() ^ Value(swizzle);
  return line * layout.getLineBytes() + Value(chunk * TileLayout::kChunkBytes) +
         Value(element % layout.getChunkElements() * layout.elementBytes) +
         operand.stageOffset + stage;
}

/// Starts one copy of a tile: number `copy` along its lines, one after another.
void MatmulKernel::startCopy(const Operand &operand, Value stage, Value firstK,
                             Value copy) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  Number number{&b, loc, copy};
  int64_t copiesPerLine = layout.columns / operand.copyWidth;
  Number row = number / copiesPerLine;
  Number column = number % copiesPerLine * operand.copyWidth;
  Value to =
      getByte(b, loc, shared, getSharedByte(operand, stage, row, column));

  // In global memory: the line, and how many elements of it are inside.
  Value kExtent = getExtent(matmul.k), otherExtent = getExtent(operand.loops);
  Number line =
      toIndex(b, loc, row) + (layout.isKContiguous ? operand.origin : firstK);
  Number element = toIndex(b, loc, column) +
                   (layout.isKContiguous ? firstK : operand.origin);
  Value lineExtent = layout.isKContiguous ? otherExtent : kExtent;
  Value elementExtent = layout.isKContiguous ? kExtent : otherExtent;
  Number rest = Number{&b, loc, elementExtent} - element;
  Value zero = rest.get(0), width = rest.get(operand.copyWidth);
  Value count = arith::MinSIOp::create(b, loc, rest, width);
  count = arith::MaxSIOp::create(b, loc, count, zero);
  count = arith::SelectOp::create(b, loc, line.less(lineExtent), count, zero);
  // An address that is not read stays inside of the operand all the same.
  Value isInside = Number{&b, loc, zero}.less(count);
  Point at = point;
  enter(at, matmul.k, layout.isKContiguous ? element : line);
  enter(at, operand.loops, layout.isKContiguous ? line : element);
  Value offset = getOffset(*operand.operand->buffer, at);
  Value safe = arith::SelectOp::create(b, loc, isInside, offset, zero);
  Value from =
      getElement(b, loc, mapping.lookup(operand.operand->buffer->get()), safe);
  copyToShared(b, loc, to, from, layout.elementBytes, operand.copyWidth,
               toI32(b, loc, count));
}

/// Starts the copies of a tile, whose first element along K is given, to the
/// stage that begins at byte `stage` of shared memory.
void MatmulKernel::copyTile(const Operand &operand, Value stage, Value firstK) {
  // More copies of a thread than this, which narrow ones need, are a loop:
  // their addresses would not fit into registers.
  constexpr int64_t mostUnrolled = 8;
  OpBuilder &b = *builder;
  int64_t copies =
      operand.layout.rows * operand.layout.columns / operand.copyWidth;
  int64_t threads = getNumThreads();
  Number own{&b, loc, thread};
  OpBuilder::InsertionGuard insertion(b);
  if (copies > mostUnrolled * threads) {
    auto loop =
        scf::ForOp::create(b, loc, thread, own.get(copies), own.get(threads));
    b.setInsertionPointToStart(loop.getBody());
    return startCopy(operand, stage, firstK, loop.getInductionVar());
  }
  for (int64_t first = 0; first < copies; first += threads) {
    Number copy = own + first;
    // All threads take part but where the last round needs fewer.
    if (copies - first < threads) {
      auto guard = scf::IfOp::create(b, loc, copy.less(copy.get(copies)));
      b.setInsertionPointToStart(guard.thenBlock());
    }
    startCopy(operand, stage, firstK, copy);
  }
}

/// Computes a tile, whose first element along K is given, and writes it to a
/// stage. What these stores write is read after the barrier that follows the
/// wait for the stage's copies.
void MatmulKernel::computeTile(const Operand &operand, Value stage,
                               Value firstK) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  OpBuilder::InsertionGuard insertion(b);
  // Stages beyond the end of K stay as they are: nobody multiplies them.
  Number k{&b, loc, firstK};
  Value kExtent = getExtent(matmul.k);
  auto isTile = scf::IfOp::create(b, loc, k.less(kExtent));
  b.setInsertionPointToStart(isTile.thenBlock());

  int64_t chunkElements = layout.getChunkElements();
  int64_t chunksPerLine = layout.columns / chunkElements;
  auto loop = scf::ForOp::create(b, loc, toIndex(b, loc, thread),
                                 constant(layout.rows * chunksPerLine),
                                 constant(getNumThreads()));
  b.setInsertionPointToStart(loop.getBody());
  Number chunk{&b, loc, loop.getInductionVar()};
  Number row = chunk / chunksPerLine;
  Number column = chunk % chunksPerLine * chunkElements;

  Type element = operand.operand->getElementType();
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
  auto type = VectorType::get(chunkElements, element);
  Value values = LLVM::PoisonOp::create(b, loc, type);
  // Results beyond the operand's own extent are not stored, whatever they are.
  Number other{&b, loc, getExtent(operand.loops)};
  Value last = other - constant(1);
  std::optional<int64_t> staticK = getConstantIntValue(kExtent);
  bool mayEnd = !staticK || *staticK % getTile(2);
  for (int64_t i = 0; i < chunkElements; ++i) {
    Number along = column + i;
    Number atK = (layout.isKContiguous ? along : row) + firstK;
    Number beside = (layout.isKContiguous ? row : along) + operand.origin;
    enter(point, matmul.k, atK);
    enter(point, operand.loops, arith::MinSIOp::create(b, loc, beside, last));
    Value value;
    if (mayEnd) {
      auto inside = scf::IfOp::create(
          b, loc, atK.less(kExtent),
          [&](OpBuilder &then, Location loc) {
            builder = &then;
            scf::YieldOp::create(then, loc, computeElement(operand));
          },
          [&](OpBuilder &otherwise, Location loc) {
            scf::YieldOp::create(otherwise, loc, zero);
          });
      builder = &b;
      value = inside.getResult(0);
    } else {
      value = computeElement(operand);
    }
    Value index = LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(i));
    values = LLVM::InsertElementOp::create(b, loc, values, value, index);
  }
  Value byte =
      getSharedByte(operand, stage, toI32(b, loc, row), toI32(b, loc, column));
  LLVM::StoreOp::create(b, loc, values, getByte(b, loc, shared, byte));
}

/// The operand's element at `point`.
Value MatmulKernel::computeElement(const Operand &operand) {
  IRMapping local = mapping;
  auto load = [&](Value value) {
    auto argument = dyn_cast<BlockArgument>(value);
    if (argument && argument.getOwner() == op.getBody() &&
        !local.contains(value))
      local.map(value, loadInput(*op.getMatchingOpOperand(argument), point));
  };
  for (Operation *nested : operand.operand->computation) {
    llvm::for_each(nested->getOperands(), load);
    copyOp(*nested, point, local);
  }
  load(operand.operand->element);
  return local.lookup(operand.operand->element);
}

/// Loads a fragment by one instruction: the quarters of the lanes give the
/// lines of one matrix each, of eight lines of 16 bytes.
SmallVector<Value> MatmulKernel::loadMatrices(const Operand &operand,
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
SmallVector<Value> MatmulKernel::loadWords(const Operand &operand, Value stage,
                                           Value first, int64_t offset,
                                           int64_t k) {
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
SmallVector<Value> MatmulKernel::loadFragment(const Operand &operand,
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
