//===- MergeWeights.cpp - Equal weights are one, dead ones none
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeadWeights.h"
#include "NormalizeSteps.h"
#include "WeightsOut.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/IR/DialectResourceBlobManager.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/xxhash.h"

using namespace mlir;
using namespace mlir::compress;

/// Whether an op only makes a weight available.
static bool isWeightSource(Operation &op) {
  return op.getNumResults() == 1 &&
         isa<RankedTensorType>(op.getResult(0).getType()) &&
         (op.hasTrait<OpTrait::ConstantLike>() ||
          isa<ml_program::GlobalLoadConstOp>(op));
}

/// Merges equal weights of each block into the first, and erases dead ones.
static void mergeSources(Block &block) {
  // The key of a weight: its attributes and its type.
  DenseMap<std::tuple<OperationName, Attribute, Type>, Operation *> first;
  for (Operation &op : llvm::make_early_inc_range(block)) {
    for (Region &region : op.getRegions())
      for (Block &inner : region)
        mergeSources(inner);
    if (!isWeightSource(op))
      continue;
    if (op.use_empty()) {
      op.erase();
      continue;
    }
    auto [known, inserted] = first.insert(
        {{op.getName(), op.getAttrDictionary(), op.getResult(0).getType()},
         &op});
    if (inserted)
      continue;
    op.getResult(0).replaceAllUsesWith(known->second->getResult(0));
    op.erase();
  }
}

namespace {
/// A constant or the value of a global, and how to put another in its place.
struct Source {
  Operation *op;
  ElementsAttr elements;
  std::string name;

  void replace(ElementsAttr with) const {
    if (auto constant = dyn_cast<arith::ConstantOp>(op))
      constant.setValueAttr(cast<TypedAttr>(Attribute(with)));
    else
      cast<ml_program::GlobalOp>(op).setValueAttr(with);
  }
};
} // namespace

/// The weights whose bytes lie in memory or in a file, whatever their size.
static std::vector<Source> collectSources(ModuleOp module) {
  std::vector<Source> sources;
  module.walk([&](Operation *op) {
    Attribute value;
    StringRef name;
    if (auto constant = dyn_cast<arith::ConstantOp>(op)) {
      value = constant.getValue();
    } else if (auto global = dyn_cast<ml_program::GlobalOp>(op)) {
      value = global.getIsMutable() ? Attribute() : global.getValueAttr();
      name = global.getSymName();
    }
    auto elements = dyn_cast_or_null<ElementsAttr>(value);
    if (!isa_and_nonnull<ExternalAttr, DenseResourceElementsAttr>(elements))
      return;
    if (auto external = dyn_cast<ExternalAttr>(elements))
      name = external.getKey();
    else if (name.empty())
      name = cast<DenseResourceElementsAttr>(elements).getRawHandle().getKey();
    sources.push_back({op, elements, name.str()});
  });
  return sources;
}

static void emitRemark(Operation *op, StringRef name, StringRef equal) {
  remark::passed(
      op->getLoc(),
      remark::RemarkOpts::name("duplicate-weight").category("compress"))
      << remark::add("'{0}' has the elements of '{1}', which stands for both",
                     name, equal);
}

/// Gives weights of equal type and bytes one attribute. Few bytes of each are
/// hashed; only those that agree in these are compared. What cannot be read is
/// skipped: whoever needs the bytes reports it.
static void shareEqualBytes(ModuleOp module) {
  constexpr size_t kHashed = 4096;
  ExternalStore &store = getExternalStore(module);
  std::vector<Source> sources = collectSources(module);
  DenseMap<Type, SetVector<Attribute>> byType;
  for (const Source &source : sources)
    byType[source.elements.getShapedType()].insert(source.elements);

  struct Candidate {
    const Source *source;
    WeightBytes bytes;
  };
  DenseMap<std::pair<Type, uint64_t>, std::vector<Candidate>> known;
  DenseMap<Attribute, const Source *> representatives;
  for (const Source &source : sources) {
    ShapedType type = source.elements.getShapedType();
    if (byType[type].size() < 2)
      continue;
    auto [place, inserted] =
        representatives.try_emplace(source.elements, &source);
    if (inserted) {
      ScopedDiagnosticHandler quiet(module.getContext(),
                                    [](Diagnostic &) { return success(); });
      FailureOr<WeightBytes> bytes = readElements(
          source.elements, store, [&] { return source.op->emitError(); });
      if (failed(bytes))
        continue;
      ArrayRef<char> head = bytes->data.take_front(kHashed);
      uint64_t hash = llvm::xxh3_64bits(ArrayRef(
          reinterpret_cast<const uint8_t *>(head.data()), head.size()));
      std::vector<Candidate> &candidates = known[{type, hash}];
      auto equal = llvm::find_if(candidates, [&](const Candidate &candidate) {
        return candidate.bytes.data == bytes->data;
      });
      if (equal == candidates.end())
        candidates.push_back({&source, std::move(*bytes)});
      else
        representatives[source.elements] = equal->source;
    }
    const Source *representative = representatives[source.elements];
    if (representative->elements == source.elements)
      continue;
    emitRemark(source.op, source.name, representative->name);
    source.replace(representative->elements);
  }
}

/// Lets loads of private globals with equal values read the first of them.
static void mergeGlobals(ModuleOp module) {
  DenseMap<std::pair<Attribute, Type>, ml_program::GlobalOp> first;
  DenseMap<Attribute, FlatSymbolRefAttr> merged;
  for (auto global : module.getOps<ml_program::GlobalOp>()) {
    if (!global.isPrivate() || global.getIsMutable() || !global.getValueAttr())
      continue;
    auto [known, inserted] =
        first.insert({{global.getValueAttr(), global.getType()}, global});
    if (inserted)
      continue;
    merged[FlatSymbolRefAttr::get(global)] =
        FlatSymbolRefAttr::get(known->second);
    if (!isa<ExternalAttr, DenseResourceElementsAttr>(global.getValueAttr()))
      emitRemark(global, global.getSymName(), known->second.getSymName());
  }
  if (merged.empty())
    return;
  module.walk([&](ml_program::GlobalLoadConstOp load) {
    auto known = merged.find(load.getGlobalAttr());
    if (known != merged.end())
      load.setGlobalAttr(known->second);
  });
}

void compress::mergeWeights(ModuleOp module) {
  shareEqualBytes(module);
  mergeGlobals(module);
  mergeSources(*module.getBody());
  eraseDeadGlobals(module);
}
