//===- compress-run.cpp - Run a module ------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiles a function of a module just in time, for the processor, a GPU, or an
// emulated one, and runs it on arrays; compares it with a reference module and
// measures both.
//
//===----------------------------------------------------------------------===//

#include "Benchmark.h"
#include "Comparison.h"
#include "Inputs.h"
#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Runtime/Executable.h"
#include "compress/Runtime/OutputFile.h"
#include "compress/Runtime/ThreadPool.h"
#include "compress/Target/Chip.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Support/FileUtilities.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/JSON.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
using namespace mlir::compress::runtime;
namespace cl = llvm::cl;

namespace {
enum class Target { CPU, Emulated, CUDA };

/// The command line. Constructed in main, not before, since libLLVM registers
/// options of its own, some by the same names.
struct Options {
  cl::OptionCategory category{"compress-run options"};
  cl::opt<std::string> inputFile{cl::Positional, cl::Required,
                                 cl::desc("<module>"), cl::cat(category)};
  cl::opt<std::string> entry{
      "entry", cl::cat(category), cl::value_desc("name"),
      cl::desc("Function to run; may be left out when there is one public "
               "function")};
  cl::list<std::string> inputFiles{
      "inputs", cl::cat(category), cl::value_desc("[name=]file"),
      cl::desc("An .npz file of inputs by name, or an .npy file for the named "
               "input (or the only one); may be repeated")};
  cl::opt<std::string> outputFile{
      "outputs", cl::cat(category), cl::value_desc("file"),
      cl::desc("Write the outputs to an .npz file, or a single one to "
               "an .npy file")};
  cl::opt<std::string> referenceFile{
      "reference", cl::cat(category), cl::value_desc("module"),
      cl::desc("Run this module on the same inputs and compare the outputs")};
  cl::opt<std::string> bench{
      "bench", cl::cat(category), cl::ValueOptional, cl::value_desc("runs"),
      cl::desc("Measure the time of a run (median of 30, or as many)")};
  cl::opt<std::string> jsonFile{
      "json", cl::cat(category), cl::value_desc("file"),
      cl::desc("Write the comparison and the times as JSON")};
  cl::opt<Target> target{
      "target", cl::cat(category), cl::init(Target::CPU),
      cl::desc("Where the module runs; a reference always runs on the CPU"),
      cl::values(clEnumValN(Target::CPU, "cpu", "This processor"),
                 clEnumValN(Target::Emulated, "emulated",
                            "An emulated GPU, which checks every access"),
                 clEnumValN(Target::CUDA, "cuda", "A GPU"))};
  cl::opt<std::string> chip{
      "chip", cl::cat(category), cl::init("sm_90a"), cl::value_desc("name"),
      cl::desc(
          "Chip whose kernels run: sm_80, sm_89, sm_90a, sm_100a or sm_120")};
  cl::opt<bool> tf32{
      "tf32", cl::cat(category),
      cl::desc("GPU: multiply matrices of f32 on tensor cores too, rounded to "
               "tf32")};
  cl::opt<int> device{"device", cl::cat(category), cl::init(0),
                      cl::value_desc("number"),
                      cl::desc("CUDA: the driver's number of the GPU")};
  cl::opt<bool> graph{
      "graph", cl::cat(category),
      cl::desc("CUDA: capture a call as a graph, and replay it")};
  cl::opt<bool> checks{
      "checks", cl::cat(category), cl::init(true),
      cl::desc("Emulator: find races, accesses out of bounds, reads of memory "
               "that was not written, misused barriers and copies")};
  cl::opt<std::string> countersFile{
      "counters", cl::cat(category), cl::value_desc("file"),
      cl::desc(
          "Emulator: write bytes, bank conflicts and instructions of every "
          "kernel as JSON")};
  cl::opt<uint64_t> landingSeed{
      "landing-seed", cl::cat(category), cl::value_desc("seed"),
      cl::desc("Emulator: let asynchronous copies land in an order that this "
               "seeds; otherwise as late as is legal")};
  cl::opt<unsigned> threads{
      "threads", cl::cat(category), cl::init(0),
      cl::desc("Threads to run on (default: one per processor)")};
  cl::opt<int64_t> batch{
      "batch", cl::cat(category), cl::init(1),
      cl::desc("Extent of dynamic dimensions of random inputs")};
  cl::opt<unsigned> seed{
      "seed", cl::cat(category), cl::init(0),
      cl::desc("Seed of random inputs, which take the place of missing "
               "--inputs with --bench or --reference")};
};
} // namespace

namespace {
/// A compiled module and what its code refers to.
struct Program {
  MLIRContext context;
  std::unique_ptr<Executable> executable;
};
} // namespace

static llvm::Expected<std::unique_ptr<Program>>
compileFile(const DialectRegistry &registry, StringRef path, StringRef entry,
            std::optional<EmulatedTarget> emulator = std::nullopt,
            std::optional<CudaTarget> gpu = std::nullopt) {
  auto program = std::make_unique<Program>();
  program->context.appendDialectRegistry(registry);
  program->context.getOrLoadDialect<compress::CompressDialect>()
      ->getExternalStore()
      .addSearchDirectory(llvm::sys::path::parent_path(path));
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
  auto executable =
      gpu ? Executable::compileForCuda(std::move(module), entry, *gpu)
          : Executable::compile(std::move(module), entry, emulator);
  if (!executable)
    return llvm::createStringError(path + ": " +
                                   llvm::toString(executable.takeError()));
  program->executable = std::move(*executable);
  return program;
}

/// An option of a target that is not the one that runs is a mistake.
static llvm::Error checkTargetOptions(const Options &options) {
  bool isEmulated = options.target == Target::Emulated;
  bool isCUDA = options.target == Target::CUDA;
  auto check = [](const cl::Option &option, bool fits, StringRef expected) {
    return fits || !option.getNumOccurrences()
               ? llvm::Error::success()
               : llvm::createStringError("--" + option.ArgStr + ": expected " +
                                         expected + " with it");
  };
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&options.chip),
        static_cast<const cl::Option *>(&options.tf32)})
    if (llvm::Error error = check(*option, isEmulated || isCUDA,
                                  "--target=emulated or --target=cuda"))
      return error;
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&options.checks),
        static_cast<const cl::Option *>(&options.countersFile),
        static_cast<const cl::Option *>(&options.landingSeed)})
    if (llvm::Error error = check(*option, isEmulated, "--target=emulated"))
      return error;
  for (const cl::Option *option :
       {static_cast<const cl::Option *>(&options.device),
        static_cast<const cl::Option *>(&options.graph)})
    if (llvm::Error error = check(*option, isCUDA, "--target=cuda"))
      return error;
  return llvm::Error::success();
}

static llvm::Error runTool(Options &options) {
  bool measures = options.bench.getNumOccurrences();
  unsigned runs = 30;
  if (!options.bench.empty() &&
      (StringRef(options.bench).getAsInteger(10, runs) || runs == 0))
    return llvm::createStringError(
        "--bench: expected a number of runs, found '" + options.bench + "'");
  bool compares = !options.referenceFile.empty();
  if (options.batch < 1)
    return llvm::createStringError(
        "--batch: expected a positive number, found " + Twine(options.batch));
  if (!options.jsonFile.empty() && !measures && !compares)
    return llvm::createStringError(
        "--json: nothing to write without --bench or --reference");
  if (llvm::Error error = checkTargetOptions(options))
    return error;
  llvm::Expected<const compress::Chip &> chip =
      compress::findChip(options.chip);
  if (!chip)
    return chip.takeError();
  std::optional<EmulatedTarget> emulator;
  std::optional<CudaTarget> gpu;
  if (options.target == Target::Emulated) {
    emulator.emplace();
    emulator->chip = &*chip;
    emulator->tf32 = options.tf32;
    emulator->checks = options.checks;
    emulator->counters = !options.countersFile.empty();
    if (options.landingSeed.getNumOccurrences())
      emulator->seed = options.landingSeed;
  } else if (options.target == Target::CUDA) {
    gpu = CudaTarget{&*chip, options.tf32, options.device, options.graph};
  }
  ThreadPool::setGlobalThreads(options.threads);

  DialectRegistry registry;
  registerExecutableDialects(registry);
  auto program =
      compileFile(registry, options.inputFile, options.entry, emulator, gpu);
  if (!program)
    return program.takeError();
  Executable &executable = *(*program)->executable;
  std::unique_ptr<Program> reference;
  if (compares) {
    auto compiled = compileFile(registry, options.referenceFile, options.entry);
    if (!compiled)
      return compiled.takeError();
    reference = std::move(*compiled);
  }

  bool random = options.inputFiles.empty() && (measures || compares);
  auto inputs = random
                    ? makeRandomInputs(executable, options.batch, options.seed)
                    : readInputs(executable, options.inputFiles);
  if (!inputs)
    return inputs.takeError();
  auto outputs = executable.run(*inputs);
  if (!outputs)
    return outputs.takeError();

  llvm::json::Object json{{"version", 1}};
  if (compares) {
    auto expected = reference->executable->run(*inputs);
    if (!expected)
      return llvm::createStringError(options.referenceFile + ": " +
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
                *inputs, runs);
    if (!times)
      return times.takeError();
    printTimes(*times, llvm::outs());
    json["milliseconds"] = toJSON(*times);
  }

  OutputTransaction transaction;
  if (!options.outputFile.empty())
    if (llvm::Error error =
            writeOutputs(transaction, options.outputFile, *outputs))
      return error;
  if (!options.countersFile.empty()) {
    auto file = transaction.add(options.countersFile);
    if (!file)
      return file.takeError();
    (*file)->os() << llvm::formatv("{0:2}\n",
                                   executable.getEmulator()->getCountersJSON());
  }
  if (!options.jsonFile.empty()) {
    auto file = transaction.add(options.jsonFile);
    if (!file)
      return file.takeError();
    (*file)->os() << llvm::formatv("{0:2}\n",
                                   llvm::json::Value(std::move(json)));
  }
  if (options.outputFile.empty() && !compares && !measures)
    printArrays(*outputs, llvm::outs());
  return transaction.commit();
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  SmallVector<cl::Option *> foreign;
  for (auto &registered : cl::getRegisteredOptions())
    if (registered.first != "help" && registered.first != "version")
      foreign.push_back(registered.second);
  for (cl::Option *option : foreign)
    option->removeArgument();
  Options options;
  cl::HideUnrelatedOptions(options.category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Runs a function of an MLIR module.\n");
  if (llvm::Error error = runTool(options)) {
    llvm::WithColor::error(llvm::errs(), "compress-run")
        << llvm::toString(std::move(error)) << "\n";
    return 1;
  }
  return 0;
}
