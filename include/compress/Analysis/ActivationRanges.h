//===- ActivationRanges.h - Extremes of activations -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_ANALYSIS_ACTIVATIONRANGES_H
#define COMPRESS_ANALYSIS_ACTIVATIONRANGES_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <map>
#include <string>

namespace mlir::compress {

/// Least and greatest value of the activation that a site reads.
struct ActivationRange {
  float min = 0, max = 0;
};

/// Ranges by the names of sites.
using ActivationRanges = std::map<std::string, ActivationRange>;

/// Reads ranges from a file: `.npz` and `.safetensors` hold for each site an
/// array of two floats, f32 or f64; any other file is a YAML or JSON map of
/// each site to a map with the keys `min` and `max`. Messages name the file and
/// the site.
llvm::Expected<ActivationRanges> readActivationRanges(llvm::StringRef path);

} // namespace mlir::compress

#endif // COMPRESS_ANALYSIS_ACTIVATIONRANGES_H
