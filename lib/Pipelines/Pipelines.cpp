//===- Pipelines.cpp - Named pipelines
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Pipelines/Pipelines.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace mlir::compress;

void compress::buildCompressPipeline(OpPassManager &pm, const Recipe &recipe,
                                     const CompressOptions &options) {
  pm.addPass(createNormalizePass());
  for (const Stage &stage : recipe.stages) {
    if (auto *prune = std::get_if<PruneRule>(&stage))
      pm.addPass(createPrunePass({toString(*prune)}));
    else
      pm.addPass(createQuantizePass({toString(std::get<QuantizeRule>(stage))}));
  }
  if (!options.dryRun) {
    pm.addPass(createPropagatePass());
    FoldPassOptions fold;
    fold.weightsOut = options.weightsOut;
    fold.bigWeightsOut = options.bigWeightsOut;
    fold.nonFinite = options.nonFinite;
    pm.addPass(createFoldPass(fold));
    pm.addPass(createFusePass());
  }
  if (options.dryRun)
    pm.addPass(createReportPass({"-"}));
  else if (!options.report.empty())
    pm.addPass(createReportPass({options.report}));
}

llvm::Expected<Recipe> compress::makeRecipe(std::optional<StringRef> quantize,
                                            std::optional<StringRef> prune,
                                            std::optional<StringRef> file) {
  if (file) {
    if (quantize || prune)
      return llvm::createStringError("a recipe cannot be given together with "
                                     "quantize or prune; write them "
                                     "as its stages");
    auto buffer = llvm::MemoryBuffer::getFile(*file, /*IsText=*/true);
    if (!buffer)
      return llvm::createStringError("cannot read recipe '" + *file +
                                     "': " + buffer.getError().message());
    return parseRecipe((*buffer)->getBuffer(), *file);
  }
  Recipe recipe;
  if (prune) {
    llvm::Expected<PruneRule> rule = parsePruneRule(*prune);
    if (!rule)
      return rule.takeError();
    recipe.stages.push_back(std::move(*rule));
  }
  if (quantize) {
    llvm::Expected<QuantizeRule> rule = parseQuantizeRule(*quantize);
    if (!rule)
      return rule.takeError();
    recipe.stages.push_back(std::move(*rule));
  }
  return recipe;
}

llvm::cl::ValuesClass compress::getNonFiniteValues() {
  return llvm::cl::values(
      clEnumValN(codec::NonFinite::Error, "error",
                 "Fail, naming weight and index"),
      clEnumValN(codec::NonFinite::Clamp, "clamp",
                 "NaN to 0, infinity to the largest finite value"));
}

/// Builds `compress-pipeline` of the text of its options.
static LogicalResult
parseCompressPipeline(OpPassManager &pm, StringRef text,
                      function_ref<LogicalResult(const Twine &)> emitError) {
  CompressPipelineOptions options;
  std::string message;
  llvm::raw_string_ostream os(message);
  if (failed(options.parseFromString(text, os)))
    return emitError(message);
  auto given = [](const auto &option) -> std::optional<StringRef> {
    if (!option.hasValue())
      return std::nullopt;
    return StringRef(option.getValue());
  };
  llvm::Expected<Recipe> recipe = makeRecipe(
      given(options.quantize), given(options.prune), given(options.recipe));
  if (!recipe)
    return emitError(llvm::toString(recipe.takeError()));
  CompressOptions rest;
  rest.weightsOut = options.weightsOut;
  rest.report = options.report;
  rest.nonFinite = options.nonFinite;
  buildCompressPipeline(pm, *recipe, rest);
  return success();
}

void compress::registerPipelines() {
  // PassPipelineRegistration has no way to refuse options.
  registerPassPipeline(
      "compress-pipeline",
      "Prune, quantize, fold and fuse, as compress-opt's flags do",
      parseCompressPipeline,
      [](function_ref<void(const detail::PassOptions &)> handle) {
        handle(CompressPipelineOptions());
      });
}
