//===- BlockSelection.cpp - Which blocks of a tensor are kept -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockSelection.h"
#include "Parallel.h"
#include <algorithm>
#include <atomic>
#include <cmath>
#include <numeric>

using namespace mlir::compress::codec;

void mlir::compress::codec::forEachRow(
    const BlockGrid &grid, int64_t gridRow,
    llvm::function_ref<void(int64_t)> visit) {
  int leading = int(grid.shape.size()) - 1;
  Extents begin(leading, 0), end(leading, 0);
  for (int i = leading - 1; i >= 0; --i) {
    begin[i] = gridRow % grid.grid[i] * grid.block[i];
    end[i] = std::min(begin[i] + grid.block[i], grid.shape[i]);
    gridRow /= grid.grid[i];
  }
  Extents index = begin;
  while (true) {
    int64_t row = 0;
    for (int i = 0; i < leading; ++i)
      row = row * grid.shape[i] + index[i];
    visit(row);
    int i = leading - 1;
    for (; i >= 0; --i) {
      if (++index[i] < end[i])
        break;
      index[i] = begin[i];
    }
    if (i < 0)
      return;
  }
}

BlockSums mlir::compress::codec::sumBlocks(const BlockGrid &grid,
                                           const LineReader &values,
                                           bool magnitudes,
                                           llvm::ThreadPoolInterface *threads) {
  BlockSums result;
  result.sums.assign(grid.blocks, 0);
  int64_t columns = grid.shape.back(), width = grid.block.back();
  int64_t rowBlocks = grid.grid.back();
  std::atomic<bool> finite{true};
  parallelFor(threads, grid.blocks / rowBlocks, [&](NextIndex next) {
    std::vector<float> scratch(columns);
    for (size_t gridRow; next(gridRow);) {
      double *sums = &result.sums[int64_t(gridRow) * rowBlocks];
      forEachRow(grid, gridRow, [&](int64_t row) {
        const float *line = values.read(row * columns, columns, scratch.data());
        if (getKernels().maxMagnitude(line, columns) >= infinityBits)
          finite = false;
        for (int64_t block = 0; block < rowBlocks; ++block) {
          double sum = sums[block];
          int64_t end = std::min(columns, (block + 1) * width);
          for (int64_t i = block * width; i < end; ++i)
            sum += magnitudes ? std::fabs(line[i]) : line[i];
          sums[block] = sum;
        }
      });
    }
  });
  result.finite = finite;
  return result;
}

int64_t BlockSums::countNonzero() const {
  return sums.size() - std::count(sums.begin(), sums.end(), 0.0);
}

std::vector<int32_t> BlockSums::getGreatest(int64_t count) const {
  std::vector<int32_t> blocks(sums.size());
  std::iota(blocks.begin(), blocks.end(), 0);
  if (count < int64_t(blocks.size()))
    std::nth_element(blocks.begin(), blocks.begin() + count, blocks.end(),
                     [&](int32_t a, int32_t b) {
                       return sums[a] != sums[b] ? sums[a] > sums[b] : a < b;
                     });
  blocks.resize(count);
  std::sort(blocks.begin(), blocks.end());
  return blocks;
}
