//===- Masked.h - Encoding the kept positions of a dense tensor -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_MASKED_H
#define COMPRESS_LIB_CODEC_MASKED_H

#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

/// As codec::encode, for a format with DenseSparsity and storages whose codes
/// hold one value each, except that the parameters are those of the kept
/// positions alone: `mask` has one byte per element, in row-major order, which
/// is 0 where an element is not kept. Such elements must be zero. All
/// components are written, those of the dropped positions with codes that mean
/// nothing; pick the others from them.
///
/// Where parameters are given (see codec::encodeWithParameters), the mask has
/// no effect: call that instead.
llvm::Error encodeMasked(const Format &format, ConstBytes dense,
                         llvm::ArrayRef<uint8_t> mask,
                         llvm::ArrayRef<MutableBytes> components,
                         const EncodeOptions &options);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_MASKED_H
