//===- UniqueNames.h - Names that are given once -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_ANALYSIS_UNIQUENAMES_H
#define COMPRESS_ANALYSIS_UNIQUENAMES_H

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/Twine.h"
#include <string>

namespace mlir::compress {

/// Gives each name once; a repeated one gets a number: `w`, `w#2`, `w#3`.
class UniqueNames {
public:
  /// Takes a name that is there already.
  void reserve(llvm::StringRef name) { copies.try_emplace(name, 1); }

  std::string get(llvm::StringRef name) {
    auto [known, inserted] = copies.try_emplace(name, 1);
    if (inserted)
      return name.str();
    while (true) {
      std::string unique = (name + "#" + llvm::Twine(++known->second)).str();
      if (copies.try_emplace(unique, 1).second)
        return unique;
      // Inserting may have moved the entry.
      known = copies.find(name);
    }
  }

private:
  /// How many copies of a name have been given.
  llvm::StringMap<unsigned> copies;
};

} // namespace mlir::compress

#endif // COMPRESS_ANALYSIS_UNIQUENAMES_H
