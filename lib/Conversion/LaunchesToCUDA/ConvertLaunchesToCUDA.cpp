//===- ConvertLaunchesToCUDA.cpp - Launches to calls of the runtime ------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Utils/LaunchOperands.h"
#include "../Utils/TensorMaps.h"
#include "compress/Conversion/LaunchesToCUDA.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTLAUNCHESTOCUDAPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;
using namespace mlir::compress;

namespace {
struct ConvertLaunchesToCUDA
    : compress::impl::ConvertLaunchesToCUDAPassBase<ConvertLaunchesToCUDA> {
  void runOnOperation() override {
    ModuleOp module = getOperation();
    RuntimeCalls runtime(module, "cuda");
    calls = &runtime;
    SmallVector<Attribute> names;
    for (auto kernels : module.getOps<gpu::GPUModuleOp>())
      for (auto kernel : kernels.getOps<LLVM::LLVMFuncOp>()) {
        if (!kernel->hasAttr(gpu::GPUDialect::getKernelFuncAttrName()))
          continue;
        auto name =
            SymbolRefAttr::get(kernels.getNameAttr(),
                               {FlatSymbolRefAttr::get(kernel.getNameAttr())});
        numbers[name] = signatures.size();
        signatures.emplace_back(kernel);
        names.push_back(kernel.getNameAttr());
      }
    for (auto function : module.getOps<func::FuncOp>())
      if (failed(convert(function)))
        return signalPassFailure();
    eraseKernels(module);
    module->setAttr(kKernelsAttr, ArrayAttr::get(&getContext(), names));
  }

private:
  LogicalResult convert(func::FuncOp function) {
    SmallVector<gpu::LaunchFuncOp> launches;
    SmallVector<memref::CopyOp> copies;
    SmallVector<kernel::EncodeTensorMapOp> maps;
    function.walk([&](Operation *op) {
      if (auto launch = dyn_cast<gpu::LaunchFuncOp>(op))
        launches.push_back(launch);
      if (auto copy = dyn_cast<memref::CopyOp>(op))
        copies.push_back(copy);
      if (auto map = dyn_cast<kernel::EncodeTensorMapOp>(op))
        maps.push_back(map);
    });
    if (launches.empty() && copies.empty())
      return success();
    if (function.getNumArguments() == 0 ||
        !isa<LLVM::LLVMPointerType>(function.getArgumentTypes().back()))
      return function.emitOpError("launches kernels, but its last argument is "
                                  "not the call, a pointer; expected a "
                                  "function that compress-plan-device-buffers "
                                  "has planned");
    call = function.getArguments().back();
    for (kernel::EncodeTensorMapOp map : maps)
      encodeTensorMap(map, *calls, call);
    for (gpu::LaunchFuncOp launch : launches)
      if (failed(convert(launch)))
        return failure();
    for (memref::CopyOp copy : copies)
      if (failed(convert(copy)))
        return failure();
    return success();
  }

  LogicalResult convert(gpu::LaunchFuncOp launch) {
    auto number = numbers.find(launch.getKernelAttr());
    if (number == numbers.end())
      return launch.emitOpError(
          "launches a kernel that is not in the module as one of the LLVM "
          "dialect; expected a module that compress-kernels-to-nvvm has "
          "lowered");
    OpBuilder builder(launch);
    Location loc = launch.getLoc();
    FailureOr<LaunchOperands> operands =
        makeLaunchOperands(builder, launch, signatures[number->second], *calls);
    if (failed(operands))
      return failure();
    calls->call(
        builder, loc, "launch", /*result=*/nullptr,
        {call, calls->constant(builder, loc, number->second, /*width=*/64),
         operands->arguments, operands->sizes, operands->dynamicShared});
    launch.erase();
    return success();
  }

  LogicalResult convert(memref::CopyOp copy) {
    Location loc = copy.getLoc();
    for (Value buffer : copy.getOperands()) {
      auto type = dyn_cast<MemRefType>(buffer.getType());
      if (!type || !type.getLayout().isIdentity())
        return copy.emitOpError("copies ")
               << buffer.getType() << "; expected buffers without gaps";
    }
    OpBuilder builder(copy);
    auto getPointer = [&](Value buffer) -> Value {
      Value address =
          memref::ExtractAlignedPointerAsIndexOp::create(builder, loc, buffer);
      address = arith::IndexCastOp::create(builder, loc, builder.getI64Type(),
                                           address);
      return LLVM::IntToPtrOp::create(
          builder, loc, LLVM::LLVMPointerType::get(&getContext()), address);
    };
    auto type = cast<MemRefType>(copy.getSource().getType());
    Type element = type.getElementType();
    Value bytes = arith::ConstantIndexOp::create(
        builder, loc,
        element.isIndex() ? 8 : (element.getIntOrFloatBitWidth() + 7) / 8);
    for (int64_t d = 0; d < type.getRank(); ++d)
      bytes = builder.createOrFold<arith::MulIOp>(
          loc, bytes,
          builder.createOrFold<memref::DimOp>(loc, copy.getSource(), d));
    Value count =
        arith::IndexCastOp::create(builder, loc, builder.getI64Type(), bytes);
    calls->call(builder, loc, "copy", /*result=*/nullptr,
                {call, getPointer(copy.getTarget()),
                 getPointer(copy.getSource()), count});
    copy.erase();
    return success();
  }

  RuntimeCalls *calls = nullptr;
  /// The CudaCall of the function that is converted.
  Value call;
  DenseMap<SymbolRefAttr, int64_t> numbers;
  SmallVector<KernelSignature> signatures;
};
} // namespace
