//===- ExternalStore.h - The weight files of a context -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_EXTERNALSTORE_H
#define COMPRESS_DIALECT_COMPRESS_IR_EXTERNALSTORE_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Runtime/DType.h"
#include "llvm/ADT/StringMap.h"
#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace mlir::compress {

namespace runtime {
class OutputTransaction;
class WeightsFile;
} // namespace runtime

/// Opens the files that `#compress.external` names, each once, and maps them.
/// One per context, held by the dialect. Thread-safe.
class ExternalStore {
public:
  /// Adds a directory in which relative files are looked up. The current
  /// directory comes last.
  void addSearchDirectory(StringRef directory);

  /// Makes the name `file` stand for the file at `path`, such as an output that
  /// has not been renamed to its place yet.
  void redirect(StringRef file, StringRef path);

  /// The file that a name stands for.
  llvm::Expected<std::shared_ptr<runtime::WeightsFile>> open(StringRef file);

  /// Fails when `path` is one of the files that have been opened, or one that
  /// `named` names: replacing it would lose weights that are needed.
  llvm::Error checkNotRead(StringRef path, ArrayRef<StringRef> named);

  /// The bytes of a weight, row-major and unaligned, valid as long as the store
  /// and `storage`, which takes those that are decoded. Reports a missing file
  /// or key and disagreement in dtype, shape or checksum.
  FailureOr<ArrayRef<char>>
  resolve(ExternalAttr attr, std::vector<char> &storage,
          function_ref<InFlightDiagnostic()> emitError);

  /// Where passes put files that must appear only when the whole pipeline has
  /// succeeded; null when every pass is on its own.
  runtime::OutputTransaction *getOutputs() const { return outputs; }
  void setOutputs(runtime::OutputTransaction *transaction) {
    outputs = transaction;
  }

private:
  /// The path that a name stands for, empty when there is no such file.
  std::string findPath(StringRef file) const;

  std::mutex mutex;
  SmallVector<std::string> directories;
  llvm::StringMap<std::string> redirections;
  llvm::StringMap<std::shared_ptr<runtime::WeightsFile>> files;
  /// Externals whose checksum has been compared.
  DenseSet<Attribute> checked;
  runtime::OutputTransaction *outputs = nullptr;
};

/// The safetensors spelling of an element type, none for types it lacks.
std::optional<runtime::DType> getDType(Type elementType);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_EXTERNALSTORE_H
