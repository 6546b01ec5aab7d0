//===- compress-run.cpp - Run a module on the CPU -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a function of a module just in time and runs it on arrays; compares
// it with a reference module and measures both.
//
//===----------------------------------------------------------------------===//

#include "Benchmark.h"
#include "Comparison.h"
#include "Inputs.h"
#include "compress/Runtime/Executable.h"
#include "compress/Runtime/OutputFile.h"
#include "compress/Runtime/ThreadPool.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/ToolOutputFile.h"

using namespace mlir;
using namespace mlir::compress::runtime;
namespace cl = llvm::cl;

static cl::OptionCategory category("compress-run options");
static cl::opt<std::string> inputFile(cl::Positional, cl::Required,
                                      cl::desc("<module>"), cl::cat(category));
static cl::opt<std::string>
    entry("entry", cl::cat(category), cl::value_desc("name"),
          cl::desc("Function to run; may be left out when there is one public "
                   "function"));
static cl::list<std::string> inputFiles(
    "inputs", cl::cat(category), cl::value_desc("[name=]file"),
    cl::desc("An .npz file of inputs by name, or an .npy file for the named "
             "input (or the only one); may be repeated"));
static cl::opt<std::string>
    outputFile("outputs", cl::cat(category), cl::value_desc("file"),
               cl::desc("Write the outputs to an .npz file, or a single one to "
                        "an .npy file"));
static cl::opt<std::string> referenceFile(
    "reference", cl::cat(category), cl::value_desc("module"),
    cl::desc("Run this module on the same inputs and compare the outputs"));
static cl::opt<unsigned>
    benchRuns("bench", cl::cat(category), cl::ValueOptional, cl::init(0),
              cl::value_desc("runs"),
              cl::desc("Measure the time of a run (median of 30, or as many)"));
static cl::opt<std::string>
    jsonFile("json", cl::cat(category), cl::value_desc("file"),
             cl::desc("Write the comparison and the times as JSON"));
static cl::opt<unsigned>
    threads("threads", cl::cat(category), cl::init(0),
            cl::desc("Threads to run on (default: one per processor)"));
static cl::opt<int64_t>
    batch("batch", cl::cat(category), cl::init(1),
          cl::desc("Extent of dynamic dimensions of random inputs"));
static cl::opt<unsigned>
    seed("seed", cl::cat(category), cl::init(0),
         cl::desc("Seed of random inputs, which take the place of missing "
                  "--inputs with --bench or --reference"));

namespace {
/// A compiled module and what its code refers to.
struct Program {
  MLIRContext context;
  std::unique_ptr<Executable> executable;
};
} // namespace

static llvm::Expected<std::unique_ptr<Program>>
compileFile(const DialectRegistry &registry, StringRef path) {
  auto program = std::make_unique<Program>();
  program->context.appendDialectRegistry(registry);
  llvm::SourceMgr sources;
  std::string message;
  std::unique_ptr<llvm::MemoryBuffer> buffer = openInputFile(path, &message);
  if (!buffer)
    return llvm::createStringError(message);
  sources.AddNewSourceBuffer(std::move(buffer), llvm::SMLoc());
  SourceMgrDiagnosticHandler handler(sources, &program->context);
  OwningOpRef<ModuleOp> module =
      parseSourceFile<ModuleOp>(sources, &program->context);
  if (!module)
    return llvm::createStringError(path + ": cannot be read as a module");
  auto executable = Executable::compile(std::move(module), entry);
  if (!executable)
    return llvm::createStringError(path + ": " +
                                   llvm::toString(executable.takeError()));
  program->executable = std::move(*executable);
  return program;
}

static llvm::Error runTool() {
  if (benchRuns.getNumOccurrences() && benchRuns == 0)
    benchRuns = 30;
  bool measures = benchRuns != 0;
  bool compares = !referenceFile.empty();
  if (batch < 1)
    return llvm::createStringError("--batch: expected a positive number, found " +
                                   Twine(batch));
  if (!jsonFile.empty() && !measures && !compares)
    return llvm::createStringError(
        "--json: nothing to write without --bench or --reference");
  ThreadPool::setGlobalThreads(threads);

  DialectRegistry registry;
  registerExecutableDialects(registry);
  auto program = compileFile(registry, inputFile);
  if (!program)
    return program.takeError();
  Executable &executable = *(*program)->executable;
  std::unique_ptr<Program> reference;
  if (compares) {
    auto compiled = compileFile(registry, referenceFile);
    if (!compiled)
      return compiled.takeError();
    reference = std::move(*compiled);
  }

  bool random = inputFiles.empty() && (measures || compares);
  auto inputs = random ? makeRandomInputs(executable, batch, seed)
                       : readInputs(executable, inputFiles);
  if (!inputs)
    return inputs.takeError();
  auto outputs = executable.run(*inputs);
  if (!outputs)
    return outputs.takeError();

  llvm::json::Object json{{"version", 1}};
  if (compares) {
    auto expected = reference->executable->run(*inputs);
    if (!expected)
      return llvm::createStringError(referenceFile + ": " +
                                     llvm::toString(expected.takeError()));
    auto rows = compareOutputs(*outputs, *expected);
    if (!rows)
      return rows.takeError();
    printComparison(*rows, llvm::outs());
    json["outputs"] = toJSON(*rows);
  }
  if (measures) {
    auto times =
        measure(executable, compares ? reference->executable.get() : nullptr,
                *inputs, benchRuns);
    if (!times)
      return times.takeError();
    printTimes(*times, llvm::outs());
    json["milliseconds"] = toJSON(*times);
  }

  OutputTransaction transaction;
  if (!outputFile.empty())
    if (llvm::Error error = writeOutputs(transaction, outputFile, *outputs))
      return error;
  if (!jsonFile.empty()) {
    auto file = transaction.add(jsonFile);
    if (!file)
      return file.takeError();
    (*file)->os() << llvm::formatv("{0:2}\n", llvm::json::Value(std::move(json)));
  }
  if (outputFile.empty() && !compares && !measures)
    printArrays(*outputs, llvm::outs());
  return transaction.commit();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(
      argc, argv, "Runs a function of an MLIR module on the CPU.\n");
  if (llvm::Error error = runTool()) {
    llvm::WithColor::error(llvm::errs(), "compress-run")
        << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
