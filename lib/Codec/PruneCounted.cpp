//===- PruneCounted.cpp - Prune to a given number of items ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockSelection.h"
#include "Masks.h"
#include "Parallel.h"
#include "Selection.h"
#include <atomic>

using namespace mlir::compress::codec;

static Selection select(const Pruning &pruning, const KeyReader &keys,
                        const Pieces &pieces, int64_t count) {
  llvm::ThreadPoolInterface *threads = pruning.options.threads;
  if (pruning.options.budget == PruneOptions::Budget::Row)
    return Selection::getGreatestOfRows(keys, pieces,
                                        count / pieces.getNumRows(), threads);
  return Selection::getGreatest(keys, pieces, count, threads);
}

int64_t mlir::compress::codec::pruneElements(const Pruning &pruning,
                                             int64_t count) {
  KeyReader keys = pruning.hasScores() ? KeyReader(pruning.options.scores)
                                       : KeyReader(pruning.type, pruning.dense,
                                                   NonFinite::Error);
  Pieces pieces(pruning.shape,
                pruning.options.budget == PruneOptions::Budget::Row);
  Selection selection = select(pruning, keys, pieces, count);
  Eraser eraser(pruning.type, pruning.dense);
  std::atomic<int64_t> removed{0};
  parallelFor(pruning.options.threads, pieces.size(), [&](NextIndex next) {
    int64_t own = 0;
    for (size_t i; next(i);)
      selection.forEachWord(
          i, [&](int64_t row, int64_t column, int64_t size, uint64_t kept) {
            int64_t at = row * pieces.getNumColumns() + column;
            for (uint64_t left = ~kept << (64 - size) >> (64 - size); left != 0;
                 left &= left - 1)
              own += eraser.erase(at + llvm::countr_zero(left));
          });
    removed += own;
  });
  return removed;
}

int64_t mlir::compress::codec::pruneBlocks(const Pruning &pruning,
                                           const BlockSparsity &sparsity) {
  BlockGrid grid(pruning.shape, sparsity);
  BlockSums sums = sumBlocks(grid, pruning.getReader(), !pruning.hasScores(),
                             pruning.options.threads);
  std::vector<char> isKept(grid.blocks, false);
  for (int32_t block : sums.getGreatest(sparsity.count))
    isKept[block] = true;
  Eraser eraser(pruning.type, pruning.dense);
  int64_t columns = grid.shape.back(), width = grid.block.back();
  int64_t rowBlocks = grid.grid.back();
  std::atomic<int64_t> removed{0};
  parallelFor(pruning.options.threads, grid.blocks / rowBlocks,
              [&](NextIndex next) {
                int64_t own = 0;
                for (size_t gridRow; next(gridRow);)
                  forEachRow(grid, gridRow, [&](int64_t row) {
                    for (int64_t i = 0; i < columns; ++i)
                      if (!isKept[gridRow * rowBlocks + i / width])
                        own += eraser.erase(row * columns + i);
                  });
                removed += own;
              });
  return removed;
}
