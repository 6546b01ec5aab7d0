//===- Masks.h - The ways to prune a tensor ---------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each function sets what its sparsity does not keep to zero and returns the
// number of nonzeros that it removed. All arguments have been checked, and the
// tensor is finite and not empty.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_MASKS_H
#define COMPRESS_LIB_CODEC_MASKS_H

#include "Lines.h"
#include <cstring>

namespace mlir::compress::codec {

/// A tensor that is pruned.
struct Pruning {
  llvm::ArrayRef<int64_t> shape;
  ElementType type;
  MutableBytes dense;
  const PruneOptions &options;

  bool hasScores() const { return !options.scores.empty(); }
  /// What ranks the elements.
  LineReader getReader() const {
    return hasScores()
               ? LineReader(ElementType::F32, options.scores, NonFinite::Error)
               : LineReader(type, dense, NonFinite::Error);
  }
};

/// Sets elements to zero.
class Eraser {
public:
  Eraser(ElementType type, MutableBytes dense)
      : data(dense.data()), bytes(getByteWidth(type)) {}

  /// Returns 1 if the element was not zero.
  int64_t erase(int64_t element) const {
    uint32_t bits = 0;
    if (bytes == 2) {
      std::memcpy(&bits, data + 2 * element, 2);
      std::memset(data + 2 * element, 0, 2);
      return (bits & 0x7fff) != 0;
    }
    std::memcpy(&bits, data + 4 * element, 4);
    std::memset(data + 4 * element, 0, 4);
    return (bits & 0x7fffffff) != 0;
  }

private:
  char *data;
  unsigned bytes;
};

int64_t pruneElements(const Pruning &pruning, int64_t count);
int64_t pruneBlocks(const Pruning &pruning, const BlockSparsity &sparsity);
int64_t pruneTransposable(const Pruning &pruning, const NMSparsity &sparsity);
/// N:M sparsity along one axis.
int64_t pruneByMagnitude(const Pruning &pruning, const NMSparsity &sparsity);
int64_t pruneByScore(const Pruning &pruning, const NMSparsity &sparsity);

/// The error at the first element that the sparsity cannot keep, because it
/// keeps as many nonzeros before it.
llvm::Error checkNonzeros(llvm::ArrayRef<int64_t> shape, ElementType type,
                          const Sparsity &sparsity, ConstBytes dense,
                          NonFinite nonFinite,
                          llvm::ThreadPoolInterface *threads);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_MASKS_H
