//===- NdArray.h - A dense array that owns its bytes ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_NDARRAY_H
#define COMPRESS_RUNTIME_NDARRAY_H

#include "compress/Runtime/DType.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <map>
#include <memory>

namespace mlir::compress::runtime {

/// A row-major array in memory aligned to 64 bytes. Movable, not copyable.
class NdArray {
public:
  /// An array of no elements: F32, shape [0].
  NdArray() = default;

  /// Allocates; the contents are unspecified. Fails when the size overflows or
  /// memory is exhausted.
  static llvm::Expected<NdArray> create(DType dtype,
                                        llvm::ArrayRef<int64_t> shape);

  DType getDType() const { return dtype; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getNumElements() const {
    return static_cast<int64_t>(getData().size() / getByteWidth(dtype));
  }

  llvm::MutableArrayRef<char> getData() {
    return buffer ? buffer->getBuffer() : llvm::MutableArrayRef<char>();
  }
  llvm::ArrayRef<char> getData() const {
    return buffer ? buffer->getBuffer() : llvm::MutableArrayRef<char>();
  }

private:
  DType dtype = DType::F32;
  llvm::SmallVector<int64_t, 4> shape = {0};
  std::unique_ptr<llvm::WritableMemoryBuffer> buffer;
};

/// Arrays by name, in the order of insertion.
using NdArrayMap =
    llvm::MapVector<std::string, NdArray, std::map<std::string, unsigned>>;

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_NDARRAY_H
