//===- JIT.cpp - LLVM IR to machine code in memory ------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JIT.h"
#include "CPU/Floats.h"
#include "compress/Conversion/LinalgToCPU.h"
#include "compress/Runtime/Buffers.h"
#include "compress/Runtime/CudaABI.h"
#include "compress/Runtime/EmulatedABI.h"
#include "compress/Runtime/Emulator.h"
#include "compress/Runtime/ThreadPool.h"
#include "compress/Target/HostCode.h"
#include "llvm/ExecutionEngine/Orc/LLJIT.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"

using namespace mlir;
using namespace mlir::compress;
using namespace mlir::compress::runtime;

/// What memory of the emulated device is asked for by the name of.
static void *allocateOnDevice(int64_t bytes) {
  return compress_emulated_allocate(bytes, "'memref.alloc'");
}
static void freeOnDevice(void *data) {
  compress_emulated_free(data, "'memref.dealloc'");
}

JIT::JIT() = default;
JIT::~JIT() = default;

llvm::Expected<std::unique_ptr<JIT>>
JIT::create(std::unique_ptr<llvm::Module> code,
            std::unique_ptr<llvm::LLVMContext> context, StringRef symbol) {
  const CPUTarget &host = CPUTarget::getHost();
  auto machine = host.createMachine();
  if (!machine)
    return machine.takeError();
  optimizeHostCode(*code, host, **machine);

  llvm::orc::JITTargetMachineBuilder builder(host.triple);
  builder.setCPU(host.cpu).addFeatures(host.changes);
  builder.setCodeGenOptLevel(llvm::CodeGenOptLevel::Default);
  auto jit = llvm::orc::LLJITBuilder()
                 .setJITTargetMachineBuilder(std::move(builder))
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
  define("compress_allocate_buffer", &compress_allocate_buffer);
  define("compress_free_buffer", &compress_free_buffer);
  define("__truncsfbf2", &truncateToBF16);
  define("__truncsfhf2", &truncateToF16);
  define("__extendhfsf2", &extendF16);
  // The names are those of the conversion of memrefs to LLVM.
  define("_mlir_memref_to_llvm_alloc", &allocateOnDevice);
  define("_mlir_memref_to_llvm_free", &freeOnDevice);
  for (auto [name, address] : getEmulatedSymbols())
    define(name, address);
  define("compress_cuda_launch", &compress_cuda_launch);
  define("compress_cuda_copy", &compress_cuda_copy);
  define("compress_cuda_encode_tensor_map", &compress_cuda_encode_tensor_map);
  if (llvm::Error error = (*jit)->getMainJITDylib().define(
          llvm::orc::absoluteSymbols(std::move(symbols))))
    return error;
  if (llvm::Error error = (*jit)->addIRModule(
          llvm::orc::ThreadSafeModule(std::move(code), std::move(context))))
    return error;
  auto address = (*jit)->lookup(symbol);
  if (!address)
    return address.takeError();
  std::unique_ptr<JIT> result(new JIT());
  result->jit = std::move(*jit);
  result->address = address->toPtr<void *>();
  return result;
}
