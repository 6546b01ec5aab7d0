//===- KernelArithmetic.h - Arithmetic of a kernel --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELARITHMETIC_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELARITHMETIC_H

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace mlir::compress {

/// Arithmetic on values of one type, `index` or i32, with constants.
struct Number {
  OpBuilder *builder;
  Location loc;
  Value value;

  Number with(Value other) const { return {builder, loc, other}; }
  Value get(int64_t other) const {
    return arith::ConstantOp::create(
        *builder, loc, builder->getIntegerAttr(value.getType(), other));
  }
  template <typename Op>
  Number apply(Value other) const {
    return with(builder->createOrFold<Op>(loc, value, other));
  }
  Number operator+(Value other) const { return apply<arith::AddIOp>(other); }
  Number operator-(Value other) const { return apply<arith::SubIOp>(other); }
  Number operator*(Value other) const { return apply<arith::MulIOp>(other); }
  Number operator/(Value other) const { return apply<arith::DivUIOp>(other); }
  Number operator%(Value other) const { return apply<arith::RemUIOp>(other); }
  Number operator^(Value other) const { return apply<arith::XOrIOp>(other); }
  Number operator+(int64_t other) const { return *this + get(other); }
  Number operator*(int64_t other) const { return *this * get(other); }
  Number operator/(int64_t other) const { return *this / get(other); }
  Number operator%(int64_t other) const { return *this % get(other); }
  Value less(Value other) const {
    return arith::CmpIOp::create(*builder, loc, arith::CmpIPredicate::slt,
                                 value, other);
  }
  operator Value() const { return value; }
};

inline Number toIndex(OpBuilder &builder, Location loc, Value integer) {
  return {&builder, loc,
          arith::IndexCastOp::create(builder, loc, builder.getIndexType(),
                                     integer)};
}

inline Value toI32(OpBuilder &builder, Location loc, Value index) {
  return arith::IndexCastOp::create(builder, loc, builder.getI32Type(), index);
}

inline Value toI64(OpBuilder &builder, Location loc, Value index) {
  return arith::IndexCastOp::create(builder, loc, builder.getI64Type(), index);
}

/// The address of a byte.
inline Value getByte(OpBuilder &builder, Location loc, Value base,
                     Value offset) {
  return LLVM::GEPOp::create(builder, loc, base.getType(), builder.getI8Type(),
                             base, offset);
}

/// The address of the element of a buffer that lies `offset` elements beyond
/// its own offset.
Value getElement(OpBuilder &b, Location loc, Value buffer, Value offset);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_KERNELARITHMETIC_H
