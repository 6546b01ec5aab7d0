//===- Transposable.h - N:M sparsity along two axes -------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_TRANSPOSABLE_H
#define COMPRESS_LIB_CODEC_TRANSPOSABLE_H

#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

bool isTransposable(const Sparsity &sparsity);

/// encode and encodeWithParameters for transposable sparsity, which is stored
/// as N:M along one axis.
llvm::Error encodeTransposable(const Format &format, ConstBytes dense,
                               llvm::ArrayRef<MutableBytes> components,
                               const EncodeOptions &options,
                               bool parametersGiven, ErrorStats *stats);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_TRANSPOSABLE_H
