//===- Quantize.cpp - Plan the storage of weights and activations
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QuantizeActivations.h"
#include "StageUtils.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/BuiltinOps.h"

namespace mlir::compress {
#define GEN_PASS_DEF_QUANTIZEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The MLIR type of a scale.
static Type getScaleType(MLIRContext *context, QuantizeRule::Scale scale) {
  switch (scale) {
  case QuantizeRule::Scale::F32:
    return Float32Type::get(context);
  case QuantizeRule::Scale::F16:
    return Float16Type::get(context);
  case QuantizeRule::Scale::BF16:
    return BFloat16Type::get(context);
  case QuantizeRule::Scale::F8E4M3FN:
    return Float8E4M3FNType::get(context);
  case QuantizeRule::Scale::F8E5M2:
    return Float8E5M2Type::get(context);
  case QuantizeRule::Scale::F8E8M0FNU:
    return Float8E8M0FNUType::get(context);
  }
  llvm_unreachable("all scale types are handled");
}

/// The extents of blocks that the strategy means for the weight of a site.
static SmallVector<int64_t> getBlock(const Site &site,
                                     const QuantizeRule &rule) {
  if (rule.strategy == QuantizeRule::Strategy::Tensor)
    return {};
  RankedTensorType type = site.getType();
  // One block per position that is not reduced, or per row that is looked up.
  SmallVector<int64_t> block(type.getRank(), 1);
  for (int64_t axis : site.getBlockAxes())
    block[axis] = 0;
  // A block that covers the dimension has no extent of its own.
  auto cut = [&](int64_t axis, int64_t extent) {
    block[axis] = extent >= type.getDimSize(axis) ? 0 : extent;
  };
  SmallVector<int64_t> axes = site.getGroupAxes();
  switch (rule.strategy) {
  case QuantizeRule::Strategy::Tensor:
  case QuantizeRule::Strategy::Channel:
    break;
  case QuantizeRule::Strategy::Group:
  case QuantizeRule::Strategy::TensorGroup: {
    // Of several reduced dimensions, as of a packed weight, a group fills the
    // inner ones first.
    int64_t size = rule.groupSize;
    for (int64_t axis : llvm::reverse(axes)) {
      cut(axis, size);
      size = std::max<int64_t>(
          1, size / std::max<int64_t>(1, type.getDimSize(axis)));
    }
    break;
  }
  case QuantizeRule::Strategy::Block:
    if (!axes.empty())
      cut(axes.back(), rule.blockStructure[1]);
    for (int64_t channel : site.getFreeAxes())
      cut(channel, rule.blockStructure[0]);
    break;
  }
  return block;
}

/// The float type that `type` and `num_bits` name.
static Type getFloatType(MLIRContext *context, const QuantizeRule &rule) {
  if (rule.type == QuantizeRule::Type::BFloat)
    return BFloat16Type::get(context);
  if (rule.type == QuantizeRule::Type::FloatE5M2)
    return Float8E5M2Type::get(context);
  switch (rule.numBits) {
  case 4:
    return Float4E2M1FNType::get(context);
  case 8:
    return Float8E4M3FNType::get(context);
  case 16:
    return Float16Type::get(context);
  default:
    return Float32Type::get(context);
  }
}

static StorageAttrInterface getStorage(const Site &site,
                                       const QuantizeRule &rule) {
  MLIRContext *context = site.op->getContext();
  Type super;
  if (rule.strategy == QuantizeRule::Strategy::TensorGroup)
    super = getScaleType(context, rule.globalScaleType);
  auto scaling = ScalingAttr::get(context, getBlock(site, rule),
                                  getScaleType(context, rule.scaleType), super);
  switch (rule.type) {
  case QuantizeRule::Type::Int:
    return AffineStorageAttr::get(context, rule.numBits, rule.symmetric,
                                  scaling);
  case QuantizeRule::Type::Float:
  case QuantizeRule::Type::FloatE5M2:
  case QuantizeRule::Type::BFloat:
    return FloatStorageAttr::get(context, getFloatType(context, rule),
                                 rule.numBits > 8 ? ScalingAttr() : scaling);
  case QuantizeRule::Type::NormalFloat:
    return CodebookStorageAttr::get(context, CodebookKind::NF4, scaling);
  case QuantizeRule::Type::Ternary:
    return CodebookStorageAttr::get(context, CodebookKind::Ternary, scaling);
  case QuantizeRule::Type::KMeans:
    return CodebookStorageAttr::get(context, CodebookKind::KMeans, rule.numBits,
                                    rule.vectorSize, scaling);
  case QuantizeRule::Type::Quantile:
    return CodebookStorageAttr::get(context, CodebookKind::Quantile,
                                    rule.numBits, rule.vectorSize, scaling);
  }
  llvm_unreachable("all storage types are handled");
}

static ObserverAttr getObserver(MLIRContext *context,
                                const QuantizeRule &rule) {
  switch (rule.observer) {
  case QuantizeRule::Observer::MinMax:
    return {};
  case QuantizeRule::Observer::MSE:
    return ObserverAttr::get(context, ObserverKind::MSE);
  case QuantizeRule::Observer::Percentile:
    return ObserverAttr::get(context, ObserverKind::Percentile,
                             rule.percentile);
  }
  llvm_unreachable("all observers are handled");
}

/// Whether a stage has given the weight a storage: storage in the weight's own
/// type is what pruning alone leaves.
static bool isQuantized(const Site &site) {
  if (!site.encode)
    return false;
  CompressedTensorType type = EncodeOp(site.encode).getType();
  auto plain = dyn_cast<FloatStorageAttr>(type.getScheme().getStorage());
  return !plain || plain.getType() != type.getElementType();
}

namespace {
struct QuantizePass : compress::impl::QuantizePassBase<QuantizePass> {
  using QuantizePassBase::QuantizePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<QuantizeRule> parsed = parseQuantizeRule(rule);
    if (!parsed) {
      module.emitError() << "stage 'quantize': "
                         << llvm::toString(parsed.takeError());
      return signalPassFailure();
    }
    ActivationRanges ranges;
    if (!parsed->ranges.empty()) {
      llvm::Expected<ActivationRanges> read =
          readActivationRanges(parsed->ranges);
      if (!read) {
        module.emitError() << "stage 'quantize': "
                           << llvm::toString(read.takeError());
        return signalPassFailure();
      }
      ranges = std::move(*read);
    }
    WeightRewriter weights(&getContext());
    ActivationRewriter activations(parsed->inputActivations, ranges);
    auto decide = [&](Site &site, PlanEntry &entry) {
      return quantize(site, entry, *parsed, weights, activations);
    };
    if (failed(runStage(module, "quantize", parsed->filter, isQuantized,
                        decide)) ||
        activations.hasFailed() || failed(verifyRanges(ranges, *parsed)))
      signalPassFailure();
  }

private:
  /// A range of nothing is a misspelt name.
  LogicalResult verifyRanges(const ActivationRanges &ranges,
                             const QuantizeRule &rule) {
    CompressionPlan plan = CompressionPlan::load(getOperation());
    for (const auto &[site, range] : ranges)
      if (!plan.lookup(site))
        return getOperation().emitError()
               << "stage 'quantize': '" << rule.ranges << "' has a range of '"
               << site << "', which is no site; rename it, or remove it";
    return success();
  }

  std::string quantize(Site &site, PlanEntry &entry, const QuantizeRule &rule,
                       WeightRewriter &weights,
                       ActivationRewriter &activations) {
    SchemeAttrInterface scheme;
    StorageAttrInterface storage = getStorage(site, rule);
    if (site.encode) {
      scheme = site.encode.getType().getScheme().with({}, storage, {});
    } else {
      scheme = SchemeAttr::get(
          SparsityAttrInterface(DenseSparsityAttr::get(&getContext())),
          storage);
    }
    std::string reason = checkScheme(site, scheme);
    if (!reason.empty())
      return reason;
    entry.sharedWith =
        weights.rewrite(site, scheme, getObserver(&getContext(), rule));
    entry.scheme = scheme;
    if (rule.activations == QuantizeRule::Activations::Int8 && !site.lookup)
      entry.activation = activations.rewrite(site);
    return {};
  }
};
} // namespace
