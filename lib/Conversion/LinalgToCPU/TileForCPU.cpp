//===- TileForCPU.cpp - Tile linalg ops into parallel loops ---------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Contraction.h"
#include "DecodedTile.h"
#include "compress/Conversion/Passes.h"
#include "mlir/Dialect/Affine/IR/AffineOps.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/SCF/Transforms/TileUsingInterface.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/TilingInterface.h"

namespace mlir::compress {
#define GEN_PASS_DEF_TILEFORCPUPASS
#include "compress/Conversion/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// A loop of unknown extent counts as this many iterations.
static constexpr int64_t kAssumedExtent = 64;
/// Fewer parallel tiles than this leave processors idle.
static constexpr int64_t kFewTiles = 16;

static int64_t assumeExtent(int64_t extent) {
  return ShapedType::isDynamic(extent) ? kAssumedExtent : extent;
}

/// Adds to `chain` the elementwise ops that the tensor is computed by, each of
/// whose elements is needed exactly once.
static void collectElementwiseChain(Value value, DenseSet<Operation *> &chain) {
  auto producer = value.getDefiningOp<linalg::GenericOp>();
  if (!producer || producer.getNumParallelLoops() != producer.getNumLoops() ||
      producer->getNumResults() != 1)
    return;
  chain.insert(producer);
  for (OpOperand *operand : producer.getDpsInputOperands())
    if (producer.getMatchingIndexingMap(operand).isPermutation())
      collectElementwiseChain(operand->get(), chain);
}

namespace {
struct TileForCPU : compress::impl::TileForCPUPassBase<TileForCPU> {
  using TileForCPUPassBase::TileForCPUPassBase;

  void runOnOperation() override {
    SmallVector<linalg::LinalgOp> contractions, others;
    DenseSet<Operation *> fused;
    getOperation().walk([&](linalg::LinalgOp op) {
      auto generic = dyn_cast<linalg::GenericOp>(op.getOperation());
      bool contracts = generic && (matchContraction(generic) ||
                                   matchCodedOp(generic, /*isDecode=*/false));
      (contracts ? contractions : others).push_back(op);
    });
    // Fusion copies a producer; what nothing else uses disappears.
    for (linalg::LinalgOp op : contractions)
      if (failed(tileContraction(op, fused)))
        return signalPassFailure();
    for (linalg::LinalgOp op : others) {
      if (op->use_empty() && fused.contains(op))
        op->erase();
      else if (op.hasPureTensorSemantics() && failed(tileOther(op)))
        return signalPassFailure();
    }
  }

  LogicalResult tileContraction(linalg::LinalgOp op,
                                DenseSet<Operation *> &fused) {
    auto generic = cast<linalg::GenericOp>(op.getOperation());
    if (std::optional<CodedOp> coded = matchCodedOp(generic, false))
      return tileCoded(*coded);
    LoopContraction contraction = *matchContraction(generic);
    DenseSet<Operation *> chain;
    // Tiles of an image overlap: its elements would be computed again in each.
    if (contraction.getMap(contraction.rhs).isProjectedPermutation())
      collectElementwiseChain(op->getOperand(contraction.rhs), chain);

    SmallVector<int64_t> sizes(op.getNumLoops(), 0);
    int64_t tiles = 1;
    auto tile = [&](unsigned loop, int64_t size) {
      int64_t extent = contraction.getExtent(loop);
      if (!ShapedType::isDynamic(extent) && extent <= size)
        return;
      sizes[loop] = size;
      tiles *= llvm::divideCeil(assumeExtent(extent), size);
    };
    for (unsigned loop : contraction.batch)
      tile(loop, 1);
    for (unsigned loop : contraction.columns)
      tile(loop, loop == contraction.columns.back() ? tileN : 1);
    if (tiles < kFewTiles && chain.empty())
      for (unsigned loop : contraction.rows)
        tile(loop, loop == contraction.rows.back() ? tileM : 1);
    fused.insert(chain.begin(), chain.end());
    return tileAndFuse(op, sizes, [&](Operation *producer, bool isInit) {
      return isInit ? isa<linalg::FillOp>(producer) : chain.contains(producer);
    });
  }

  /// A product that decodes, panel by panel.
  LogicalResult tileCoded(CodedOp &coded) {
    SmallVector<int64_t> sizes(coded.op.getNumLoops(), 0);
    sizes[coded.getPanelLoop()] = 1;
    return tileAndFuse(coded.op, sizes, [](Operation *producer, bool isInit) {
      return isInit && isa<linalg::FillOp>(producer);
    });
  }

  LogicalResult tileOther(linalg::LinalgOp op) {
    SmallVector<int64_t> extents = op.getStaticLoopRanges();
    SmallVector<utils::IteratorType> iterators = op.getIteratorTypesArray();
    int64_t inner = 1;
    bool anyDynamic = false;
    for (int64_t extent : extents) {
      inner *= assumeExtent(extent);
      anyDynamic |= ShapedType::isDynamic(extent);
    }
    if (!anyDynamic && inner < 2 * grain)
      return success();
    SmallVector<int64_t> sizes(extents.size(), 0);
    for (auto [loop, extent] : llvm::enumerate(extents)) {
      if (iterators[loop] != utils::IteratorType::parallel || extent == 1)
        continue;
      inner = std::max<int64_t>(
          inner / std::max<int64_t>(assumeExtent(extent), 1), 1);
      int64_t size = std::max<int64_t>(grain / inner, 1);
      if (ShapedType::isDynamic(extent) || extent > size)
        sizes[loop] = size;
      if (size > 1)
        break;
    }
    return tileAndFuse(op, sizes, [](Operation *, bool) { return false; });
  }

  LogicalResult
  tileAndFuse(linalg::LinalgOp op, ArrayRef<int64_t> sizes,
              function_ref<bool(Operation *producer, bool isInit)> fuses) {
    if (llvm::all_of(sizes, [](int64_t size) { return size == 0; }))
      return success();
    IRRewriter rewriter(op);
    scf::SCFTileAndFuseOptions options;
    options.tilingOptions.setLoopType(scf::SCFTilingOptions::LoopType::ForallOp)
        .setTileSizes(getAsIndexOpFoldResult(&getContext(), sizes));
    options.setFusionControlFn(
        [&](tensor::ExtractSliceOp, OpResult producer, bool isInit)
            -> std::optional<scf::SCFTileAndFuseOptions::ControlFnResult> {
          if (!fuses(producer.getOwner(), isInit))
            return std::nullopt;
          return scf::SCFTileAndFuseOptions::ControlFnResult{};
        });
    FailureOr<scf::SCFTileAndFuseResult> result =
        scf::tileConsumerAndFuseProducersUsingSCF(
            rewriter, cast<TilingInterface>(op.getOperation()), options);
    if (failed(result))
      return op->emitOpError("cannot be tiled into a parallel loop");
    for (OpResult old : op->getResults())
      rewriter.replaceAllUsesWith(old, result->replacements.lookup(old));
    rewriter.eraseOp(op);
    return success();
  }
};
} // namespace
