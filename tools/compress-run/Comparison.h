//===- Comparison.h - How far outputs are from a reference ---- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TOOLS_COMPRESS_RUN_COMPARISON_H
#define COMPRESS_TOOLS_COMPRESS_RUN_COMPARISON_H

#include "compress/Runtime/NdArray.h"
#include "llvm/Support/JSON.h"

namespace mlir::compress::runtime {

/// How far one output is from its reference.
struct OutputError {
  std::string name;
  /// The largest absolute difference; NaN when an element is NaN in one of the
  /// two only.
  double maxError = 0;
  /// Signal to quantization noise, 10 log10(sum ref^2 / sum (out - ref)^2), in
  /// decibels; infinite for equal outputs.
  double sqnr = 0;
  /// Cosine of the angle between the two, as vectors.
  double cosine = 0;
  /// The fraction of rows along the last dimension whose largest element is at
  /// the same position (the first of equal ones) in both.
  double top1 = 0;
};

/// Compares outputs of the same names and shapes.
llvm::Expected<std::vector<OutputError>>
compareOutputs(const NdArrayMap &outputs, const NdArrayMap &reference);

void printComparison(llvm::ArrayRef<OutputError> rows, llvm::raw_ostream &os);

/// An object per output; infinite and NaN measures are strings.
llvm::json::Value toJSON(llvm::ArrayRef<OutputError> rows);

} // namespace mlir::compress::runtime

#endif // COMPRESS_TOOLS_COMPRESS_RUN_COMPARISON_H
