//===- compress-opt.cpp - The optimizer driver
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

// An mlir-opt with every upstream dialect and pass, and ours. On top of them,
// flags that build a pipeline of our passes; --dump-pass-pipeline shows it.
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/InitAll.h"
#include "compress/Pipelines/Pipelines.h"
#include "compress/Runtime/OutputFile.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace mlir::compress;
namespace cl = llvm::cl;

namespace {
/// The flags that build a pipeline.
struct Flags {
  cl::OptionCategory category{"Compression"};
  cl::opt<std::string> quantize{
      "quantize", cl::ValueOptional, cl::cat(category),
      cl::value_desc("preset or {key: value, ...}"),
      cl::desc("Quantize weights (default w8a16); see compress-quantize")};
  cl::opt<std::string> prune{
      "prune", cl::ValueOptional, cl::cat(category),
      cl::value_desc("n:m or {key: value, ...}"),
      cl::desc("Prune weights (default 2:4); see compress-prune")};
  cl::opt<std::string> recipe{"recipe", cl::cat(category),
                              cl::value_desc("file.yaml"),
                              cl::desc("Run the stages of a recipe")};
  cl::opt<std::string> report{
      "report", cl::cat(category), cl::value_desc("directory"),
      cl::desc("Write report.txt and report.json there")};
  cl::opt<std::string> weightsOut{
      "weights-out", cl::cat(category), cl::value_desc("file.safetensors"),
      cl::desc(
          "Write weights there; by default beside the output, when weights "
          "are external or more than 64 MiB")};
  cl::opt<codec::NonFinite> nonFinite{
      "non-finite", cl::cat(category), cl::init(codec::NonFinite::Error),
      cl::desc("What to do with NaN and infinity in weights"),
      getNonFiniteValues()};
  cl::opt<bool> dryRun{
      "dry-run", cl::cat(category),
      cl::desc("Print the plan, sizes and memory; write nothing")};
  cl::list<std::string> weightsDir{
      "weights-dir", cl::cat(category), cl::value_desc("directory"),
      cl::desc("Look up external weights there too; may be repeated")};

  bool buildsPipeline() const {
    return quantize.getNumOccurrences() || prune.getNumOccurrences() ||
           recipe.getNumOccurrences();
  }
};
} // namespace

static int fail(const llvm::Twine &message) {
  llvm::WithColor::error(llvm::errs(), "compress-opt") << message << '\n';
  return EXIT_FAILURE;
}

/// Whether an option of MLIR's own was given.
static bool isGiven(StringRef option) {
  auto &options = cl::getRegisteredOptions();
  auto found = options.find(option);
  return found != options.end() && found->second->getNumOccurrences() != 0;
}

/// Catches `--quantize w4a16`, which would take the preset for a file.
static std::optional<std::string> findSeparateValue(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; ++i) {
    StringRef flag(argv[i]), value(argv[i + 1]);
    flag.consume_front("-");
    flag.consume_front("-");
    bool isValue = false;
    if (flag == "quantize")
      isValue =
          llvm::errorToBool(parseQuantizeRule(value).takeError()) == false;
    else if (flag == "prune")
      isValue = llvm::errorToBool(parsePruneRule(value).takeError()) == false;
    if (isValue)
      return ("the value of --" + flag + " follows '=': write --" + flag + "=" +
              value)
          .str();
  }
  return std::nullopt;
}

/// Checks flags against each other.
static std::string checkFlags(const Flags &flags) {
  bool builds = flags.buildsPipeline();
  if (builds && isGiven("pass-pipeline"))
    return "--quantize, --prune and --recipe cannot be given together with "
           "--pass-pipeline; put compress-pipeline{...} into the pipeline, or "
           "drop one of them";
  if (builds)
    return {};
  if (flags.report.getNumOccurrences() || flags.dryRun ||
      flags.weightsOut.getNumOccurrences() ||
      flags.nonFinite.getNumOccurrences())
    return "--report, --dry-run, --weights-out and --non-finite need "
           "--quantize, --prune or --recipe";
  return {};
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  compress::registerCompressDialect(registry);
  mlir::registerAllPasses();
  compress::registerCompressPasses();

  if (std::optional<std::string> hint = findSeparateValue(argc, argv))
    return fail(*hint);
  Flags flags;
  std::string input, output;
  std::tie(input, output) = registerAndParseCLIOptions(
      argc, argv, "Compress: prunes and quantizes MLIR modules\n", registry);
  MlirOptMainConfig config = MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return asMainReturnCode(
        MlirOptMain(llvm::outs(), nullptr, registry, config));
  std::string problem = checkFlags(flags);
  if (!problem.empty())
    return fail(problem);

  CompressOptions options;
  options.weightsOut = flags.weightsOut;
  options.report = flags.report;
  options.nonFinite = flags.nonFinite;
  options.dryRun = flags.dryRun;
  if (output != "-") {
    SmallString<128> path(output);
    llvm::sys::path::replace_extension(path, "safetensors");
    options.bigWeightsOut = path.str().str();
  }
  auto given =
      [](const cl::opt<std::string> &flag) -> std::optional<StringRef> {
    if (!flag.getNumOccurrences())
      return std::nullopt;
    return StringRef(flag);
  };
  llvm::Expected<Recipe> recipe = makeRecipe(
      given(flags.quantize), given(flags.prune), given(flags.recipe));
  if (!recipe)
    return fail(llvm::toString(recipe.takeError()));

  // Every output is written aside and appears when all is done.
  runtime::OutputTransaction outputs;
  outputs.protect(input);
  if (!flags.recipe.empty())
    outputs.protect(flags.recipe);
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(input, &message);
  if (!buffer)
    return fail(message);
  llvm::raw_ostream *os = &llvm::nulls();
  if (!options.dryRun) {
    llvm::Expected<runtime::OutputFile *> file = outputs.add(output);
    if (!file)
      return fail(llvm::toString(file.takeError()));
    os = &(*file)->os();
  }

  bool builds = flags.buildsPipeline();
  bool printOp = isGiven("mlir-print-op-on-diagnostic");
  MlirOptMainConfig own = config;
  config.setPassPipelineSetupFn([&, own](PassManager &pm) -> LogicalResult {
    MLIRContext *context = pm.getContext();
    // A diagnostic of ours says what matters; the op is seldom short.
    if (!printOp)
      context->printOpOnDiagnostic(false);
    ExternalStore &store =
        context->getOrLoadDialect<CompressDialect>()->getExternalStore();
    store.setOutputs(&outputs);
    if (input != "-") {
      StringRef directory = llvm::sys::path::parent_path(input);
      store.addSearchDirectory(directory.empty() ? "." : directory);
    }
    for (const std::string &directory : flags.weightsDir)
      store.addSearchDirectory(directory);
    if (builds)
      buildCompressPipeline(pm, *recipe, options);
    return own.setupPassPipeline(pm);
  });
  if (failed(MlirOptMain(*os, std::move(buffer), registry, config)))
    return EXIT_FAILURE;
  if (llvm::Error error = outputs.commit())
    return fail(llvm::toString(std::move(error)));
  return EXIT_SUCCESS;
}
