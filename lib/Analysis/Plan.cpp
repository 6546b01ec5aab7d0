//===- Plan.cpp - What is decided for every compressible op
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Plan.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/StringSet.h"

using namespace mlir;
using namespace mlir::compress;

static std::string getString(DictionaryAttr dictionary, StringRef key) {
  auto value = dictionary.getAs<StringAttr>(key);
  return value ? value.str() : std::string();
}

/// Reads the statistics that compress-fold has left.
static std::optional<PlanEntry::Result> getResult(DictionaryAttr dictionary) {
  auto bytes = dictionary.getAs<IntegerAttr>("bytes");
  if (!bytes)
    return std::nullopt;
  auto number = [&](StringRef key) {
    auto value = dictionary.getAs<FloatAttr>(key);
    return value ? value.getValueAsDouble() : 0.0;
  };
  PlanEntry::Result result;
  result.bytes = bytes.getInt();
  result.zeros = number("zeros");
  result.saturated = number("saturated");
  result.maxAbsError = number("max_abs_error");
  result.mse = number("mse");
  result.sqnr = number("sqnr");
  return result;
}

CompressionPlan CompressionPlan::load(ModuleOp module) {
  CompressionPlan plan;
  auto array = module->getAttrOfType<ArrayAttr>(CompressDialect::kPlanAttr);
  if (!array)
    return plan;
  for (auto dictionary : array.getAsRange<DictionaryAttr>()) {
    PlanEntry &entry = plan.get(getString(dictionary, "site"));
    entry.op = getString(dictionary, "op");
    entry.weight = getString(dictionary, "weight");
    if (auto reasons = dictionary.getAs<DictionaryAttr>("reasons"))
      for (NamedAttribute reason : reasons)
        entry.reasons[reason.getName().str()] =
            getString(reasons, reason.getName());
    entry.sharedWith = getString(dictionary, "shared_with");
    entry.scheme = dictionary.getAs<SchemeAttrInterface>("scheme");
    entry.activation = dictionary.getAs<StorageAttrInterface>("activation");
    if (auto type = dictionary.getAs<TypeAttr>("type"))
      entry.type = dyn_cast<RankedTensorType>(type.getValue());
    entry.result = getResult(dictionary);
  }
  return plan;
}

void CompressionPlan::store(ModuleOp module) const {
  Builder builder(module.getContext());
  SmallVector<Attribute> array;
  for (const PlanEntry &entry : entries) {
    NamedAttrList list;
    auto addString = [&](StringRef key, StringRef value) {
      if (!value.empty())
        list.set(key, builder.getStringAttr(value));
    };
    list.set("site", builder.getStringAttr(entry.site));
    addString("op", entry.op);
    addString("weight", entry.weight);
    NamedAttrList reasons;
    for (const auto &[pass, reason] : entry.reasons)
      reasons.set(pass, builder.getStringAttr(reason));
    if (!reasons.empty())
      list.set("reasons", reasons.getDictionary(module.getContext()));
    addString("shared_with", entry.sharedWith);
    if (entry.type)
      list.set("type", TypeAttr::get(entry.type));
    if (entry.scheme)
      list.set("scheme", entry.scheme);
    if (entry.activation)
      list.set("activation", entry.activation);
    if (entry.result) {
      list.set("bytes", builder.getI64IntegerAttr(entry.result->bytes));
      list.set("zeros", builder.getF64FloatAttr(entry.result->zeros));
      list.set("saturated", builder.getF64FloatAttr(entry.result->saturated));
      list.set("max_abs_error",
               builder.getF64FloatAttr(entry.result->maxAbsError));
      list.set("mse", builder.getF64FloatAttr(entry.result->mse));
      list.set("sqnr", builder.getF64FloatAttr(entry.result->sqnr));
    }
    array.push_back(list.getDictionary(module.getContext()));
  }
  module->setAttr(CompressDialect::kPlanAttr, builder.getArrayAttr(array));
}

std::string PlanEntry::getReason() const {
  llvm::StringSet<> distinct;
  for (const auto &[pass, reason] : reasons)
    distinct.insert(reason);
  if (!scheme && distinct.size() == 1)
    return reasons.begin()->second;
  std::string text;
  for (const auto &[pass, reason] : reasons)
    text += (text.empty() ? "" : "; ") + pass + ": " + reason;
  return text;
}

PlanEntry &CompressionPlan::get(StringRef site) {
  PlanEntry *&entry = index[site];
  if (!entry) {
    entry = &entries.emplace_back();
    entry->site = site.str();
  }
  return *entry;
}

PlanEntry *CompressionPlan::lookup(StringRef site) {
  return index.lookup(site);
}
