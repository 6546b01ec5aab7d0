//===- QuantizeActivations.cpp - Quantize what sites read
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "QuantizeActivations.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;
using namespace mlir::compress;

/// Chooses the parameters of one range, by encoding its ends: the codec is the
/// one place that knows the formulas.
FailureOr<SmallVector<ElementsAttr>>
ActivationRewriter::computeParameters(const Site &site,
                                      StorageAttrInterface storage) {
  auto range = ranges.find(site.name);
  if (range == ranges.end())
    return site.op->emitError()
           << "stage 'quantize': site '" << site.name
           << "' has no range, which static activations need; add it to the "
              "file 'ranges', or the site to 'ignore'";
  SchemeAttrInterface scheme = SchemeAttr::get(
      SparsityAttrInterface(DenseSparsityAttr::get(storage.getContext())),
      storage);
  Type f32 = Float32Type::get(storage.getContext());
  const float ends[] = {range->second.min, range->second.max};
  SmallVector<ComponentSpec> specs = scheme.getComponents({2}, f32);
  SmallVector<SmallVector<char>> components;
  for (const ComponentSpec &spec : specs)
    components.emplace_back(getNumBytes(spec.type));
  SmallVector<MutableArrayRef<char>> spans(components.begin(),
                                           components.end());
  if (llvm::Error error = scheme.encode(
          {2}, f32,
          ArrayRef(reinterpret_cast<const char *>(ends), sizeof(ends)), spans,
          codec::EncodeOptions(), nullptr))
    return site.op->emitError() << "stage 'quantize': site '" << site.name
                                << "': " << llvm::toString(std::move(error));
  auto type = cast<RankedTensorType>(site.getOther().getType());
  SmallVector<ElementsAttr> parameters;
  // One parameter of each kind, whatever the shape.
  for (auto [spec, bytes] : llvm::zip(storage.getParameters(type.getShape()),
                                      ArrayRef(components).drop_front()))
    parameters.push_back(DenseElementsAttr::getFromRawBuffer(spec.type, bytes));
  return parameters;
}

StorageAttrInterface ActivationRewriter::rewrite(Site &site) {
  MLIRContext *context = site.op->getContext();
  Value input = site.getOther();
  auto type = cast<RankedTensorType>(input.getType());
  SmallVector<int64_t> block;
  if (rule.strategy == ActivationRule::Strategy::Token) {
    block.assign(type.getRank(), 1);
    for (int64_t axis : site.contraction.getReducedAxes(1 - site.side))
      block[axis] = 0;
  }
  StorageAttrInterface storage = AffineStorageAttr::get(
      context, rule.numBits, rule.symmetric, block, Float32Type::get(context));
  SmallVector<ElementsAttr> constants;
  if (!rule.dynamic) {
    FailureOr<SmallVector<ElementsAttr>> computed =
        computeParameters(site, storage);
    if (mlir::failed(computed)) {
      failed = true;
      return {};
    }
    constants = std::move(*computed);
  }
  SmallVector<Attribute> key{storage};
  llvm::append_range(key, constants);
  DecodeOp &decode =
      made[{input, ArrayAttr::get(context, key), site.op->getBlock()}];
  if (!decode) {
    // Behind the weight, wherever that was put.
    OpBuilder builder(site.op);
    Location loc = site.op->getLoc();
    SmallVector<Value> parameters;
    if (rule.dynamic) {
      SmallVector<Type> types;
      for (const ComponentSpec &spec : storage.getParameters(type.getShape()))
        types.push_back(spec.type);
      llvm::append_range(parameters, ChooseQParamsOp::create(
                                         builder, loc, types, input, storage)
                                         .getParameters());
    }
    for (ElementsAttr constant : constants)
      parameters.push_back(arith::ConstantOp::create(builder, loc, constant));
    SchemeAttrInterface scheme = SchemeAttr::get(
        SparsityAttrInterface(DenseSparsityAttr::get(context)), storage);
    auto compressed = CompressedTensorType::get(context, type.getShape(),
                                                type.getElementType(), scheme);
    auto encode = EncodeOp::create(builder, loc, compressed, input, parameters,
                                   ObserverAttr());
    decode = DecodeOp::create(builder, loc, encode);
  }
  site.op->setOperand(site.getOtherNumber(), decode);
  return storage;
}
