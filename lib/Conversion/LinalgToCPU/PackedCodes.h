//===- PackedCodes.h - Codes of weights as register tiles read them -*- C++
//-*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOCPU_PACKEDCODES_H
#define COMPRESS_LIB_CONVERSION_LINALGTOCPU_PACKEDCODES_H

#include "compress/Dialect/Compress/IR/Compress.h"

namespace mlir::compress {

/// A matrix whose codes register tiles decode: what its type says.
struct CodedWeight {
  /// Extents of the reduced dimension and of the columns, and which dimension
  /// of the matrix is reduced.
  int64_t k, n;
  unsigned reduced;
  /// Bits of a code as it is stored, and as it is packed: 4 or 8.
  unsigned width, packedWidth;
  ScalingAttr scaling;
  bool hasZeroPoints = false;
  /// What the codes are: signed integers, or floats of 8 bits of a type. Packed
  /// codes of 4 bits are places in a table of 16 values, integers too.
  bool integers = false;
  FloatType code;
  SmallVector<float, 16> table;
  /// Positions of the reduced dimension that share parameters, a multiple of
  /// getCodesPerWord(); of all but a padded last group.
  int64_t group;

  /// What a type says; fails with the reason where codes are not decoded in
  /// registers.
  static FailureOr<CodedWeight> match(CompressedTensorType type,
                                      unsigned reduced, std::string &reason);

  int64_t getNumGroups() const { return llvm::divideCeil(k, group); }
  int64_t getCodesPerWord() const { return packedWidth == 4 ? 8 : 1; }
};

/// The constants that stand for a weight, by panels of `width` columns, which
/// are padded with zeros:
///   codes[n / width][group][word][n % width], words of 8 codes of 4 bits
///   (i32),
///     the lowest bits first, or single codes (i8);
///   scales[n / width][group][n % width] (f16, bf16 or f32);
///   zero points alike (i8), null without them.
struct PackedCodes {
  Value codes, scales, zeroPoints;
};

/// Packs the constant components of a weight in row-major layout. Fails with a
/// diagnostic where they cannot be read.
FailureOr<PackedCodes> packCodes(OpBuilder &builder, AssembleOp assemble,
                                 const CodedWeight &weight, int64_t width);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOCPU_PACKEDCODES_H
