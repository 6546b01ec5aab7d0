//===- TiledKernel.cpp - Tiles that threads bring to shared memory --------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TiledKernel.h"
#include "KernelArithmetic.h"
#include "SharedMemory.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

bool compress::isComputedAlong(linalg::GenericOp op,
                               const MatmulOperand &operand,
                               ArrayRef<unsigned> loops) {
  return llvm::any_of(op.getDpsInputOperands(), [&](OpOperand *input) {
    BlockArgument argument = op.getMatchingBlockArgument(input);
    return isa<MemRefType>(input->get().getType()) &&
           isContiguous(*input, loops) &&
           llvm::any_of(argument.getUsers(), [&](Operation *user) {
             return llvm::is_contained(operand.computation, user);
           });
  });
}

void TiledKernel::prepare(TileOperand &operand) {
  if (OpOperand *buffer = operand.operand->buffer)
    operand.copyWidth = getLineAlignment(
        *buffer, operand.layout.isKContiguous ? matmul.k : operand.loops,
        operand.layout.getChunkElements());
}

Value TiledKernel::getSharedByte(const TileOperand &operand, Value stage,
                                 Value row, Value column) {
  const TileLayout &layout = operand.layout;
  Number line{builder, loc, row}, element{builder, loc, column};
  Number swizzle =
      layout.isReadByWords() ? line % 4 * 2 : line % TileLayout::kSwizzle;
  Number box = element.with(element.get(0));
  if (layout.columns > layout.boxColumns) {
    box = element / layout.boxColumns * (layout.rows * layout.getLineBytes());
    element = element % layout.boxColumns;
  }
  Number chunk = element / layout.getChunkElements() ^ Value(swizzle);
  return line * layout.getLineBytes() + Value(chunk * TileLayout::kChunkBytes) +
         Value(element % layout.getChunkElements() * layout.elementBytes) +
         operand.stageOffset + stage + Value(box);
}

//===----------------------------------------------------------------------===//
// Copies
//===----------------------------------------------------------------------===//

/// The part of a map that the loops along K add to the rest of it, which is
/// linear, or that rest.
static AffineMap getPart(AffineMap map, ArrayRef<unsigned> k, bool isAlongK) {
  MLIRContext *context = map.getContext();
  AffineExpr zero = getAffineConstantExpr(0, context);
  SmallVector<AffineExpr> onlyK(map.getNumDims(), zero), others, none = onlyK;
  for (unsigned loop = 0; loop < map.getNumDims(); ++loop)
    others.push_back(getAffineDimExpr(loop, context));
  for (unsigned loop : k)
    std::swap(onlyK[loop], others[loop]);
  return AffineMap::get(map.getNumDims(), /*symbolCount=*/0,
                        llvm::map_to_vector(map.getResults(),
                                            [&](AffineExpr expr) -> AffineExpr {
                                              if (!isAlongK)
                                                return expr.replaceDims(others);
                                              return expr.replaceDims(onlyK) -
                                                     expr.replaceDims(none);
                                            }),
                        context);
}

/// Starts the copy to a place of a tile.
void TiledKernel::startCopy(const TileOperand &operand, Value stage,
                            Value firstK, Value row, Value column) {
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
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
  // The part that does not change along K is found once, before that loop.
  OpOperand &buffer = *operand.operand->buffer;
  AffineMap map = op.getMatchingIndexingMap(&buffer);
  Number offset{
      &b, loc,
      getOffset(buffer, getPart(map, matmul.k, /*isAlongK=*/false), at)};
  offset =
      offset + getOffset(buffer, getPart(map, matmul.k, /*isAlongK=*/true), at);
  Value safe = arith::SelectOp::create(b, loc, isInside, offset, zero);
  Value from = getElement(b, loc, mapping.lookup(buffer.get()), safe);
  copyToShared(b, loc, to, from, layout.elementBytes, operand.copyWidth,
               toI32(b, loc, count));
}

void TiledKernel::copyTile(const TileOperand &operand, Value stage,
                           Value firstK) {
  // More copies of a thread than this, which narrow ones need, are a loop:
  // their addresses would not fit into registers.
  constexpr int64_t mostUnrolled = 8;
  OpBuilder &b = *builder;
  const TileLayout &layout = operand.layout;
  int64_t copies = layout.rows * layout.columns / operand.copyWidth;
  int64_t perLine = layout.boxColumns / operand.copyWidth;
  int64_t threads = getNumCopying();
  Number own{&b, loc, thread};
  OpBuilder::InsertionGuard insertion(b);
  // Copy by copy along the lines of a box, box after box.
  auto start = [&](Number first) {
    Number copy = own + Value(first);
    // All threads take part but where the last round needs fewer.
    if (copies % threads &&
        getConstantIntValue(first.value).value_or(copies) + threads > copies) {
      auto guard = scf::IfOp::create(b, loc, copy.less(copy.get(copies)));
      b.setInsertionPointToStart(guard.thenBlock());
    }
    // Where a round is whole lines, a thread stays at its place in them.
    bool isWhole = threads % perLine == 0;
    Number line = (isWhole ? own : copy) / perLine;
    Number column = (isWhole ? own : copy) % perLine * operand.copyWidth;
    Number none = own.with(own.get(0));
    Number round = isWhole ? first / perLine : none, box = none;
    if (isWhole && layout.rows % (threads / perLine) == 0) {
      box = round / layout.rows;
      line = line + Value(round % layout.rows);
    } else {
      line = line + Value(round);
      if (layout.columns > layout.boxColumns) {
        box = line / layout.rows;
        line = line % layout.rows;
      }
    }
    column = column + Value(box * layout.boxColumns);
    startCopy(operand, stage, firstK, line, column);
  };
  if (copies <= mostUnrolled * threads) {
    for (int64_t first = 0; first < copies; first += threads)
      start(own.with(own.get(first)));
    return;
  }
  auto loop =
      scf::ForOp::create(b, loc, own.get(0), own.get(copies), own.get(threads));
  b.setInsertionPointToStart(loop.getBody());
  start(Number{&b, loc, loop.getInductionVar()});
}

//===----------------------------------------------------------------------===//
// Computed elements
//===----------------------------------------------------------------------===//

/// What the stores write is read after the barrier that follows the wait for
/// the stage's copies.
void TiledKernel::computeTile(const TileOperand &operand, Value stage,
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
                                 constant(getNumCopying()));
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
  bool mayEnd = !staticK || *staticK % layout.getTileK();
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
Value TiledKernel::computeElement(const TileOperand &operand) {
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
