//===- Vectors.h - Codes that several values share --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_VECTORS_H
#define COMPRESS_LIB_CODEC_VECTORS_H

#include "Parameters.h"

namespace mlir::compress::codec {

/// Encodes the kept values, in row-major order of the kept shape, of a format
/// whose codes hold several of them. Writes `values` and, unless it is given,
/// `codebook`. Any sparsity: how values are chosen does not matter here.
void encodeVectors(const Format &format, llvm::ArrayRef<float> kept,
                   bool codebookGiven,
                   const StorageBytes<MutableBytes> &components,
                   llvm::ThreadPoolInterface *threads);

/// The inverse.
void decodeVectors(const Format &format,
                   const StorageBytes<ConstBytes> &components,
                   llvm::MutableArrayRef<float> kept,
                   llvm::ThreadPoolInterface *threads);

/// The kept values of a format in row-major order, as f32, with the components
/// of its sparsity in the same order. They are what a format with plain floats
/// in a row-major layout has.
class KeptArray {
public:
  explicit KeptArray(const Format &format);

  /// All of its components, and the values among them.
  llvm::SmallVector<MutableBytes, 4> getViews();
  llvm::SmallVector<ConstBytes, 4> getConstViews() const;
  llvm::MutableArrayRef<float> getValues() { return values; }

  /// Moves the components of the sparsity to and from the layout of the
  /// original format.
  void storeSparsity(llvm::ArrayRef<MutableBytes> components) const;
  void loadSparsity(llvm::ArrayRef<ConstBytes> components);

  Format format;

private:
  /// The plain format in the original layout.
  Format getLaidOut() const;

  Layout layout;
  std::vector<float> values;
  std::vector<std::vector<char>> sparsity;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_VECTORS_H
