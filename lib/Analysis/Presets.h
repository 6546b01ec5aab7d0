//===- Presets.h - Rules that have a name -----------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_ANALYSIS_PRESETS_H
#define COMPRESS_LIB_ANALYSIS_PRESETS_H

#include "compress/Analysis/Recipe.h"

namespace mlir::compress {

/// The rule of a preset, if there is one of that name. The ranges that
/// `w8a8-static` needs are not in it.
std::optional<QuantizeRule> getPreset(llvm::StringRef name);

/// The message that there is none, with the names that there are.
std::string unknownPreset(llvm::StringRef name);

} // namespace mlir::compress

#endif // COMPRESS_LIB_ANALYSIS_PRESETS_H
