//===- CPUProgram.cpp - A model compiled for the CPU ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/CPUProgram.h"
#include "ModelDescriptor.h"
#include "ModelInterface.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Conversion/Passes.h"
#include "compress/Runtime/CPUABI.h"
#include "compress/Target/HostCode.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Pass/PassManager.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr llvm::StringLiteral kModuleName = "compress_cpu_module";

llvm::Expected<CPUProgram> compress::compileForCPU(ModuleOp module,
                                                   const CPUTarget &target) {
  CPUProgram program;
  program.target = target;
  CPUOptions options;
  setTargetOptions(options, target);
  if (llvm::Error error = runPasses(module, [&](OpPassManager &pm) {
        pm.addPass(createConvertDenseToLinalgPass());
        buildCompressToCPUPipeline(pm, options);
      }))
    return error;
  if (llvm::Error error = program.readSignatures(module))
    return error;
  if (llvm::Error error = runPasses(module, [&](OpPassManager &pm) {
        buildHoistWeightsPipeline(pm, options);
      }))
    return error;
  for (auto function : module.getOps<func::FuncOp>())
    if (function.isExternal())
      return llvm::createStringError("function '" + function.getName() +
                                     "' has no body in this module, but "
                                     "something calls it");
  if (llvm::Error error = program.bindArguments(module))
    return error;

  if (llvm::Error error = runPasses(module, [](OpPassManager &pm) {
        pm.addPass(createMeasureResultsPass());
      }))
    return error;
  for (ModelProgram::Function &function : program.functions) {
    auto symbol = module.lookupSymbol(function.name)
                      ->getAttrOfType<FlatSymbolRefAttr>(kMeasureResultsAttr);
    if (!symbol)
      continue;
    function.measure = symbol.getValue().str();
    auto measure = module.lookupSymbol<func::FuncOp>(function.measure);
    for (auto [index, number] : llvm::enumerate(function.arguments))
      if (number >= 0)
        function.signature.inputs[number].forHost =
            !llvm::all_of(measure.getArgument(index).getUsers(),
                          llvm::IsaPred<tensor::DimOp>);
  }
  if (llvm::Error error = runPasses(module, [&](OpPassManager &pm) {
        buildLinalgToCPUPipeline(pm, options);
      }))
    return error;
  return program;
}

/// The features that code for a target may use, as in CPUModule.
static int64_t getFeatures(const CPUTarget &target) {
  static constexpr StringRef names[] = {
#define X(name, ...) name,
      COMPRESS_CPU_FEATURES(X)
#undef X
  };
  static_assert(std::size(names) < 64);
  int64_t features = 0;
  for (auto [bit, name] : llvm::enumerate(names))
    if (target.triple.isX86() && target.features.lookup(name))
      features |= int64_t(1) << bit;
  return features;
}

static std::string getName(const CPUTarget &target) {
  return target.cpu.empty() ? target.triple.getArchName().str() : target.cpu;
}

static ModelInterface getInterface(StringRef target) {
  ModelInterface interface;
  interface.runtime = "cpu";
  interface.data = kModuleName;
  interface.target = target;
  interface.number = "threads";
  interface.init =
      "Checks the processor, finds the weights, and starts `threads` threads, "
      "the calling ones among them, or, for 0, one for each processor that the "
      "process may use. Models of one library share the threads that the first "
      "has started.";
  interface.destroy = "Frees everything; no call may be under way.";
  interface.tensors =
      "Tensors are row-major, aligned as their elements, and do not overlap "
      "where one is an output. Extents that are not \"?\" are as written.";
  interface.forHost = ", which the sizes function reads";
  interface.sizes = "From the shapes of the inputs, sets those of the outputs.";
  interface.run = "Computes the outputs. Threads may call a model at the same "
                  "time.";
  return interface;
}

llvm::Expected<std::unique_ptr<llvm::Module>>
compress::buildCPUModule(ModuleOp host, const CPUProgram &program,
                         StringRef name, llvm::LLVMContext &context) {
  auto code = translateHostCode(host, context);
  if (!code)
    return code.takeError();
  useBufferRuntime(**code);
  ModelDescriptor data(**code, program);
  SmallVector<llvm::Constant *> functions;
  for (const ModelProgram::Function &function : program.functions) {
    auto fields = data.function(function);
    if (!fields)
      return fields.takeError();
    functions.push_back(data.structure(*fields));
  }
  auto constants = data.constants(WeightsPlace::InCode);
  if (!constants)
    return constants.takeError();
  std::string target = getName(program.target);
  data.finish({data.text(name), data.text(target),
               data.integer(getFeatures(program.target)),
               data.integer(program.constants.size()), *constants,
               data.integer(functions.size()), data.array(functions),
               data.signatures(name, "cpu", target)},
              kModuleName);
  if (llvm::Error error =
          addModelInterface(**code, program, getInterface(target), name))
    return error;
  return code;
}

void compress::writeCPUHeader(raw_ostream &os, const CPUProgram &program,
                              StringRef name) {
  std::string target = getName(program.target);
  writeModelHeader(os, program, getInterface(target), name);
}
