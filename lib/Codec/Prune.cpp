//===- Prune.cpp - Set what is not kept to zero ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "Messages.h"
#include "Parallel.h"
#include "llvm/ADT/STLExtras.h"
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
  ChunkPruner(const Geometry &geometry, ElementType type, MutableBytes dense)
      : geometry(geometry), selector(geometry), type(type), dense(dense),
        reader(type, dense, NonFinite::Error) {}

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

/// Brings all values into the range of the type.
static void clamp(ElementType type, MutableBytes dense,
                  llvm::ThreadPoolInterface *threads) {
  constexpr int64_t piece = 4096;
  LineReader reader(type, dense, NonFinite::Clamp);
  unsigned bytes = getByteWidth(type);
  int64_t elements = dense.size() / bytes;
  parallelFor(threads, (elements - 1) / piece + 1, [&](NextIndex next) {
    float scratch[piece];
    for (size_t i; next(i);) {
      int64_t begin = int64_t(i) * piece;
      int64_t count = std::min(piece, elements - begin);
      storeFloats(type, reader.read(begin, count, scratch), count,
                  dense.data() + begin * bytes);
    }
  });
}

int64_t mlir::compress::codec::pruneByMagnitude(const Pruning &pruning,
                                                const NMSparsity &sparsity) {
  constexpr int64_t chunkElements = int64_t(1) << 16;
  Geometry geometry(pruning.shape, sparsity);
  auto chunks = geometry.getChunks(chunkElements, /*wholeBlocks=*/false);
  std::atomic<int64_t> removed{0};
  parallelFor(pruning.options.threads, chunks.size(), [&](NextIndex next) {
    ChunkPruner pruner(geometry, pruning.type, pruning.dense);
    for (size_t i; next(i);)
      removed += pruner.prune(chunks[i]);
  });
  return removed;
}

//===----------------------------------------------------------------------===//
// Options
//===----------------------------------------------------------------------===//

static Error checkScores(ArrayRef<int64_t> shape, int64_t elements,
                         ConstBytes scores) {
  if (int64_t(scores.size()) != elements * int64_t(sizeof(float)))
    return makeError("expected {0} bytes of scores, an f32 for each element, "
                     "found {1}",
                     elements * sizeof(float), scores.size());
  Error error = findNonFinite(shape, ElementType::F32, scores);
  return llvm::handleErrors(std::move(error), [](const ElementError &found) {
    return llvm::make_error<ElementError>(found.getIndex(),
                                          "expected a finite score");
  });
}

static Error checkOptions(ArrayRef<int64_t> shape, const Sparsity &sparsity,
                          int64_t elements, const PruneOptions &options) {
  if (!options.mask.empty() && int64_t(options.mask.size()) != elements)
    return makeError("expected {0} bytes of the mask, one for each element, "
                     "found {1}",
                     elements, options.mask.size());
  if (!options.scores.empty())
    if (Error error = checkScores(shape, elements, options.scores))
      return error;
  if (options.budget == PruneOptions::Budget::Layer || elements == 0)
    return Error::success();
  int64_t count;
  if (auto *bitmap = std::get_if<BitmapSparsity>(&sparsity))
    count = bitmap->count;
  else if (auto *csr = std::get_if<CSRSparsity>(&sparsity))
    count = csr->count;
  else
    return makeError("a budget for each row needs unstructured sparsity: a "
                     "bitmap or CSR");
  if (count % (elements / shape.back()) != 0)
    return makeError("a budget for each row needs a count that divides by the "
                     "number of rows, {0}, found {1}",
                     elements / shape.back(), count);
  return Error::success();
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Applies a mask; the tensor stays as it is where there is an error.
static Expected<int64_t> applyMask(const Pruning &pruning,
                                   const Sparsity &sparsity) {
  std::vector<char> masked(pruning.dense.begin(), pruning.dense.end());
  Eraser eraser(pruning.type, masked);
  int64_t removed = 0;
  for (auto [i, keep] : llvm::enumerate(pruning.options.mask))
    if (!keep)
      removed += eraser.erase(i);
  if (Error error = checkNonzeros(pruning.shape, pruning.type, sparsity, masked,
                                  NonFinite::Error, pruning.options.threads))
    return error;
  llvm::copy(masked, pruning.dense.begin());
  return removed;
}

static int64_t pruneFinite(const Pruning &pruning, const Sparsity &sparsity) {
  if (auto *nm = std::get_if<NMSparsity>(&sparsity)) {
    if (nm->transposedAxis >= 0)
      return pruneTransposable(pruning, *nm);
    return pruning.hasScores() ? pruneByScore(pruning, *nm)
                               : pruneByMagnitude(pruning, *nm);
  }
  if (auto *blocks = std::get_if<BlockSparsity>(&sparsity))
    return pruneBlocks(pruning, *blocks);
  if (auto *bitmap = std::get_if<BitmapSparsity>(&sparsity))
    return pruneElements(pruning, bitmap->count);
  if (auto *csr = std::get_if<CSRSparsity>(&sparsity))
    return pruneElements(pruning, csr->count);
  return 0;
}

Expected<int64_t> mlir::compress::codec::prune(ArrayRef<int64_t> shape,
                                               ElementType type,
                                               const Sparsity &sparsity,
                                               MutableBytes dense,
                                               const PruneOptions &options) {
  Format format{Extents(shape), type, sparsity, FloatStorage{type},
                RowMajorLayout{}};
  if (Error error = verify(format))
    return error;
  format.sparsity = DenseSparsity();
  if (Error error = checkSizes(format, dense.size(), {dense.size()}))
    return error;
  int64_t elements = dense.size() / getByteWidth(type);
  if (Error error = checkOptions(shape, sparsity, elements, options))
    return error;
  bool hasMask = !options.mask.empty();
  if (dense.empty() ||
      (std::holds_alternative<DenseSparsity>(sparsity) && !hasMask))
    return 0;
  // The tensor stays as it is where there is an error.
  if (options.nonFinite == NonFinite::Error)
    if (Error error = findNonFinite(shape, type, dense))
      return error;
  if (options.nonFinite == NonFinite::Clamp)
    clamp(type, dense, options.threads);
  Pruning pruning{shape, type, dense, options};
  if (hasMask)
    return applyMask(pruning, sparsity);
  return pruneFinite(pruning, sparsity);
}
