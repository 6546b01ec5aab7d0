//===- ImportCheckpoint.cpp - Bind weights to a compressed checkpoint
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checkpoint.h"
#include "DeadWeights.h"
#include "WeightsOut.h"
#include "compress/Analysis/Weights.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Remarks.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"

namespace mlir::compress {
#define GEN_PASS_DEF_IMPORTCHECKPOINTPASS
#include "compress/Dialect/Compress/Transforms/Passes.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// Smaller components are copied into the module.
static constexpr size_t kLeastExternal = 256;

namespace {
/// A weight that the checkpoint has, and the values that are it.
struct Import {
  CheckpointWeight weight;
  SmallVector<Value> roots;
  SmallVector<ElementsAttr> components;
};

struct ImportCheckpointPass
    : compress::impl::ImportCheckpointPassBase<ImportCheckpointPass> {
  using ImportCheckpointPassBase::ImportCheckpointPassBase;

  void runOnOperation() override {
    if (failed(run(getOperation())))
      signalPassFailure();
  }

private:
  LogicalResult run(ModuleOp module);
  /// Computes or names the components of a weight.
  LogicalResult bind(ExternalAttr attr, Import &import, WeightsOut *file);
  void rewrite(ExternalAttr attr, Import &import);
};
} // namespace

/// The name of a component, as compress-fold gives it.
static std::string getKey(ExternalAttr attr, StringRef component) {
  return (attr.getKey() + "." + component).str();
}

/// Calls `visit` for every value that may be an external weight.
static void walkWeights(ModuleOp module, function_ref<void(Value)> visit) {
  module.walk([&](Operation *op) {
    if (auto function = dyn_cast<func::FuncOp>(op)) {
      if (!function.isExternal())
        for (BlockArgument argument : function.getArguments())
          visit(argument);
    } else if (op->getNumResults() == 1 &&
               isa<RankedTensorType>(op->getResult(0).getType()) &&
               (op->hasTrait<OpTrait::ConstantLike>() ||
                isa<ml_program::GlobalLoadOp, ml_program::GlobalLoadConstOp>(
                    op))) {
      visit(op->getResult(0));
    }
  });
}

LogicalResult ImportCheckpointPass::run(ModuleOp module) {
  if (directory.empty())
    return module.emitError()
           << "compress-import-checkpoint needs the option directory, that of "
              "the checkpoint's config.json";
  auto fail = [&](Location loc, llvm::Error error) -> LogicalResult {
    return emitError(loc) << "cannot import the checkpoint: "
                          << llvm::toString(std::move(error));
  };
  llvm::Expected<Checkpoint> checkpoint = Checkpoint::open(directory);
  if (!checkpoint)
    return fail(module.getLoc(), checkpoint.takeError());

  llvm::MapVector<ExternalAttr, Import> imports;
  SymbolTableCollection symbols;
  LogicalResult result = success();
  walkWeights(module, [&](Value value) {
    std::string reason;
    FailureOr<Weight> weight = findWeight(value, symbols, reason);
    if (failed(weight) || failed(result))
      return;
    auto attr = dyn_cast<ExternalAttr>(weight->elements);
    if (!attr || value.use_empty())
      return;
    if (auto known = imports.find(attr); known != imports.end()) {
      known->second.roots.push_back(value);
      return;
    }
    auto found =
        checkpoint->find(attr.getKey(), cast<RankedTensorType>(attr.getType()));
    if (!found)
      result = fail(value.getLoc(), found.takeError());
    else if (*found)
      imports.insert({attr, Import{std::move(**found), {value}, {}}});
  });
  if (failed(result))
    return failure();
  if (imports.empty())
    return module.emitError()
           << "no weight of the module is compressed in the checkpoint '"
           << directory << "', which has: " << checkpoint->listModules()
           << "; give the weights their keys with #compress.external";

  std::unique_ptr<WeightsOut> file;
  if (!weightsOut.empty()) {
    SmallVector<runtime::SafetensorsEntry> entries;
    for (auto &[attr, import] : imports)
      for (const ComponentSpec &spec : import.weight.type.getComponents())
        entries.push_back(getEntry(getKey(attr, spec.name), spec.type));
    FailureOr<std::unique_ptr<WeightsOut>> created =
        WeightsOut::create(module, weightsOut, entries);
    if (failed(created))
      return failure();
    file = std::move(*created);
  }
  for (auto &[attr, import] : imports)
    if (failed(bind(attr, import, file.get())))
      return failure();
  if (file && failed(file->finish()))
    return failure();
  for (auto &[attr, import] : imports) {
    if (import.weight.hasActivations)
      remark::missed(import.roots.front().getLoc(),
                     remark::RemarkOpts::name("activations-not-imported")
                         .category("compress"))
          << remark::reason(
                 "the checkpoint quantizes the activations of '{0}', "
                 "too; they stay dense",
                 attr.getKey().str());
    rewrite(attr, import);
  }
  eraseDeadGlobals(module);
  return success();
}

LogicalResult ImportCheckpointPass::bind(ExternalAttr attr, Import &import,
                                         WeightsOut *file) {
  Location loc = import.roots.front().getLoc();
  auto emit = [&] { return emitError(loc); };
  CompressedTensorType type = import.weight.type;
  for (auto [spec, component] :
       llvm::zip_equal(type.getComponents(), import.weight.components)) {
    std::string key = getKey(attr, spec.name);
    const runtime::SafetensorsTensor &entry = *component.entry;
    bool isOurs = !component.packing && component.width == 8;
    if (!file && isOurs && entry.data.size() > kLeastExternal &&
        spec.type.getShape() == ArrayRef<int64_t>(entry.shape)) {
      // The bytes stay where they are, under the module's name of the file
      // where it is the same.
      ExternalStore &store = getExternalStore(getOperation());
      std::string name = component.path.str();
      if (auto opened = store.open(attr.getFile());
          opened && llvm::sys::fs::equivalent((*opened)->getPath(), name))
        name = attr.getFile().str();
      else if (!opened)
        llvm::consumeError(opened.takeError());
      import.components.push_back(
          ExternalAttr::get(&getContext(), name, entry.name, 0, spec.type));
      continue;
    }
    std::vector<char> bytes =
        readComponent(component, spec.type, type.getShape());
    if (file) {
      FailureOr<ExternalAttr> written =
          file->write(key, spec.type, bytes, emit);
      if (failed(written))
        return failure();
      import.components.push_back(*written);
    } else {
      import.components.push_back(makeElements(spec.type, key, bytes));
    }
  }
  return success();
}

void ImportCheckpointPass::rewrite(ExternalAttr attr, Import &import) {
  for (Value root : import.roots) {
    OpBuilder builder(&getContext());
    builder.setInsertionPointAfterValue(root);
    SmallVector<Value> components;
    for (ElementsAttr value : import.components)
      components.push_back(arith::ConstantOp::create(builder, root.getLoc(),
                                                     cast<TypedAttr>(value)));
    auto assemble = AssembleOp::create(builder, root.getLoc(),
                                       import.weight.type, components);
    // Components that are written inline have no name of their own.
    assemble->setAttr(CompressDialect::kSiteAttr,
                      builder.getStringAttr(attr.getKey()));
    Value decoded = DecodeOp::create(builder, root.getLoc(), assemble);
    root.replaceAllUsesWith(decoded);
    auto argument = dyn_cast<BlockArgument>(root);
    if (!argument) {
      root.getDefiningOp()->erase();
      continue;
    }
    auto function = cast<func::FuncOp>(argument.getOwner()->getParentOp());
    // The callers of a function still give the argument.
    if (SymbolTable::symbolKnownUseEmpty(function, getOperation()))
      (void)function.eraseArgument(argument.getArgNumber());
  }
}
