//===- Safetensors.h - Weights in safetensors files -------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Reads and writes the safetensors format
// (https://github.com/huggingface/safetensors#format): the length of a JSON
// header in 8 bytes, little-endian, the header, and the tensors' bytes without
// holes. Files are untrusted: everything is checked when a file is opened.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_SAFETENSORS_H
#define COMPRESS_RUNTIME_SAFETENSORS_H

#include "compress/Runtime/WeightsFile.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"
#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace mlir::compress::runtime {

class OutputFile;

/// A tensor of an open file, valid while the file is.
struct SafetensorsTensor {
  std::string name;
  DType dtype;
  llvm::SmallVector<int64_t, 4> shape;
  /// Little-endian, row-major. No alignment is promised.
  llvm::ArrayRef<char> data;
};

class SafetensorsFile : public WeightsFile {
public:
  static llvm::Expected<std::shared_ptr<SafetensorsFile>>
  open(llvm::StringRef path);

  /// As `open`, from bytes; the buffer's identifier goes into messages.
  static llvm::Expected<std::shared_ptr<SafetensorsFile>>
  parse(std::unique_ptr<llvm::MemoryBuffer> buffer);

  llvm::StringRef getPath() const override {
    return buffer->getBufferIdentifier();
  }
  llvm::StringRef getContents() const override { return buffer->getBuffer(); }
  std::vector<llvm::StringRef> getNames() const override;
  llvm::Expected<Entry> find(llvm::StringRef name) const override;
  /// Elements can be read as their own type.
  bool canRead(const Entry &entry, DType dtype) const override;
  llvm::ArrayRef<char> read(const Entry &entry, DType dtype,
                            std::vector<char> &storage) const override;

  /// In the order of their bytes in the file.
  llvm::ArrayRef<SafetensorsTensor> getTensors() const { return tensors; }

  /// Fails with the nearest names when there is no such tensor.
  llvm::Expected<const SafetensorsTensor *> lookup(llvm::StringRef name) const;

  /// The entry `__metadata__`.
  const std::map<std::string, std::string> &getMetadata() const {
    return metadata;
  }

private:
  SafetensorsFile() = default;

  std::unique_ptr<llvm::MemoryBuffer> buffer;
  std::vector<SafetensorsTensor> tensors;
  llvm::StringMap<size_t> indexOf;
  std::map<std::string, std::string> metadata;
};

/// The checksum that `#compress.external` carries: XXH3 with 64 bits.
uint64_t getChecksum(llvm::ArrayRef<char> data);

/// A tensor that a writer declares.
struct SafetensorsEntry {
  std::string name;
  DType dtype;
  llvm::SmallVector<int64_t, 4> shape;
};

/// Writes a file without holding it in memory: all tensors are declared first,
/// then their bytes arrive in any order from any thread.
class SafetensorsWriter {
public:
  /// Writes the header. The file must be seekable, and `file` outlive the
  /// writer. Tensors lie widest element first, then in the declared order, from
  /// a multiple of 64 on, which aligns each to its element.
  static llvm::Expected<std::unique_ptr<SafetensorsWriter>>
  create(OutputFile &file, llvm::ArrayRef<SafetensorsEntry> entries,
         const std::map<std::string, std::string> &metadata = {});

  /// Writes the bytes of one tensor, which must be all of them. Each tensor is
  /// written exactly once. Thread-safe.
  llvm::Error write(llvm::StringRef name, llvm::ArrayRef<char> data);

  /// Checks that every tensor has been written; the caller then commits the
  /// file.
  llvm::Error finish();

private:
  enum class State : uint8_t { Declared, Started, Written };
  struct Slot {
    Slot(uint64_t offset, uint64_t size) : offset(offset), size(size) {}
    uint64_t offset;
    uint64_t size;
    std::atomic<State> state{State::Declared};
  };
  explicit SafetensorsWriter(OutputFile &file) : file(file) {}

  OutputFile &file;
  uint64_t dataBegin = 0;
  llvm::StringMap<Slot> slots;
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_SAFETENSORS_H
