//===- SplitReduction.cpp - Reductions that several blocks share ----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SplitReduction.h"
#include "compress/Target/Chip.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"

using namespace mlir;
using namespace mlir::compress;

Type compress::getWideType(Type type) {
  if (type.getIntOrFloatBitWidth() >= 32)
    return type;
  MLIRContext *context = type.getContext();
  return isa<FloatType>(type) ? Type(Float32Type::get(context))
                              : IntegerType::get(context, 32);
}

Value compress::widen(OpBuilder &b, Location loc, arith::AtomicRMWKind kind,
                      Value value) {
  Type type = getWideType(value.getType());
  if (type == value.getType())
    return value;
  if (isa<FloatType>(type))
    return arith::ExtFOp::create(b, loc, type, value);
  if (kind == arith::AtomicRMWKind::maxu || kind == arith::AtomicRMWKind::minu)
    return arith::ExtUIOp::create(b, loc, type, value);
  return arith::ExtSIOp::create(b, loc, type, value);
}

Value compress::narrow(OpBuilder &b, Location loc, Value value, Type type) {
  if (value.getType() == type)
    return value;
  if (isa<FloatType>(type))
    return arith::TruncFOp::create(b, loc, type, value);
  return arith::TruncIOp::create(b, loc, type, value);
}

int64_t compress::chooseSplits(int64_t results, int64_t length, int64_t least,
                               const Chip &chip) {
  // Two blocks for each multiprocessor keep it busy while one waits.
  int64_t blocks = 2 * chip.numProcessors;
  if (ShapedType::isDynamic(results) || results == 0 || 4 * results > blocks)
    return 1;
  int64_t splits = llvm::divideCeil(blocks, results);
  if (!ShapedType::isDynamic(length))
    splits = std::min(splits, length / least);
  return std::max<int64_t>(splits, 1);
}

void Partials::allocate(OpBuilder &host, int64_t splits) {
  SmallVector<int64_t> shape;
  for (unsigned loop : loops)
    shape.push_back(op.getStaticLoopRanges()[loop]);
  shape.insert(isPartFirst ? shape.begin() : shape.end(), splits);
  buffer = memref::AllocOp::create(
      host, op.getLoc(),
      MemRefType::get(shape, getWideType(combiner.element.getType())));
}

SmallVector<Value> Partials::getIndices(Value part,
                                        ArrayRef<Value> point) const {
  SmallVector<Value> indices =
      llvm::map_to_vector(loops, [&](unsigned loop) { return point[loop]; });
  indices.insert(isPartFirst ? indices.begin() : indices.end(), part);
  return indices;
}

linalg::GenericOp Partials::buildCombination(OpBuilder &host) const {
  linalg::GenericOp reduction = op;
  MLIRContext *context = reduction.getContext();
  OpOperand *init = reduction.getDpsInitOperand(0);
  unsigned part = loops.size();
  SmallVector<AffineExpr> inputs,
      replacements(reduction.getNumLoops(), getAffineConstantExpr(0, context));
  for (auto [number, loop] : llvm::enumerate(loops)) {
    inputs.push_back(getAffineDimExpr(number, context));
    replacements[loop] = inputs.back();
  }
  inputs.insert(isPartFirst ? inputs.begin() : inputs.end(),
                getAffineDimExpr(part, context));
  AffineMap output =
      reduction.getMatchingIndexingMap(init).replaceDimsAndSymbols(
          replacements, {}, part + 1, 0);
  SmallVector<utils::IteratorType> iterators(part,
                                             utils::IteratorType::parallel);
  iterators.push_back(utils::IteratorType::reduction);
  return linalg::GenericOp::create(
      host, reduction.getLoc(), ValueRange{buffer}, ValueRange{init->get()},
      ArrayRef<AffineMap>{AffineMap::get(part + 1, 0, inputs, context), output},
      iterators, [&](OpBuilder &b, Location loc, ValueRange arguments) {
        Type type = combiner.element.getType();
        Value value = arith::getReductionOp(combiner.kind, b, loc, arguments[1],
                                            narrow(b, loc, arguments[0], type));
        linalg::YieldOp::create(b, loc, value);
      });
}
