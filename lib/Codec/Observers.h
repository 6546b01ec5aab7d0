//===- Observers.h - How the range of a block is chosen ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_OBSERVERS_H
#define COMPRESS_LIB_CODEC_OBSERVERS_H

#include "Quantizer.h"

namespace mlir::compress::codec {

/// Chooses the range of a block from all of its values, which may be reordered.
Range chooseRange(const Quantizer &quantizer, ElementType expressed,
                  const Observer &observer,
                  llvm::MutableArrayRef<float> values);

/// Checks the options of an observer, and that it has a meaning for the
/// storage.
llvm::Error verify(const Observer &observer, const Storage &storage);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_OBSERVERS_H
