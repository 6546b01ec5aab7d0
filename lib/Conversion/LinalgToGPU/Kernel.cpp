//===- Kernel.cpp - The kernel of one linalg op ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernel.h"
#include "mlir/Dialect/Affine/Utils.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Transforms/RegionUtils.h"

using namespace mlir;
using namespace mlir::compress;

KernelBuilder::~KernelBuilder() = default;

SmallVector<unsigned> compress::getParallelLoops(linalg::GenericOp op) {
  SmallVector<unsigned> loops;
  if (op.getNumDpsInits())
    for (AffineExpr result :
         op.getMatchingIndexingMap(op.getDpsInitOperand(0)).getResults())
      if (auto dim = dyn_cast<AffineDimExpr>(result))
        loops.push_back(dim.getPosition());
  return loops;
}

SmallVector<unsigned> compress::getReductionLoops(linalg::GenericOp op) {
  SmallVector<unsigned> loops;
  op.getReductionDims(loops);
  return loops;
}

SmallVector<Value> compress::applyMap(OpBuilder &b, Location loc, AffineMap map,
                                      ValueRange point) {
  return llvm::map_to_vector(map.getResults(), [&](AffineExpr expr) {
    return affine::expandAffineExpr(b, loc, expr, point, {});
  });
}

Value compress::loadElement(OpBuilder &b, Location loc,
                            const IRMapping &mapping, OpOperand &operand,
                            ValueRange point) {
  Value value = mapping.lookup(operand.get());
  if (!isa<MemRefType>(value.getType()))
    return value;
  AffineMap map = cast<linalg::LinalgOp>(operand.getOwner())
                      .getMatchingIndexingMap(&operand);
  return memref::LoadOp::create(b, loc, value, applyMap(b, loc, map, point));
}

void compress::copyBodyOp(OpBuilder &b, Operation &nested, ValueRange point,
                          IRMapping &local) {
  if (auto index = dyn_cast<linalg::IndexOp>(nested)) {
    local.map(index.getResult(), point[index.getDim()]);
    return;
  }
  Operation *copy = b.clone(nested, local);
  copy->walk([&](linalg::IndexOp index) {
    index.replaceAllUsesWith(point[index.getDim()]);
    index.erase();
  });
}

FailureOr<Value> Kernel::buildHost(OpBuilder &host,
                                   KernelArguments &arguments) {
  SetVector<Value> values(op->operand_begin(), op->operand_end());
  getUsedValuesDefinedAbove(op->getRegions(), values);
  values.insert_range(
      llvm::make_filter_range(initial, [](Value v) { return bool(v); }));
  for (Value value : values)
    if (!isa<MemRefType>(value.getType()) || passesBuffer(value))
      if (failed(arguments.add(value))) {
        op.emitOpError("cannot be a GPU kernel: operand of type ")
            << value.getType()
            << " is neither a buffer of whole bytes with strides nor a scalar";
        return failure();
      }

  if (failed(checkOutputs()))
    return failure();

  // Every loop is the plain index of some operand's dimension, which linalg's
  // verifier ensures.
  hostExtents.resize(op.getNumLoops());
  for (OpOperand &operand : op->getOpOperands())
    if (isa<MemRefType>(operand.get().getType()))
      for (auto [dim, expr] :
           llvm::enumerate(op.getMatchingIndexingMap(&operand).getResults()))
        if (auto loop = dyn_cast<AffineDimExpr>(expr)) {
          OpFoldResult &size = hostExtents[loop.getPosition()];
          if (!size || !getConstantIntValue(size))
            size = arguments.getSize(operand.get(), dim);
        }
  if (failed(passMore(host, arguments)))
    return failure();
  return countBlocks(host);
}

LogicalResult Kernel::checkOutputs() {
  for (OpOperand &output : op.getDpsInitsMutable()) {
    AffineMap map = op.getMatchingIndexingMap(&output);
    if (!map.isProjectedPermutation() ||
        map.getNumResults() != op.getNumParallelLoops() ||
        llvm::any_of(getReductionLoops(op),
                     [&](unsigned d) { return map.isFunctionOfDim(d); })) {
      op.emitOpError("cannot be a GPU kernel: output ")
          << output.getOperandNumber() - op.getNumDpsInputs()
          << " is indexed by " << AffineMapAttr::get(map)
          << ", expected each parallel loop once and nothing else";
      return failure();
    }
  }
  return success();
}

void Kernel::buildKernel(OpBuilder &kernel, const KernelArguments &arguments,
                         ValueRange blockArguments) {
  builder = &kernel;
  arguments.materialize(kernel, blockArguments, mapping);
  for (OpFoldResult size : hostExtents)
    extents.push_back(arguments.materialize(kernel, blockArguments, size));
  buildBody();
}

Value Kernel::constant(int64_t value) {
  return arith::ConstantIndexOp::create(*builder, loc, value);
}

Value Kernel::countTiles(OpBuilder &host, ArrayRef<unsigned> loops,
                         int64_t tile) {
  Value size;
  for (unsigned loop : loops) {
    Value extent =
        getValueOrCreateConstantIndexOp(host, loc, hostExtents[loop]);
    size = size ? host.createOrFold<arith::MulIOp>(loc, size, extent) : extent;
  }
  if (tile == 1)
    return size;
  Value divisor = arith::ConstantIndexOp::create(host, loc, tile);
  return host.createOrFold<arith::CeilDivUIOp>(loc, size, divisor);
}

void Kernel::delinearize(Value linear, ArrayRef<unsigned> loops, Point &point) {
  for (unsigned loop : llvm::reverse(loops.drop_front(!loops.empty()))) {
    point[loop] = arith::RemUIOp::create(*builder, loc, linear, extent(loop));
    linear = arith::DivUIOp::create(*builder, loc, linear, extent(loop));
  }
  if (!loops.empty())
    point[loops.front()] = linear;
}
