//===- Benchmark.h - Times of runs ---------------------------- -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_TOOLS_COMPRESS_RUN_BENCHMARK_H
#define COMPRESS_TOOLS_COMPRESS_RUN_BENCHMARK_H

#include "compress/Runtime/Executable.h"
#include "llvm/Support/JSON.h"
#include <optional>

namespace mlir::compress::runtime {

struct Times {
  unsigned runs = 0;
  /// Medians, in milliseconds.
  double module = 0;
  std::optional<double> reference;
};

/// Runs both in turn, after a warm-up run of each, so that a change of the
/// processor's clock meets both alike.
llvm::Expected<Times> measure(Executable &module, Executable *reference,
                              const NdArrayMap &inputs, unsigned runs);

void printTimes(const Times &times, raw_ostream &os);
llvm::json::Value toJSON(const Times &times);

} // namespace mlir::compress::runtime

#endif // COMPRESS_TOOLS_COMPRESS_RUN_BENCHMARK_H
