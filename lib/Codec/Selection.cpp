//===- Selection.cpp - Which elements of a tensor are kept ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Selection.h"
#include "Parallel.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <atomic>
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;

//===----------------------------------------------------------------------===//
// Pieces
//===----------------------------------------------------------------------===//

Pieces::Pieces(ArrayRef<int64_t> shape, bool wholeRows)
    : columns(shape.back()) {
  constexpr int64_t elements = int64_t(1) << 16;
  for (int64_t extent : shape.drop_back())
    rows *= extent;
  rowsPerPiece = std::max<int64_t>(elements / columns, 1);
  columnsPerPiece = wholeRows ? columns : std::min(elements, columns);
}

size_t Pieces::size() const {
  return llvm::divideCeil(uint64_t(rows), uint64_t(rowsPerPiece)) *
         llvm::divideCeil(uint64_t(columns), uint64_t(columnsPerPiece));
}

int64_t Pieces::getBegin(size_t piece) const {
  if (columnsPerPiece == columns)
    return std::min(int64_t(piece) * rowsPerPiece, rows) * columns;
  // One row in a piece.
  int64_t parts = (columns - 1) / columnsPerPiece + 1;
  return int64_t(piece) / parts * columns +
         int64_t(piece) % parts * columnsPerPiece;
}

int64_t Pieces::getEnd(size_t piece) const { return getBegin(piece + 1); }

//===----------------------------------------------------------------------===//
// Thresholds
//===----------------------------------------------------------------------===//

void Selection::count(uint32_t key, llvm::ThreadPoolInterface *threads) {
  aboveOf.assign(pieces.size(), 0);
  tiesOf.assign(pieces.size(), 0);
  std::atomic<bool> allFinite{true};
  parallelFor(threads, pieces.size(), [&](NextIndex next) {
    uint32_t buffer[KeyReader::piece];
    for (size_t i; next(i);) {
      uint32_t greatest = 0;
      int64_t end = pieces.getEnd(i);
      for (int64_t at = pieces.getBegin(i); at < end; at += KeyReader::piece) {
        int64_t size = std::min(KeyReader::piece, end - at);
        keys.read(at, size, buffer);
        uint32_t more = 0, equal = 0;
        for (int64_t c = 0; c < size; ++c) {
          more += buffer[c] > key;
          equal += buffer[c] == key;
          greatest = std::max(greatest, buffer[c]);
        }
        aboveOf[i] += more;
        tiesOf[i] += equal;
      }
      if (greatest >= infinityKey)
        allFinite = false;
    }
  });
  finite = allFinite;
  above = 0;
  for (int64_t part : aboveOf)
    above += part;
}

void Selection::setThreshold(Threshold threshold) {
  thresholds = {threshold};
  keptBefore.clear();
  int64_t ties = threshold.ties, kept = 0;
  for (size_t i = 0; i < pieces.size(); ++i) {
    keptBefore.push_back(kept);
    tiesOf[i] = std::min(tiesOf[i], ties);
    ties -= tiesOf[i];
    kept += aboveOf[i] + tiesOf[i];
  }
}

Selection Selection::getNonzero(const KeyReader &keys, const Pieces &pieces,
                                int64_t count,
                                llvm::ThreadPoolInterface *threads) {
  Selection selection(keys, pieces);
  selection.count(0, threads);
  selection.setThreshold({0, std::max<int64_t>(count - selection.above, 0)});
  return selection;
}

Selection Selection::getGreatest(const KeyReader &keys, const Pieces &pieces,
                                 int64_t count,
                                 llvm::ThreadPoolInterface *threads) {
  Selection selection(keys, pieces);
  Threshold threshold = findThreshold(
      keys, pieces.getNumRows() * pieces.getNumColumns(), count, threads);
  selection.count(threshold.key, threads);
  selection.setThreshold(threshold);
  return selection;
}

Selection Selection::getGreatestOfRows(const KeyReader &keys,
                                       const Pieces &pieces, int64_t count,
                                       llvm::ThreadPoolInterface *threads) {
  Selection selection(keys, pieces);
  selection.thresholds.resize(pieces.getNumRows());
  int64_t columns = pieces.getNumColumns();
  if (count == 0) {
    // No key is greater than this one.
    for (Threshold &threshold : selection.thresholds)
      threshold.key = ~uint32_t(0);
    return selection;
  }
  parallelFor(threads, pieces.getNumRows(), [&](NextIndex next) {
    std::vector<uint32_t> row(columns);
    for (size_t i; next(i);) {
      for (int64_t at = 0; at < columns; at += KeyReader::piece)
        keys.read(int64_t(i) * columns + at,
                  std::min(KeyReader::piece, columns - at), &row[at]);
      auto last = row.begin() + (count - 1);
      std::nth_element(row.begin(), last, row.end(), std::greater<uint32_t>());
      Threshold &threshold = selection.thresholds[i];
      threshold.key = *last;
      threshold.ties = std::count(row.begin(), last + 1, *last);
    }
  });
  return selection;
}

//===----------------------------------------------------------------------===//
// Words
//===----------------------------------------------------------------------===//

/// A bit for each of at most 64 conditions.
template <typename Condition>
static uint64_t getBits(int64_t count, Condition condition) {
  // A loop of bytes becomes vectors; a product brings eight of them together.
  uint8_t flags[64] = {};
  for (int64_t i = 0; i < count; ++i)
    flags[i] = condition(i);
  uint64_t bits = 0;
  for (int i = 0; i < 64; i += 8) {
    uint64_t bytes;
    std::memcpy(&bytes, flags + i, sizeof(bytes));
    bits |= (bytes * 0x0102040810204080) >> 56 << i;
  }
  return bits;
}

void Selection::forEachWord(
    size_t piece,
    llvm::function_ref<void(int64_t, int64_t, int64_t, uint64_t)> visit) const {
  constexpr int64_t word = 64;
  int64_t columns = pieces.getNumColumns(), end = pieces.getEnd(piece);
  bool perRow = tiesOf.empty();
  uint32_t key = thresholds.front().key;
  int64_t ties = perRow ? 0 : tiesOf[piece];
  uint32_t buffer[KeyReader::piece];
  for (int64_t at = pieces.getBegin(piece); at < end;) {
    int64_t row = at / columns, column = at % columns;
    if (perRow && column == 0) {
      key = thresholds[row].key;
      ties = thresholds[row].ties;
    }
    int64_t size = std::min({KeyReader::piece, end - at, columns - column});
    keys.read(at, size, buffer);
    for (int64_t c = 0; c < size; c += word) {
      int64_t count = std::min(word, size - c);
      uint64_t kept =
          getBits(count, [&](int64_t i) { return buffer[c + i] > key; });
      if (ties > 0) {
        uint64_t equal =
            getBits(count, [&](int64_t i) { return buffer[c + i] == key; });
        for (; equal != 0 && ties > 0; equal &= equal - 1, --ties)
          kept |= equal & (~equal + 1);
      }
      visit(row, column + c, count, kept);
    }
    at += size;
  }
}
