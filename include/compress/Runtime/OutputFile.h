//===- OutputFile.h - Outputs written aside and renamed ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An output is written to a temporary file beside its target and renamed over
// it when everything has succeeded. Until then, and after any failure, an old
// file at the target is intact.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_OUTPUTFILE_H
#define COMPRESS_RUNTIME_OUTPUTFILE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"
#include <atomic>
#include <memory>
#include <string>
#include <vector>

namespace mlir::compress::runtime {

/// One output. "-" is the standard output; it, devices and pipes are written
/// directly, since they cannot be renamed over. Use either the stream or the
/// descriptor. Destruction without `commit` removes the temporary file.
class OutputFile {
public:
  /// Fails when the target is a directory or write-protected, or its directory
  /// is missing or unwritable.
  static llvm::Expected<std::unique_ptr<OutputFile>>
  create(llvm::StringRef path);
  ~OutputFile();
  OutputFile(const OutputFile &) = delete;
  OutputFile &operator=(const OutputFile &) = delete;

  /// The path as given to `create`.
  llvm::StringRef getPath() const { return path; }
  /// Where the bytes are now: the temporary file before `commit`.
  llvm::StringRef getCurrentPath() const {
    return temporary.empty() ? target : temporary;
  }
  llvm::raw_fd_ostream &os() { return *stream; }
  int getFD() const { return fd; }

  /// Writes all bytes at an offset, bypassing the stream. Thread-safe.
  llvm::Error writeAt(uint64_t offset, llvm::ArrayRef<char> bytes);

  /// Flushes and closes. Fails when this or any write before failed. Nothing
  /// can be written afterwards.
  llvm::Error close();

  /// Closes if needed and renames over the target. The permissions are the old
  /// file's, otherwise those of any new file.
  llvm::Error commit();

private:
  friend class OutputTransaction;
  OutputFile(llvm::StringRef path) : path(path) {}
  void discard();

  std::string path;
  /// Where the bytes end up: `path` with symbolic links followed.
  std::string target;
  /// Empty when the target is written directly, and after `commit`.
  std::string temporary;
  int fd = -1;
  /// A write has failed, so the file must not replace anything.
  std::atomic<bool> failed{false};
  std::unique_ptr<llvm::raw_fd_ostream> stream;
};

/// Several outputs that appear together or not at all.
class OutputTransaction {
public:
  OutputTransaction() = default;
  /// Removes the directories that it has created, unless committed.
  ~OutputTransaction();
  OutputTransaction(const OutputTransaction &) = delete;
  OutputTransaction &operator=(const OutputTransaction &) = delete;

  /// Names an input, which no output may replace.
  void protect(llvm::StringRef input);

  /// Creates a directory for outputs, and those around it, where missing.
  llvm::Error addDirectory(llvm::StringRef path);

  /// Adds an output, which the transaction owns. The same target twice and an
  /// input as the target are errors.
  llvm::Expected<OutputFile *> add(llvm::StringRef path);

  /// Closes every output, and only if all have been written completely renames
  /// them. If a rename fails, those before it are undone.
  llvm::Error commit();

private:
  std::vector<std::string> inputs;
  /// Directories that were missing, outer ones first.
  std::vector<std::string> created;
  std::vector<std::unique_ptr<OutputFile>> files;
};

/// Fails when both paths are one file (by device and inode, so links do not
/// hide it). A missing file and "-" are no other file.
llvm::Error checkNotSameFile(llvm::StringRef input, llvm::StringRef output);

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_OUTPUTFILE_H
