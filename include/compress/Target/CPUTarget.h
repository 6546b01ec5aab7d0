//===- CPUTarget.h - A processor that code is for ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TARGET_CPUTARGET_H
#define COMPRESS_TARGET_CPUTARGET_H

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/Error.h"
#include "llvm/TargetParser/Triple.h"
#include <memory>
#include <string>
#include <vector>

namespace llvm {
class TargetMachine;
} // namespace llvm

namespace mlir::compress {

/// A processor in LLVM's terms.
struct CPUTarget {
  llvm::Triple triple;
  /// LLVM's name, empty for the least of the architecture.
  std::string cpu;
  /// What it has beyond its name, or lacks: "+avx512vnni".
  std::vector<std::string> changes;
  /// All of its features.
  llvm::StringMap<bool> features;

  /// The processor that this process runs on.
  static const CPUTarget &getHost();

  /// What every processor of this one's architecture has.
  static const CPUTarget &getBaseline();

  /// Reads "host", or a name with features added: "x86-64-v4+avx512vnni".
  /// Names are those of LLVM for x86-64 and AArch64, beside "aarch64" for the
  /// least of the latter. The system is that of this process.
  static llvm::Expected<CPUTarget> parse(llvm::StringRef text);

  /// Whether this process can run the code, but for features.
  bool isHostArchitecture() const;

  /// A generator of position-independent code.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine() const;
};

} // namespace mlir::compress

#endif // COMPRESS_TARGET_CPUTARGET_H
