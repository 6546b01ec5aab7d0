//===- WeightDecode.h - From packed codes to fragments ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_WEIGHTDECODE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_WEIGHTDECODE_H

#include "compress/Dialect/Kernel/IR/StreamedWeight.h"

namespace mlir::compress {

/// Builds the code that turns words of a packed weight (MmaLayout.h) into the
/// registers of a fragment, with the value and the rounding of the reference
/// decode: (q - zero point) * scale in f32, rounded to the element type.
///
/// An integer becomes a float by bits: below the leading bit of a power of two
/// whose unit in the last place is 1, it counts up from that power. What is
/// subtracted then is exact, and so is the difference. A float becomes an f16
/// whose mantissa and exponent have its bits; what the biases differ by is a
/// power of two, by which it is multiplied. The value of a code of nf4 comes
/// from the lane of that number, which has it in a register; learned tables,
/// which channels have of their own, are in registers of each lane, where
/// permutations of bytes choose for four codes at once.
///
/// Where scales have the element type, the product with a code's value has few
/// enough bits to be exact in f32, so that one multiplication in the element
/// type rounds alike. Otherwise the product is computed in f32.
class WeightDecode {
public:
  /// `entry` is the lane's entry of the weight's table, or null.
  WeightDecode(OpBuilder &builder, Location loc,
               const kernel::StreamedWeight &weight, Value entry)
      : b(builder), loc(loc), weight(weight), entry(entry) {}

  /// The entry that a lane needs, null without a table.
  static Value buildEntry(OpBuilder &builder, Location loc,
                          const kernel::StreamedWeight &weight, Value lane);

  /// Words of a fragment, and positions of K between neighbouring words.
  unsigned getNumWords() const { return weight.width / 4; }

  /// What decoding a channel takes.
  struct Channel {
    Value scale;
    /// What is subtracted from the floats of the low and the high codes.
    Value low, high;
    /// The lower bytes of a learned table's entries, four to a word, and the
    /// upper ones.
    SmallVector<Value, 8> table;
  };
  /// Of a learned table, from the values of its entries.
  Channel prepareTable(ArrayRef<Value> entries);
  /// `scale` has the stored bits in an i32, `zeroPoint` is an i32 or null, and
  /// so is the f32 scale of scales.
  Channel prepare(Value scale, Value zeroPoint, Value superScale);

  /// The four registers of a fragment, each a pair of elements, from its words;
  /// registers 0 and 2 are of one channel, 1 and 3 of another.
  SmallVector<Value, 4> decode(ArrayRef<Value> words, const Channel &even,
                               const Channel &odd);

private:
  bool isF16() const { return weight.element.isF16(); }
  /// Whether the product with a scale is computed in f32.
  bool scalesInF32() const {
    return entry || weight.superScale || weight.scale != weight.element ||
           ((weight.width == 8 || weight.code) && !isF16());
  }
  VectorType getPairType() const { return VectorType::get(2, weight.element); }

  Value word(uint32_t value);
  Value splat(Value scalar);
  Value constantPair(double value);
  Value constantPair(FloatType type, double value);
  Value maskAndFlip(Value from, uint32_t mask, Value flip);
  Value shift(Value word, int64_t bits);
  Value permute(Value word, Value high, uint32_t selector);
  Value permute(Value word, Value high, Value selector);
  Value asPair(Value word);
  Value toHalf(Value bits, FloatType code);
  Value toScale(Value bits);

  SmallVector<Value, 4> decodeNibbles(Value word, const Channel &even,
                                      const Channel &odd);
  Value decodeFloats(Value word, unsigned part, const Channel &channel);
  std::pair<Value, Value> lookUpTable(Value codes, ArrayRef<Value> table);
  SmallVector<Value, 4> lookUpNibbles(Value word, const Channel &even,
                                      const Channel &odd);
  Value decodeBytes(Value word, unsigned half, const Channel &channel);
  SmallVector<Value, 2> toF32(Value pair);
  Value scalePair(Value pair, const Channel &channel);
  Value scaleF32(ArrayRef<Value> values, const Channel &channel);

  OpBuilder &b;
  Location loc;
  const kernel::StreamedWeight &weight;
  Value entry;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_WEIGHTDECODE_H
