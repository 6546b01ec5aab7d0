//===- Fold.cpp - Compute the compressed bytes of weights
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "DeadWeights.h"
#include "Progress.h"
#include "WeightsOut.h"
#include "compress/Analysis/Plan.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/ElementTypes.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/SymbolTable.h"

namespace mlir::compress {
#define GEN_PASS_DEF_FOLDPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Modules with more bytes of weights than this keep them in a file of their
/// own.
static constexpr int64_t kMostInModule = int64_t(64) << 20;

namespace {
/// A constant that a fold computes.
struct Output {
  RankedTensorType type;
  std::string key;
  /// What takes its place: a constant's value, or a bound argument.
  arith::ConstantOp constant;
  BlockArgument argument;
};

/// One weight to compress, or only to prune or round.
struct Job {
  Operation *op;
  Weight weight;
  /// Null when only pruning.
  SchemeAttrInterface scheme;
  /// Whether the result is dense: the values that the scheme leaves.
  bool isDense() const { return !isa<EncodeOp>(op); }
  /// Null without pruning; else with what the choice rests on, if not on the
  /// weight.
  PruneOp pruning;
  std::optional<Weight> scores, mask;
  ObserverAttr observer;
  std::string name;
  SmallVector<Output> outputs;

  RankedTensorType getType() const {
    if (auto encode = dyn_cast<EncodeOp>(op))
      return encode.getInput().getType();
    return cast<RankedTensorType>(op->getResult(0).getType());
  }
};

struct FoldPass : compress::impl::FoldPassBase<FoldPass> {
  using FoldPassBase::FoldPassBase;

  void runOnOperation() override {
    if (failed(run(getOperation())))
      signalPassFailure();
  }

private:
  LogicalResult run(ModuleOp module);
  std::vector<Job> collectJobs(ModuleOp module, CompressionPlan &plan);
  void createOutputs(Job &job);
  FailureOr<codec::ErrorStats>
  compute(Job &job, MutableArrayRef<std::vector<char>> bytes);
  LogicalResult emit(Job &job, Output &output, std::vector<char> bytes,
                     WeightsOut *file);

  llvm::ThreadPoolInterface *getThreads() {
    MLIRContext &context = getContext();
    return context.isMultithreadingEnabled() ? &context.getThreadPool()
                                             : nullptr;
  }
};
} // namespace

/// Whether nothing but ops without users reads `value`.
static bool isDead(Value value, const DenseSet<Operation *> &dead) {
  return llvm::all_of(value.getUsers(), [&](Operation *user) {
    return dead.contains(user) ||
           (user->getNumResults() != 0 && isMemoryEffectFree(user) &&
            llvm::all_of(user->getResults(),
                         [&](Value result) { return isDead(result, dead); }));
  });
}

std::vector<Job> FoldPass::collectJobs(ModuleOp module, CompressionPlan &plan) {
  std::vector<Job> jobs;
  SymbolTableCollection symbols;
  UniqueNames names;
  module.walk([&](Operation *op) {
    if (op->use_empty())
      return;
    Job job;
    job.op = op;
    Value dense;
    if (auto encode = dyn_cast<EncodeOp>(op)) {
      if (!encode.getParameters().empty())
        return;
      job.scheme = encode.getType().getScheme();
      job.observer = encode.getObserverAttr();
      dense = encode.getInput();
      job.pruning = dense.getDefiningOp<PruneOp>();
    } else if (auto fake = dyn_cast<FakeQuantizeOp>(op)) {
      if (!fake.getParameters().empty())
        return;
      job.scheme = fake.getScheme();
      dense = fake.getInput();
    } else if (auto prune = dyn_cast<PruneOp>(op)) {
      if (llvm::all_of(op->getUsers(), llvm::IsaPred<EncodeOp>))
        return;
      job.pruning = prune;
    } else {
      return;
    }
    if (job.pruning)
      dense = job.pruning.getInput();
    std::string reason;
    FailureOr<Weight> weight = findWeight(dense, symbols, reason);
    if (failed(weight))
      return;
    job.weight = std::move(*weight);
    auto site = op->getAttrOfType<StringAttr>(CompressDialect::kSiteAttr);
    auto find = [&](Value operand, StringRef what,
                    std::optional<Weight> &result) {
      if (!operand)
        return true;
      FailureOr<Weight> found = findWeight(operand, symbols, reason);
      if (succeeded(found))
        result = std::move(*found);
      else if (site)
        plan.get(site.getValue()).reasons["fold"] =
            ("of its " + what + ", " + reason).str();
      return succeeded(found);
    };
    if (job.pruning && (!find(job.pruning.getScores(), "scores", job.scores) ||
                        !find(job.pruning.getMask(), "mask", job.mask)))
      return;
    if (job.weight.isArgument()) {
      auto function =
          cast<func::FuncOp>(job.weight.root.getParentBlock()->getParentOp());
      bool called = !SymbolTable::symbolKnownUseEmpty(function, module);
      if (weightsOut.empty() || called) {
        if (site)
          plan.get(site.getValue()).reasons["fold"] =
              called ? "its function is called, so its arguments stay"
                     : "it is an argument bound to a file: give weights-out";
        return;
      }
    }
    job.name = job.weight.name;
    if (job.name.empty())
      job.name = site ? site.str() : "weight";
    job.name = names.get(job.name);
    jobs.push_back(std::move(job));
  });
  return jobs;
}

/// Puts constants, whose values come later, or bound arguments in the place of
/// the op.
void FoldPass::createOutputs(Job &job) {
  OpBuilder builder(job.op);
  Location loc = job.op->getLoc();
  SmallVector<ComponentSpec> specs;
  CompressedTensorType type;
  if (!job.isDense()) {
    type = cast<CompressedTensorType>(job.op->getResult(0).getType());
    specs = type.getComponents();
  } else {
    specs.push_back({"", job.getType()});
  }
  SmallVector<Value> values;
  for (const ComponentSpec &spec : specs) {
    Output output;
    output.type = spec.type;
    output.key =
        spec.name.empty() ? job.name : job.name + "." + spec.name.str();
    if (auto root = dyn_cast<BlockArgument>(job.weight.root)) {
      auto function = cast<func::FuncOp>(root.getOwner()->getParentOp());
      unsigned number = function.getNumArguments();
      NamedAttrList attrs;
      attrs.set(CompressDialect::kNameAttr, builder.getStringAttr(output.key));
      (void)function.insertArgument(number, spec.type,
                                    attrs.getDictionary(&getContext()), loc);
      output.argument = function.getArgument(number);
      values.push_back(output.argument);
    } else {
      output.constant = arith::ConstantOp::create(
          builder, loc, spec.type,
          cast<ElementsAttr>(builder.getZeroAttr(spec.type)));
      values.push_back(output.constant);
    }
    job.outputs.push_back(std::move(output));
  }
  Value result = values.front();
  if (!job.isDense()) {
    auto assemble = AssembleOp::create(builder, loc, type, values);
    if (auto site = job.op->getAttr(CompressDialect::kSiteAttr))
      assemble->setAttr(CompressDialect::kSiteAttr, site);
    result = assemble;
  }
  job.op->getResult(0).replaceAllUsesWith(result);
}

FailureOr<codec::ErrorStats>
FoldPass::compute(Job &job, MutableArrayRef<std::vector<char>> bytes) {
  auto emit = [&] { return job.op->emitError(); };
  ExternalStore &store = getExternalStore(getOperation());
  FailureOr<WeightBytes> read =
      readWeight(job.weight, store, emit, getThreads());
  if (failed(read))
    return failure();
  RankedTensorType type = job.getType();
  auto fail = [&](llvm::Error error) -> LogicalResult {
    return emit() << "weight '" << job.name
                  << "': " << llvm::toString(std::move(error));
  };

  codec::EncodeOptions options;
  options.nonFinite = nonFinite;
  options.threads = getThreads();
  if (job.observer)
    options.observer = job.observer.getCodecObserver();
  codec::ElementType element = *getCodecElementType(type.getElementType());
  PruneOp pruning = job.pruning;
  ArrayRef<char> dense = read->data;
  std::vector<char> pruned;
  // Pruning to the pattern that is encoded needs no pass of its own.
  options.select = job.scheme && pruning && !job.scores && !job.mask &&
                   pruning.getBudget() == PruneBudget::Layer &&
                   pruning.getSparsity() == job.scheme.getSparsity();
  if (pruning && !options.select) {
    codec::PruneOptions pruneOptions;
    pruneOptions.nonFinite = nonFinite;
    pruneOptions.threads = getThreads();
    if (pruning.getBudget() == PruneBudget::Row)
      pruneOptions.budget = codec::PruneOptions::Budget::Row;
    FailureOr<WeightBytes> scores, mask;
    if (job.scores) {
      scores = readWeight(*job.scores, store, emit, getThreads());
      if (failed(scores))
        return failure();
      pruneOptions.scores = scores->data;
    }
    if (job.mask) {
      mask = readWeight(*job.mask, store, emit, getThreads());
      if (failed(mask))
        return failure();
      pruneOptions.mask = mask->data;
    }
    pruned.assign(read->data.begin(), read->data.end());
    llvm::Expected<int64_t> removed = codec::prune(
        type.getShape(), element, pruning.getSparsity().getCodecSparsity(),
        pruned, pruneOptions);
    if (!removed)
      return fail(removed.takeError());
    dense = pruned;
  }
  if (!job.scheme) {
    bytes.front().assign(dense.begin(), dense.end());
    return codec::ErrorStats();
  }
  std::vector<std::vector<char>> components;
  if (job.isDense())
    for (const ComponentSpec &spec :
         job.scheme.getComponents(type.getShape(), type.getElementType()))
      components.emplace_back(getNumBytes(spec.type));
  MutableArrayRef<std::vector<char>> encoded =
      job.isDense() ? MutableArrayRef(components) : bytes;
  SmallVector<MutableArrayRef<char>> spans(encoded.begin(), encoded.end());
  codec::ErrorStats stats;
  if (llvm::Error error =
          job.scheme.encode(type.getShape(), type.getElementType(), dense,
                            spans, options, &stats))
    return fail(std::move(error));
  SmallVector<ArrayRef<char>> stored(spans.begin(), spans.end());
  if (job.isDense()) {
    if (llvm::Error error =
            job.scheme.decode(type.getShape(), type.getElementType(), stored,
                              bytes.front(), getThreads()))
      return fail(std::move(error));
    return stats;
  }
  if (pruned.empty())
    return stats;
  // The error is against the weight before pruning.
  if (llvm::Error error = job.scheme.decode(
          type.getShape(), type.getElementType(), stored, pruned, getThreads()))
    return fail(std::move(error));
  int64_t saturated = stats.saturated;
  stats = codec::compare(element, read->data, pruned);
  stats.saturated = saturated;
  return stats;
}

LogicalResult FoldPass::emit(Job &job, Output &output, std::vector<char> bytes,
                             WeightsOut *file) {
  ElementsAttr value;
  if (file) {
    FailureOr<ExternalAttr> external = file->write(
        output.key, output.type, bytes, [&] { return job.op->emitError(); });
    if (failed(external))
      return failure();
    value = *external;
  } else {
    value = makeElements(output.type, output.key, bytes);
  }
  if (output.argument) {
    auto function =
        cast<func::FuncOp>(output.argument.getOwner()->getParentOp());
    function.setArgAttr(output.argument.getArgNumber(),
                        CompressDialect::kExternalAttr, value);
  } else {
    output.constant.setValueAttr(value);
  }
  return success();
}

/// The weight, and what pruning rests on.
static SmallVector<const Weight *> getSources(const Job &job) {
  SmallVector<const Weight *> sources{&job.weight};
  for (const std::optional<Weight> *criterion : {&job.scores, &job.mask})
    if (*criterion)
      sources.push_back(&**criterion);
  return sources;
}

/// Erases what made the dense weight, as far as nothing else reads it.
static void eraseChain(const Job &job) {
  SmallVector<Operation *> chain{job.op};
  if (job.pruning && job.pruning != job.op)
    chain.push_back(job.pruning);
  SmallVector<Operation *> views;
  for (const Weight *weight : getSources(job))
    llvm::append_range(views, weight->views);
  for (Operation *view : llvm::reverse(views)) {
    chain.push_back(view);
    // What a transpose writes into, a reshape's extents, a pack's padding.
    for (Value operand : view->getOperands().drop_front())
      if (Operation *init = operand.getDefiningOp();
          init && !llvm::is_contained(chain, init))
        chain.push_back(init);
  }
  for (Operation *link : chain)
    if (link->use_empty() && isMemoryEffectFree(link))
      link->erase();
}

/// Whether pruning rests on `value` and nothing else reads it.
static bool isCriterion(Value value) {
  return llvm::all_of(value.getUses(), [](OpOperand &use) {
    Operation *user = use.getOwner();
    if (isa<PruneOp>(user))
      return use.getOperandNumber() != 0;
    return user->getNumResults() == 1 && !user->use_empty() &&
           isMemoryEffectFree(user) && isCriterion(user->getResult(0));
  });
}

/// Whether text and resources are no place for the module's weights.
static bool hasBigWeights(ModuleOp module) {
  UniqueNames names;
  int64_t bytes = 0;
  for (const DenseWeight &weight : collectDenseWeights(
           module, /*minBytes=*/0, names, [](Operation *, Value value) {
             return value && !value.use_empty() && isCriterion(value);
           })) {
    if (isa<ExternalAttr>(weight.elements))
      return true;
    bytes += getNumBytes(weight.elements.getShapedType());
  }
  return bytes > kMostInModule;
}

LogicalResult FoldPass::run(ModuleOp module) {
  CompressionPlan plan = CompressionPlan::load(module);
  if (weightsOut.empty() && !bigWeightsOut.empty() && hasBigWeights(module))
    weightsOut = bigWeightsOut;
  std::vector<Job> jobs = collectJobs(module, plan);
  if (jobs.empty() && weightsOut.empty()) {
    plan.store(module);
    return success();
  }
  DenseSet<Operation *> folded;
  for (Job &job : jobs) {
    createOutputs(job);
    folded.insert(job.op);
  }

  std::unique_ptr<WeightsOut> file;
  SmallVector<DenseWeight> copies;
  if (!weightsOut.empty()) {
    UniqueNames names;
    DenseSet<Operation *> ours;
    DenseSet<Value> replaced;
    SymbolTableCollection symbols;
    SymbolUserMap users(symbols, module);
    // What only folded ops have read is erased below.
    auto skip = [&](Operation *op, Value value) {
      if (auto global = dyn_cast<ml_program::GlobalOp>(op))
        return global.isPrivate() &&
               llvm::all_of(users.getUsers(global), [&](Operation *user) {
                 return isa<ml_program::GlobalLoadOp,
                            ml_program::GlobalLoadConstOp>(user) &&
                        isDead(user->getResult(0), folded);
               });
      if (isa<BlockArgument>(value) && !replaced.contains(value))
        return false;
      return ours.contains(op) || isDead(value, folded);
    };
    SmallVector<runtime::SafetensorsEntry> entries;
    for (Job &job : jobs) {
      replaced.insert(job.weight.root);
      for (Output &output : job.outputs) {
        output.key = names.get(output.key);
        entries.push_back(getEntry(output.key, output.type));
        if (output.constant)
          ours.insert(output.constant);
      }
    }
    copies = collectDenseWeights(module, /*minBytes=*/1024, names, skip);
    for (const DenseWeight &weight : copies)
      entries.push_back(getEntry(weight.key, weight.elements.getShapedType()));
    FailureOr<std::unique_ptr<WeightsOut>> created =
        WeightsOut::create(module, weightsOut, entries);
    if (failed(created))
      return failure();
    file = std::move(*created);
  }

  int64_t totalBytes = 0;
  for (const Job &job : jobs)
    totalBytes += getNumBytes(job.getType());
  Progress progress("folding weights", totalBytes);
  for (Job &job : jobs) {
    SmallVector<std::vector<char>> bytes;
    for (const Output &output : job.outputs)
      bytes.emplace_back(getNumBytes(output.type));
    FailureOr<codec::ErrorStats> stats = compute(job, bytes);
    if (failed(stats))
      return failure();
    PlanEntry::Result result;
    for (auto [output, data] : llvm::zip(job.outputs, bytes)) {
      result.bytes += data.size();
      if (failed(emit(job, output, std::move(data), file.get())))
        return failure();
    }
    auto site = job.op->getAttrOfType<StringAttr>(CompressDialect::kSiteAttr);
    if (site && !job.isDense()) {
      double elements = std::max<int64_t>(stats->elements, 1);
      result.zeros = stats->zeros / elements;
      result.saturated = stats->saturated / elements;
      result.maxAbsError = stats->maxAbsError;
      result.mse = stats->getMSE();
      result.sqnr = stats->getSQNR();
      plan.get(site.getValue()).result = result;
    }
    progress.add(getNumBytes(job.getType()));
  }
  if (file && (failed(file->copy(copies)) || failed(file->finish())))
    return failure();

  DenseSet<Value> roots;
  for (Job &job : jobs) {
    for (const Weight *source : getSources(job))
      roots.insert(source->root);
    eraseChain(job);
  }
  for (Value root : roots) {
    if (!root.use_empty())
      continue;
    if (auto argument = dyn_cast<BlockArgument>(root))
      (void)cast<func::FuncOp>(argument.getOwner()->getParentOp())
          .eraseArgument(argument.getArgNumber());
    else
      root.getDefiningOp()->erase();
  }
  eraseDeadGlobals(module);
  plan.store(module);
  return success();
}
