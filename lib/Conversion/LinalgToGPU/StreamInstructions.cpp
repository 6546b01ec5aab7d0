//===- StreamInstructions.cpp - Instructions of streamed products ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "StreamInstructions.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace mlir::compress;

static LLVM::InlineAsmOp buildAssembly(OpBuilder &b, Location loc,
                                       TypeRange results, ValueRange operands,
                                       const Twine &text, StringRef constraints,
                                       bool hasEffects) {
  return LLVM::InlineAsmOp::create(
      b, loc, results, operands, text.str(), constraints, hasEffects,
      /*is_align_stack=*/false, LLVM::TailCallKind::None,
      LLVM::AsmDialectAttr::get(b.getContext(), LLVM::AsmDialect::AD_ATT),
      /*operand_attrs=*/ArrayAttr());
}

void compress::convertStreamInstruction(Operation *op) {
  OpBuilder b(op);
  Location loc = op->getLoc();
  auto replace = [&](LLVM::InlineAsmOp assembly) {
    op->replaceAllUsesWith(assembly->getResults());
    op->erase();
  };
  llvm::TypeSwitch<Operation *>(op)
      .Case([&](kernel::Lop3Op lop) {
        replace(buildAssembly(b, loc, b.getI32Type(), lop->getOperands(),
                              "lop3.b32 $0, $1, $2, $3, " +
                                  Twine(lop.getTable()) + ";",
                              "=r,r,r,r", /*hasEffects=*/false));
      })
      .Case([&](kernel::EvictFirstOp) {
        replace(buildAssembly(
            b, loc, b.getI64Type(), ValueRange(),
            "createpolicy.fractional.L2::evict_first.b64 $0, 1.0;", "=l",
            /*hasEffects=*/false));
      })
      .Case([&](kernel::CpAsyncOp copy) {
        // Addresses of shared memory have 32 bits.
        Value to =
            LLVM::PtrToIntOp::create(b, loc, b.getI32Type(), copy.getTo());
        Value from =
            LLVM::PtrToIntOp::create(b, loc, b.getI64Type(), copy.getFrom());
        replace(buildAssembly(
            b, loc, TypeRange(), {to, from, copy.getBytes(), copy.getPolicy()},
            "cp.async.cg.shared.global.L2::cache_hint [$0], [$1], 16, $2, $3;",
            "r,l,r,l,~{memory}", /*hasEffects=*/true));
      });
}
