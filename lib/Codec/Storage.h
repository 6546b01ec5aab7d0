//===- Storage.h - The storage half of a format -----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_STORAGE_H
#define COMPRESS_LIB_CODEC_STORAGE_H

#include "compress/Codec/Format.h"

namespace mlir::compress::codec {

/// Checks the storage of a format whose shape is valid.
llvm::Error verifyStorage(const Format &format);

/// Appends the values, whose packed shape is given, and the parameters.
void appendStorageComponents(const Format &format,
                             llvm::SmallVector<int64_t, 4> packed,
                             llvm::SmallVectorImpl<Component> &components);

/// `shape` with rows of narrow values packed into bytes.
llvm::SmallVector<int64_t, 4> packInnermost(llvm::SmallVector<int64_t, 4> shape,
                                            unsigned width);

/// The number of blocks along each dimension.
llvm::SmallVector<int64_t, 4> getGrid(llvm::ArrayRef<int64_t> shape,
                                      llvm::ArrayRef<int64_t> block);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_STORAGE_H
