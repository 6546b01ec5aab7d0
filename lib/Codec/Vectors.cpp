//===- Vectors.cpp - Codes that several values share ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Vectors.h"
#include "Parallel.h"
#include "Relayout.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/MathExtras.h"
#include <algorithm>
#include <array>
#include <optional>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::MutableArrayRef;
using llvm::SmallVector;

namespace {

constexpr int maxIterations = 25;
/// Vectors that a thread takes at a time.
constexpr size_t pieceVectors = size_t(1) << 14;

/// The codes of a format as an array of their own: their shape, and where they
/// lie.
struct CodeArray {
  explicit CodeArray(const Format &format)
      : storage(std::get<CodebookStorage>(format.storage)),
        vector(storage.vector) {
    Format codes = getCodeFormat(format, vector);
    keptColumns = getKeptShape(format).back();
    columns = codes.shape.back();
    CodebookStorage scalar = storage;
    scalar.vector = 1;
    scalar.block.assign(codes.shape.size(), 0);
    codes.storage = scalar;
    count = 1;
    for (int64_t extent : codes.shape)
      count *= extent;
    if (count != 0)
      geometry.emplace(codes);
  }

  int64_t getEntries() const { return int64_t(1) << storage.width; }
  bool isPadded() const { return keptColumns % vector != 0; }

  /// Visits pieces of the array in row-major order.
  void forEachRow(llvm::ThreadPoolInterface *threads,
                  llvm::function_ref<void(int64_t code, int64_t row,
                                          int64_t column, int64_t count)>
                      visit) const {
    auto chunks = geometry->getChunks(pieceVectors, /*wholeBlocks=*/false);
    parallelFor(threads, chunks.size(), [&](NextIndex next) {
      for (size_t i; next(i);)
        geometry->forEachGroup(chunks[i], [&](const Group &group) {
          visit(group.dense, group.rows.front(), chunks[i].begin.back(),
                chunks[i].end.back() - chunks[i].begin.back());
        });
    });
  }

  const CodebookStorage &storage;
  int64_t vector;
  int64_t keptColumns = 0, columns = 0, count = 0;
  std::optional<Geometry> geometry;
};

/// Learns a table of vectors, and finds the nearest entries.
class VectorTable {
public:
  VectorTable(const CodeArray &codes, ArrayRef<float> vectors,
              llvm::ThreadPoolInterface *threads)
      : codes(codes), vectors(vectors), threads(threads),
        table(codes.getEntries() * codes.vector), nearest(codes.count) {}

  void learn();
  /// Fills `nearest`.
  void assign();

private:
  void chooseFirst();
  /// Moves each entry to the mean of its vectors.
  void update();
  void round();

  const CodeArray &codes;
  ArrayRef<float> vectors;
  llvm::ThreadPoolInterface *threads;

public:
  std::vector<float> table;
  std::vector<uint8_t> nearest;
};

} // namespace

void VectorTable::round() {
  ElementType type = codes.storage.scaleType;
  std::vector<char> scratch;
  getKernels().saturate(table.data(), table.size(), getLargestFinite(type),
                        table.data());
  roundFloats(type, table.data(), table.size(), scratch);
}

void VectorTable::chooseFirst() {
  int64_t size = codes.vector, entries = codes.getEntries();
  std::vector<const float *> chosen;
  for (int64_t i = 0; i < entries; ++i) {
    int64_t at = (2 * i + 1) * codes.count / (2 * entries);
    chosen.push_back(&vectors[at * size]);
  }
  // Equal vectors may differ in the signs of their zeros; the earlier is first.
  std::sort(chosen.begin(), chosen.end(), [&](const float *a, const float *b) {
    if (std::equal(a, a + size, b))
      return a < b;
    return std::lexicographical_compare(a, a + size, b, b + size);
  });
  for (int64_t i = 0; i < entries; ++i)
    std::copy_n(chosen[i], size, &table[i * size]);
}

void VectorTable::assign() {
  size_t pieces = llvm::divideCeil(codes.count, pieceVectors);
  parallelFor(threads, pieces, [&](NextIndex next) {
    std::vector<float> scratch(pieceVectors * codes.vector);
    std::array<float *, 8> lines;
    for (int64_t d = 0; d < codes.vector; ++d)
      lines[d] = &scratch[d * pieceVectors];
    for (size_t i; next(i);) {
      int64_t begin = i * pieceVectors;
      int64_t size = std::min<int64_t>(pieceVectors, codes.count - begin);
      getKernels().deinterleave(codes.vector, &vectors[begin * codes.vector],
                                size, lines.data());
      getKernels().findNearest(codes.vector, lines.data(), size, table.data(),
                               codes.getEntries(), &nearest[begin]);
    }
  });
}

void VectorTable::update() {
  int64_t size = codes.vector;
  std::vector<double> sums(table.size());
  std::vector<int64_t> counts(codes.getEntries());
  for (int64_t i = 0; i < codes.count; ++i) {
    ++counts[nearest[i]];
    for (int64_t d = 0; d < size; ++d)
      sums[nearest[i] * size + d] += double(vectors[i * size + d]);
  }
  for (size_t i = 0; i < table.size(); ++i)
    if (int64_t count = counts[i / size])
      table[i] = float(sums[i] / double(count));
  round();
}

void VectorTable::learn() {
  chooseFirst();
  round();
  if (codes.storage.kind == CodebookStorage::Kind::Quantile)
    return;
  std::vector<uint8_t> before;
  for (int iteration = 0; iteration < maxIterations; ++iteration) {
    assign();
    if (nearest == before)
      return;
    before = nearest;
    update();
  }
}

void mlir::compress::codec::encodeVectors(
    const Format &format, ArrayRef<float> kept, bool codebookGiven,
    const StorageBytes<MutableBytes> &components,
    llvm::ThreadPoolInterface *threads) {
  CodeArray codes(format);
  std::fill(components.values.begin(), components.values.end(), 0);
  ElementType type = codes.storage.scaleType;
  if (codes.count == 0) {
    if (!codebookGiven)
      std::fill(components.codebook.begin(), components.codebook.end(), 0);
    return;
  }
  std::vector<float> padded;
  if (codes.isPadded()) {
    int64_t width = codes.columns * codes.vector;
    padded.resize(codes.count * codes.vector);
    for (size_t row = 0; row * codes.keptColumns < kept.size(); ++row)
      std::copy_n(&kept[row * codes.keptColumns], codes.keptColumns,
                  &padded[row * width]);
    kept = padded;
  }
  VectorTable table(codes, kept, threads);
  if (codebookGiven) {
    loadFloats(type, components.codebook.data(), table.table.size(),
               table.table.data());
  } else {
    table.learn();
    storeFloats(type, table.table.data(), table.table.size(),
                components.codebook.data());
  }
  table.assign();
  codes.forEachRow(
      threads, [&](int64_t code, int64_t row, int64_t column, int64_t count) {
        writeRow(*codes.geometry, row, column, count, codes.storage.width,
                 reinterpret_cast<const char *>(&table.nearest[code]),
                 components.values);
      });
}

void mlir::compress::codec::decodeVectors(
    const Format &format, const StorageBytes<ConstBytes> &components,
    MutableArrayRef<float> kept, llvm::ThreadPoolInterface *threads) {
  CodeArray codes(format);
  if (codes.count == 0)
    return;
  std::vector<float> table(codes.getEntries() * codes.vector);
  loadFloats(codes.storage.scaleType, components.codebook.data(), table.size(),
             table.data());
  codes.forEachRow(
      threads, [&](int64_t code, int64_t row, int64_t column, int64_t count) {
        std::vector<uint8_t> line(count);
        readRow(*codes.geometry, row, column, count, codes.storage.width,
                components.values, reinterpret_cast<char *>(line.data()));
        for (int64_t i = 0; i < count; ++i) {
          int64_t keptRow = (code + i) / codes.columns;
          int64_t first = (code + i) % codes.columns * codes.vector;
          std::copy_n(&table[line[i] * codes.vector],
                      std::min(codes.vector, codes.keptColumns - first),
                      &kept[keptRow * codes.keptColumns + first]);
        }
      });
}

//===----------------------------------------------------------------------===//
// Kept arrays
//===----------------------------------------------------------------------===//

KeptArray::KeptArray(const Format &original)
    : format(original), layout(original.layout) {
  format.storage = FloatStorage(ElementType::F32);
  format.layout = RowMajorLayout();
  auto components = getComponents(format);
  values.resize(components.front().getNumElements());
  for (const Component &component : llvm::drop_begin(components))
    sparsity.emplace_back(component.getNumBytes());
}

SmallVector<MutableBytes, 4> KeptArray::getViews() {
  SmallVector<MutableBytes, 4> views;
  views.push_back(MutableBytes(reinterpret_cast<char *>(values.data()),
                               values.size() * sizeof(float)));
  views.append(sparsity.begin(), sparsity.end());
  return views;
}

SmallVector<ConstBytes, 4> KeptArray::getConstViews() const {
  SmallVector<ConstBytes, 4> views;
  views.push_back(ConstBytes(reinterpret_cast<const char *>(values.data()),
                             values.size() * sizeof(float)));
  views.append(sparsity.begin(), sparsity.end());
  return views;
}

Format KeptArray::getLaidOut() const {
  Format result = format;
  result.layout = layout;
  return result;
}

void KeptArray::storeSparsity(ArrayRef<MutableBytes> components) const {
  relayoutSparsity(format, getLaidOut(), ArrayRef(getConstViews()).drop_front(),
                   components);
}

void KeptArray::loadSparsity(ArrayRef<ConstBytes> components) {
  relayoutSparsity(getLaidOut(), format, components,
                   ArrayRef(getViews()).drop_front());
}
