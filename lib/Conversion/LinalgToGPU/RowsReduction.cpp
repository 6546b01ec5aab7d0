//===- RowsReduction.cpp - Reductions that the threads of a row share -----===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowsKernel.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using namespace mlir::compress;

Value RowsKernel::getNeutral(Operation *reduction) {
  arith::AtomicRMWKind kind = getKind(reduction);
  return widen(*builder, loc, kind,
               arith::getIdentityValue(kind, getReduced(reduction).getType(),
                                       *builder, loc));
}

/// Combines the slots' values in pairs, then with the accumulator.
Value RowsKernel::fold(Operation *reduction, Value accumulator,
                       MutableArrayRef<Slot> slots) {
  OpBuilder &b = *builder;
  arith::AtomicRMWKind kind = getKind(reduction);
  Value neutral = getNeutral(reduction);
  Value reduced = getReduced(reduction);
  if (auto argument = dyn_cast<BlockArgument>(reduced))
    if (isElement(argument) && !slots[0].values.contains(argument))
      loadElements(argument, slots);
  SmallVector<Value> values;
  for (Slot &slot : slots) {
    Value value = widen(b, loc, kind, slot.values.lookupOrDefault(reduced));
    if (slot.inside)
      value = arith::SelectOp::create(b, loc, slot.inside, value, neutral);
    values.push_back(value);
  }
  while (values.size() > 1) {
    SmallVector<Value> next;
    for (size_t i = 0; i + 1 < values.size(); i += 2)
      next.push_back(
          arith::getReductionOp(kind, b, loc, values[i], values[i + 1]));
    if (values.size() % 2)
      next.push_back(values.back());
    values = std::move(next);
  }
  return accumulator
             ? arith::getReductionOp(kind, b, loc, accumulator, values.front())
             : values.front();
}

/// The value of the lane whose number differs in one bit.
Value RowsKernel::shuffle(Value value, int64_t distance) {
  OpBuilder &b = *builder;
  Type type = value.getType();
  if (type.getIntOrFloatBitWidth() == 32)
    return gpu::ShuffleOp::create(b, loc, value, distance, kWarpSize,
                                  gpu::ShuffleMode::XOR)
        .getShuffleResult();
  Type i32 = b.getI32Type(), i64 = b.getI64Type();
  Value bits =
      type == i64 ? value : arith::BitcastOp::create(b, loc, i64, value);
  Value half = arith::ConstantIntOp::create(b, loc, 32, 64);
  Value high = arith::ShRUIOp::create(b, loc, bits, half);
  auto move = [&](Value part) -> Value {
    Value low = arith::TruncIOp::create(b, loc, i32, part);
    return arith::ExtUIOp::create(b, loc, i64, shuffle(low, distance));
  };
  Value result = arith::OrIOp::create(
      b, loc, move(bits), arith::ShLIOp::create(b, loc, move(high), half));
  return type == i64 ? result : arith::BitcastOp::create(b, loc, type, result);
}

/// Combines what the threads of a row have; all get the result.
void RowsKernel::finish(Operation *reduction, Value partial) {
  OpBuilder &b = *builder;
  arith::AtomicRMWKind kind = getKind(reduction);
  auto combineLanes = [&](int64_t lanes) {
    for (int64_t distance = lanes / 2; distance > 0; distance /= 2)
      partial = arith::getReductionOp(kind, b, loc, partial,
                                      shuffle(partial, distance));
  };
  combineLanes(std::min<int64_t>(schedule.threads, kWarpSize));
  if (schedule.threads > kWarpSize) {
    // A warp's result goes to a place of its own in shared memory, which no
    // other reduction uses; then each lane takes one.
    int64_t warps = schedule.threads / kWarpSize;
    auto function = b.getInsertionBlock()->getParentOp();
    if (!isa<gpu::GPUFuncOp>(function))
      function = function->getParentOfType<gpu::GPUFuncOp>();
    auto space = gpu::AddressSpaceAttr::get(b.getContext(),
                                            gpu::AddressSpace::Workgroup);
    Value partials = cast<gpu::GPUFuncOp>(function).addWorkgroupAttribution(
        MemRefType::get({warps}, partial.getType(), MemRefLayoutAttrInterface(),
                        space),
        loc);
    Value lane = arith::RemUIOp::create(b, loc, thread, constant(kWarpSize));
    Value warp = arith::DivUIOp::create(b, loc, thread, constant(kWarpSize));
    Value isFirstLane = arith::CmpIOp::create(b, loc, arith::CmpIPredicate::eq,
                                              lane, constant(0));
    {
      OpBuilder::InsertionGuard insertion(b);
      b.setInsertionPointToStart(
          scf::IfOp::create(b, loc, isFirstLane).thenBlock());
      memref::StoreOp::create(b, loc, partial, partials, warp);
    }
    gpu::BarrierOp::create(b, loc);
    Value place = arith::RemUIOp::create(b, loc, lane, constant(warps));
    partial = memref::LoadOp::create(b, loc, partials, place);
    combineLanes(warps);
  }
  once.map(reduction->getResult(0),
           narrow(b, loc, partial, reduction->getResult(0).getType()));
}
