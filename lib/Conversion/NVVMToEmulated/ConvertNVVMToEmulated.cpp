//===- ConvertNVVMToEmulated.cpp - Kernels as functions of the host -------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Utils/LaunchOperands.h"
#include "../Utils/TensorMaps.h"
#include "EmulateInstructions.h"
#include "compress/Conversion/LinalgToGPU.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/IR/Matchers.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTNVVMTOEMULATEDPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

/// The alignment of a kernel's dynamic shared memory, and what its static
/// variables have at least.
static constexpr uint64_t kSharedAlignment = 16;

namespace {
/// What a launch has to know of a kernel.
struct EmulatedKernel : KernelSignature {
  using KernelSignature::KernelSignature;

  LLVM::LLVMFuncOp function;
  int64_t sharedBytes = 0;
};

struct ConvertNVVMToEmulated
    : compress::impl::ConvertNVVMToEmulatedPassBase<ConvertNVVMToEmulated> {
  using ConvertNVVMToEmulatedPassBase::ConvertNVVMToEmulatedPassBase;

  void runOnOperation() override {
    ModuleOp module = getOperation();
    EmulatedCalls emulator(module);
    calls = &emulator;
    SmallVector<gpu::GPUModuleOp> modules(module.getOps<gpu::GPUModuleOp>());
    for (gpu::GPUModuleOp kernels : modules)
      if (failed(convert(kernels)))
        return signalPassFailure();
    module.walk(
        [&](kernel::EncodeTensorMapOp op) { encodeTensorMap(op, *calls, {}); });
    WalkResult result = module.walk([&](gpu::LaunchFuncOp launch) {
      return failed(convert(launch)) ? WalkResult::interrupt()
                                     : WalkResult::advance();
    });
    if (result.wasInterrupted())
      return signalPassFailure();
    eraseKernels(module);
  }

private:
  LogicalResult convert(gpu::GPUModuleOp kernels);
  LogicalResult convertKernel(gpu::GPUModuleOp kernels,
                              LLVM::LLVMFuncOp kernel);
  LogicalResult placeSharedVariables(gpu::GPUModuleOp kernels,
                                     LLVM::LLVMFuncOp kernel,
                                     EmulatedKernel &result);
  LogicalResult convert(gpu::LaunchFuncOp launch);

  EmulatedCalls *calls = nullptr;
  DenseMap<SymbolRefAttr, EmulatedKernel> kernelsByName;
};
} // namespace

LogicalResult ConvertNVVMToEmulated::convert(gpu::GPUModuleOp kernels) {
  for (Operation &op : *kernels.getBody())
    if (auto function = dyn_cast<LLVM::LLVMFuncOp>(op)) {
      if (!function->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
        return function.emitOpError("of a GPU is called by kernels, but the "
                                    "emulator knows kernels only: inline it");
      if (failed(convertKernel(kernels, function)))
        return failure();
    }
  return success();
}

/// Variables of shared memory become offsets into that of the block, first
/// those of a known size, then the one of the size that a launch gives.
LogicalResult ConvertNVVMToEmulated::placeSharedVariables(
    gpu::GPUModuleOp kernels, LLVM::LLVMFuncOp kernel, EmulatedKernel &result) {
  SymbolTable symbols(kernels);
  llvm::MapVector<LLVM::GlobalOp, SmallVector<LLVM::AddressOfOp>> variables;
  LogicalResult status = success();
  result.function.walk([&](LLVM::AddressOfOp address) {
    auto variable = symbols.lookup<LLVM::GlobalOp>(address.getGlobalName());
    if (!variable || variable.getAddrSpace() !=
                         static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared)) {
      address.emitOpError("takes the address of '")
          << address.getGlobalName()
          << "'; the emulator knows variables in shared memory only";
      status = failure();
      return;
    }
    variables[variable].push_back(address);
  });
  if (failed(status))
    return failure();

  DataLayout layout = DataLayout::closest(kernel);
  auto place = [&](LLVM::GlobalOp variable,
                   ArrayRef<LLVM::AddressOfOp> addresses) {
    uint64_t alignment =
        std::max(variable.getAlignment().value_or(1), kSharedAlignment);
    result.sharedBytes = llvm::alignTo(result.sharedBytes, alignment);
    for (LLVM::AddressOfOp address : addresses) {
      OpBuilder builder(address);
      Value offset = calls->constant(builder, address.getLoc(),
                                     result.sharedBytes, /*width=*/64);
      address.replaceAllUsesWith(calls->call(
          builder, address.getLoc(), "shared",
          LLVM::LLVMPointerType::get(&getContext()), offset, /*isPure=*/true));
      address.erase();
    }
    result.sharedBytes += layout.getTypeSize(variable.getGlobalType());
  };
  for (bool isDynamic : {false, true})
    for (auto &[variable, addresses] : variables)
      if ((layout.getTypeSize(variable.getGlobalType()) == 0) == isDynamic)
        place(variable, addresses);
  return success();
}

LogicalResult ConvertNVVMToEmulated::convertKernel(gpu::GPUModuleOp kernels,
                                                   LLVM::LLVMFuncOp kernel) {
  ModuleOp module = getOperation();
  Location loc = kernel.getLoc();
  OpBuilder builder(module.getBodyRegion());
  builder.setInsertionPointToEnd(module.getBody());
  auto pointer = LLVM::LLVMPointerType::get(&getContext());

  // The kernel takes its arguments as an array of pointers to them.
  EmulatedKernel result(kernel);
  result.function = LLVM::LLVMFuncOp::create(
      builder, loc, (kernels.getName() + "_" + kernel.getName()).str(),
      LLVM::LLVMFunctionType::get(LLVM::LLVMVoidType::get(&getContext()),
                                  {pointer}));
  result.function.getBody().takeBody(kernel.getBody());
  Block &entry = result.function.getBody().front();
  unsigned numArguments = entry.getNumArguments();
  Value array = entry.addArgument(pointer, loc);
  builder.setInsertionPointToStart(&entry);
  // What the emulator itself reads and writes needs no check.
  llvm::SmallPtrSet<Operation *, 16> loads;
  for (unsigned i = 0; i < numArguments; ++i) {
    Value slot = LLVM::GEPOp::create(builder, loc, pointer, pointer, array,
                                     ArrayRef<LLVM::GEPArg>{int32_t(i)});
    Value address = LLVM::LoadOp::create(builder, loc, pointer, slot);
    BlockArgument argument = entry.getArgument(i);
    loads.insert(address.getDefiningOp());
    // An object that is passed by value is where its argument is.
    if (result.areObjects[i]) {
      argument.replaceAllUsesWith(address);
      continue;
    }
    Value value =
        LLVM::LoadOp::create(builder, loc, argument.getType(), address);
    argument.replaceAllUsesWith(value);
    loads.insert(value.getDefiningOp());
  }
  entry.eraseArguments(0, numArguments);

  if (failed(placeSharedVariables(kernels, kernel, result)))
    return failure();

  AttrTypeReplacer types;
  types.addReplacement([&](LLVM::LLVMPointerType) -> Type { return pointer; });
  types.recursivelyReplaceElementsIn(result.function, /*replaceAttrs=*/true,
                                     /*replaceLocs=*/false,
                                     /*replaceTypes=*/true);
  if (count)
    countInstructions(result.function, *calls);
  result.function.walk([](kernel::WgmmaWaitOp wait) {
    OpBuilder builder(wait);
    NVVM::WgmmaWaitGroupSyncOp::create(builder, wait.getLoc(), 0);
    wait.replaceAllUsesWith(wait.getAccumulator());
    wait.erase();
  });
  if (failed(emulateAccumulators(result.function, *calls)))
    return failure();
  SmallVector<Operation *> ops;
  for (Operation &op : result.function.getOps())
    if (!loads.contains(&op))
      ops.push_back(&op);
  for (Operation *op : ops) {
    if (isa<LLVM::AddrSpaceCastOp>(op)) {
      // Every memory space is the host's now.
      op->getResult(0).replaceAllUsesWith(op->getOperand(0));
      op->erase();
    } else if (failed(emulateInstruction(op, *calls, checkAccesses))) {
      return failure();
    }
  }
  auto name = SymbolRefAttr::get(
      kernels.getNameAttr(), {FlatSymbolRefAttr::get(kernel.getNameAttr())});
  kernelsByName.try_emplace(name, result);
  return success();
}

LogicalResult ConvertNVVMToEmulated::convert(gpu::LaunchFuncOp launch) {
  Location loc = launch.getLoc();
  auto kernel = kernelsByName.find(launch.getKernelAttr());
  if (kernel == kernelsByName.end())
    return launch.emitOpError("launches a kernel that is not in the module");
  const EmulatedKernel &target = kernel->second;
  OpBuilder builder(launch);

  // A grid without blocks is no launch.
  gpu::KernelDim3 grid = launch.getGridSizeOperandValues();
  Value blocks = builder.createOrFold<arith::MulIOp>(loc, grid.x, grid.y);
  blocks = builder.createOrFold<arith::MulIOp>(loc, blocks, grid.z);
  if (!matchPattern(blocks, m_NonZero())) {
    Value zero = arith::ConstantIndexOp::create(builder, loc, 0);
    Value hasBlocks = arith::CmpIOp::create(
        builder, loc, arith::CmpIPredicate::ne, blocks, zero);
    auto guard = scf::IfOp::create(builder, loc, hasBlocks);
    builder.setInsertionPointToStart(guard.thenBlock());
  }

  FailureOr<LaunchOperands> operands =
      makeLaunchOperands(builder, launch, target, *calls);
  if (failed(operands))
    return failure();
  LLVM::LLVMFuncOp function = target.function;
  calls->call(builder, loc, "launch", /*result=*/nullptr,
              {calls->text(builder, loc, launch.getKernelName().getValue()),
               LLVM::AddressOfOp::create(builder, loc, function),
               operands->arguments, operands->sizes,
               calls->constant(builder, loc, target.sharedBytes, 64),
               operands->dynamicShared, calls->site(builder, launch)});
  launch.erase();
  return success();
}
