//===- NdArray.cpp - A dense array that owns its bytes --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/NdArray.h"

using namespace llvm;

namespace mlir::compress::runtime {

Expected<NdArray> NdArray::create(DType dtype, ArrayRef<int64_t> shape) {
  std::optional<int64_t> bytes = getNumBytes(dtype, shape);
  if (!bytes)
    return createStringError(
        std::make_error_code(std::errc::value_too_large),
        "an array of shape " + formatShape(shape) + " and type " +
            getName(dtype) +
            " has a negative extent or more bytes than 64 bits can count");
  NdArray array;
  array.dtype = dtype;
  array.shape.assign(shape.begin(), shape.end());
  array.buffer =
      WritableMemoryBuffer::getNewUninitMemBuffer(*bytes, "", Align(64));
  if (!array.buffer)
    return createStringError(
        std::make_error_code(std::errc::not_enough_memory),
        "cannot allocate " + Twine(*bytes) + " bytes for an array of shape " +
            formatShape(shape) + " and type " + getName(dtype));
  return array;
}

} // namespace mlir::compress::runtime
