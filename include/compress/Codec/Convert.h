//===- Convert.h - Between elements and narrower forms ----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_CODEC_CONVERT_H
#define COMPRESS_CODEC_CONVERT_H

#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

/// Widens F32, F16, BF16, F8E4M3FN or F8E5M2 elements, which is exact. `source`
/// has as many elements as `result`.
void convertToF32(ElementType type, ConstBytes source,
                  llvm::MutableArrayRef<float> result);

/// Rounds to F32, F16 or BF16: to nearest, ties to even, infinite beyond the
/// greatest finite value.
void convertFromF32(llvm::ArrayRef<float> source, ElementType type,
                    MutableBytes result);

/// Packs the low `width` (1..8) bits of each code without gaps, low bits first,
/// into ceil(n * width / 8) bytes; the last is padded with zeros.
void packBits(unsigned width, llvm::ArrayRef<uint8_t> codes,
              MutableBytes bytes);

/// The inverse: one code per byte.
void unpackBits(unsigned width, ConstBytes bytes,
                llvm::MutableArrayRef<uint8_t> codes);

} // namespace mlir::compress::codec

#endif // COMPRESS_CODEC_CONVERT_H
