//===- minic.cpp - A small compiler with compression in it ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Mini.h"
#include "compress/InitAll.h"
#include "compress/Pipelines/Pipelines.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;

static llvm::cl::opt<std::string>
    input(llvm::cl::Positional, llvm::cl::desc("<module>"), llvm::cl::Required);
static llvm::cl::opt<std::string> output("o", llvm::cl::desc("Output file"),
                                         llvm::cl::init("-"));
static llvm::cl::opt<std::string>
    quantize("quantize", llvm::cl::desc("Preset or rule of stage quantize"));
static llvm::cl::opt<std::string>
    prune("prune", llvm::cl::desc("Pattern or rule of stage prune"));
static llvm::cl::opt<bool> lower("lower", llvm::cl::desc("Lower to linalg"));

static int fail(const Twine &message) {
  llvm::errs() << "minic: error: " << message << "\n";
  return 1;
}

/// The value of an option that was given.
static std::optional<StringRef> getGiven(const llvm::cl::opt<std::string> &o) {
  if (o.getNumOccurrences() == 0)
    return std::nullopt;
  return StringRef(o.getValue());
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::ParseCommandLineOptions(argc, argv, "A small compiler\n");

  DialectRegistry registry;
  registry.insert<func::FuncDialect, mini::MiniDialect>();
  compress::registerCompressDialect(registry);
  MLIRContext context(registry);

  // Reports diagnostics with their line.
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(input, &message);
  if (!buffer)
    return fail(message);
  llvm::SourceMgr sources;
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return 1;

  PassManager pm(&context);
  if (getGiven(quantize) || getGiven(prune)) {
    llvm::Expected<compress::Recipe> recipe = compress::makeRecipe(
        getGiven(quantize), getGiven(prune), /*file=*/std::nullopt);
    if (!recipe)
      return fail(llvm::toString(recipe.takeError()));
    compress::buildCompressPipeline(pm, *recipe, compress::CompressOptions());
  }
  if (lower)
    pm.addPass(mini::createLowerMiniPass());
  if (failed(pm.run(*module)))
    return 1;

  std::unique_ptr<llvm::ToolOutputFile> out = openOutputFile(output, &message);
  if (!out)
    return fail(message);
  module->print(out->os());
  out->keep();
  return 0;
}
