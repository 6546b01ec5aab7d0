//===- Epilogue.h - What happens to a product's results ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_EPILOGUE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_EPILOGUE_H

#include "KernelArguments.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

namespace mlir::compress {

/// An elementwise op that a kernel can compute before it writes its results: a
/// bias, an activation, a residual, a conversion to another type.
struct Epilogue {
  linalg::GenericOp op;
  /// The operand that holds the results.
  OpOperand *operand = nullptr;

  explicit operator bool() const { return operand; }

  /// What is written.
  OpOperand &getTarget() { return *op.getDpsInitOperand(0); }

  // What follows asks for the op to be there.

  /// Passes what the op reads and writes, without the results.
  LogicalResult pass(KernelArguments &arguments);
  /// The point of the op's loops at which it reads an element of the results.
  SmallVector<Value> getPoint(ValueRange indices);
  /// What it makes of the result there; `mapping` has what was passed.
  Value compute(OpBuilder &b, Location loc, const IRMapping &mapping,
                ValueRange point, Value result);
};

/// The epilogue of an op on buffers with one output: the op after it that reads
/// the output, where nothing else sees what is in the buffer between the two,
/// and where nothing hinders the first from being computed where the second is.
/// None where there is no such op.
Epilogue findEpilogue(DestinationStyleOpInterface op);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_EPILOGUE_H
