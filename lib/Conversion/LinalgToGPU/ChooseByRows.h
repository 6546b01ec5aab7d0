//===- ChooseByRows.h - Schedules by the number of rows ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEBYROWS_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEBYROWS_H

#include "compress/Dialect/Kernel/IR/Kernel.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace mlir::compress {

/// Clocks that a schedule is predicted to take, and what decides between
/// schedules of equal times, the less the better.
using Clocks = std::pair<double, double>;

/// The schedule of a product whose number of rows is known when running, and is
/// at least `leastRows`: one, where it is nearly the best for all numbers of
/// rows, or else a `#compress_kernel.by_rows` of a few. `choose` gives the best
/// for one number, or null, and `predict` the clocks of any that it gives,
/// infinite for rows that it cannot have. Null where it gives none.
Attribute
chooseByRows(MLIRContext *context, int64_t leastRows,
             llvm::function_ref<Attribute(int64_t rows)> choose,
             llvm::function_ref<Clocks(Attribute, int64_t rows)> predict);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEBYROWS_H
