//===- Counted.cpp - Sparsities that keep a given number of items ---------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counted.h"
#include "Lines.h"
#include "Parallel.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::compress::codec;

Format mlir::compress::codec::getDenseFormat(const Format &format) {
  Format dense = format;
  dense.sparsity = DenseSparsity();
  dense.layout = RowMajorLayout();
  return dense;
}

Format mlir::compress::codec::getKeptFormat(const Format &format) {
  Format kept = format;
  kept.shape = getKeptShape(format);
  kept.sparsity = DenseSparsity();
  std::visit(
      [&](Scaling &scaling) {
        scaling.block.assign(kept.shape.size(), 0);
        if (scaling.superScaleType)
          scaling.superBlock = scaling.block;
      },
      kept.storage);
  return kept;
}

Codes::Codes(const Format &format) {
  unsigned bits = getValueWidth(format.storage);
  codeBytes = (bits + 7) / 8;
  stored =
      llvm::is_contained(format.shape, 0) ||
      (std::holds_alternative<RowMajorLayout>(format.layout) && bits % 8 == 0);
  if (!stored)
    geometry.emplace(format);
}

template <typename Move>
void Codes::forEachRow(llvm::ThreadPoolInterface *threads, Move move) const {
  constexpr int64_t chunkElements = int64_t(1) << 16;
  auto chunks = geometry->getChunks(chunkElements, /*wholeBlocks=*/false);
  parallelFor(threads, chunks.size(), [&](NextIndex next) {
    for (size_t i; next(i);) {
      int64_t column = chunks[i].begin.back();
      int64_t count = chunks[i].end.back() - column;
      geometry->forEachGroup(chunks[i], [&](const Group &group) {
        move(group.rows.front(), column, count, group.dense * codeBytes);
      });
    }
  });
}

void Codes::pack(ConstBytes codes, MutableBytes values,
                 llvm::ThreadPoolInterface *threads) const {
  if (geometry->padded)
    std::memset(values.data(), 0, values.size());
  forEachRow(threads,
             [&](int64_t row, int64_t column, int64_t count, int64_t byte) {
               writeRow(*geometry, row, column, count, geometry->valueBits,
                        codes.data() + byte, values);
             });
}

void Codes::unpack(ConstBytes values, MutableBytes codes,
                   llvm::ThreadPoolInterface *threads) const {
  forEachRow(threads,
             [&](int64_t row, int64_t column, int64_t count, int64_t byte) {
               readRow(*geometry, row, column, count, geometry->valueBits,
                       values, codes.data() + byte);
             });
}
