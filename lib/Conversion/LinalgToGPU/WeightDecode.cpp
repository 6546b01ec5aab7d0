//===- WeightDecode.cpp - From packed codes to fragments ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightDecode.h"
#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include <cmath>
#include <limits>

using namespace mlir;
using namespace mlir::compress;

/// The table of (a & b) ^ c for lop3.
static constexpr int32_t kAndXor = (0xf0 & 0xcc) ^ 0xaa;
/// The table of a ? b : c for each bit.
static constexpr int32_t kSelect = (0xf0 & 0xcc) | (~0xf0 & 0xaa);

/// The power of two at which an f16, and a bf16, counts by ones.
static constexpr int64_t kF16Base = 1024, kBF16Base = 128;
static constexpr int64_t kF32Base = int64_t(1) << 23;
/// The second nibble of an f16 stands four bits higher.
static constexpr int64_t kHighNibble = 16;
/// Bits of an f16's exponent.
static constexpr unsigned kHalfExponent = 5;

//===----------------------------------------------------------------------===//
// Constants and conversions
//===----------------------------------------------------------------------===//

Value WeightDecode::word(uint32_t value) {
  return LLVM::ConstantOp::create(
      b, loc, b.getI32IntegerAttr(static_cast<int32_t>(value)));
}

Value WeightDecode::splat(Value scalar) {
  auto type = VectorType::get(2, scalar.getType());
  Value pair = LLVM::PoisonOp::create(b, loc, type);
  for (int32_t i : {0, 1})
    pair = LLVM::InsertElementOp::create(b, loc, pair, scalar, word(i));
  return pair;
}

Value WeightDecode::constantPair(double value) {
  return constantPair(weight.element, value);
}

Value WeightDecode::constantPair(FloatType type, double value) {
  auto pair = VectorType::get(2, type);
  return LLVM::ConstantOp::create(
      b, loc, pair, SplatElementsAttr::get(pair, b.getFloatAttr(type, value)));
}

/// (from & mask) ^ flip.
Value WeightDecode::maskAndFlip(Value from, uint32_t mask, Value flip) {
  return kernel::Lop3Op::create(b, loc, b.getI32Type(), from, word(mask), flip,
                                kAndXor);
}

Value WeightDecode::shift(Value value, int64_t bits) {
  return bits == 0 ? value
                   : Value(LLVM::LShrOp::create(b, loc, value, word(bits)));
}

Value WeightDecode::permute(Value low, Value high, uint32_t selector) {
  return permute(low, high, word(selector));
}

Value WeightDecode::permute(Value low, Value high, Value selector) {
  return NVVM::PermuteOp::create(b, loc, b.getI32Type(), low, high, selector,
                                 NVVM::PermuteMode::DEFAULT);
}

Value WeightDecode::asPair(Value value) {
  return LLVM::BitcastOp::create(b, loc, getPairType(), value);
}

/// The pair of f16 with the values of two floats of fewer bits, which stand in
/// the upper bits of each half of a word.
Value WeightDecode::toHalf(Value bits, FloatType code) {
  FloatType half = b.getF16Type();
  auto pairType = VectorType::get(2, half);
  unsigned width = code.getWidth();
  unsigned exponent = width - code.getFPMantissaWidth();
  unsigned distance = kHalfExponent - exponent;
  // The upper half of an f16 is an f8E5M2, specials and all.
  if (distance == 0)
    return LLVM::BitcastOp::create(b, loc, pairType, bits);
  uint32_t magnitude = (0x7fff & -(1 << (16 - width))) >> distance;
  Value moved = LLVM::AndOp::create(b, loc, shift(bits, distance),
                                    word(magnitude | magnitude << 16));
  Value pair = LLVM::BitcastOp::create(b, loc, pairType,
                                       maskAndFlip(bits, 0x80008000, moved));
  // Exact, and of subnormals too, which are subnormal f16.
  int bias = (1 << (kHalfExponent - 1)) - (1 << (exponent - 1));
  pair = LLVM::FMulOp::create(b, loc, pair,
                              constantPair(half, std::ldexp(1.0, bias)));
  if (!isa<Float8E4M3FNType>(code))
    return pair;
  // The code of NaN has become 480. Times 144 that is infinity, whose product
  // with zero is NaN, while 448 * 144 is finite.
  Value beyond = LLVM::FMulOp::create(b, loc, pair, constantPair(half, 144.0));
  return LLVM::FMAOp::create(b, loc, beyond, constantPair(half, 0.0), pair);
}

//===----------------------------------------------------------------------===//
// Parameters of a channel
//===----------------------------------------------------------------------===//

/// The value of a stored scale, in its type or, for 8 bits, in f16 or f32.
Value WeightDecode::toScale(Value bits) {
  unsigned width = weight.scale.getIntOrFloatBitWidth();
  if (width == 32)
    return LLVM::BitcastOp::create(b, loc, weight.scale, bits);
  if (width == 16)
    return LLVM::BitcastOp::create(
        b, loc, weight.scale,
        LLVM::TruncOp::create(b, loc, b.getI16Type(), bits));
  if (!isa<Float8E8M0FNUType>(weight.scale))
    return LLVM::ExtractElementOp::create(
        b, loc,
        toHalf(LLVM::ShlOp::create(b, loc, bits, word(8)), weight.scale),
        word(0));
  if (weight.hasZeroPoints)
    bits = LLVM::AndOp::create(b, loc, bits, word(0xff));
  // An exponent; the least one is below those of normal numbers, the greatest
  // stands for NaN (OCP Microscaling Formats v1.0, section 5.4.1).
  Value scale = LLVM::ShlOp::create(b, loc, bits, word(23));
  for (auto [code, special] : {std::pair(0, 0x00400000), {255, 0x7fc00000}}) {
    Value is =
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, bits, word(code));
    scale = LLVM::SelectOp::create(b, loc, is, word(special), scale);
  }
  return LLVM::BitcastOp::create(b, loc, b.getF32Type(), scale);
}

WeightDecode::Channel WeightDecode::prepare(Value bits, Value zeroPoint,
                                            Value superScale) {
  Channel channel;
  Value scale = toScale(bits);
  if (!scalesInF32())
    channel.scale = splat(scale);
  else
    channel.scale =
        scale.getType().isF32()
            ? scale
            : Value(LLVM::FPExtOp::create(b, loc, b.getF32Type(), scale));
  if (superScale) {
    // The product of finite scales stays finite, as in the reference.
    float largest = std::numeric_limits<float>::max();
    channel.scale = LLVM::MinimumOp::create(
        b, loc, LLVM::FMulOp::create(b, loc, channel.scale, superScale),
        LLVM::ConstantOp::create(b, loc, b.getF32FloatAttr(largest)));
  }
  if (entry || weight.code)
    return channel;

  // Codes are two's complement; flipping the sign bit adds half of their range.
  int64_t half = int64_t(1) << (weight.width - 1);
  bool isF32 = weight.width == 8 && !isF16();
  Type type = isF32 ? b.getF32Type() : Type(weight.element);
  int64_t base = isF32 ? kF32Base : isF16() ? kF16Base : kBF16Base;
  auto get = [&](int64_t unit, int64_t base) -> Value {
    double start = static_cast<double>(base) / unit + half;
    if (!zeroPoint) {
      if (isF32)
        return LLVM::ConstantOp::create(b, loc, b.getF32FloatAttr(start));
      return constantPair(start);
    }
    Value sum = LLVM::AddOp::create(b, loc, zeroPoint,
                                    word(static_cast<uint32_t>(start)));
    Value value = LLVM::SIToFPOp::create(b, loc, type, sum);
    return isF32 ? value : splat(value);
  };
  channel.low = get(1, base);
  if (weight.width == 4 && isF16())
    channel.high = get(kHighNibble, base);
  return channel;
}

WeightDecode::Channel WeightDecode::prepareTable(ArrayRef<Value> entries) {
  SmallVector<Value> words;
  for (size_t i = 0; i < entries.size(); i += 2) {
    Value pair = LLVM::PoisonOp::create(b, loc, getPairType());
    for (int32_t j : {0, 1}) {
      Value value = entries[i + j];
      if (weight.entry != weight.element) {
        if (!weight.entry.isF32())
          value = LLVM::FPExtOp::create(b, loc, b.getF32Type(), value);
        value = LLVM::FPTruncOp::create(b, loc, weight.element, value);
      }
      pair = LLVM::InsertElementOp::create(b, loc, pair, value, word(j));
    }
    words.push_back(LLVM::BitcastOp::create(b, loc, b.getI32Type(), pair));
  }
  Channel channel;
  for (uint32_t bytes : {0x6420u, 0x7531u})
    for (size_t i = 0; i < words.size(); i += 2)
      channel.table.push_back(permute(words[i], words[i + 1], bytes));
  return channel;
}

SmallVector<Value, 2> WeightDecode::toF32(Value pair) {
  SmallVector<Value, 2> values;
  for (int32_t i : {0, 1})
    values.push_back(LLVM::FPExtOp::create(
        b, loc, b.getF32Type(),
        LLVM::ExtractElementOp::create(b, loc, pair, word(i))));
  return values;
}

Value WeightDecode::scaleF32(ArrayRef<Value> values, const Channel &channel) {
  auto type = VectorType::get(2, b.getF32Type());
  Value pair = LLVM::PoisonOp::create(b, loc, type);
  for (auto [i, value] : llvm::enumerate(values))
    pair = LLVM::InsertElementOp::create(
        b, loc, pair, LLVM::FMulOp::create(b, loc, value, channel.scale),
        word(i));
  return LLVM::FPTruncOp::create(b, loc, getPairType(), pair);
}

Value WeightDecode::scalePair(Value pair, const Channel &channel) {
  if (scalesInF32())
    return scaleF32(toF32(pair), channel);
  if (isF16())
    return LLVM::FMulOp::create(b, loc, pair, channel.scale);
  // sm_80 multiplies bf16 only while it adds; -0 changes no sum.
  return LLVM::FMAOp::create(b, loc, pair, channel.scale, constantPair(-0.0));
}

//===----------------------------------------------------------------------===//
// Codes
//===----------------------------------------------------------------------===//

Value WeightDecode::buildEntry(OpBuilder &b, Location loc,
                               const kernel::StreamedWeight &weight,
                               Value lane) {
  if (weight.table.empty())
    return {};
  auto integer = [&](int64_t value) -> Value {
    return LLVM::ConstantOp::create(b, loc, b.getI32IntegerAttr(value));
  };
  Value code = LLVM::AndOp::create(b, loc, lane, integer(15)), entry;
  for (auto [i, value] : llvm::enumerate(weight.table)) {
    Value constant = LLVM::ConstantOp::create(b, loc, b.getF32FloatAttr(value));
    if (!entry) {
      entry = constant;
      continue;
    }
    Value is =
        LLVM::ICmpOp::create(b, loc, LLVM::ICmpPredicate::eq, code, integer(i));
    entry = LLVM::SelectOp::create(b, loc, is, constant, entry);
  }
  return entry;
}

/// The values of a word's eight nibbles. The shuffle takes the four low bits of
/// the lane that it is told.
SmallVector<Value, 4> WeightDecode::lookUpNibbles(Value codes,
                                                  const Channel &even,
                                                  const Channel &odd) {
  // Segments of 16 lanes, and the greatest lane of one (PTX ISA, shfl.sync).
  constexpr uint32_t segments = 16 << 8 | 15;
  SmallVector<Value, 4> pairs;
  for (int64_t i = 0; i < 4; ++i) {
    SmallVector<Value, 2> values;
    for (int64_t half : {0, 16})
      values.push_back(NVVM::ShflOp::create(
          b, loc, b.getF32Type(), word(~0u), entry, shift(codes, 4 * i + half),
          word(segments), NVVM::ShflKind::idx,
          /*returnValueAndIsValid=*/UnitAttr()));
    pairs.push_back(scaleF32(values, i % 2 ? odd : even));
  }
  return pairs;
}

/// The values of the lower nibbles of a word's bytes: two registers, of which
/// the first has bytes 0 and 2.
std::pair<Value, Value> WeightDecode::lookUpTable(Value codes,
                                                  ArrayRef<Value> table) {
  auto mask = [&](Value from, uint32_t bits) -> Value {
    return LLVM::AndOp::create(b, loc, from, word(bits));
  };
  // A permutation takes a nibble for each of four bytes.
  Value own = mask(codes, 0x0f0f0f0f);
  Value joined = LLVM::OrOp::create(b, loc, own, shift(own, 4));
  Value nibbles = permute(joined, word(0), 0x4420);
  // Three bits choose of eight bytes; the fourth chooses between two results.
  Value selector = mask(nibbles, 0x7777);
  Value upper = permute(word(0xff00), word(0), mask(shift(nibbles, 3), 0x1111));
  SmallVector<Value, 2> bytes;
  for (size_t i = 0; i < table.size(); i += 4) {
    Value first = permute(table[i], table[i + 1], selector);
    Value second = permute(table[i + 2], table[i + 3], selector);
    bytes.push_back(kernel::Lop3Op::create(b, loc, b.getI32Type(), upper,
                                           second, first, kSelect));
  }
  return {asPair(permute(bytes[0], bytes[1], 0x6240)),
          asPair(permute(bytes[0], bytes[1], 0x7351))};
}

/// The eight nibbles of a word: two neighbours for each register, 16 bits
/// apart.
SmallVector<Value, 4> WeightDecode::decodeNibbles(Value codes,
                                                  const Channel &even,
                                                  const Channel &odd) {
  auto mask = [&](Value from, uint32_t bits, uint32_t flip) {
    return asPair(maskAndFlip(from, bits, word(flip)));
  };
  SmallVector<Value, 4> pairs;
  for (int64_t i = 0; i < 4; ++i) {
    const Channel &channel = i % 2 ? odd : even;
    Value pair;
    if (!isF16()) {
      pair = mask(shift(codes, 4 * i), 0x000f000f, 0x43084308);
      // The same as a subtraction, which sm_80 has for f16 only.
      pair = LLVM::FMAOp::create(b, loc, pair, constantPair(1.0),
                                 LLVM::FNegOp::create(b, loc, channel.low));
    } else if (i % 2 == 0) {
      pair = mask(shift(codes, 4 * i), 0x000f000f, 0x64086408);
      pair = LLVM::FSubOp::create(b, loc, pair, channel.low);
    } else {
      // Four bits higher the code counts by 16: no shift is needed.
      pair = mask(shift(codes, 4 * (i - 1)), 0x00f000f0, 0x64806480);
      pair = LLVM::FMAOp::create(b, loc, pair, constantPair(1.0 / kHighNibble),
                                 LLVM::FNegOp::create(b, loc, channel.high));
    }
    pairs.push_back(scalePair(pair, channel));
  }
  return pairs;
}

/// Two bytes of a word whose sign bits are flipped: the lower or the upper
/// half.
Value WeightDecode::decodeBytes(Value codes, unsigned half,
                                const Channel &channel) {
  if (isF16()) {
    Value pair =
        asPair(permute(codes, word(0x64646464), half == 0 ? 0x4140 : 0x4342));
    return scalePair(LLVM::FSubOp::create(b, loc, pair, channel.low), channel);
  }
  SmallVector<Value, 2> values;
  for (uint32_t i : {0u, 1u}) {
    Value bits = permute(codes, word(0x4b000000), 0x7540 + 2 * half + i);
    Value value = LLVM::BitcastOp::create(b, loc, b.getF32Type(), bits);
    values.push_back(LLVM::FSubOp::create(b, loc, value, channel.low));
  }
  return scaleF32(values, channel);
}

/// Two floats of a word: the lower or upper bytes, or the nibbles of a
/// register.
Value WeightDecode::decodeFloats(Value codes, unsigned part,
                                 const Channel &channel) {
  Value bits =
      weight.width == 8
          ? permute(codes, word(0), part == 0 ? 0x1404 : 0x3424)
          : Value(LLVM::ShlOp::create(b, loc, codes, word(12 - 4 * part)));
  return scalePair(toHalf(bits, weight.code), channel);
}

SmallVector<Value, 4> WeightDecode::decode(ArrayRef<Value> words,
                                           const Channel &even,
                                           const Channel &odd) {
  if (entry)
    return lookUpNibbles(words.front(), even, odd);
  if (weight.entry) {
    auto [first, third] = lookUpTable(words.front(), even.table);
    auto [second, fourth] = lookUpTable(shift(words.front(), 4), odd.table);
    return {first, second, third, fourth};
  }
  SmallVector<Value, 4> pairs;
  if (weight.code) {
    unsigned parts = 4 / words.size();
    for (unsigned i = 0; i < 4; ++i)
      pairs.push_back(
          decodeFloats(words[i / parts], i % parts, i % 2 ? odd : even));
    return pairs;
  }
  if (weight.width == 4)
    return decodeNibbles(words.front(), even, odd);
  for (Value codes : words) {
    Value flipped = LLVM::XOrOp::create(b, loc, codes, word(0x80808080));
    pairs.push_back(decodeBytes(flipped, 0, even));
    pairs.push_back(decodeBytes(flipped, 1, odd));
  }
  return pairs;
}
