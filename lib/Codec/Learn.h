//===- Learn.h - Tables that are learned from values ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_LEARN_H
#define COMPRESS_LIB_CODEC_LEARN_H

#include "compress/Codec/Format.h"

namespace mlir::compress::codec {

/// Learns the ascending table of one block from all of its values, which are
/// reordered; entries are rounded to the storage's scale type. The formulas are
/// those of codec::encode.
void learnTable(const CodebookStorage &storage,
                llvm::MutableArrayRef<float> values,
                llvm::MutableArrayRef<float> table);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_LEARN_H
