//===- consumer.cpp - A user of the installed package -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Registers the dialect and all passes, reads a module with a compressed tensor
// and prints it.
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/InitAll.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Parser/Parser.h"
#include "llvm/Support/raw_ostream.h"

static const char *const source = R"(
func.func @decode(
    %w: !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>>>)
    -> tensor<4x8xf32> {
  %0 = compress.decode %w
      : !compress.tensor<4x8xf32, #compress.scheme<storage = #compress.affine<i8>>>
      -> tensor<4x8xf32>
  return %0 : tensor<4x8xf32>
}
)";

int main() {
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::compress::registerCompressDialect(registry);
  mlir::compress::registerCompressPasses();
  mlir::MLIRContext context(registry);
  auto module = mlir::parseSourceString<mlir::ModuleOp>(source, &context);
  if (!module)
    return 1;
  // The classes of the ops are part of the package, not only their text.
  mlir::WalkResult found = module->walk([](mlir::compress::DecodeOp op) {
    return op.getType().getRank() == 2 ? mlir::WalkResult::interrupt()
                                       : mlir::WalkResult::advance();
  });
  if (!found.wasInterrupted())
    return 1;
  module->print(llvm::outs());
}
