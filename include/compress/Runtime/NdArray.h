//===- NdArray.h - A dense array of bytes that it keeps ---------*- C++ -*-===//
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
#include <map>
#include <memory>

namespace mlir::compress::runtime {

/// A row-major array. Movable, not copyable.
class NdArray {
public:
  /// An array of no elements: F32, shape [0].
  NdArray() = default;
  NdArray(NdArray &&) = default;
  NdArray &operator=(NdArray &&) = default;

  /// Allocates memory aligned to 64 bytes; the contents are unspecified. Fails
  /// when the size overflows or memory is exhausted.
  static llvm::Expected<NdArray> create(DType dtype,
                                        llvm::ArrayRef<int64_t> shape);

  /// Takes memory of getNumBytes(dtype, shape) bytes as it is, without a copy,
  /// and keeps its owner alive. Memory that must not be written may be wrapped
  /// when the array is only read. Fails when the size overflows.
  static llvm::Expected<NdArray>
  wrap(DType dtype, llvm::ArrayRef<int64_t> shape, std::shared_ptr<char> data);

  DType getDType() const { return dtype; }
  llvm::ArrayRef<int64_t> getShape() const { return shape; }
  int64_t getNumElements() const {
    return static_cast<int64_t>(getData().size() / getByteWidth(dtype));
  }

  llvm::MutableArrayRef<char> getData() { return {data.get(), getSize()}; }
  llvm::ArrayRef<char> getData() const { return {data.get(), getSize()}; }

private:
  DType dtype = DType::F32;
  llvm::SmallVector<int64_t, 4> shape = {0};
  std::shared_ptr<char> data;
  size_t size = 0;

  size_t getSize() const { return data ? size : 0; }
};

/// Arrays by name, in the order of insertion.
using NdArrayMap =
    llvm::MapVector<std::string, NdArray, std::map<std::string, unsigned>>;

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_NDARRAY_H
