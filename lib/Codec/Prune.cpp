//===- Prune.cpp - Masks by magnitude -------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lines.h"
#include "Parallel.h"
#include <atomic>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::SmallVector;

namespace {

/// Prunes one chunk after the other, with its own scratch memory.
class ChunkPruner {
public:
  ChunkPruner(const Geometry &geometry, ElementType type, MutableBytes dense,
              NonFinite nonFinite)
      : geometry(geometry), selector(geometry), type(type), dense(dense),
        reader(type, dense, nonFinite) {}

  /// Returns the number of nonzeros that were removed.
  int64_t prune(const Chunk &chunk);

private:
  int64_t prune(const Group &group, int64_t columns);

  const Geometry &geometry;
  GroupSelector selector;
  ElementType type;
  MutableBytes dense;
  LineReader reader;
  std::vector<float> denseLines, keptLines;
  std::vector<uint8_t> positions;
};

} // namespace

static int64_t countNonzeros(const float *values, int64_t count) {
  return count - std::count(values, values + count, 0.0f);
}

int64_t ChunkPruner::prune(const Group &group, int64_t columns) {
  int64_t removed = 0;
  int64_t keptColumns = geometry.getKeptColumn(columns);
  int64_t stride = geometry.strides[geometry.axis];
  SmallVector<const float *, 8> source;
  SmallVector<float *, 8> target, kept;
  SmallVector<uint8_t *, 8> keptPositions;
  for (int64_t j = 0; j < geometry.getDenseLines(); ++j) {
    float *scratch = &denseLines[j * columns];
    source.push_back(reader.read(group.dense + j * stride, columns, scratch));
    target.push_back(scratch);
    removed += countNonzeros(source.back(), columns);
  }
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    kept.push_back(&keptLines[k * keptColumns]);
    keptPositions.push_back(&positions[k * keptColumns]);
  }
  selector.select(source, columns, kept, keptPositions);
  for (float *line : kept)
    removed -= countNonzeros(line, keptColumns);

  SmallVector<const float *, 8> keptValues(kept.begin(), kept.end());
  SmallVector<const uint8_t *, 8> keptAt(keptPositions.begin(),
                                         keptPositions.end());
  selector.expand(keptValues, keptAt, columns, target);
  for (int64_t j = 0; j < geometry.getDenseLines(); ++j)
    storeFloats(type, target[j], columns,
                dense.data() + (group.dense + j * stride) * getByteWidth(type));
  return removed;
}

int64_t ChunkPruner::prune(const Chunk &chunk) {
  int64_t columns = chunk.end.back() - chunk.begin.back();
  denseLines.resize(geometry.getDenseLines() * columns);
  keptLines.resize(geometry.getKeptLines() * geometry.getKeptColumn(columns));
  positions.resize(keptLines.size());
  int64_t removed = 0;
  geometry.forEachGroup(
      chunk, [&](const Group &group) { removed += prune(group, columns); });
  return removed;
}

Expected<int64_t>
mlir::compress::codec::prune(ArrayRef<int64_t> shape, ElementType type,
                             const Sparsity &sparsity, MutableBytes dense,
                             NonFinite nonFinite,
                             llvm::ThreadPoolInterface *threads) {
  Format format{Extents(shape), type, sparsity, FloatStorage{type},
                RowMajorLayout{}};
  if (Error error = verify(format))
    return error;
  format.sparsity = DenseSparsity();
  if (Error error = checkSizes(format, dense.size(), {dense.size()}))
    return error;
  if (dense.empty() || !std::holds_alternative<NMSparsity>(sparsity))
    return 0;
  // The tensor stays as it is where there is an error.
  if (nonFinite == NonFinite::Error)
    if (Error error = findNonFinite(shape, type, dense))
      return error;

  constexpr int64_t chunkElements = int64_t(1) << 16;
  Geometry geometry(shape, sparsity);
  auto chunks = geometry.getChunks(chunkElements, /*wholeBlocks=*/false);
  std::atomic<int64_t> removed{0};
  parallelFor(threads, chunks.size(), [&](NextIndex next) {
    ChunkPruner pruner(geometry, type, dense, nonFinite);
    for (size_t i; next(i);)
      removed += pruner.prune(chunks[i]);
  });
  return removed.load();
}
