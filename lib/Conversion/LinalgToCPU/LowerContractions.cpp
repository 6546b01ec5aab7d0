//===- LowerContractions.cpp - Contractions on buffers to register tiles --===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DecodedTile.h"
#include "RegisterTile.h"
#include "compress/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Linalg/Transforms/Transforms.h"
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

/// Whether the operand's innermost dimension is the loop, and contiguous.
static bool isContiguousAlong(LoopContraction &contraction, unsigned operand,
                              unsigned loop) {
  auto type = cast<MemRefType>(contraction.op.getOperand(operand).getType());
  return contraction.getInnermostFactor(operand, loop) == 1 &&
         type.isLastDimUnitStride();
}

/// The stride of the operand's index along the loop, dynamic where it is not
/// known.
static int64_t getStride(LoopContraction &contraction, unsigned operand,
                         unsigned loop) {
  auto type = cast<MemRefType>(contraction.op.getOperand(operand).getType());
  auto position = contraction.getMap(operand).getResultPosition(
      getAffineDimExpr(loop, type.getContext()));
  if (!position)
    return ShapedType::kDynamic;
  return type.getStridesAndOffset().first[*position];
}

/// How many products a lane adds where the contraction has the form that
/// compress-pack-weights gives it for such instructions, else 1.
static int64_t getProducts(LoopContraction &contraction) {
  unsigned loop = contraction.reduced.back();
  int64_t products = contraction.getExtent(loop);
  Block *body = contraction.op.getBody();
  auto isExtended = [&](unsigned operand, bool isSigned, unsigned width) {
    Value argument = body->getArgument(operand);
    Operation *user = *argument.getUsers().begin();
    return argument.getType().isInteger(width) &&
           (isSigned ? isa<arith::ExtSIOp>(user) : isa<arith::ExtUIOp>(user));
  };
  bool fits = products == 4   ? isExtended(contraction.lhs, false, 8) &&
                                    isExtended(contraction.rhs, true, 8)
              : products == 2 ? isExtended(contraction.lhs, true, 16) &&
                                    isExtended(contraction.rhs, true, 16)
                              : false;
  if (!fits || !body->getArgument(2).getType().isInteger(32) ||
      getStride(contraction, contraction.lhs, loop) != 1 ||
      getStride(contraction, contraction.rhs, loop) != 1 ||
      getStride(contraction, contraction.rhs, contraction.columns.back()) !=
          products)
    return 1;
  return products;
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
      if (lowerCoded(rewriter, op))
        continue;
      op = collapseReduced(rewriter, op);
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

  /// Products with packed codes, and decodes of them.
  bool lowerCoded(RewriterBase &rewriter, linalg::GenericOp op) {
    if (!op.hasPureBufferSemantics())
      return false;
    for (bool isDecode : {false, true}) {
      std::optional<CodedOp> coded = matchCodedOp(op, isDecode);
      if (!coded || coded->getExtent(op.getNumLoops() - 1) % vectorWidth ||
          !isInnermostContiguous(op))
        continue;
      rewriter.setInsertionPoint(op);
      emitDecodedTiles(rewriter, *coded, vectorWidth, accumulators);
      rewriter.eraseOp(op);
      return true;
    }
    return false;
  }

  static bool isInnermostContiguous(linalg::GenericOp op) {
    return llvm::all_of(op->getOperandTypes(), [](Type type) {
      return cast<MemRefType>(type).isLastDimUnitStride();
    });
  }

  /// Makes one loop of reduced loops that all operands have side by side.
  static linalg::GenericOp collapseReduced(RewriterBase &rewriter,
                                           linalg::GenericOp op) {
    std::optional<LoopContraction> contraction = matchContraction(op);
    if (!contraction || contraction->reduced.size() < 2 ||
        !op.hasPureBufferSemantics())
      return op;
    ReassociationIndices loops(contraction->reduced.begin(),
                               contraction->reduced.end());
    if (!llvm::all_of(op.getIndexingMapsArray(), [&](AffineMap map) {
          return map.isProjectedPermutation() &&
                 linalg::isDimSequencePreserved(map, loops);
        }))
      return op;
    rewriter.setInsertionPoint(op);
    FailureOr<linalg::CollapseResult> collapsed =
        linalg::collapseOpIterationDims(
            cast<linalg::LinalgOp>(op.getOperation()), {loops}, rewriter);
    if (failed(collapsed))
      return op;
    rewriter.eraseOp(op);
    return cast<linalg::GenericOp>(collapsed->collapsedOp.getOperation());
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
    int64_t products = getProducts(contraction) == dotLength ? dotLength : 1;
    bool contiguous =
        products > 1 || isContiguousAlong(contraction, contraction.rhs, column);
    if (fewRows && !contiguous)
      return std::nullopt;

    TileShape shape;
    shape.lanes = lanes;
    shape.vectors = tileN / vectorWidth;
    int64_t columns = contraction.getExtent(column);
    if (!ShapedType::isDynamic(columns))
      shape.vectors = std::clamp<int64_t>(llvm::divideCeil(columns, lanes), 1,
                                          shape.vectors);
    int64_t innermost = contraction.rows.empty()
                            ? 1
                            : contraction.getExtent(contraction.rows.back());
    if (columns == shape.getColumns())
      shape.vectors = chooseVectors(innermost, shape.vectors, accumulators);
    shape.rows = std::min<int64_t>(accumulators / shape.vectors, kMaxTileRows);
    if (!ShapedType::isDynamic(innermost))
      shape.rows = std::clamp<int64_t>(innermost, 1, shape.rows);
    shape.products = products;
    // A buffer of its own holds a panel that was decoded for this contraction;
    // compress-pack-weights makes panels of what is constant.
    Value rhs = contraction.op.getOperand(contraction.rhs);
    bool isDecoded = contiguous && rhs.getDefiningOp<memref::AllocOp>() &&
                     rhs.getParentBlock() == contraction.op->getBlock();
    bool isPacked =
        products > 1 || (contiguous && columns % shape.getColumns() == 0 &&
                         columns <= tileN / vectorWidth * lanes &&
                         getStride(contraction, contraction.rhs,
                                   contraction.reduced.back()) == columns);
    shape.packs = !fewRows && !isDecoded && !isPacked;
    return shape;
  }
};
} // namespace
