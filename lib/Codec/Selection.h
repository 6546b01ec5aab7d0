//===- Selection.h - Which elements of a tensor are kept --------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_SELECTION_H
#define COMPRESS_LIB_CODEC_SELECTION_H

#include "Ranking.h"

namespace mlir::compress::codec {

/// Cuts a tensor into pieces for threads: whole rows along the innermost
/// dimension, or parts of one row that begin at a multiple of 64 columns. No
/// extent may be 0.
class Pieces {
public:
  /// `wholeRows`: do not cut rows, however long they are.
  explicit Pieces(llvm::ArrayRef<int64_t> shape, bool wholeRows = false);

  int64_t getNumRows() const { return rows; }
  int64_t getNumColumns() const { return columns; }
  size_t size() const;

  /// The element at which a piece begins; the pieces are in order.
  int64_t getBegin(size_t piece) const;
  int64_t getEnd(size_t piece) const;

private:
  int64_t rows = 1, columns;
  /// Rows in a piece, and columns in a part of a row.
  int64_t rowsPerPiece, columnsPerPiece;
};

/// The elements that unstructured sparsity keeps.
class Selection {
public:
  /// Keeps all nonzeros, and the first zeros up to `count` elements; there may
  /// be more nonzeros than that (see getNumAbove). `keys` are magnitudes.
  static Selection getNonzero(const KeyReader &keys, const Pieces &pieces,
                              int64_t count,
                              llvm::ThreadPoolInterface *threads);
  /// Keeps the `count` elements that rank first.
  static Selection getGreatest(const KeyReader &keys, const Pieces &pieces,
                               int64_t count,
                               llvm::ThreadPoolInterface *threads);
  /// Keeps the `count` elements of each row that rank first. The pieces are
  /// whole rows.
  static Selection getGreatestOfRows(const KeyReader &keys,
                                     const Pieces &pieces, int64_t count,
                                     llvm::ThreadPoolInterface *threads);

  /// Whether a magnitude was infinite or NaN.
  bool isFinite() const { return finite; }
  /// Elements with keys above the threshold.
  int64_t getNumAbove() const { return above; }
  /// The kept elements before a piece.
  int64_t getKeptBefore(size_t piece) const { return keptBefore[piece]; }

  /// Visits the rows of a piece in words of at most 64 columns: `kept` has a
  /// bit for each, low bits first.
  void forEachWord(size_t piece,
                   llvm::function_ref<void(int64_t row, int64_t column,
                                           int64_t count, uint64_t kept)>
                       visit) const;

private:
  Selection(const KeyReader &keys, const Pieces &pieces)
      : keys(keys), pieces(pieces) {}
  /// Counts the elements above and at the threshold in each piece.
  void count(uint32_t key, llvm::ThreadPoolInterface *threads);
  /// Shares the ties out to the pieces, in order.
  void setThreshold(Threshold threshold);

  KeyReader keys;
  Pieces pieces;
  bool finite = true;
  int64_t above = 0;
  /// One for the tensor, or one for each row.
  std::vector<Threshold> thresholds;
  std::vector<int64_t> aboveOf, tiesOf, keptBefore;
};

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_SELECTION_H
