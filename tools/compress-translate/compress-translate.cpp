//===- compress-translate.cpp - Code for other processors -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads a module and writes a shared object, or an object file, and its C
// header: code for the CPU, or GPU kernels and the host code that launches
// them. Or it writes the kernels alone, with a launch table that says what a
// host has to do.
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Dialect/Compress/IR/ExternalStore.h"
#include "compress/Dialect/Compress/Transforms/Passes.h"
#include "compress/InitAll.h"
#include "compress/Runtime/OutputFile.h"
#include "compress/Target/CPUProgram.h"
#include "compress/Target/CudaProgram.h"
#include "compress/Target/HostCode.h"
#include "compress/Target/LaunchTable.h"
#include "compress/Target/PTX.h"
#include "mlir/IR/AsmState.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SourceMgr.h"
#include "llvm/Support/WithColor.h"

using namespace mlir;
namespace cl = llvm::cl;

enum class Emit { Auto, PTX, Cubin, Object, SharedObject };

static cl::OptionCategory category("compress-translate options");
static cl::opt<std::string> inputPath(cl::Positional, cl::Required,
                                      cl::desc("<input .mlir or .mlirbc>"),
                                      cl::cat(category));
static cl::opt<std::string> outputPath("o", cl::init("-"),
                                       cl::desc("Output, - for the standard "
                                                "output"),
                                       cl::value_desc("file"),
                                       cl::cat(category));
static cl::opt<std::string> targetName("target", cl::Required,
                                       cl::desc("Target: cpu or cuda"),
                                       cl::value_desc("name"),
                                       cl::cat(category));
static cl::opt<std::string>
    chipName("chip", cl::desc("GPU: sm_80, sm_89, sm_90a, sm_100a or sm_120"),
             cl::value_desc("name"), cl::cat(category));
static cl::opt<std::string>
    cpuName("cpu", cl::init("host"),
            cl::desc("Processor: host, x86-64-v2, x86-64-v3, x86-64-v4, "
                     "aarch64, or another of LLVM's names for x86-64 and "
                     "AArch64, and features after it as in "
                     "x86-64-v4+avx512vnni"),
            cl::value_desc("name"), cl::cat(category));
static cl::opt<bool>
    tf32("tf32",
         cl::desc("Multiply matrices of f32 on tensor cores too, rounded to "
                  "tf32"),
         cl::cat(category));
static cl::opt<Emit> emit(
    "emit",
    cl::desc("What to write; by default what the output's name ends in, "
             "otherwise PTX, or for a CPU a shared object"),
    cl::values(clEnumValN(Emit::PTX, "ptx", "PTX text"),
               clEnumValN(Emit::Cubin, "cubin",
                          "Machine code, assembled by ptxas"),
               clEnumValN(Emit::Object, "obj",
                          "An object file of code and weights, and its C "
                          "header"),
               clEnumValN(Emit::SharedObject, "so",
                          "A shared object that needs nothing else, and its C "
                          "header")),
    cl::init(Emit::Auto), cl::cat(category));
static cl::opt<std::string>
    tablePath("table", cl::desc("Also write the launch table, as JSON"),
              cl::value_desc("file"), cl::cat(category));
static cl::opt<bool> resourceUsage(
    "resource-usage",
    cl::desc("Print the registers, stack and spills of each kernel, which "
             "ptxas reports"),
    cl::cat(category));

static int fail(llvm::Error error) {
  llvm::handleAllErrors(std::move(error), [](const llvm::ErrorInfoBase &info) {
    llvm::WithColor::error(llvm::errs(), "compress-translate")
        << info.message() << "\n";
  });
  return 1;
}

static int fail(const llvm::Twine &message) {
  return fail(llvm::createStringError(message));
}

static void reportRegisters(const compress::Cubin &cubin) {
  if (resourceUsage)
    llvm::errs() << cubin.resourceUsage;
  else if (cubin.spills)
    llvm::WithColor::warning(llvm::errs(), "compress-translate")
        << "some kernels spill registers; --resource-usage lists them\n";
}

/// The prefix of the names in the header.
static std::string getModelName() {
  StringRef stem = llvm::sys::path::stem(outputPath);
  stem.consume_front("lib");
  return compress::makeIdentifier(stem);
}

/// Compiles the code, and writes the object file or what it is linked to, and
/// beside it the header.
static llvm::Error writeObject(llvm::Module &code,
                               const compress::CPUTarget &target,
                               bool callsSystem,
                               llvm::function_ref<void(raw_ostream &)> header) {
  auto object = compress::compileToObject(code, target);
  if (object && emit == Emit::SharedObject)
    object = compress::linkSharedObject(
        *object, llvm::sys::path::filename(outputPath), callsSystem);
  if (!object)
    return object.takeError();

  compress::runtime::OutputTransaction outputs;
  outputs.protect(inputPath);
  SmallString<128> headerPath(outputPath);
  llvm::sys::path::replace_extension(headerPath, "h");
  auto output = outputs.add(outputPath), headerOutput = outputs.add(headerPath);
  if (!output || !headerOutput)
    return llvm::joinErrors(output.takeError(), headerOutput.takeError());
  (*output)->os() << *object;
  header((*headerOutput)->os());
  return outputs.commit();
}

static llvm::Error writeForCuda(ModuleOp module, const compress::Chip &chip,
                                const std::optional<std::string> &ptxas) {
  std::string name = getModelName();
  auto program = compress::compileForCuda(module, chip, tf32, ptxas);
  if (!program)
    return program.takeError();
  if (program->cubin)
    reportRegisters(*program->cubin);
  llvm::LLVMContext context;
  auto code = compress::buildCudaModule(
      module, *program, name, compress::WeightsPlace::InCode, context);
  if (!code)
    return code.takeError();
  if (llvm::Error error = compress::addCudaInterface(**code, *program, name))
    return error;
  return writeObject(**code, compress::CPUTarget::getBaseline(),
                     /*callsSystem=*/false, [&](raw_ostream &os) {
                       compress::writeCudaHeader(os, *program, name);
                     });
}

static llvm::Error writeForCPU(ModuleOp module,
                               const compress::CPUTarget &target) {
  std::string name = getModelName();
  auto program = compress::compileForCPU(module, target);
  if (!program)
    return program.takeError();
  llvm::LLVMContext context;
  auto code = compress::buildCPUModule(module, *program, name, context);
  if (!code)
    return code.takeError();
  return writeObject(
      **code, target, /*callsSystem=*/true,
      [&](raw_ostream &os) { compress::writeCPUHeader(os, *program, name); });
}

/// Checks the options of a CPU, and finds it.
static llvm::Expected<compress::CPUTarget> selectCPU() {
  for (const cl::Option *option :
       {static_cast<cl::Option *>(&chipName), static_cast<cl::Option *>(&tf32),
        static_cast<cl::Option *>(&tablePath),
        static_cast<cl::Option *>(&resourceUsage)})
    if (option->getNumOccurrences())
      return llvm::createStringError("--" + option->ArgStr +
                                     " is for --target=cuda");
  if (emit == Emit::Auto)
    emit = StringRef(outputPath).ends_with(".o") ? Emit::Object
                                                 : Emit::SharedObject;
  if (emit != Emit::Object && emit != Emit::SharedObject)
    return llvm::createStringError("--emit: expected so or obj for "
                                   "--target=cpu");
  auto target = compress::CPUTarget::parse(cpuName);
  if (target && emit == Emit::SharedObject && !target->isHostArchitecture())
    return llvm::createStringError(
        "a shared object for " + target->triple.getArchName() +
        " cannot be linked here, where the runtime is for " +
        compress::CPUTarget::getHost().triple.getArchName() +
        ": write an object file with --emit=obj, and link it with "
        "libCompressModelRuntime.a there");
  return target;
}

int main(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  registerAsmPrinterCLOptions();
  registerMLIRContextCLOptions();
  registerPassManagerCLOptions();
  cl::HideUnrelatedOptions(category);
  cl::ParseCommandLineOptions(argc, argv,
                              "Compiles a model for the CPU or for a GPU\n");

  if (targetName != "cpu" && targetName != "cuda")
    return fail("unknown target '" + targetName + "', expected: cpu, cuda");
  bool isForCPU = targetName == "cpu";
  const compress::Chip *chip = nullptr;
  compress::CPUTarget cpu;
  if (isForCPU) {
    auto selected = selectCPU();
    if (!selected)
      return fail(selected.takeError());
    cpu = std::move(*selected);
  } else {
    if (cpuName.getNumOccurrences())
      return fail("--cpu is for --target=cpu");
    // An unknown name would end the process inside LLVM.
    llvm::Expected<const compress::Chip &> found = compress::findChip(chipName);
    if (!found)
      return fail(found.takeError());
    chip = &*found;
    if (emit == Emit::Auto)
      emit = StringRef(outputPath).ends_with(".cubin") ? Emit::Cubin
             : StringRef(outputPath).ends_with(".so")  ? Emit::SharedObject
             : StringRef(outputPath).ends_with(".o")   ? Emit::Object
                                                       : Emit::PTX;
  }
  bool isObject = emit == Emit::SharedObject || emit == Emit::Object;
  if (isObject && outputPath == "-")
    return fail("an object needs a file, whose name is the model's: give it "
                "with -o");
  if (isObject && !tablePath.empty())
    return fail("--table: expected PTX or a cubin with it; an object has the "
                "host code");
  std::optional<std::string> ptxas;
  bool needsPtxas = emit == Emit::Cubin || resourceUsage;
  if (needsPtxas || (isObject && !isForCPU))
    ptxas = compress::findPtxas();
  if (needsPtxas && !ptxas)
    return fail("no ptxas, which machine code and --resource-usage need: put "
                "it on PATH or set CUDA_HOME, or write PTX with --emit=ptx");
  for (StringRef path : {StringRef(outputPath), StringRef(tablePath)})
    if (llvm::Error error =
            compress::runtime::checkNotSameFile(inputPath, path))
      return fail(std::move(error));

  DialectRegistry registry;
  registerAllDialects(registry);
  registerAllExtensions(registry);
  compress::registerCompressDialect(registry);
  compress::registerPTXTranslation(registry);
  MLIRContext context(registry);
  llvm::SourceMgr sources;
  auto input = llvm::MemoryBuffer::getFileOrSTDIN(inputPath);
  if (!input)
    return fail(llvm::createFileError(inputPath, input.getError()));
  sources.AddNewSourceBuffer(std::move(*input), llvm::SMLoc());
  SourceMgrDiagnosticHandler diagnostics(sources, &context);
  OwningOpRef<ModuleOp> module = parseSourceFile<ModuleOp>(sources, &context);
  if (!module)
    return 1;

  context.getOrLoadDialect<compress::CompressDialect>()
      ->getExternalStore()
      .addSearchDirectory(llvm::sys::path::parent_path(inputPath));
  if (isObject) {
    if (llvm::Error error = isForCPU ? writeForCPU(*module, cpu)
                                     : writeForCuda(*module, *chip, ptxas))
      return fail(std::move(error));
    return 0;
  }

  PassManager passes(&context);
  if (failed(applyPassManagerCLOptions(passes)))
    return 1;
  passes.addPass(compress::createConvertDenseToLinalgPass());
  compress::buildCompressToKernelsPipeline(passes, *chip);
  passes.addPass(compress::createConvertCompressToLinalgPass());
  compress::buildLinalgToGPUPipeline(passes, *chip, tf32);
  if (failed(passes.run(*module)))
    return 1;

  llvm::Expected<std::string> code = compress::translateToPTX(*module, *chip);
  if (!code)
    return fail(code.takeError());
  if (ptxas) {
    auto cubin = compress::assemblePTX(*code, *chip, *ptxas);
    if (!cubin)
      return fail(cubin.takeError());
    reportRegisters(*cubin);
    if (emit == Emit::Cubin)
      code = std::move(cubin->bytes);
  }

  compress::runtime::OutputTransaction outputs;
  auto output = outputs.add(outputPath);
  if (!output)
    return fail(output.takeError());
  (*output)->os() << *code;
  if (!tablePath.empty()) {
    FailureOr<llvm::json::Value> table = compress::buildLaunchTable(*module);
    if (failed(table))
      return 1;
    auto tableOutput = outputs.add(tablePath);
    if (!tableOutput)
      return fail(tableOutput.takeError());
    (*tableOutput)->os() << llvm::formatv("{0:2}", *table) << "\n";
  }
  if (llvm::Error error = outputs.commit())
    return fail(std::move(error));
  return 0;
}
