//===- GGUF.h - Weights in GGUF files ---------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads the GGUF format, versions 2 and 3, little-endian
// (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md): a header, pairs
// of keys and values, the tensors' names, extents, types and offsets, and their
// data. Files are untrusted: everything is checked when a file is opened.
//
// Most types are quantized in blocks of 32 or 256 elements along the innermost
// dimension. Their layouts and formulas are those of ggml-quants, see
// GGUFBlocks.h.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_GGUF_H
#define COMPRESS_RUNTIME_GGUF_H

#include "compress/Runtime/WeightsFile.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/MemoryBuffer.h"
#include <string>

namespace mlir::compress::runtime {

/// A block type, or the type of plain elements.
struct GGUFType;

/// A tensor of an open file, valid while the file is.
struct GGUFTensor {
  std::string name;
  const GGUFType *type;
  /// Outermost first, as everywhere but in the file.
  llvm::SmallVector<int64_t, 4> shape;
  llvm::ArrayRef<char> data;
};

class GGUFFile : public WeightsFile {
public:
  /// Whether the bytes begin as a GGUF file does.
  static bool isMagic(llvm::StringRef bytes);

  static llvm::Expected<std::shared_ptr<GGUFFile>> open(llvm::StringRef path);

  /// As `open`, from bytes; the buffer's identifier goes into messages.
  static llvm::Expected<std::shared_ptr<GGUFFile>>
  parse(std::unique_ptr<llvm::MemoryBuffer> buffer);

  llvm::ArrayRef<GGUFTensor> getTensors() const { return tensors; }

  llvm::StringRef getPath() const override {
    return buffer->getBufferIdentifier();
  }
  llvm::StringRef getContents() const override { return buffer->getBuffer(); }
  std::vector<llvm::StringRef> getNames() const override;
  llvm::Expected<Entry> find(llvm::StringRef name) const override;
  /// Plain elements can be read as their own type, F16 and BF16 also as F32,
  /// quantized ones as F32, and rounded to nearest even as F16 and BF16.
  bool canRead(const Entry &entry, DType dtype) const override;
  llvm::ArrayRef<char> read(const Entry &entry, DType dtype,
                            std::vector<char> &storage) const override;

private:
  GGUFFile() = default;

  std::unique_ptr<llvm::MemoryBuffer> buffer;
  std::vector<GGUFTensor> tensors;
  llvm::StringMap<size_t> indexOf;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_GGUF_H
