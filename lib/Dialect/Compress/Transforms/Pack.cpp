//===- Pack.cpp - Give weights the layout that a target reads
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/MmaLayout.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/Dialect/Compress/Transforms/Repack.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/Remarks.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PACKPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct PackPass : compress::impl::PackPassBase<PackPass> {
  using PackPassBase::PackPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    LayoutAttrInterface target;
    if (layout != "mma" && !(target = parseLayout())) {
      module.emitError() << "layout must be 'row_major', 'mma' or a tile such "
                            "as 16x64, found '"
                         << layout << "'";
      return signalPassFailure();
    }
    WalkResult result = module.walk([&](Operation *op) {
      auto encode = dyn_cast<EncodeOp>(op);
      if ((!encode || !encode.getParameters().empty()) && !isa<AssembleOp>(op))
        return WalkResult::advance();
      return WalkResult(pack(op, target));
    });
    if (result.wasInterrupted())
      signalPassFailure();
  }

private:
  LayoutAttrInterface parseLayout() {
    if (layout == "row_major")
      return RowMajorLayoutAttr::get(&getContext());
    SmallVector<StringRef> parts;
    StringRef(layout).split(parts, 'x');
    SmallVector<int64_t> tile;
    for (StringRef part : parts)
      if (part.getAsInteger(10, tile.emplace_back()) || tile.back() < 1)
        return {};
    return TiledLayoutAttr::get(&getContext(), tile);
  }

  /// The dimension that every contraction which reads a matrix reduces; none
  /// where there is no such contraction, or they differ.
  static std::optional<unsigned> getReducedDimension(Value weight) {
    std::optional<unsigned> reduced;
    for (OpOperand &use : weight.getUses()) {
      auto contract = dyn_cast<ContractOp>(use.getOwner());
      if (!contract)
        continue;
      auto maps = llvm::to_vector(
          contract.getIndexingMaps().getAsValueRange<AffineMapAttr>());
      for (auto [dim, expr] :
           llvm::enumerate(maps[use.getOperandNumber()].getResults())) {
        if (maps[2].isFunctionOfDim(cast<AffineDimExpr>(expr).getPosition()))
          continue;
        if (reduced && *reduced != dim)
          return std::nullopt;
        reduced = dim;
      }
    }
    return reduced;
  }

  /// Packs what `op` makes; `target` is null for the layout of matrix
  /// instructions, which follows from the type and from what reads it.
  LogicalResult pack(Operation *op, LayoutAttrInterface target) {
    auto type = cast<CompressedTensorType>(op->getResult(0).getType());
    SchemeAttrInterface scheme = type.getScheme();
    auto leave = [&](StringRef reason) {
      remark::missed(
          op->getLoc(),
          remark::RemarkOpts::name("layout-stays").category("compress"))
          << remark::reason("{0}", reason);
      return success();
    };
    if (!type.hasStaticShape())
      return leave("the shape is dynamic");
    if (!target) {
      std::optional<unsigned> reduced = getReducedDimension(op->getResult(0));
      StorageAttrInterface storage = scheme.getStorage();
      auto stored = dyn_cast<IntegerType>(storage.getStoredType());
      if (type.getRank() != 2 || !reduced)
        return leave("it is no matrix of which contractions reduce one "
                     "dimension");
      if (stored && storage.getVectorLength() == 1)
        target = getMmaLayout(&getContext(), stored.getWidth(), *reduced);
      if (!target)
        return leave("its codes have neither 4 nor 8 bits");
    }
    if (scheme.getLayout() == target)
      return success();
    if (auto tiled = dyn_cast<TiledLayoutAttr>(target)) {
      SmallVector<int64_t> kept =
          scheme.getSparsity().getKeptShape(type.getShape());
      if (tiled.getTile().size() != kept.size())
        return leave("the tile has another rank than the stored values");
      // Padding must not dwarf the tensor.
      for (auto [tile, extent] : llvm::zip(tiled.getTile(), kept))
        if (tile > extent)
          return leave("the tile exceeds the stored extents");
    }
    for (Operation *user : op->getUsers())
      if (isa<ComponentOp>(user))
        return leave("a component of it is read");
      else if (!isa<CompressDialect>(user->getDialect()))
        return leave("a function, a call or control flow fixes the type");
    SchemeAttrInterface packed = scheme.with({}, {}, target);
    auto packedType = CompressedTensorType::getChecked(
        [&] { return op->emitError(); }, type.getContext(), type.getShape(),
        type.getElementType(), packed);
    if (!packedType)
      return failure();
    auto assemble = dyn_cast<AssembleOp>(op);
    if (!assemble) {
      op->getResult(0).setType(packedType);
      return success();
    }
    OpBuilder builder(op);
    FailureOr<AssembleOp> packedOp =
        buildRepacked(builder, assemble, packedType);
    if (failed(packedOp))
      return failure();
    op->replaceAllUsesWith(*packedOp);
    eraseWithConstants(assemble);
    return success();
  }
};
} // namespace
