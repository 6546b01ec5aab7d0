//===- ConvertKernelsToNVVM.cpp - Kernels to the NVVM dialect -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Conversion/LinalgToGPU.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/GPUToNVVM/GPUToNVVMPass.h"
#include "mlir/Conversion/LLVMCommon/TypeConverter.h"
#include "mlir/Conversion/MemRefToLLVM/MemRefToLLVM.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Transforms/Passes.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlowOps.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/DialectConversion.h"

namespace mlir::compress {
#define GEN_PASS_DEF_CONVERTKERNELSTONVVMPASS
#include "compress/Conversion/GPUPasses.h.inc"
} // namespace mlir::compress

using namespace mlir;

namespace {
struct ConvertKernelsToNVVM
    : compress::impl::ConvertKernelsToNVVMPassBase<ConvertKernelsToNVVM> {
  void runOnOperation() override {
    LowerToLLVMOptions options(&getContext());
    options.useBarePtrCallConv = true;
    LLVMTypeConverter types(&getContext(), options);
    configureGpuToNVVMTypeConverter(types);
    types.addConversion([](compress::kernel::TensorMapType type) -> Type {
      return LLVM::LLVMPointerType::get(type.getContext());
    });
    // Upstream's conversion keeps few attributes of arguments.
    llvm::StringMap<SmallVector<unsigned>> tensorMaps;
    for (auto function : getOperation().getOps<gpu::GPUFuncOp>())
      for (BlockArgument argument : function.getArguments())
        if (isa<compress::kernel::TensorMapType>(argument.getType()))
          tensorMaps[function.getName()].push_back(argument.getArgNumber());

    // Arithmetic goes first, on its own: upstream's patterns for GPUs contain
    // calls of the device library for some of it.
    RewritePatternSet arithmetic(&getContext());
    arith::populateCeilFloorDivExpandOpsPatterns(arithmetic);
    arith::populateArithToLLVMConversionPatterns(types, arithmetic);
    ConversionTarget noArithmetic(getContext());
    noArithmetic.addLegalDialect<LLVM::LLVMDialect>();
    noArithmetic.addIllegalDialect<arith::ArithDialect>();
    if (failed(applyPartialConversion(getOperation(), noArithmetic,
                                      std::move(arithmetic))))
      return signalPassFailure();

    RewritePatternSet patterns(&getContext());
    cf::populateControlFlowToLLVMConversionPatterns(types, patterns);
    populateFinalizeMemRefToLLVMConversionPatterns(types, patterns);
    populateGpuToNVVMConversionPatterns(types, patterns);

    // Upstream's legality would turn the intrinsics that math ops became into
    // calls of the device library.
    ConversionTarget target(getContext());
    target.addLegalDialect<compress::kernel::KernelDialect, LLVM::LLVMDialect,
                           NVVM::NVVMDialect>();
    target.addIllegalDialect<gpu::GPUDialect>();
    target.addLegalOp<gpu::GPUModuleOp>();
    target.addLegalOp<UnrealizedConversionCastOp>();
    if (failed(applyFullConversion(
            llvm::map_to_vector(getOperation().getOps<gpu::GPUFuncOp>(),
                                [](Operation *op) { return op; }),
            target, std::move(patterns))))
      return signalPassFailure();
    for (auto function : getOperation().getOps<LLVM::LLVMFuncOp>()) {
      if (function.isExternal()) {
        function.emitError("is needed by a kernel, but a GPU has no ")
            << function.getName();
        return signalPassFailure();
      }
      for (unsigned argument : tensorMaps.lookup(function.getName()))
        passByValue(function, argument);
      // Blocks have exactly the size that upstream gives as the greatest; ptxas
      // heeds setmaxnreg only where it knows that.
      StringRef most = NVVM::NVVMDialect::getMaxntidAttrName();
      if (Attribute size = function->removeAttr(most))
        function->setAttr(NVVM::NVVMDialect::getReqntidAttrName(), size);
      // It knows the registers of a thread, from which they then go to others,
      // only where it is told how many blocks share those of a multiprocessor.
      WalkResult found = function.walk(
          [](NVVM::SetMaxRegisterOp) { return WalkResult::interrupt(); });
      if (found.wasInterrupted())
        function->setAttr(NVVM::NVVMDialect::getMinctasmAttrName(),
                          Builder(function).getI32IntegerAttr(1));
    }
  }

private:
  /// A kernel has the 128 bytes of a tensor map among its parameters, where
  /// bulk copies read them.
  static void passByValue(LLVM::LLVMFuncOp function, unsigned argument) {
    MLIRContext *context = function.getContext();
    auto bytes = LLVM::LLVMArrayType::get(IntegerType::get(context, 8), 128);
    function.setArgAttr(argument, LLVM::LLVMDialect::getByValAttrName(),
                        TypeAttr::get(bytes));
    function.setArgAttr(argument, LLVM::LLVMDialect::getAlignAttrName(),
                        IntegerAttr::get(IntegerType::get(context, 64), 64));
    function.setArgAttr(argument, NVVM::NVVMDialect::getGridConstantAttrName(),
                        UnitAttr::get(context));
  }
};
} // namespace
