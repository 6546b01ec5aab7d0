//===- Epilogue.cpp - What happens to a product's results -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Epilogue.h"
#include "Kernel.h"
#include "RowProgram.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"
#include "mlir/Interfaces/ViewLikeInterface.h"
#include "mlir/Transforms/RegionUtils.h"
#include "llvm/ADT/SetVector.h"

using namespace mlir;
using namespace mlir::compress;

/// The argument or allocation that a buffer is a view of; none where it comes
/// from something else.
static Value getBase(Value buffer) {
  while (Operation *op = buffer.getDefiningOp()) {
    if (isa<memref::AllocOp>(op))
      return buffer;
    auto view = dyn_cast<ViewLikeOpInterface>(op);
    if (!view)
      return {};
    buffer = view.getViewSource();
  }
  return buffer;
}

/// Whether two buffers share no element. Allocations are of their own;
/// arguments may be one another's.
static bool areApart(Value a, Value b) {
  Value baseA = getBase(a), baseB = getBase(b);
  return baseA && baseB && baseA != baseB &&
         (baseA.getDefiningOp() || baseB.getDefiningOp());
}

/// The buffers that an op reads or writes.
static llvm::SetVector<Value> getBuffers(Operation *op) {
  llvm::SetVector<Value> values(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  values.remove_if(
      [](Value value) { return !isa<MemRefType>(value.getType()); });
  return values;
}

/// Whether an op that uses `buffers`, and stands before `other`, computes the
/// same after it.
static bool canMoveAfter(const llvm::SetVector<Value> &buffers,
                         Operation &other) {
  if (isMemoryEffectFree(&other) || isa<memref::AllocOp>(other))
    return true;
  if (!isa<linalg::LinalgOp, kernel::ContractOp>(other))
    return false;
  auto writer = cast<DestinationStyleOpInterface>(other);
  return llvm::all_of(writer.getDpsInits(), [&](Value output) {
    return llvm::all_of(buffers,
                        [&](Value buffer) { return areApart(buffer, output); });
  });
}

LogicalResult Epilogue::pass(KernelArguments &arguments) {
  SetVector<Value> values(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  for (Value value : values)
    if (value != operand->get() && failed(arguments.add(value)))
      return op.emitOpError("cannot be a GPU kernel: operand of type ")
             << value.getType()
             << " is neither a buffer of whole bytes with strides nor a scalar";
  return success();
}

SmallVector<Value> Epilogue::getPoint(ValueRange indices) {
  AffineMap map = op.getMatchingIndexingMap(operand);
  SmallVector<Value> point(indices.size());
  for (auto [expr, index] : llvm::zip(map.getResults(), indices))
    point[cast<AffineDimExpr>(expr).getPosition()] = index;
  return point;
}

Value Epilogue::compute(OpBuilder &b, Location loc, const IRMapping &mapping,
                        ValueRange point, Value result) {
  IRMapping local = mapping;
  for (OpOperand &other : op->getOpOperands()) {
    BlockArgument argument = op.getMatchingBlockArgument(&other);
    if (&other == operand)
      local.map(argument, result);
    else if (!argument.use_empty())
      local.map(argument, loadElement(b, loc, mapping, other, point));
  }
  for (Operation &nested : op.getBody()->without_terminator())
    copyBodyOp(b, nested, point, local);
  return local.lookupOrDefault(op.getBody()->getTerminator()->getOperand(0));
}

Epilogue compress::findEpilogue(DestinationStyleOpInterface op) {
  Value results = op.getDpsInits()[0];
  Operation *allocation = results.getDefiningOp();
  if (!isa_and_present<memref::AllocOp>(allocation))
    return {};
  // The first op that uses the results, directly, for all of them to see.
  Operation *next = nullptr;
  bool isDead = true;
  for (Operation *user : results.getUsers()) {
    if (user->getBlock() != op->getBlock() || isa<ViewLikeOpInterface>(user))
      return {};
    if (user != op && op->isBeforeInBlock(user) &&
        (!next || user->isBeforeInBlock(next)))
      next = user;
  }
  auto epilogue = dyn_cast_if_present<linalg::GenericOp>(next);
  if (!epilogue || !getRowLoops(epilogue).empty() ||
      epilogue.getNumDpsInits() != 1)
    return {};
  for (Operation *user : results.getUsers())
    isDead &= !next->isBeforeInBlock(user);

  // One operand holds the results, or the same element of them as the output.
  Value output = epilogue.getDpsInits()[0];
  AffineMap map =
      epilogue.getMatchingIndexingMap(epilogue.getDpsInitOperand(0));
  OpOperand *found = nullptr;
  for (OpOperand &operand : epilogue->getOpOperands()) {
    if (operand.get() != results ||
        epilogue.getMatchingBlockArgument(&operand).use_empty())
      continue;
    if (found)
      return {};
    found = &operand;
  }
  if (!found || !map.isPermutation() ||
      !epilogue.getMatchingIndexingMap(found).isPermutation())
    return {};
  if (output == results) {
    if (epilogue.getMatchingIndexingMap(found) != map)
      return {};
  } else if (!isDead) {
    return {};
  }
  // Others may still read what this op reads when a result is written.
  llvm::SetVector<Value> buffers = getBuffers(op);
  for (Value buffer : buffers)
    if (buffer != results && !areApart(buffer, output))
      return {};
  for (Operation &other :
       llvm::make_range(std::next(op->getIterator()), next->getIterator()))
    if (!canMoveAfter(buffers, other))
      return {};
  return {epilogue, found};
}
