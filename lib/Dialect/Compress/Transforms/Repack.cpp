//===- Repack.cpp - Constant weights in another layout --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/Transforms/Repack.h"
#include "WeightsOut.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::compress;

/// The value of a component that is a constant, or null.
static ElementsAttr getConstant(Value component) {
  auto constant = component.getDefiningOp<arith::ConstantOp>();
  return constant ? dyn_cast<ElementsAttr>(constant.getValue())
                  : ElementsAttr();
}

bool compress::hasConstantComponents(AssembleOp op) {
  return llvm::all_of(op.getComponents(), getConstant);
}

FailureOr<SmallVector<WeightBytes>> compress::readComponents(AssembleOp op) {
  ExternalStore &store = getExternalStore(op->getParentOfType<ModuleOp>());
  SmallVector<WeightBytes> read;
  for (Value component : op.getComponents()) {
    FailureOr<WeightBytes> bytes = readElements(
        getConstant(component), store, [&] { return op.emitOpError(); });
    if (failed(bytes))
      return failure();
    read.push_back(std::move(*bytes));
  }
  return read;
}

FailureOr<AssembleOp> compress::buildRepacked(OpBuilder &builder, AssembleOp op,
                                              CompressedTensorType packedType) {
  CompressedTensorType type = op.getType();
  if (!hasConstantComponents(op))
    return op.emitOpError()
           << "cannot be given another layout: its components are no "
              "constants; run compress-pack before they leave the function";
  FailureOr<SmallVector<WeightBytes>> read = readComponents(op);
  if (failed(read))
    return failure();
  SmallVector<ArrayRef<char>> from;
  for (const WeightBytes &bytes : *read)
    from.push_back(bytes.data);
  SmallVector<std::vector<char>> packed;
  SmallVector<ComponentSpec> specs = packedType.getComponents();
  for (const ComponentSpec &spec : specs)
    packed.emplace_back(getNumBytes(spec.type));
  SmallVector<MutableArrayRef<char>> spans(packed.begin(), packed.end());
  type.getScheme().relayout(type.getShape(), type.getElementType(),
                            packedType.getScheme(), from, spans);
  SmallVector<Value> components;
  for (auto [i, spec] : llvm::enumerate(specs)) {
    auto value = DenseResourceElementsAttr::get(
        spec.type, spec.name,
        HeapAsmResourceBlob::allocateAndCopyWithAlign(
            packed[i], spec.type.getElementTypeBitWidth() / 8));
    components.push_back(
        arith::ConstantOp::create(builder, op.getLoc(), spec.type, value));
  }
  return AssembleOp::create(builder, op.getLoc(), packedType, components);
}

void compress::eraseWithConstants(AssembleOp op) {
  // One constant may be several components.
  llvm::SmallSetVector<Operation *, 4> constants;
  for (Value component : op.getComponents())
    constants.insert(component.getDefiningOp());
  op.erase();
  for (Operation *constant : constants)
    if (constant && constant->use_empty() && isa<arith::ConstantOp>(constant))
      constant->erase();
}
