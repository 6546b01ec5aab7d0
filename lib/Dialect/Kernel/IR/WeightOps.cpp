//===- WeightOps.cpp - Products with packed weights -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "compress/Dialect/Kernel/IR/StreamedWeight.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::kernel;

int64_t StreamAttr::getSharedBytes(unsigned width) const {
  int64_t sums = getTile()[0] * getWarps()[1] * getSumStride();
  return std::max(getStages() * (getInputBytes() + getWeightBytes(width)),
                  sums);
}

LogicalResult
StreamAttr::verifySplits(llvm::function_ref<InFlightDiagnostic()> emitError,
                         int64_t splits) {
  if (splits >= 1 && splits <= 16)
    return success();
  return emitError() << "splits must be in 1..16, found " << splits;
}

LogicalResult
StreamAttr::verify(llvm::function_ref<InFlightDiagnostic()> emitError,
                   ArrayRef<int64_t> tile, ArrayRef<int64_t> warps,
                   int64_t stages, int64_t splits) {
  if (warps.size() != 2 || warps[0] < 1 || warps[1] < 1 || warps[0] > 16 ||
      warps[1] > 16 || warps[0] * warps[1] > 16)
    return emitError() << "warps must be two extents whose product is at most "
                          "16, found ["
                       << warps << "]";
  if (tile.size() != 2)
    return emitError() << "tile must be two extents, found [" << tile << "]";
  if (!llvm::is_contained({8, 16, 32, 64}, tile[0]))
    return emitError() << "tile[0] must be 8, 16, 32 or 64, found " << tile[0];
  if (tile[1] < 1 || tile[1] > 4096 || tile[1] % 32 ||
      tile[1] % (warps[0] * 16))
    return emitError() << "tile[1] must be a multiple of 32, and of 16 for "
                          "each of "
                       << warps[0] << " warps, found " << tile[1];
  if (stages < 2 || stages > 8)
    return emitError() << "stages must be in 2..8, found " << stages;
  if (failed(verifySplits(emitError, splits)))
    return failure();
  if (int64_t accumulators = tile[0] * tile[1] / (warps[0] * 32);
      accumulators > 128)
    return emitError() << "a thread must have at most 128 accumulators, found "
                       << accumulators << ": more warps or a smaller tile";
  return success();
}

int64_t kernel::getSplits(Attribute schedule) {
  if (auto stream = dyn_cast_if_present<StreamAttr>(schedule))
    return stream.getSplits();
  auto decode = dyn_cast_if_present<WgmmaDecodeAttr>(schedule);
  return decode ? decode.getSplits() : 1;
}

int64_t kernel::ContractOp::getSplits() {
  return kernel::getSplits(getSchedule());
}

LogicalResult kernel::ContractOp::verify() {
  auto type = dyn_cast<CompressedTensorType>(getWeight());
  if (!type)
    return emitOpError("takes a weight that is a compressed tensor, found ")
           << getWeight();
  std::string reason;
  auto weight = StreamedWeight::match(type, getTransposed() ? 1 : 0, reason);
  if (failed(weight))
    return emitOpError("cannot read ") << type << ": " << reason;
  if (type.getScheme().getLayout() != weight->getLayout())
    return emitOpError("takes a weight with layout ")
           << weight->getLayout() << ", found " << type.getScheme().getLayout();

  if (getSchedule() && !isForPackedWeights(getSchedule()))
    return emitOpError("takes a schedule of #compress_kernel.stream or "
                       "#compress_kernel.wgmma_decode, or several of these by "
                       "rows, found ")
           << getSchedule();

  auto x = cast<ShapedType>(getX().getType());
  if (x.getRank() != 2 || x.getElementType() != weight->element ||
      x.getDimSize(1) != weight->k)
    return emitOpError("takes an activation of ")
           << RankedTensorType::get({ShapedType::kDynamic, weight->k},
                                    weight->element)
           << ", found " << x;
  SmallVector<ComponentSpec> specs = type.getComponents();
  if (getComponents().size() != specs.size())
    return emitOpError("takes ")
           << specs.size() << " components, found " << getComponents().size();
  for (auto [spec, component] : llvm::zip(specs, getComponents())) {
    auto found = cast<ShapedType>(component.getType());
    if (found.getShape() != spec.type.getShape() ||
        found.getElementType() != spec.type.getElementType())
      return emitOpError("takes the component '")
             << spec.name << "' as " << spec.type << ", found " << found;
  }

  auto init = cast<ShapedType>(getInit().getType());
  bool isSplit = getSplits() > 1;
  SmallVector<int64_t> shape = {x.getDimSize(0), weight->n};
  if (isSplit)
    shape.insert(shape.begin(), getSplits());
  Type element = init.getElementType();
  if (!element.isF32() && (isSplit || element != weight->element))
    return emitOpError("gives f32")
           << (isSplit ? "" : " or the weight's element type") << ", found "
           << init;
  if (failed(verifyCompatibleShape(shape, init.getShape())) ||
      init.getRank() != static_cast<int64_t>(shape.size()))
    return emitOpError("has an accumulator of ")
           << RankedTensorType::get(shape, element) << ", found " << init;
  return success();
}

void kernel::ContractOp::getEffects(
    SmallVectorImpl<SideEffects::EffectInstance<MemoryEffects::Effect>>
        &effects) {
  for (OpOperand &operand : getOperation()->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()))
      continue;
    effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (isDpsInit(&operand))
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}
