//===- CheckNonzeros.cpp - Whether a tensor obeys a sparsity --------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePositions.h"
#include "Masks.h"
#include "Parallel.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FormatVariadic.h"
#include <atomic>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

/// Whether no N:M group has more than n nonzeros.
static bool obeys(ArrayRef<int64_t> shape, const NMSparsity &nm,
                  const LineReader &reader,
                  llvm::ThreadPoolInterface *threads) {
  constexpr int64_t chunkElements = int64_t(1) << 16;
  Geometry geometry(shape, nm);
  auto chunks = geometry.getChunks(chunkElements, /*wholeBlocks=*/false);
  std::atomic<bool> good{true};
  parallelFor(threads, chunks.size(), [&](NextIndex next) {
    GroupSelector selector(geometry);
    std::vector<float> scratch, values;
    std::vector<uint8_t> positions;
    for (size_t i; good && next(i);) {
      int64_t columns = chunks[i].end.back() - chunks[i].begin.back();
      int64_t keptColumns = geometry.getKeptColumn(columns);
      scratch.resize(geometry.getDenseLines() * columns);
      values.resize(geometry.getKeptLines() * keptColumns);
      positions.resize(values.size());
      SmallVector<float *, 8> kept;
      SmallVector<uint8_t *, 8> keptPositions;
      for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
        kept.push_back(&values[k * keptColumns]);
        keptPositions.push_back(&positions[k * keptColumns]);
      }
      geometry.forEachGroup(chunks[i], [&](const Group &group) {
        SmallVector<const float *, 8> lines;
        for (int64_t j = 0; j < geometry.getDenseLines(); ++j)
          lines.push_back(
              reader.read(group.dense + j * geometry.strides[geometry.axis],
                          columns, &scratch[j * columns]));
        if (selector.select(lines, columns, kept, keptPositions) != 0)
          good = false;
      });
    }
  });
  return good;
}

/// The error at the first nonzero beyond the n of its group.
static Error findViolation(ArrayRef<int64_t> shape, const NMSparsity &nm,
                           const LineReader &reader) {
  int64_t stride = 1, elements = 1;
  for (int64_t extent : shape)
    elements *= extent;
  for (int64_t extent : shape.drop_front(nm.axis + 1))
    stride *= extent;
  auto isNonzero = [&](int64_t offset) {
    float scratch;
    return *reader.read(offset, 1, &scratch) != 0;
  };
  for (int64_t offset = 0; offset < elements; ++offset) {
    int64_t position = offset / stride % nm.m;
    if (position < nm.n || !isNonzero(offset))
      continue;
    int64_t before = 0;
    for (int64_t i = 1; i <= position; ++i)
      before += isNonzero(offset - i * stride);
    if (before >= nm.n)
      return llvm::make_error<ElementError>(
          getIndex(shape, offset),
          llvm::formatv("expected at most {0} nonzeros in each {1} positions "
                        "along axis {2}, found one more; prune the tensor "
                        "first",
                        nm.n, nm.m, nm.axis)
              .str());
  }
  return Error::success();
}

Error mlir::compress::codec::checkNonzeros(
    ArrayRef<int64_t> shape, ElementType type, const Sparsity &sparsity,
    ConstBytes dense, NonFinite nonFinite, llvm::ThreadPoolInterface *threads) {
  if (std::holds_alternative<DenseSparsity>(sparsity))
    return Error::success();
  if (auto *nm = std::get_if<NMSparsity>(&sparsity)) {
    LineReader reader(type, dense, nonFinite);
    for (int64_t axis : {nm->axis, nm->transposedAxis}) {
      NMSparsity along{nm->n, nm->m, axis};
      if (axis >= 0 && !obeys(shape, along, reader, threads))
        return findViolation(shape, along, reader);
    }
    return Error::success();
  }

  // What is counted is checked when it is written.
  Format format{Extents(shape), type, sparsity, FloatStorage{type},
                RowMajorLayout{}};
  auto described = getComponents(format);
  std::vector<std::vector<char>> components;
  for (const Component &component : llvm::drop_begin(described))
    components.emplace_back(component.getNumBytes());
  SmallVector<MutableBytes, 2> views(components.begin(), components.end());
  EncodeOptions options;
  options.nonFinite = nonFinite;
  options.threads = threads;
  return choosePositions(format, dense, options, views);
}
