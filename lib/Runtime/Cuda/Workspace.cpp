//===- Workspace.cpp - Where buffers lie in one workspace ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Workspace.h"
#include <algorithm>

namespace mlir::compress::runtime {

int64_t placeBuffers(int64_t count, const CudaLifetime *lifetimes,
                     int64_t *plan, int64_t *order, int64_t *placed) {
  for (int64_t i = 0; i < count; ++i)
    order[i] = i;
  std::sort(order, order + count, [&](int64_t a, int64_t b) {
    return plan[a] != plan[b] ? plan[a] > plan[b] : a < b;
  });
  // Those that have a place, by their offsets, and where each one ends.
  int64_t workspaceBytes = 0;
  for (int64_t n = 0; n < count; ++n) {
    int64_t buffer = order[n];
    int64_t bytes = alignBuffer(plan[buffer]);
    int64_t offset = 0;
    for (int64_t i = 0; i < n; ++i) {
      int64_t other = placed[2 * i];
      if (lifetimes[other].begin > lifetimes[buffer].end ||
          lifetimes[buffer].begin > lifetimes[other].end)
        continue;
      if (plan[other] >= offset + bytes)
        break;
      offset = std::max(offset, placed[2 * i + 1]);
    }
    plan[buffer] = offset;
    int64_t at = n;
    for (; at > 0 && plan[placed[2 * (at - 1)]] > offset; --at) {
      placed[2 * at] = placed[2 * at - 2];
      placed[2 * at + 1] = placed[2 * at - 1];
    }
    placed[2 * at] = buffer;
    placed[2 * at + 1] = offset + bytes;
    workspaceBytes = std::max(workspaceBytes, offset + bytes);
  }
  return workspaceBytes;
}

} // namespace mlir::compress::runtime
