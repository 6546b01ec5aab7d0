//===- RowReduceOp.cpp - What the elements of a row share -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"

using namespace mlir;
using namespace mlir::compress::kernel;

static bool isOfFloats(arith::AtomicRMWKind kind) {
  switch (kind) {
  case arith::AtomicRMWKind::addf:
  case arith::AtomicRMWKind::mulf:
  case arith::AtomicRMWKind::maximumf:
  case arith::AtomicRMWKind::minimumf:
  case arith::AtomicRMWKind::maxnumf:
  case arith::AtomicRMWKind::minnumf:
    return true;
  default:
    return false;
  }
}

LogicalResult RowReduceOp::verify() {
  Type type = getValue().getType();
  if (getKind() == arith::AtomicRMWKind::assign ||
      isOfFloats(getKind()) != isa<FloatType>(type))
    return emitOpError("expected a kind that combines values of type ")
           << type << ", found " << arith::stringifyAtomicRMWKind(getKind());
  auto generic = dyn_cast<linalg::GenericOp>((*this)->getParentOp());
  if (!generic || generic.getNumParallelLoops() != generic.getNumLoops())
    return emitOpError("expected a linalg.generic with parallel loops only "
                       "around it");
  int64_t numLoops = generic.getNumLoops();
  if (getLoops().empty() || llvm::any_of(getLoops(), [&](int64_t loop) {
        return loop < 0 || loop >= numLoops;
      }))
    return emitOpError("expected some of the loops 0 to ")
           << numLoops - 1 << ", found [" << getLoops() << "]";
  for (auto [loop, next] : llvm::zip(getLoops(), getLoops().drop_front()))
    if (loop >= next)
      return emitOpError("expected loops in ascending order, found [")
             << getLoops() << "]";
  for (auto other : generic.getBody()->getOps<RowReduceOp>())
    if (other.getLoops() != getLoops())
      return emitOpError("is over the loops [")
             << getLoops() << "], another of the same body over ["
             << other.getLoops() << "]; expected the same";
  return success();
}
