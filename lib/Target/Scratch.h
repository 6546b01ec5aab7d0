//===- Scratch.h - Programs that read and write files -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_TARGET_SCRATCH_H
#define COMPRESS_LIB_TARGET_SCRATCH_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"
#include <string>

namespace mlir::compress {

/// A temporary folder in which a program of another project is run.
class Scratch {
public:
  static llvm::Expected<Scratch> create();
  Scratch(Scratch &&other) : directory(std::move(other.directory)) {
    other.directory.clear();
  }
  ~Scratch();

  std::string getPath(llvm::StringRef name) const;
  llvm::Error write(llvm::StringRef name, llvm::StringRef bytes) const;
  llvm::Expected<std::string> read(llvm::StringRef name) const;

  /// Runs a program to its end; `log` takes all that it prints. Returns its
  /// status.
  llvm::Expected<int> run(llvm::StringRef program,
                          llvm::ArrayRef<llvm::StringRef> arguments,
                          std::string &log) const;

private:
  Scratch() = default;
  llvm::SmallString<128> directory;
};

} // namespace mlir::compress

#endif // COMPRESS_LIB_TARGET_SCRATCH_H
