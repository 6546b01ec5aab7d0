//===- WeightsFile.h - A file of named tensors ------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the compiler knows of a weights file, whatever its format: tensors have
// names, and can be read as arrays of one or more element types.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_WEIGHTSFILE_H
#define COMPRESS_RUNTIME_WEIGHTSFILE_H

#include "compress/Runtime/DType.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <vector>

namespace mlir::compress::runtime {

/// A file that has been opened, mapped into memory and completely checked.
/// Immutable, so threads may share it.
class WeightsFile {
public:
  /// A tensor, valid while its file is.
  struct Entry {
    /// Its place in the file's own list of tensors.
    size_t index;
    llvm::ArrayRef<int64_t> shape;
    /// The file's name for the type of its elements.
    llvm::StringRef type;
  };

  virtual ~WeightsFile() = default;

  virtual llvm::StringRef getPath() const = 0;

  /// All bytes of the file.
  virtual llvm::StringRef getContents() const = 0;

  /// The names of the tensors in the file's order.
  virtual std::vector<llvm::StringRef> getNames() const = 0;

  /// Fails with the nearest names when there is no such tensor.
  virtual llvm::Expected<Entry> find(llvm::StringRef name) const = 0;

  /// Whether the elements can be read as `dtype`.
  virtual bool canRead(const Entry &entry, DType dtype) const = 0;

  /// The elements, row-major, little-endian, without alignment: those of the
  /// file, or, where they are stored differently, decoded into `storage`.
  virtual llvm::ArrayRef<char> read(const Entry &entry, DType dtype,
                                    std::vector<char> &storage) const = 0;
};

/// Opens a file of any format that is known, which its first bytes tell:
/// safetensors or GGUF.
llvm::Expected<std::shared_ptr<WeightsFile>>
openWeightsFile(llvm::StringRef path);

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_WEIGHTSFILE_H
