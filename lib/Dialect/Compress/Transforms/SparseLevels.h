//===- SparseLevels.h - Levels of sparse types -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_SPARSELEVELS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_SPARSELEVELS_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include <vector>

namespace mlir::compress {

/// The storage that the encoding of a sparse type describes, of those that a
/// sparsity of ours stands for.
class SparseLevels {
public:
  /// Fails with the reason.
  static FailureOr<SparseLevels> get(RankedTensorType type,
                                     std::string &reason);

  /// The sparsity of a dense tensor of this type, row-major.
  SparsityAttrInterface getSparsity(ArrayRef<char> dense) const;

  /// Expands the values of buffers as sparse_tensor.assemble takes them:
  /// positions and coordinates of the levels that have them, little-endian, of
  /// the given widths in bytes. Buffers are untrusted.
  FailureOr<std::vector<char>> scatter(ArrayRef<std::vector<char>> buffers,
                                       ArrayRef<unsigned> widths,
                                       ArrayRef<char> values,
                                       std::string &reason) const;

private:
  enum class Kind { Dense, Compressed, Structured };
  struct Level {
    Kind kind;
    int64_t size;
    /// Elements of the dense tensor between neighbours of the level.
    int64_t stride;
    /// Structured: how many of the level's positions are stored.
    int64_t stored;
  };

  RankedTensorType type;
  SmallVector<Level> levels;
  /// Extent of a block per dimension, 1 without blocks.
  SmallVector<int64_t> block;
  /// The dimension of n:m, none without it.
  std::optional<int64_t> structuredDim;
};

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_SPARSELEVELS_H
