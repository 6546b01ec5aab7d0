//===- Slabs.h - Contiguous parts of a dense tensor -------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A slab of a dense tensor has one index along some outer dimensions, a range
// along the next one, and is whole along the others. It is contiguous, and so
// are the parameters of its blocks: it can be encoded and decoded as a tensor
// of its own.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_SLABS_H
#define COMPRESS_LIB_CODEC_SLABS_H

#include "Geometry.h"
#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

struct Slab {
  /// Dense and row-major, with the extents of the slab.
  Format format;
  /// The elements of the tensor.
  int64_t begin, end;
  /// The parameters: a range of bytes of each component but the values.
  struct Bytes {
    size_t begin, size;
  };
  llvm::SmallVector<Bytes, 4> parameters;

  int64_t getNumElements() const { return end - begin; }
};

/// Cuts a dense, row-major format into slabs of about `elements` elements. No
/// slab has a part of a block and something else.
class Slabs {
public:
  Slabs(const Format &format, int64_t elements);

  size_t size() const { return outer * ranges.size(); }
  Slab get(size_t index) const;

private:
  Format format;
  /// The dimension that is cut; the indices of those before it, in all; the
  /// elements of those after it.
  unsigned dimension = 0;
  int64_t outer = 1, inner = 1;
  /// Where the ranges begin and end.
  llvm::SmallVector<std::pair<int64_t, int64_t>, 0> ranges;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_SLABS_H
