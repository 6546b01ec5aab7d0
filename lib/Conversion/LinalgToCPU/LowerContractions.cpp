//===- LowerContractions.cpp - Contractions on buffers to register tiles --===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RegisterTile.h"
#include "compress/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

namespace mlir::compress {
#define GEN_PASS_DEF_LOWERCONTRACTIONSPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// With fewer rows than this a panel is read too seldom to repay its copy.
static constexpr int64_t kRowsThatRepayPacking = 8;
/// A taller tile would need more scalar registers for row addresses than
/// there are.
static constexpr int64_t kMaxRows = 12;

/// Whether the operand's innermost dimension is the loop, and contiguous.
static bool isContiguousAlong(LoopContraction &contraction, unsigned operand,
                              unsigned loop) {
  auto type = cast<MemRefType>(contraction.op.getOperand(operand).getType());
  return contraction.getInnermostFactor(operand, loop) == 1 &&
         type.isLastDimUnitStride();
}

namespace {
struct LowerContractions
    : compress::impl::LowerContractionsPassBase<LowerContractions> {
  using LowerContractionsPassBase::LowerContractionsPassBase;

  void runOnOperation() override {
    if (vectorWidth < 1 || tileN < vectorWidth || tileN % vectorWidth ||
        accumulators < tileN / vectorWidth) {
      getOperation()->emitError()
          << "expected tile-n to be a positive multiple of vector-width with "
             "an accumulator per vector, found vector-width="
          << vectorWidth.getValue() << " tile-n=" << tileN.getValue()
          << " accumulators=" << accumulators.getValue();
      return signalPassFailure();
    }
    IRRewriter rewriter(&getContext());
    SmallVector<linalg::GenericOp> ops;
    getOperation()->walk([&](linalg::GenericOp op) { ops.push_back(op); });
    for (linalg::GenericOp op : ops) {
      std::optional<LoopContraction> contraction = matchContraction(op);
      if (!contraction || !op.hasPureBufferSemantics())
        continue;
      std::optional<TileShape> shape = chooseShape(*contraction);
      if (!shape)
        continue;
      rewriter.setInsertionPoint(op);
      emitRegisterTiles(rewriter, *contraction, *shape);
      rewriter.eraseOp(op);
    }
  }

  /// None where register tiles do not apply.
  std::optional<TileShape> chooseShape(LoopContraction &contraction) {
    unsigned column = contraction.columns.back();
    Type type = cast<MemRefType>(contraction.op.getOperand(2).getType())
                    .getElementType();
    unsigned bits = type.getIntOrFloatBitWidth();
    int64_t lanes = vectorWidth * 32 / bits;
    if (bits < 8 || lanes == 0 || !isContiguousAlong(contraction, 2, column))
      return std::nullopt;

    int64_t rows = contraction.getNumRows();
    bool fewRows = !ShapedType::isDynamic(rows) && rows < kRowsThatRepayPacking;
    bool contiguous = isContiguousAlong(contraction, contraction.rhs, column);
    if (fewRows && !contiguous)
      return std::nullopt;

    TileShape shape;
    shape.lanes = lanes;
    shape.vectors = tileN / vectorWidth;
    int64_t columns = contraction.getExtent(column);
    if (!ShapedType::isDynamic(columns))
      shape.vectors = std::clamp<int64_t>(llvm::divideCeil(columns, lanes), 1,
                                          shape.vectors);
    shape.rows = std::min<int64_t>(accumulators / shape.vectors, kMaxRows);
    int64_t innermost = contraction.rows.empty()
                            ? 1
                            : contraction.getExtent(contraction.rows.back());
    if (!ShapedType::isDynamic(innermost))
      shape.rows = std::clamp<int64_t>(innermost, 1, shape.rows);
    // A buffer of its own holds a panel that was decoded for this contraction.
    Value rhs = contraction.op.getOperand(contraction.rhs);
    bool isPanel = contiguous && rhs.getDefiningOp<memref::AllocOp>() &&
                   rhs.getParentBlock() == contraction.op->getBlock();
    shape.packs = !fewRows && !isPanel;
    return shape;
  }
};
} // namespace
