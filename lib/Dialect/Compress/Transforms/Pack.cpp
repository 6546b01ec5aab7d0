//===- Pack.cpp - Give weights the layout that a target reads
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightsOut.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"

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
    LayoutAttrInterface target = parseLayout();
    if (!target) {
      module.emitError() << "layout must be 'row_major' or a tile such as "
                            "16x64, found '"
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

  LogicalResult pack(Operation *op, LayoutAttrInterface target) {
    auto type = cast<CompressedTensorType>(op->getResult(0).getType());
    SchemeAttrInterface scheme = type.getScheme();
    if (scheme.getLayout() == target)
      return success();
    auto leave = [&](StringRef reason) {
      remark::missed(
          op->getLoc(),
          remark::RemarkOpts::name("layout-stays").category("compress"))
          << remark::reason("{0}", reason);
      return success();
    };
    if (!type.hasStaticShape())
      return leave("the shape is dynamic");
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
    if (auto assemble = dyn_cast<AssembleOp>(op))
      if (failed(repack(assemble, packedType)))
        return failure();
    op->getResult(0).setType(packedType);
    return success();
  }

  /// Rearranges the bytes of constant components. Values that are computed when
  /// running cannot be.
  LogicalResult repack(AssembleOp op, CompressedTensorType packedType) {
    CompressedTensorType type = op.getType();
    ExternalStore &store = getExternalStore(getOperation());
    auto emit = [&] { return op.emitOpError(); };
    SmallVector<WeightBytes> read;
    SmallVector<ArrayRef<char>> from;
    SmallVector<arith::ConstantOp> constants;
    for (Value component : op.getComponents()) {
      auto constant = component.getDefiningOp<arith::ConstantOp>();
      auto elements = constant ? dyn_cast<ElementsAttr>(constant.getValue())
                               : ElementsAttr();
      if (!elements)
        return op.emitOpError()
               << "cannot be given another layout: its components are no "
                  "constants; run compress-pack before they leave the function";
      FailureOr<WeightBytes> bytes = readElements(elements, store, emit);
      if (failed(bytes))
        return failure();
      constants.push_back(constant);
      read.push_back(std::move(*bytes));
      from.push_back(read.back().data);
    }
    SmallVector<std::vector<char>> packed;
    SmallVector<ComponentSpec> specs = packedType.getComponents();
    for (const ComponentSpec &spec : specs)
      packed.emplace_back(getNumBytes(spec.type));
    SmallVector<MutableArrayRef<char>> spans(packed.begin(), packed.end());
    type.getScheme().relayout(type.getShape(), type.getElementType(),
                              packedType.getScheme(), from, spans);
    OpBuilder builder(op);
    for (auto [i, spec] : llvm::enumerate(specs)) {
      auto value = DenseResourceElementsAttr::get(
          spec.type, spec.name,
          HeapAsmResourceBlob::allocateAndCopyWithAlign(
              packed[i], spec.type.getElementTypeBitWidth() / 8));
      op->setOperand(
          i, arith::ConstantOp::create(builder, op.getLoc(), spec.type, value));
    }
    // One constant may be several components.
    llvm::SmallSetVector<Operation *, 4> old(constants.begin(),
                                             constants.end());
    for (Operation *constant : old)
      if (constant->use_empty())
        constant->erase();
    return success();
  }
};
} // namespace
