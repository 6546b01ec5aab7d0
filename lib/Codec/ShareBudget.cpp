//===- ShareBudget.cpp - One budget for several tensors -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Ranking.h"

using namespace mlir::compress::codec;
using llvm::Error;
using llvm::Expected;

namespace {
/// What the second visit finds of one tensor.
struct Part {
  /// Elements above the threshold's upper half.
  int64_t above = 0;
  /// Elements with that upper half: their lower halves and how often they
  /// occur. Few values share 16 bits, so that most lists are short.
  std::vector<std::pair<uint16_t, int64_t>> lower;
};
} // namespace

Expected<std::vector<int64_t>> mlir::compress::codec::shareBudget(
    size_t tensors, int64_t count,
    llvm::function_ref<Expected<RankedTensor>(size_t)> read,
    llvm::ThreadPoolInterface *threads) {
  auto visit = [&](auto work) -> Error {
    for (size_t i = 0; i < tensors; ++i) {
      Expected<RankedTensor> tensor = read(i);
      if (!tensor)
        return tensor.takeError();
      KeyReader keys =
          tensor->scores.empty()
              ? KeyReader(tensor->type, tensor->dense, NonFinite::Clamp)
              : KeyReader(tensor->scores);
      work(i, keys, tensor->dense.size() / getByteWidth(tensor->type));
    }
    return Error::success();
  };

  KeyHistogram upperHalves, lowerHalves;
  if (Error error = visit([&](size_t, const KeyReader &keys, int64_t elements) {
        upperHalves.addUpper(keys, elements, threads);
      }))
    return error;
  count = std::min(count, upperHalves.getNumKeys());
  uint32_t upper = upperHalves.findHalf(count);
  std::vector<Part> parts(tensors);
  if (Error error =
          visit([&](size_t i, const KeyReader &keys, int64_t elements) {
            KeyHistogram own;
            parts[i].above = own.addLower(keys, elements, upper, threads);
            for (size_t half = 0; half < KeyHistogram::size; ++half) {
              if (own[half] == 0)
                continue;
              parts[i].lower.push_back({uint16_t(half), own[half]});
              lowerHalves.add(half, own[half]);
            }
          }))
    return error;

  uint32_t lower = lowerHalves.findHalf(count);
  std::vector<int64_t> counts;
  for (const Part &part : parts) {
    int64_t kept = part.above;
    for (auto [half, keys] : part.lower) {
      if (half < lower)
        continue;
      int64_t taken = half > lower ? keys : std::min(keys, count);
      kept += taken;
      count -= half > lower ? 0 : taken;
    }
    counts.push_back(kept);
  }
  return counts;
}
