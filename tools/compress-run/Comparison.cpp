//===- Comparison.cpp - How far outputs are from a reference --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Comparison.h"
#include "Inputs.h"
#include "llvm/Support/Format.h"
#include <cmath>
#include <limits>

using namespace mlir::compress::runtime;
using llvm::ArrayRef;

static OutputError compare(llvm::StringRef name, const NdArray &output,
                           const NdArray &reference) {
  OutputError error;
  error.name = name.str();
  double signal = 0, noise = 0, dot = 0, norm = 0;
  int64_t count = reference.getNumElements();
  int64_t row = reference.getShape().empty() ? 1 : reference.getShape().back();
  int64_t agreeing = 0;
  int64_t bestOutput = 0, bestReference = 0;
  for (int64_t i = 0; i < count; ++i) {
    double out = getElement(output, i), ref = getElement(reference, i);
    double difference = std::isnan(out) && std::isnan(ref) ? 0.0
                        : out == ref ? 0.0
                                     : std::fabs(out - ref);
    // A NaN stays once it is there.
    if (!(difference <= error.maxError) && !std::isnan(error.maxError))
      error.maxError = difference;
    noise += difference * difference;
    signal += ref * ref;
    norm += out * out;
    dot += out * ref;
    if (i % row == 0)
      bestOutput = bestReference = i;
    if (out > getElement(output, bestOutput))
      bestOutput = i;
    if (ref > getElement(reference, bestReference))
      bestReference = i;
    if (i % row == row - 1)
      agreeing += bestOutput == bestReference;
  }
  error.sqnr = noise == 0 ? std::numeric_limits<double>::infinity()
                          : 10 * std::log10(signal / noise);
  error.cosine = noise == 0 ? 1.0 : dot / std::sqrt(signal * norm);
  error.top1 = count ? double(agreeing) / double(count / row) : 1.0;
  return error;
}

llvm::Expected<std::vector<OutputError>>
mlir::compress::runtime::compareOutputs(const NdArrayMap &outputs,
                                        const NdArrayMap &reference) {
  std::vector<OutputError> rows;
  for (const auto &[name, array] : outputs) {
    auto it = reference.find(name);
    if (it == reference.end())
      return llvm::createStringError("the reference has no output '" + name +
                                     "' to compare with");
    if (it->second.getShape() != array.getShape())
      return llvm::createStringError(
          "output '" + name + "' has shape " + formatShape(array.getShape()) +
          ", but the reference's has " + formatShape(it->second.getShape()));
    rows.push_back(compare(name, array, it->second));
  }
  return rows;
}

void mlir::compress::runtime::printComparison(ArrayRef<OutputError> rows,
                                              llvm::raw_ostream &os) {
  os << llvm::format("%-24s %12s %10s %12s %8s\n", "output", "max error",
                     "SQNR dB", "cosine", "top-1");
  for (const OutputError &row : rows)
    os << llvm::format("%-24s %12.4g %10.2f %12.8f %7.2f%%\n", row.name.c_str(),
                       row.maxError, row.sqnr, row.cosine, 100 * row.top1);
}

llvm::json::Value mlir::compress::runtime::toJSON(ArrayRef<OutputError> rows) {
  auto number = [](double value) -> llvm::json::Value {
    if (std::isfinite(value))
      return value;
    return std::isnan(value) ? "nan" : value > 0 ? "inf" : "-inf";
  };
  llvm::json::Array array;
  for (const OutputError &row : rows)
    array.push_back(llvm::json::Object{{"name", row.name},
                                       {"max_error", number(row.maxError)},
                                       {"sqnr_db", number(row.sqnr)},
                                       {"cosine", number(row.cosine)},
                                       {"top1_agreement", number(row.top1)}});
  return array;
}
