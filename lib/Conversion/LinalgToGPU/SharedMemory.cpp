//===- SharedMemory.cpp - Shared memory of a kernel -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SharedMemory.h"
#include "KernelArithmetic.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

static constexpr StringLiteral kSharedName = "shared_memory";

static constexpr unsigned kSharedSpace =
    static_cast<unsigned>(NVVM::NVVMMemorySpace::Shared);

/// What a swizzle of 128 bytes repeats after.
static constexpr uint64_t kSharedAlignment = 1024;

/// The module's variable for the dynamic shared memory of its kernels.
static LLVM::GlobalOp getSharedVariable(Operation *kernel) {
  auto module = kernel->getParentOfType<gpu::GPUModuleOp>();
  if (auto found = module.lookupSymbol<LLVM::GlobalOp>(kSharedName))
    return found;
  OpBuilder builder(kernel->getContext());
  builder.setInsertionPointToStart(module.getBody());
  return LLVM::GlobalOp::create(
      builder, module.getLoc(),
      LLVM::LLVMArrayType::get(builder.getI8Type(), 0), /*isConstant=*/false,
      LLVM::Linkage::External, kSharedName, /*value=*/Attribute(),
      /*alignment=*/kSharedAlignment, kSharedSpace);
}

Value compress::getSharedMemory(OpBuilder &builder, Location loc) {
  return LLVM::AddressOfOp::create(
      builder, loc,
      getSharedVariable(builder.getInsertionBlock()->getParentOp()));
}

void compress::copyToShared(OpBuilder &b, Location loc, Value to, Value from,
                            int64_t elementBytes, int64_t width, Value count) {
  constexpr int64_t chunkBytes = 16;
  int64_t bytes = width * elementBytes;
  if (isAsync(bytes)) {
    Number valid = Number{&b, loc, count} * elementBytes;
    NVVM::CpAsyncOp::create(b, loc, to, from, bytes,
                            bytes == chunkBytes
                                ? NVVM::LoadCacheModifierKind::CG
                                : NVVM::LoadCacheModifierKind::CA,
                            valid);
    return;
  }
  // cp.async moves no less than four bytes.
  Type element = b.getI16Type();
  Value zero = arith::ConstantOp::create(b, loc, b.getZeroAttr(element));
  Value isInside =
      Number{&b, loc, arith::ConstantOp::create(b, loc, b.getI32IntegerAttr(0))}
          .less(count);
  auto load = scf::IfOp::create(
      b, loc, isInside,
      [&](OpBuilder &then, Location loc) {
        Value value = LLVM::LoadOp::create(then, loc, element, from);
        scf::YieldOp::create(then, loc, value);
      },
      [&](OpBuilder &otherwise, Location loc) {
        scf::YieldOp::create(otherwise, loc, zero);
      });
  LLVM::StoreOp::create(b, loc, load.getResult(0), to);
}
