//===- Prune.cpp - Plan the sparsity of weights
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "PruneCriterion.h"
#include "StageUtils.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/BitVector.h"

namespace mlir::compress {
#define GEN_PASS_DEF_PRUNEPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// An axis besides the reduced one along which a weight can be n:m, the
/// innermost channel; none for a vector.
static std::optional<int64_t> getOtherAxis(const Site &site, int64_t axis) {
  SmallVector<int64_t> free = site.contraction.getFreeAxes(site.side);
  if (!free.empty())
    return free.back();
  for (int64_t dim = site.getType().getRank(); dim-- > 0;)
    if (dim != axis)
      return dim;
  return std::nullopt;
}

/// The sparsity that keeps `count` elements of a weight, in the format that
/// takes fewer bytes where the rule leaves it open.
static SparsityAttrInterface getElementSparsity(RankedTensorType type,
                                                PruneRule::Format format,
                                                int64_t count) {
  MLIRContext *context = type.getContext();
  SparsityAttrInterface bitmap = BitmapSparsityAttr::get(context, count);
  SparsityAttrInterface csr = CSRSparsityAttr::get(context, count);
  auto getBytes = [&](SparsityAttrInterface sparsity) {
    int64_t bytes = 0;
    for (const ComponentSpec &spec :
         sparsity.getPositionComponents(type.getShape()))
      bytes += getNumBytes(spec.type);
    return bytes;
  };
  switch (format) {
  case PruneRule::Format::Auto:
    return getBytes(csr) < getBytes(bitmap) ? csr : bitmap;
  case PruneRule::Format::Bitmap:
    return bitmap;
  case PruneRule::Format::CSR:
    return csr;
  }
  llvm_unreachable("all formats are handled");
}

/// How many blocks of a mask, or elements with a block of 1, are kept.
static int64_t countKept(ArrayRef<char> mask, ArrayRef<int64_t> shape,
                         ArrayRef<int64_t> block) {
  SmallVector<int64_t> grid;
  for (auto [extent, size] : llvm::zip(shape, block))
    grid.push_back(llvm::divideCeil(extent, size));
  llvm::BitVector kept(ShapedType::getNumElements(grid));
  for (int64_t i = 0, e = mask.size(); i < e; ++i) {
    if (!mask[i])
      continue;
    int64_t rest = i, item = 0, stride = 1;
    for (size_t dim = shape.size(); dim-- > 0;) {
      item += rest % shape[dim] / block[dim] * stride;
      rest /= shape[dim];
      stride *= grid[dim];
    }
    kept.set(item);
  }
  return kept.count();
}

namespace {
/// What a prune op is made with.
struct Pruning {
  SparsityAttrInterface sparsity;
  ExternalAttr scores, mask;
  PruneBudget budget = PruneBudget::Layer;
};

struct PrunePass : compress::impl::PrunePassBase<PrunePass> {
  using PrunePassBase::PrunePassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    llvm::Expected<PruneRule> parsed = parsePruneRule(rule);
    if (!parsed) {
      module.emitError() << "stage 'prune': "
                         << llvm::toString(parsed.takeError());
      return signalPassFailure();
    }
    WeightRewriter rewriter(&getContext());
    counts.clear();
    auto decide = [&](Site &site, PlanEntry &entry) {
      return prune(site, entry, *parsed, rewriter);
    };
    auto isDone = [](const Site &site) { return bool(site.prune); };
    auto prepare = [&](ArrayRef<const Site *> sites) {
      return parsed->budget == PruneRule::Budget::Global
                 ? shareBudget(sites, *parsed)
                 : success();
    };
    if (failed(
            runStage(module, "prune", parsed->filter, isDone, decide, prepare)))
      signalPassFailure();
  }

private:
  /// Finds how much each weight keeps when the rule's fraction is removed from
  /// all of them together.
  LogicalResult shareBudget(ArrayRef<const Site *> sites,
                            const PruneRule &rule);
  /// Decides how a weight is pruned; the reason when it cannot be.
  std::string getPruning(const Site &site, const PruneRule &rule,
                         Pruning &pruning);
  std::string prune(Site &site, PlanEntry &entry, const PruneRule &rule,
                    WeightRewriter &rewriter);

  /// With a global budget, the elements that each weight keeps.
  DenseMap<Value, int64_t> counts;
};
} // namespace

LogicalResult PrunePass::shareBudget(ArrayRef<const Site *> sites,
                                     const PruneRule &rule) {
  struct Source {
    const Site *site;
    ExternalAttr scores;
  };
  std::vector<Source> sources;
  DenseSet<Value> seen;
  int64_t total = 0;
  for (const Site *site : sites) {
    // A table that is looked up stays as it is, with a reason, as a weight
    // without scores does.
    if (site->lookup)
      continue;
    Source source{site, {}};
    std::string reason;
    if (!rule.scores.empty() &&
        !(source.scores =
              findCriterion(*site, rule.scores, CriterionKind::Scores, reason)))
      continue;
    if (!seen.insert(site->weight.root).second)
      continue;
    total += site->weight.getRootType().getNumElements();
    sources.push_back(source);
  }
  ExternalStore &store =
      getContext().getOrLoadDialect<CompressDialect>()->getExternalStore();
  WeightBytes weight, scores;
  bool reported = false;
  auto read = [&](size_t i) -> llvm::Expected<codec::RankedTensor> {
    const Site &site = *sources[i].site;
    auto load = [&](ElementsAttr elements, WeightBytes &bytes) {
      FailureOr<WeightBytes> loaded =
          readElements(elements, store, [&] { return site.op->emitError(); });
      reported |= failed(loaded);
      if (succeeded(loaded))
        bytes = std::move(*loaded);
    };
    load(site.weight.elements, weight);
    if (sources[i].scores)
      load(sources[i].scores, scores);
    if (reported)
      return llvm::createStringError("a weight cannot be read");
    Type element = site.weight.getRootType().getElementType();
    return codec::RankedTensor{*getCodecElementType(element), weight.data,
                               scores.data};
  };
  llvm::ThreadPoolInterface *threads = getContext().isMultithreadingEnabled()
                                           ? &getContext().getThreadPool()
                                           : nullptr;
  auto shares =
      codec::shareBudget(sources.size(), rule.getNumKept(total), read, threads);
  if (!shares) {
    std::string message = llvm::toString(shares.takeError());
    if (!reported)
      getOperation().emitError() << "stage 'prune': " << message;
    return failure();
  }
  for (auto [source, share] : llvm::zip(sources, *shares))
    counts[source.site->weight.root] = share;
  return success();
}

std::string PrunePass::getPruning(const Site &site, const PruneRule &rule,
                                  Pruning &pruning) {
  MLIRContext *context = &getContext();
  RankedTensorType type = site.getType();
  ArrayRef<int64_t> shape = type.getShape();
  std::string reason;
  if (site.lookup)
    return "it looks up elements, and multiplies by none that pruning removes";
  if (!rule.scores.empty() &&
      !(pruning.scores =
            findCriterion(site, rule.scores, CriterionKind::Scores, reason)))
    return reason;
  if (!rule.mask.empty() &&
      !(pruning.mask =
            findCriterion(site, rule.mask, CriterionKind::Mask, reason)))
    return reason;
  // A mask says by itself how much it keeps.
  auto getCount = [&](ArrayRef<int64_t> block, int64_t total) -> int64_t {
    if (!pruning.mask)
      return rule.getNumKept(total);
    FailureOr<WeightBytes> bytes = readCriterion(
        site, pruning.mask, [&] { return site.op->emitError(); },
        /*threads=*/nullptr);
    return succeeded(bytes) ? countKept(bytes->data, shape, block) : 0;
  };
  switch (rule.kind) {
  case PruneRule::Kind::NM:
  case PruneRule::Kind::TransposableNM: {
    std::optional<int64_t> axis = site.getReducedAxis(), other;
    if (!axis)
      return "none of its weight's dimensions is a reduced channel";
    if (rule.kind == PruneRule::Kind::TransposableNM) {
      other = getOtherAxis(site, *axis);
      if (!other)
        return "its weight has no second dimension to be transposable along";
    }
    pruning.sparsity =
        NMSparsityAttr::get(context, rule.n, rule.m, *axis, other);
    return {};
  }
  case PruneRule::Kind::Blocks: {
    if (rule.block.size() != shape.size())
      return "its weight has " + std::to_string(shape.size()) +
             " dimensions, and the blocks of the pattern have " +
             std::to_string(rule.block.size());
    int64_t blocks = 1;
    for (auto [extent, size] : llvm::zip(shape, rule.block))
      blocks *= llvm::divideCeil(extent, size);
    pruning.sparsity = BlockSparsityAttr::get(context, rule.block,
                                              getCount(rule.block, blocks));
    return {};
  }
  case PruneRule::Kind::Elements: {
    int64_t count = 0;
    if (rule.budget == PruneRule::Budget::Row) {
      pruning.budget = PruneBudget::Row;
      count = rule.getNumKept(shape.back()) *
              ShapedType::getNumElements(shape.drop_back());
    } else if (rule.budget == PruneRule::Budget::Global) {
      count = counts.lookup(site.weight.root);
    } else {
      count = getCount(SmallVector<int64_t>(shape.size(), 1),
                       type.getNumElements());
    }
    pruning.sparsity = getElementSparsity(type, rule.format, count);
    return {};
  }
  }
  llvm_unreachable("all kinds of patterns are handled");
}

std::string PrunePass::prune(Site &site, PlanEntry &entry,
                             const PruneRule &rule, WeightRewriter &rewriter) {
  Pruning pruning;
  std::string reason = getPruning(site, rule, pruning);
  if (!reason.empty())
    return reason;
  SchemeAttrInterface scheme;
  ObserverAttr observer;
  if (site.encode) {
    scheme = site.encode.getType().getScheme().with(pruning.sparsity, {}, {});
    observer = site.encode.getObserverAttr();
  } else {
    scheme = SchemeAttr::get(
        pruning.sparsity, StorageAttrInterface(FloatStorageAttr::get(
                              &getContext(), site.getType().getElementType())));
  }
  reason = checkScheme(site, scheme);
  if (!reason.empty())
    return reason;
  auto buildPrune = [&](OpBuilder &builder, Value dense) -> Value {
    Location loc = site.op->getLoc();
    auto build = [&](ExternalAttr entry) -> Value {
      return entry ? buildCriterion(builder, loc, site, entry) : Value();
    };
    return PruneOp::create(builder, loc, dense.getType(), dense,
                           build(pruning.scores), build(pruning.mask),
                           pruning.sparsity, pruning.budget);
  };
  entry.sharedWith = rewriter.rewrite(site, scheme, observer, buildPrune);
  entry.scheme = scheme;
  return {};
}
