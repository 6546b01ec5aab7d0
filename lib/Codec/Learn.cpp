//===- Learn.cpp - Tables that are learned from values --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Learn.h"
#include "Quantizer.h"
#include <algorithm>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::MutableArrayRef;

/// Lloyd's algorithm stops after this many iterations at the latest.
static constexpr int maxIterations = 25;

/// Entries halfway through equal parts of the sorted values.
static void fillQuantiles(ArrayRef<float> sorted,
                          MutableArrayRef<float> table) {
  for (size_t i = 0; i < table.size(); ++i) {
    double position =
        (double(i) + 0.5) / double(table.size()) * double(sorted.size() - 1);
    size_t lower = size_t(position);
    size_t upper = std::min(lower + 1, sorted.size() - 1);
    double fraction = position - double(lower);
    table[i] =
        float(double(sorted[lower]) +
              (double(sorted[upper]) - double(sorted[lower])) * fraction);
  }
}

/// Where the values of each entry end.
static void findEnds(ArrayRef<float> sorted, ArrayRef<float> table,
                     MutableArrayRef<size_t> ends) {
  for (size_t i = 0; i + 1 < table.size(); ++i)
    ends[i] = std::upper_bound(sorted.begin(), sorted.end(),
                               getThreshold(table[i], table[i + 1])) -
              sorted.begin();
  ends[table.size() - 1] = sorted.size();
}

void mlir::compress::codec::learnTable(const CodebookStorage &storage,
                                       MutableArrayRef<float> values,
                                       MutableArrayRef<float> table) {
  std::fill(table.begin(), table.end(), 0.0f);
  if (values.empty())
    return;
  std::sort(values.begin(), values.end());
  std::vector<char> scratch;
  auto round = [&] {
    getKernels().saturate(table.data(), table.size(),
                          getLargestFinite(storage.scaleType), table.data());
    roundFloats(storage.scaleType, table.data(), table.size(), scratch);
  };
  fillQuantiles(values, table);
  round();
  if (storage.kind == CodebookStorage::Kind::Quantile)
    return;

  std::vector<size_t> ends(table.size()), before;
  for (int iteration = 0; iteration < maxIterations; ++iteration) {
    findEnds(values, table, ends);
    if (ends == before)
      return;
    for (size_t i = 0, begin = 0; i < table.size(); begin = ends[i++]) {
      // The sums of parts that did not change would be the same.
      bool same = !before.empty() && ends[i] == before[i] &&
                  begin == (i == 0 ? 0 : before[i - 1]);
      if (same || begin >= ends[i])
        continue;
      double sum = 0;
      for (size_t j = begin; j < ends[i]; ++j)
        sum += double(values[j]);
      table[i] = float(sum / double(ends[i] - begin));
    }
    round();
    before = ends;
  }
}
