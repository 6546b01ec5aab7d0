//===- LaunchOperands.cpp - What a launch passes to a runtime ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LaunchOperands.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::compress;

KernelSignature::KernelSignature(LLVM::LLVMFuncOp kernel)
    : arguments(kernel.getArgumentTypes()) {
  for (unsigned i = 0; i < arguments.size(); ++i)
    areObjects.push_back(
        kernel.getArgAttr(i, LLVM::LLVMDialect::getByValAttrName()) != nullptr);
  if (auto size = kernel->getAttrOfType<DenseI32ArrayAttr>("nvvm.cluster_dim"))
    llvm::copy(size.asArrayRef(), clusterSize.begin());
}

FailureOr<LaunchOperands>
compress::makeLaunchOperands(OpBuilder &builder, gpu::LaunchFuncOp launch,
                             const KernelSignature &kernel,
                             RuntimeCalls &calls) {
  if (kernel.arguments.size() != launch.getNumKernelOperands())
    return launch.emitOpError("passes ")
           << launch.getNumKernelOperands() << " arguments; expected "
           << kernel.arguments.size();
  if (launch.getAsyncToken() || !launch.getAsyncDependencies().empty())
    return launch.emitOpError("is asynchronous; expected launches that follow "
                              "each other on one stream");

  Location loc = launch.getLoc();
  Type i64 = builder.getI64Type();
  auto pointer = LLVM::LLVMPointerType::get(builder.getContext());
  auto toI64 = [&](Value value) -> Value {
    if (value.getType().isIndex())
      return arith::IndexCastOp::create(builder, loc, i64, value);
    if (value.getType() != i64)
      return arith::ExtUIOp::create(builder, loc, i64, value);
    return value;
  };

  SmallVector<Value> addresses;
  for (auto [value, type, isObject] : llvm::zip(
           launch.getKernelOperands(), kernel.arguments, kernel.areObjects)) {
    Value argument = value;
    if (isa<MemRefType>(value.getType())) {
      Value address =
          memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, value);
      argument =
          LLVM::IntToPtrOp::create(builder, loc, pointer, toI64(address));
    } else if (value.getType().isIndex()) {
      argument = toI64(value);
    } else if (isa<kernel::TensorMapType>(value.getType())) {
      argument =
          UnrealizedConversionCastOp::create(builder, loc, pointer, value)
              .getResult(0);
    }
    Type expected = isa<LLVM::LLVMPointerType>(type) ? Type(pointer) : type;
    if (argument.getType() != expected)
      return launch.emitOpError("passes ")
             << value.getType() << " where the kernel takes " << type;
    addresses.push_back(isObject ? argument
                                 : calls.spill(builder, launch, argument));
  }
  SmallVector<Value> sizes;
  for (gpu::KernelDim3 size :
       {launch.getGridSizeOperandValues(), launch.getBlockSizeOperandValues()})
    for (Value extent : {size.x, size.y, size.z})
      sizes.push_back(toI64(extent));
  if (launch.hasClusterSize()) {
    gpu::KernelDim3 size = launch.getClusterSizeOperandValues();
    for (Value extent : {size.x, size.y, size.z})
      sizes.push_back(toI64(extent));
  } else {
    for (int32_t extent : kernel.clusterSize)
      sizes.push_back(calls.constant(builder, loc, extent, 64));
  }
  Value dynamicShared = launch.getDynamicSharedMemorySize();
  return LaunchOperands{calls.spill(builder, launch, addresses),
                        calls.spill(builder, launch, sizes),
                        dynamicShared ? toI64(dynamicShared)
                                      : calls.constant(builder, loc, 0, 64)};
}

void compress::eraseKernels(ModuleOp module) {
  for (auto kernels :
       llvm::make_early_inc_range(module.getOps<gpu::GPUModuleOp>()))
    kernels.erase();
  module->removeAttr(gpu::GPUDialect::getContainerModuleAttrName());
  for (auto function : module.getOps<func::FuncOp>())
    for (unsigned i = 0; i < function.getNumArguments(); ++i)
      function.removeArgAttr(i, kernel::KernelDialect::kHostAttr);
}
