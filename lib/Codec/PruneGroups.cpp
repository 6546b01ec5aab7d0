//===- PruneGroups.cpp - Prune N:M groups and tiles -----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "Parallel.h"
#include "Ranking.h"
#include "llvm/Support/MathExtras.h"
#include <atomic>
#include <cmath>

using namespace mlir::compress::codec;
using llvm::ArrayRef;

/// The product of the extents [begin, end).
static int64_t multiply(ArrayRef<int64_t> shape, size_t begin, size_t end) {
  int64_t product = 1;
  for (int64_t extent : shape.slice(begin, end - begin))
    product *= extent;
  return product;
}

//===----------------------------------------------------------------------===//
// Groups
//===----------------------------------------------------------------------===//

int64_t mlir::compress::codec::pruneByScore(const Pruning &pruning,
                                            const NMSparsity &nm) {
  KeyReader keys(pruning.options.scores);
  Eraser eraser(pruning.type, pruning.dense);
  size_t rank = pruning.shape.size();
  // A group of lines is m lines of `inner` neighbours.
  int64_t inner = multiply(pruning.shape, nm.axis + 1, rank);
  int64_t groups = multiply(pruning.shape, 0, nm.axis + 1) / nm.m;
  int64_t width = std::min(inner, KeyReader::piece / nm.m);
  int64_t parts = (inner - 1) / width + 1;

  constexpr int64_t share = 256;
  std::atomic<int64_t> removed{0};
  size_t shares = llvm::divideCeil(uint64_t(groups * parts), uint64_t(share));
  parallelFor(pruning.options.threads, shares, [&](NextIndex next) {
    uint32_t lines[KeyReader::piece];
    int64_t own = 0;
    for (size_t i; next(i);) {
      int64_t end = std::min((int64_t(i) + 1) * share, groups * parts);
      for (int64_t part = int64_t(i) * share; part < end; ++part) {
        int64_t column = part % parts * width;
        int64_t size = std::min(width, inner - column);
        int64_t first = part / parts * nm.m * inner + column;
        if (inner == 1)
          keys.read(first, nm.m, lines);
        else
          for (int64_t j = 0; j < nm.m; ++j)
            keys.read(first + j * inner, size, lines + j * size);
        for (int64_t c = 0; c < size; ++c)
          for (int64_t j = 0; j < nm.m; ++j) {
            uint32_t key = lines[j * size + c];
            int64_t before = 0;
            for (int64_t k = 0; k < nm.m; ++k)
              before += lines[k * size + c] > key ||
                        (lines[k * size + c] == key && k < j);
            if (before >= nm.n)
              own += eraser.erase(first + j * inner + c);
          }
      }
    }
    removed += own;
  });
  return removed;
}

//===----------------------------------------------------------------------===//
// Tiles
//===----------------------------------------------------------------------===//

namespace {
/// The elements of an m x m tile that a mask keeps, in row-major order.
using TileMask = llvm::SmallVector<int, 16>;
} // namespace

/// The masks with n elements in each row and each column of a tile, in the
/// order of their bits, row-major.
static llvm::SmallVector<TileMask, 0> getMasks(int n, int m) {
  int size = m * m;
  llvm::SmallVector<TileMask, 0> masks;
  for (uint32_t bits = 0; bits < uint32_t(1) << size; ++bits) {
    int rows[4] = {}, columns[4] = {};
    TileMask mask;
    for (int i = 0; i < size; ++i) {
      if ((bits >> (size - 1 - i) & 1) == 0)
        continue;
      mask.push_back(i);
      ++rows[i / m];
      ++columns[i % m];
    }
    bool valid = true;
    for (int i = 0; i < m; ++i)
      valid &= rows[i] == n && columns[i] == n;
    if (valid)
      masks.push_back(mask);
  }
  return masks;
}

namespace {
/// Tiles whose masks are chosen together.
struct Tiles {
  static constexpr int size = 64;

  float values[16][size];
  int32_t chosen[size];

  /// Sets `chosen` to the best mask of each tile.
  void choose(ArrayRef<TileMask> masks) {
    float best[size];
    for (size_t k = 0; k < masks.size(); ++k) {
      float sums[size] = {};
      for (int i : masks[k])
        for (int t = 0; t < size; ++t)
          sums[t] += values[i][t];
      for (int t = 0; t < size; ++t) {
        bool better = k == 0 || sums[t] > best[t];
        best[t] = better ? sums[t] : best[t];
        chosen[t] = better ? int32_t(k) : chosen[t];
      }
    }
  }
};
} // namespace

int64_t mlir::compress::codec::pruneTransposable(const Pruning &pruning,
                                                 const NMSparsity &nm) {
  LineReader reader = pruning.getReader();
  Eraser eraser(pruning.type, pruning.dense);
  auto masks = getMasks(nm.n, nm.m);
  bool magnitudes = !pruning.hasScores();

  // The tensor is [outer, rows, middle, columns, inner]; the m rows of a tile
  // are parts of lines of [columns, inner].
  int64_t rowAxis = std::min(nm.axis, nm.transposedAxis);
  int64_t columnAxis = std::max(nm.axis, nm.transposedAxis);
  size_t rank = pruning.shape.size();
  int64_t m = nm.m, rows = pruning.shape[rowAxis];
  int64_t outer = multiply(pruning.shape, 0, rowAxis);
  int64_t middle = multiply(pruning.shape, rowAxis + 1, columnAxis);
  int64_t inner = multiply(pruning.shape, columnAxis + 1, rank);
  int64_t line = pruning.shape[columnAxis] * inner;
  int64_t tiles = line / m;

  std::atomic<int64_t> removed{0};
  parallelFor(
      pruning.options.threads, outer * (rows / m) * middle,
      [&](NextIndex next) {
        std::vector<float> scratch(m * line);
        Tiles batch = {};
        int64_t own = 0;
        for (size_t i; next(i);) {
          int64_t first =
              int64_t(i) / middle * m * middle + int64_t(i) % middle;
          const float *lines[4];
          for (int64_t r = 0; r < m; ++r)
            lines[r] = reader.read((first + r * middle) * line, line,
                                   &scratch[r * line]);
          for (int64_t begin = 0; begin < tiles; begin += Tiles::size) {
            int64_t count = std::min<int64_t>(Tiles::size, tiles - begin);
            auto getColumn = [&](int64_t t, int64_t c) {
              int64_t tile = begin + t;
              return (tile / inner * m + c) * inner + tile % inner;
            };
            for (int64_t r = 0; r < m; ++r)
              for (int64_t c = 0; c < m; ++c)
                for (int64_t t = 0; t < count; ++t) {
                  float value = lines[r][getColumn(t, c)];
                  batch.values[r * m + c][t] =
                      magnitudes ? std::fabs(value) : value;
                }
            batch.choose(masks);
            for (int64_t t = 0; t < count; ++t) {
              const int *kept = masks[batch.chosen[t]].begin();
              for (int64_t e = 0; e < m * m; ++e) {
                if (kept != masks[batch.chosen[t]].end() && *kept == e) {
                  ++kept;
                  continue;
                }
                own += eraser.erase((first + e / m * middle) * line +
                                    getColumn(t, e % m));
              }
            }
          }
        }
        removed += own;
      });
  return removed;
}
