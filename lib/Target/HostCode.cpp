//===- HostCode.cpp - LLVM IR of host functions --------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/HostCode.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using llvm::StringRef;
using llvm::Twine;

llvm::Expected<std::unique_ptr<llvm::Module>>
compress::translateHostCode(ModuleOp module, llvm::LLVMContext &context) {
  std::unique_ptr<llvm::Module> code = translateModuleToLLVMIR(module, context);
  if (!code)
    return llvm::createStringError("translation to LLVM IR failed");
  return code;
}

void compress::useBufferRuntime(llvm::Module &module) {
  // The names are those of the conversion of memrefs to LLVM.
  constexpr std::pair<llvm::StringLiteral, llvm::StringLiteral> names[] = {
      {"_mlir_memref_to_llvm_alloc", "compress_allocate_buffer"},
      {"_mlir_memref_to_llvm_free", "compress_free_buffer"}};
  for (auto [from, to] : names)
    if (llvm::Function *function = module.getFunction(from))
      function->setName(to);
}

llvm::Error compress::addPackedFunction(llvm::Module &module,
                                        StringRef function, StringRef name) {
  llvm::Function *callee = module.getFunction(function);
  if (!callee)
    return llvm::createStringError(
        "expected compiled code to have a function " + function);
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *pointer = builder.getPtrTy();
  auto *packed = llvm::Function::Create(
      llvm::FunctionType::get(builder.getVoidTy(), {pointer}, false),
      llvm::Function::ExternalLinkage, name, module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "entry", packed));
  SmallVector<llvm::Value *> arguments;
  for (unsigned i = 0; i < callee->arg_size(); ++i) {
    if (callee->getArg(i)->getType() != pointer)
      return llvm::createStringError("expected argument " + Twine(i) +
                                     " of compiled function " + function +
                                     " to be a pointer");
    arguments.push_back(builder.CreateLoad(
        pointer, builder.CreateConstGEP1_64(pointer, packed->getArg(0), i)));
  }
  builder.CreateCall(callee, arguments);
  builder.CreateRetVoid();
  return llvm::Error::success();
}

void compress::optimizeHostCode(llvm::Module &module, const CPUTarget &target,
                                llvm::TargetMachine &machine) {
  module.setTargetTriple(target.triple);
  module.setDataLayout(machine.createDataLayout());
  // LLVM prefers 256 bits on many processors with 512-bit registers, which
  // would split the vectors that were generated.
  CPUOptions options;
  setTargetOptions(options, target);
  for (llvm::Function &body : module)
    body.addFnAttr("prefer-vector-width",
                   std::to_string(options.vectorWidth * 32));

  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.LoopInterleaving = true;
  tuning.LoopUnrolling = false;
  llvm::PassBuilder builder(&machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(module, modules);
}

llvm::Expected<std::string> compress::compileToObject(llvm::Module &module,
                                                      const CPUTarget &target) {
  auto machine = target.createMachine();
  if (!machine)
    return machine.takeError();
  optimizeHostCode(module, target, **machine);
  llvm::SmallString<0> object;
  llvm::raw_svector_ostream os(object);
  llvm::legacy::PassManager passes;
  if ((*machine)->addPassesToEmitFile(passes, os, /*DwoOut=*/nullptr,
                                      llvm::CodeGenFileType::ObjectFile))
    return llvm::createStringError("LLVM cannot write object files for " +
                                   target.triple.str());
  passes.run(module);
  return object.str().str();
}
