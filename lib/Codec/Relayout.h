//===- Relayout.h - Move the components of a sparsity -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_RELAYOUT_H
#define COMPRESS_LIB_CODEC_RELAYOUT_H

#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

/// The array of codes as a dense tensor of its own: the kept values where each
/// code holds one of them. Its storage is not set.
Format getCodeFormat(const Format &format, int64_t vector);

/// Moves the components of the sparsity alone (see codec::relayout).
void relayoutSparsity(const Format &from, const Format &to,
                      llvm::ArrayRef<ConstBytes> source,
                      llvm::ArrayRef<MutableBytes> result);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_RELAYOUT_H
