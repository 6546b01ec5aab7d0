//===- SparseReference.h - Counted sparsities, item by item -----*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_CODEC_SPARSEREFERENCE_H
#define COMPRESS_UNIT_CODEC_SPARSEREFERENCE_H

#include "Reference.h"

namespace mlir::compress::codec::test {

/// Whether the format keeps a given number of items.
bool isCounted(const Format &format);

/// The values of the items that are kept: sorts all of them.
std::vector<KeptValue> getCounted(const Format &format,
                                  const std::vector<float> &dense);

/// Writes the sparsity's components.
void putCounted(const Format &format, const std::vector<KeptValue> &kept,
                std::vector<Bytes> &components);

/// Keeps the items of the greatest magnitude and sets the others to zero.
std::vector<float> pruneCounted(const Format &format,
                                const std::vector<float> &dense);

void describeCounted(const Format &format, llvm::raw_ostream &os);

} // namespace mlir::compress::codec::test

#endif // COMPRESS_UNIT_CODEC_SPARSEREFERENCE_H
