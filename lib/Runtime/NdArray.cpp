//===- NdArray.cpp - A dense array of bytes that it keeps -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/NdArray.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace mlir::compress::runtime {

/// The bytes of an array, or an error that says why there are none.
static Expected<int64_t> countBytes(DType dtype, ArrayRef<int64_t> shape) {
  if (std::optional<int64_t> bytes = getNumBytes(dtype, shape))
    return *bytes;
  return createStringError(
      std::make_error_code(std::errc::value_too_large),
      "an array of shape " + formatShape(shape) + " and type " +
          getName(dtype) +
          " has a negative extent or more bytes than 64 bits can count");
}

Expected<NdArray> NdArray::create(DType dtype, ArrayRef<int64_t> shape) {
  Expected<int64_t> bytes = countBytes(dtype, shape);
  if (!bytes)
    return bytes.takeError();
  std::shared_ptr<WritableMemoryBuffer> buffer =
      WritableMemoryBuffer::getNewUninitMemBuffer(*bytes, "", Align(64));
  if (!buffer)
    return createStringError(
        std::make_error_code(std::errc::not_enough_memory),
        "cannot allocate " + Twine(*bytes) + " bytes for an array of shape " +
            formatShape(shape) + " and type " + getName(dtype));
  char *data = buffer->getBufferStart();
  return wrap(dtype, shape, std::shared_ptr<char>(std::move(buffer), data));
}

Expected<NdArray> NdArray::wrap(DType dtype, ArrayRef<int64_t> shape,
                                std::shared_ptr<char> data) {
  Expected<int64_t> bytes = countBytes(dtype, shape);
  if (!bytes)
    return bytes.takeError();
  NdArray array;
  array.dtype = dtype;
  array.shape.assign(shape.begin(), shape.end());
  array.data = std::move(data);
  array.size = *bytes;
  return array;
}

} // namespace mlir::compress::runtime
