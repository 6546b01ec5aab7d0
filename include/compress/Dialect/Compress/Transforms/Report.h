//===- Report.h - The plan as a table and as JSON -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_TRANSFORMS_REPORT_H
#define COMPRESS_DIALECT_COMPRESS_TRANSFORMS_REPORT_H

#include "compress/Analysis/Plan.h"

namespace llvm {
class raw_ostream;
} // namespace llvm

namespace mlir::compress {

/// Prints a table: a row per site with its scheme, effective bits, bytes before
/// and after, zeros and signal to noise, or why it stays dense; then totals.
void printReportText(const CompressionPlan &plan, llvm::raw_ostream &os);

/// Prints the same as JSON. `version` counts incompatible changes; sizes are in
/// bytes, `zeros` and `saturated` are shares of the elements, `sqnr_db` is null
/// where nothing was measured or the error is zero.
void printReportJSON(const CompressionPlan &plan, llvm::raw_ostream &os);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_TRANSFORMS_REPORT_H
