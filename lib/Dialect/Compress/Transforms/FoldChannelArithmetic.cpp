//===- FoldChannelArithmetic.cpp - Scales and offsets into weights and biases
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Elementwise.h"
#include "NormalizeSteps.h"
#include "WeightsOut.h"
#include "compress/Analysis/Sites.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"
#include "mlir/IR/Remarks.h"
#include <cmath>

using namespace mlir;
using namespace mlir::compress;

namespace {

/// The dimensions that a weight and the result of its op have in common, and
/// a row-major index over them.
struct Channels {
  /// Dimensions of the result and of the weight as the op reads it, pairwise.
  SmallVector<int64_t> resultDims, weightDims;
  SmallVector<int64_t> extents;

  static Channels get(const Site &site) {
    Channels channels;
    AffineMap weight = site.contraction.maps[site.side];
    AffineMap result = site.contraction.maps[2];
    for (auto [dim, expr] : llvm::enumerate(result.getResults()))
      if (std::optional<unsigned> at = weight.getResultPosition(expr)) {
        channels.resultDims.push_back(dim);
        channels.weightDims.push_back(*at);
        channels.extents.push_back(site.getType().getDimSize(*at));
      }
    return channels;
  }

  int64_t getNumChannels() const {
    int64_t count = 1;
    for (int64_t extent : extents)
      count *= extent;
    return count;
  }

  /// An index into the result that lies in a channel; 0 in other dimensions.
  SmallVector<int64_t> getResultIndex(int64_t channel, int64_t rank) const {
    SmallVector<int64_t> index(rank, 0);
    for (int64_t i = extents.size() - 1; i >= 0; --i) {
      index[resultDims[i]] = channel % extents[i];
      channel /= extents[i];
    }
    return index;
  }

  /// Whether a map reads nothing but dimensions of the channels.
  bool covers(AffineMap map) const {
    return llvm::all_of(map.getResults(), [&](AffineExpr expr) {
      auto dim = dyn_cast<AffineDimExpr>(expr);
      return !dim || llvm::is_contained(
                         resultDims, static_cast<int64_t>(dim.getPosition()));
    });
  }
};

/// What a chain of ops makes of a site's result x: scale * x + offset.
struct ChannelChain {
  std::vector<double> scales, offsets;
  /// From the site's reader on.
  SmallVector<Operation *> ops;

  bool scalesAny() const {
    return llvm::any_of(scales, [](double scale) { return scale != 1; });
  }
  bool shiftsAny() const {
    return llvm::any_of(offsets, [](double offset) { return offset != 0; });
  }
  bool isFinite() const {
    auto finite = [](double value) {
      return std::isfinite(static_cast<float>(value));
    };
    return llvm::all_of(scales, finite) && llvm::all_of(offsets, finite);
  }
};

/// Folds the chain behind one site.
class ChannelFolder {
public:
  ChannelFolder(Site &site, ExternalStore &store)
      : site(site), store(store), channels(Channels::get(site)) {}

  /// Folds if there is something to fold; fails after an error.
  LogicalResult fold();

private:
  /// Adds one op to the chain, if it is of the kind that is matched.
  bool append(Operation *op, Value x);
  /// Reads a constant that varies along channels only.
  bool readOffsets(Value value, std::vector<double> &offsets);
  LogicalResult scaleWeight(OpBuilder &builder);
  Value buildBias(ImplicitLocOpBuilder &b, Value x, Value destination);

  Site &site;
  ExternalStore &store;
  Channels channels;
  ConstantReader reader;
  ChannelChain chain;
};

} // namespace

bool ChannelFolder::append(Operation *op, Value x) {
  std::optional<ElementwiseOp> step = ElementwiseOp::match(op);
  auto type = cast<RankedTensorType>(x.getType());
  if (!step || op->getResult(0).getType() != type)
    return false;
  for (auto [input, map] : llvm::zip(step->inputs, step->maps)) {
    if (input == x) {
      if (!map.isIdentity())
        return false;
      continue;
    }
    const std::vector<double> *constant = reader.read(input);
    if (!constant || !(channels.covers(map) || llvm::all_equal(*constant)))
      return false;
  }
  // A later read may move what an earlier one has returned.
  SmallVector<const std::vector<double> *> constants;
  for (Value input : step->inputs)
    constants.push_back(input == x ? nullptr : reader.read(input));
  std::vector<double> scales, offsets;
  for (int64_t channel = 0; channel < channels.getNumChannels(); ++channel) {
    SmallVector<int64_t> index =
        channels.getResultIndex(channel, type.getRank());
    SmallVector<AffineValue> elements;
    for (auto [input, map, constant] :
         llvm::zip(step->inputs, step->maps, constants)) {
      if (!constant) {
        elements.push_back(AffineValue::getUnknown());
        continue;
      }
      auto shape = cast<RankedTensorType>(input.getType()).getShape();
      elements.push_back(
          AffineValue::get((*constant)[getOffset(map, index, shape)]));
    }
    std::optional<AffineValue> value = step->evaluate(elements);
    if (!value || value->known)
      return false;
    scales.push_back(value->scale * chain.scales[channel]);
    offsets.push_back(value->scale * chain.offsets[channel] + value->offset);
  }
  chain.scales = std::move(scales);
  chain.offsets = std::move(offsets);
  chain.ops.push_back(op);
  return true;
}

bool ChannelFolder::readOffsets(Value value, std::vector<double> &offsets) {
  Operation *op = value.getDefiningOp();
  std::optional<ElementwiseOp> step;
  if (op)
    step = ElementwiseOp::match(op);
  int64_t count = channels.getNumChannels();
  if (auto fill = dyn_cast_or_null<linalg::FillOp>(op)) {
    FloatAttr constant;
    if (!matchPattern(fill.value(), m_Constant(&constant)))
      return false;
    offsets.assign(count, constant.getValueAsDouble());
    return true;
  }
  // A repeated vector; the tensor's other extents may be dynamic.
  if (!step || step->inputs.size() != 1 || !channels.covers(step->maps.front()))
    return false;
  const std::vector<double> *constant = reader.read(step->inputs.front());
  if (!constant)
    return false;
  auto shape =
      cast<RankedTensorType>(step->inputs.front().getType()).getShape();
  int64_t rank = cast<RankedTensorType>(value.getType()).getRank();
  offsets.clear();
  for (int64_t channel = 0; channel < count; ++channel) {
    int64_t at = getOffset(step->maps.front(),
                           channels.getResultIndex(channel, rank), shape);
    std::optional<AffineValue> element =
        step->evaluate({AffineValue::get((*constant)[at])});
    if (!element)
      return false;
    offsets.push_back(element->offset);
  }
  return true;
}

LogicalResult ChannelFolder::scaleWeight(OpBuilder &builder) {
  Location loc = site.op->getLoc();
  FailureOr<WeightBytes> bytes = readWeight(
      site.weight, store, [&] { return emitError(loc); },
      /*threads=*/nullptr);
  if (failed(bytes))
    return failure();
  RankedTensorType type = site.getType();
  std::vector<char> scaled(bytes->data.begin(), bytes->data.end());
  SmallVector<int64_t> strides(type.getRank(), 0);
  int64_t stride = 1;
  for (int64_t i = channels.weightDims.size() - 1; i >= 0; --i) {
    strides[channels.weightDims[i]] = stride;
    stride *= channels.extents[i];
  }
  SmallVector<int64_t> index(type.getRank(), 0);
  int64_t channel = 0;
  for (char *at = scaled.data(), *end = at + scaled.size(); at != end;
       at += sizeof(float)) {
    float value;
    memcpy(&value, at, sizeof(float));
    value = static_cast<float>(value * chain.scales[channel]);
    memcpy(at, &value, sizeof(float));
    for (int64_t dim = type.getRank() - 1; dim >= 0; --dim) {
      channel += strides[dim];
      if (++index[dim] < type.getDimSize(dim))
        break;
      channel -= index[dim] * strides[dim];
      index[dim] = 0;
    }
  }
  std::string key = site.weight.name.empty() ? site.name : site.weight.name;
  auto constant = arith::ConstantOp::create(
      builder, site.weight.root.getLoc(),
      cast<TypedAttr>(Attribute(makeElements(type, key, scaled))));
  site.op->setOperand(site.getWeightNumber(), constant);
  return success();
}

Value ChannelFolder::buildBias(ImplicitLocOpBuilder &b, Value x,
                               Value destination) {
  auto type = cast<RankedTensorType>(x.getType());
  std::vector<float> floats(chain.offsets.begin(), chain.offsets.end());
  auto biasType = RankedTensorType::get(channels.extents, b.getF32Type());
  ArrayRef<char> bytes(reinterpret_cast<const char *>(floats.data()),
                       floats.size() * sizeof(float));
  Value bias = arith::ConstantOp::create(
      b, cast<TypedAttr>(
             Attribute(makeElements(biasType, site.name + ".bias", bytes))));
  SmallVector<AffineExpr> exprs;
  for (int64_t dim : channels.resultDims)
    exprs.push_back(b.getAffineDimExpr(dim));
  AffineMap identity = b.getMultiDimIdentityMap(type.getRank());
  SmallVector<AffineMap> maps{
      identity, AffineMap::get(type.getRank(), 0, exprs, b.getContext()),
      identity};
  SmallVector<utils::IteratorType> iterators(type.getRank(),
                                             utils::IteratorType::parallel);
  auto generic = linalg::GenericOp::create(
      b, type, ValueRange{x, bias}, ValueRange{destination}, maps, iterators,
      [](OpBuilder &nested, Location loc, ValueRange arguments) {
        Value sum =
            arith::AddFOp::create(nested, loc, arguments[0], arguments[1]);
        linalg::YieldOp::create(nested, loc, sum);
      });
  return generic.getResult(0);
}

LogicalResult ChannelFolder::fold() {
  // Whether the weight is the op's alone, and its numbers may change.
  auto resultType = dyn_cast<RankedTensorType>(site.op->getResult(0).getType());
  if (!resultType || !resultType.getElementType().isF32() ||
      !site.contraction.init || !site.getType().getElementType().isF32() ||
      channels.extents.empty() || site.decode || site.weight.isArgument() ||
      !site.weight.root.hasOneUse() ||
      llvm::any_of(site.weight.views,
                   [](Operation *view) { return !view->hasOneUse(); }))
    return success();

  int64_t count = channels.getNumChannels();
  chain.scales.assign(count, 1);
  chain.offsets.assign(count, 0);
  Value init = site.op->getOperand(*site.contraction.init);
  std::vector<double> accumulator;
  if (init.getType() != resultType || !readOffsets(init, accumulator))
    return success();
  Value last = site.op->getResult(0);
  while (last.hasOneUse()) {
    Operation *user = *last.user_begin();
    if (!append(user, last))
      break;
    last = user->getResult(0);
  }
  // The accumulator is a bias that is there already.
  for (int64_t channel = 0; channel < count; ++channel)
    chain.offsets[channel] += chain.scales[channel] * accumulator[channel];
  bool fromZero =
      llvm::all_of(accumulator, [](double value) { return value == 0; });
  size_t numBiases = chain.shiftsAny() ? 1 : 0;
  bool saves = chain.ops.size() + (fromZero ? 0 : 1) > numBiases;
  if (chain.ops.empty() || !(chain.scalesAny() || saves) || !chain.isFinite())
    return success();

  Operation *end = chain.ops.back();
  OpBuilder builder(site.op);
  if (chain.scalesAny() && failed(scaleWeight(builder)))
    return failure();
  ImplicitLocOpBuilder b(end->getLoc(), end);
  if (!fromZero) {
    builder.setInsertionPoint(site.op);
    Value zero = arith::ConstantOp::create(builder, site.op->getLoc(),
                                           builder.getF32FloatAttr(0));
    auto fill = linalg::FillOp::create(builder, site.op->getLoc(),
                                       ValueRange{zero}, ValueRange{init});
    site.op->setOperand(*site.contraction.init, fill.getResult(0));
  }
  Value replacement = site.op->getResult(0);
  if (chain.shiftsAny())
    replacement = buildBias(b, replacement, init);
  last.replaceAllUsesWith(replacement);
  for (Operation *op : llvm::reverse(chain.ops))
    op->erase();
  remark::passed(
      site.op->getLoc(),
      remark::RemarkOpts::name("folded-channels").category("compress"))
      << remark::add("'{0}' takes in what scales and shifts its channels",
                     site.name)
      << remark::metric("Ops", chain.ops.size());
  return success();
}

LogicalResult compress::foldChannelArithmetic(ModuleOp module) {
  for (Site &site : collectSites(module))
    if (site.isCompressible() && !site.lookup &&
        failed(ChannelFolder(site, getExternalStore(module)).fold()))
      return failure();
  return success();
}
