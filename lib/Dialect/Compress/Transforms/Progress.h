//===- Progress.h - A progress bar on a terminal -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_PROGRESS_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_PROGRESS_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

namespace mlir::compress {

/// Shows how far a long job is, on the standard error, if that is a terminal
/// and the job is big enough to wait for.
class Progress {
public:
  Progress(llvm::StringRef what, int64_t totalBytes)
      : what(what), total(totalBytes),
        shown(llvm::errs().is_displayed() && totalBytes >= kLeastBytes) {}
  ~Progress() {
    if (shown)
      llvm::errs() << "\r\x1b[K";
  }

  void add(int64_t bytes) {
    done += bytes;
    if (!shown)
      return;
    constexpr int64_t width = 40;
    int64_t filled = done * width / total;
    llvm::errs() << '\r' << what << " [" << std::string(filled, '#')
                 << std::string(width - filled, ' ') << "] "
                 << llvm::format("%3d%%", static_cast<int>(done * 100 / total));
  }

private:
  static constexpr int64_t kLeastBytes = int64_t(64) << 20;

  llvm::StringRef what;
  int64_t total;
  int64_t done = 0;
  bool shown;
};

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_PROGRESS_H
