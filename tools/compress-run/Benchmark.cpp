//===- Benchmark.cpp - Times of runs --------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Benchmark.h"
#include "llvm/Support/Format.h"
#include <algorithm>

using namespace mlir;
using namespace mlir::compress::runtime;

static double getMedian(std::vector<double> times) {
  std::sort(times.begin(), times.end());
  size_t middle = times.size() / 2;
  return times.size() % 2 ? times[middle]
                          : (times[middle - 1] + times[middle]) / 2;
}

llvm::Expected<Times> mlir::compress::runtime::measure(Executable &module,
                                                       Executable *reference,
                                                       const NdArrayMap &inputs,
                                                       unsigned runs) {
  Executable *programs[] = {&module, reference};
  std::vector<double> times[2];
  for (unsigned run = 0; run <= runs; ++run) {
    for (unsigned i = 0; i < 2; ++i) {
      if (!programs[i])
        continue;
      auto elapsed = programs[i]->time(inputs);
      if (!elapsed)
        return elapsed.takeError();
      if (run)
        times[i].push_back(*elapsed);
    }
  }
  Times result;
  result.runs = runs;
  result.module = getMedian(times[0]);
  if (reference)
    result.reference = getMedian(times[1]);
  return result;
}

void mlir::compress::runtime::printTimes(const Times &times, raw_ostream &os) {
  os << llvm::format("median of %u runs: %.4f ms", times.runs, times.module);
  if (times.reference)
    os << llvm::format(", reference %.4f ms, ratio %.3f", *times.reference,
                       *times.reference / times.module);
  os << "\n";
}

llvm::json::Value mlir::compress::runtime::toJSON(const Times &times) {
  llvm::json::Object object{{"runs", times.runs}, {"module", times.module}};
  if (times.reference) {
    object["reference"] = *times.reference;
    object["ratio"] = *times.reference / times.module;
  }
  return object;
}
