//===- Pipelines.h - Named pipelines -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_PIPELINES_PIPELINES_H
#define COMPRESS_PIPELINES_PIPELINES_H

#include "compress/Analysis/Recipe.h"
#include "compress/Codec/Codec.h"
#include "mlir/Pass/PassOptions.h"

namespace mlir {
class OpPassManager;

namespace compress {

/// What a compression pipeline does besides its recipe.
struct CompressOptions {
  /// The safetensors file to write; empty keeps weights in the module.
  std::string weightsOut;
  /// The safetensors file to write when weights are external or big.
  std::string bigWeightsOut;
  /// The directory of the report; empty for none.
  std::string report;
  codec::NonFinite nonFinite = codec::NonFinite::Error;
  /// Plan only: print the report and compute no bytes.
  bool dryRun = false;
};

/// normalize, the recipe's stages, propagate, fold, fuse, and, where asked for,
/// report. This is what compress-opt's flags build.
void buildCompressPipeline(OpPassManager &pm, const Recipe &recipe,
                           const CompressOptions &options);

/// The values of an option `non-finite`.
llvm::cl::ValuesClass getNonFiniteValues();

/// Options of the registered pipeline `compress-pipeline`.
struct CompressPipelineOptions : PassPipelineOptions<CompressPipelineOptions> {
  Option<std::string> quantize{*this, "quantize",
                               llvm::cl::desc("Stage `quantize`")};
  Option<std::string> prune{*this, "prune", llvm::cl::desc("Stage `prune`")};
  Option<std::string> recipe{
      *this, "recipe",
      llvm::cl::desc("Recipe file; not together with quantize or prune")};
  Option<std::string> weightsOut{
      *this, "weights-out",
      llvm::cl::desc("Write weights to this safetensors file")};
  Option<std::string> report{*this, "report",
                             llvm::cl::desc("Directory of the report")};
  Option<codec::NonFinite> nonFinite{
      *this, "non-finite",
      llvm::cl::desc("What to do with NaN and infinity in weights"),
      llvm::cl::init(codec::NonFinite::Error), getNonFiniteValues()};
};

/// The recipe that flags mean: prune, then quantize, or a file's. An empty
/// optional is a flag that was not given, an empty text its default.
llvm::Expected<Recipe> makeRecipe(std::optional<StringRef> quantize,
                                  std::optional<StringRef> prune,
                                  std::optional<StringRef> file);

/// Registers `compress-pipeline`.
void registerPipelines();

} // namespace compress
} // namespace mlir

#endif // COMPRESS_PIPELINES_PIPELINES_H
