//===- KeepSensitiveDense.cpp - What loses too much stays dense -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A pass between the stages that plan and compress-fold: it measures how well
// each weight survives its scheme, and takes the scheme off those that do not.
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Sites.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/Plugins/PassPlugin.h"
#include "llvm/Support/FormatVariadic.h"

using namespace mlir;
using namespace mlir::compress;

namespace {
struct KeepSensitiveDensePass
    : PassWrapper<KeepSensitiveDensePass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(KeepSensitiveDensePass)

  KeepSensitiveDensePass() = default;
  KeepSensitiveDensePass(const KeepSensitiveDensePass &other)
      : PassWrapper(other) {}

  StringRef getArgument() const final { return "keep-sensitive-dense"; }
  StringRef getDescription() const final {
    return "Keep weights dense whose scheme loses too much";
  }
  void getDependentDialects(DialectRegistry &registry) const final {
    registry.insert<CompressDialect>();
  }

  Option<double> minSQNR{
      *this, "min-sqnr", llvm::cl::init(20.0),
      llvm::cl::desc("Least ratio of signal to error of a weight in dB")};

  void runOnOperation() final {
    ModuleOp module = getOperation();
    CompressionPlan plan = CompressionPlan::load(module);
    for (Site &site : collectSites(module)) {
      // What is pruned by scores or a mask was chosen by somebody.
      if (!site.isCompressible() || !site.encode ||
          (site.prune && (site.prune.getScores() || site.prune.getMask())))
        continue;
      FailureOr<double> sqnr = measure(site);
      if (failed(sqnr))
        return signalPassFailure();
      if (*sqnr >= minSQNR)
        continue;
      Value dense = site.prune ? site.prune.getInput() : site.encode.getInput();
      site.op->setOperand(site.getWeightNumber(), dense);
      // Everything that is not compressed has its reason in the report.
      PlanEntry &entry = getEntry(plan, site);
      entry.scheme = {};
      entry.reasons[getArgument().str()] =
          llvm::formatv("its ratio of signal to error would be {0:F1} dB, less "
                        "than {1:F1}",
                        *sqnr, minSQNR.getValue());
      emitRemark(site, entry, getArgument());
      for (Operation *op :
           {site.decode.getOperation(), site.encode.getOperation(),
            site.prune.getOperation()})
        if (op && op->use_empty())
          op->erase();
    }
    plan.store(module);
  }

  /// Encodes the weight as folding would, for the error alone.
  FailureOr<double> measure(Site &site) {
    ExternalStore &store =
        getContext().getOrLoadDialect<CompressDialect>()->getExternalStore();
    FailureOr<WeightBytes> weight = readWeight(
        site.weight, store, [&] { return site.op->emitError(); },
        /*threads=*/nullptr);
    if (failed(weight))
      return failure();
    CompressedTensorType type = site.encode.getType();
    SmallVector<std::vector<char>> components;
    for (const ComponentSpec &spec : type.getComponents())
      components.emplace_back(getNumBytes(spec.type));
    SmallVector<MutableArrayRef<char>> spans(components.begin(),
                                             components.end());
    codec::EncodeOptions options;
    options.select = bool(site.prune);
    if (ObserverAttr observer = site.encode.getObserverAttr())
      options.observer = observer.getCodecObserver();
    codec::ErrorStats stats;
    if (llvm::Error error =
            type.getScheme().encode(type.getShape(), type.getElementType(),
                                    weight->data, spans, options, &stats))
      return site.op->emitError() << llvm::toString(std::move(error));
    return stats.getSQNR();
  }
};
} // namespace

extern "C" LLVM_ATTRIBUTE_WEAK PassPluginLibraryInfo mlirGetPassPluginInfo() {
  return {MLIR_PLUGIN_API_VERSION, "KeepSensitiveDense", "1.0",
          [] { PassRegistration<KeepSensitiveDensePass>(); }};
}
