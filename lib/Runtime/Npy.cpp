//===- Npy.cpp - Read and write .npy files --------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Npy.h"
#include "FileError.h"
#include "NpyFormat.h"
#include "compress/Runtime/OutputFile.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace llvm;

namespace mlir::compress::runtime {

Expected<NdArray> readNpy(StringRef path) {
  ErrorOr<std::unique_ptr<MemoryBuffer>> buffer = MemoryBuffer::getFile(
      path, /*IsText=*/false, /*RequiresNullTerminator=*/false);
  if (!buffer)
    return makeFileError(path, "cannot read", buffer.getError());
  return parseNpy((*buffer)->getMemBufferRef());
}

Expected<NdArray> parseNpy(MemoryBufferRef buffer) {
  StringRef name = buffer.getBufferIdentifier();
  StringRef bytes = buffer.getBuffer();
  Expected<NpyHeader> header = parseNpyHeader(name, bytes, bytes.size());
  if (!header)
    return header.takeError();
  Expected<NdArray> array = NdArray::create(header->dtype, header->shape);
  if (!array)
    return createFileError(name, array.takeError());
  llvm::copy(bytes.drop_front(header->size), array->getData().begin());
  return finishNpy(name, *header, std::move(*array));
}

Error writeNpy(OutputFile &file, const NdArray &array) {
  Expected<std::string> header = formatNpyHeader(file.getPath(), array);
  if (!header)
    return header.takeError();
  file.os() << *header;
  file.os().write(array.getData().data(), array.getData().size());
  return Error::success();
}

} // namespace mlir::compress::runtime
