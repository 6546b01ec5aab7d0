//===- JIT.cpp - LLVM dialect to machine code in memory -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JIT.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Runtime/EmulatedABI.h"
#include "compress/Runtime/Emulator.h"
#include "compress/Runtime/ThreadPool.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/ADT/bit.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/IRBuilder.h"
#include "llvm/IR/Module.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

static constexpr llvm::StringLiteral kPackedName = "compress_packed_entry";

/// The compiler's run-time function that narrows to bf16, to nearest, ties to
/// even: code generation calls it even for selects between short vectors of
/// bf16, and older run-time libraries lack it. A bf16 is returned in the low 16
/// bits of the register that a float is returned in.
static float truncateToBF16(float value) {
  uint32_t bits = llvm::bit_cast<uint32_t>(value);
  uint32_t rounded = (bits + 0x7fff + (bits >> 16 & 1)) >> 16;
  bool isNaN = (bits & 0x7fffffff) > 0x7f800000;
  return llvm::bit_cast<float>(isNaN ? bits >> 16 | 0x40 : rounded);
}

/// What memory of the emulated device is asked for by the name of.
static void *allocateOnDevice(int64_t bytes) {
  return compress_emulated_allocate(bytes, "'memref.alloc'");
}
static void freeOnDevice(void *data) {
  compress_emulated_free(data, "'memref.dealloc'");
}

JIT::JIT() = default;
JIT::~JIT() = default;

/// Adds void packed(ptr arguments), which calls the function with the pointers
/// that the array holds.
static llvm::Error addPackedFunction(llvm::Module &module, StringRef function,
                                     unsigned numArguments) {
  llvm::Function *callee = module.getFunction(function);
  if (!callee || callee->arg_size() != numArguments)
    return llvm::createStringError(
        "expected compiled code to have a function " + function + " of " +
        Twine(numArguments) + " arguments");
  llvm::IRBuilder<> builder(module.getContext());
  llvm::Type *pointer = builder.getPtrTy();
  auto *packed = llvm::Function::Create(
      llvm::FunctionType::get(builder.getVoidTy(), {pointer}, false),
      llvm::Function::ExternalLinkage, kPackedName, module);
  builder.SetInsertPoint(
      llvm::BasicBlock::Create(module.getContext(), "entry", packed));
  SmallVector<llvm::Value *> arguments;
  for (unsigned i = 0; i < numArguments; ++i)
    arguments.push_back(builder.CreateLoad(
        pointer, builder.CreateConstGEP1_64(pointer, packed->getArg(0), i)));
  builder.CreateCall(callee, arguments);
  builder.CreateRetVoid();
  return llvm::Error::success();
}

static void optimize(llvm::Module &module, llvm::TargetMachine *machine) {
  llvm::LoopAnalysisManager loops;
  llvm::FunctionAnalysisManager functions;
  llvm::CGSCCAnalysisManager sccs;
  llvm::ModuleAnalysisManager modules;
  llvm::PipelineTuningOptions tuning;
  tuning.LoopVectorization = true;
  tuning.LoopInterleaving = true;
  tuning.LoopUnrolling = false;
  llvm::PassBuilder builder(machine, tuning);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(sccs);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, sccs, modules);
  builder.buildPerModuleDefaultPipeline(llvm::OptimizationLevel::O3)
      .run(module, modules);
}

llvm::Expected<std::unique_ptr<JIT>>
JIT::create(ModuleOp module, StringRef function, unsigned numArguments) {
  llvm::InitializeNativeTarget();
  llvm::InitializeNativeTargetAsmPrinter();
  auto target = llvm::orc::JITTargetMachineBuilder::detectHost();
  if (!target)
    return target.takeError();
  target->setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  auto machine = target->createTargetMachine();
  if (!machine)
    return machine.takeError();

  auto context = std::make_unique<llvm::LLVMContext>();
  std::unique_ptr<llvm::Module> code =
      translateModuleToLLVMIR(module, *context);
  if (!code)
    return llvm::createStringError("translation to LLVM IR failed");
  code->setDataLayout((*machine)->createDataLayout());
  code->setTargetTriple((*machine)->getTargetTriple());
  // LLVM prefers 256 bits on many processors with 512-bit registers, which
  // would split the vectors that were generated.
  CPUOptions host;
  setHostOptions(host);
  for (llvm::Function &body : *code)
    body.addFnAttr("prefer-vector-width",
                   std::to_string(host.vectorWidth * 32));
  if (llvm::Error error = addPackedFunction(*code, function, numArguments))
    return error;
  optimize(*code, machine->get());

  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(*target))
                 .create();
  if (!jit)
    return jit.takeError();
  llvm::orc::SymbolMap symbols;
  auto define = [&](StringRef name, auto *function) {
    symbols[(*jit)->mangleAndIntern(name)] = {
        llvm::orc::ExecutorAddr::fromPtr(function),
        llvm::JITSymbolFlags::Exported};
  };
  define(kParallelForName, &compress_parallel_for);
  define("__truncsfbf2", &truncateToBF16);
  // The names are those of the conversion of memrefs to LLVM.
  define("_mlir_memref_to_llvm_alloc", &allocateOnDevice);
  define("_mlir_memref_to_llvm_free", &freeOnDevice);
  for (auto [name, address] : getEmulatedSymbols())
    define(name, address);
  if (llvm::Error error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(symbols))))
    return error;
  if (llvm::Error error = (*jit)->addIRModule(
          llvm::orc::ThreadSafeModule(std::move(code), std::move(context))))
    return error;
  auto address = (*jit)->lookup(kPackedName);
  if (!address)
    return address.takeError();
  std::unique_ptr<JIT> result(new JIT());
  result->jit = std::move(*jit);
  result->function = address->toPtr<PackedFunction>();
  return result;
}
