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
#include <vector>

namespace mlir::compress::codec {

/// The array of codes as a dense tensor of its own: the kept values where each
/// code holds one of them. Its storage is not set.
Format getCodeFormat(const Format &format, int64_t vector);

/// The components of a format in row-major order: those that depend on the
/// layout are its own, the others the original ones.
class PlainArray {
public:
  PlainArray(const Format &format, llvm::ArrayRef<MutableBytes> components);

  const Format &getFormat() const { return format; }
  llvm::ArrayRef<MutableBytes> getViews() const { return views; }

  /// Moves what depends on the layout to the original components.
  void store(llvm::ArrayRef<MutableBytes> components) const;

private:
  const Format &original;
  Format format;
  llvm::SmallVector<std::vector<char>, 2> moved;
  llvm::SmallVector<MutableBytes, 4> views;
};

/// Moves the components of the sparsity alone (see codec::relayout).
void relayoutSparsity(const Format &from, const Format &to,
                      llvm::ArrayRef<ConstBytes> source,
                      llvm::ArrayRef<MutableBytes> result);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_RELAYOUT_H
