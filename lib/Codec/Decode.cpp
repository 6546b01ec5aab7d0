//===- Decode.cpp - From components to dense tensors ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"
#include "Counted.h"
#include "Parallel.h"
#include "Relayout.h"
#include "Vectors.h"
#include "llvm/Support/FormatVariadic.h"
#include <atomic>
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

namespace {

/// What all threads share.
struct Decoding {
  Decoding(const Format &format, ArrayRef<ConstBytes> components,
           MutableBytes dense)
      : format(format), geometry(format), dense(dense),
        bytes(format.storage, components), parameters(format, bytes) {
    if (getBlocking(format.storage))
      quantizer.emplace(format.storage);
    if (geometry.sparse)
      indices = components[bytes.count];
  }

  const Format &format;
  Geometry geometry;
  MutableBytes dense;
  /// None for floats without scales.
  std::optional<Quantizer> quantizer;
  StorageBytes<ConstBytes> bytes;
  ParameterSource parameters;
  ConstBytes indices;
  std::atomic<bool> failed{false};
};

/// Decodes one chunk after the other, with its own scratch memory.
class ChunkDecoder {
public:
  explicit ChunkDecoder(Decoding &shared)
      : shared(shared), geometry(shared.geometry), selector(geometry) {
    if (shared.quantizer)
      blocks.emplace(geometry, *shared.quantizer);
  }

  void decode(const Chunk &chunk);
  /// Reads the positions of a group of lines; returns whether they are valid.
  bool readPositions(const Chunk &chunk, const Group &group);
  /// The dense offset of the first N:M group whose positions, just read, are
  /// not valid.
  int64_t findBadGroup(const Chunk &chunk, const Group &group) const;

private:
  void decode(const Group &group);
  void decodeLine(const Group &group, int64_t line, float *result);

  Decoding &shared;
  const Geometry &geometry;
  GroupSelector selector;
  std::optional<ChunkBlocks> blocks;
  Chunk chunk;
  int64_t columns = 0, keptColumns = 0, firstKept = 0;
  std::vector<char> codes;
  std::vector<float> keptLines, denseLines;
  std::vector<uint8_t> positions;
  SmallVector<const uint8_t *, 8> positionLines;
};

} // namespace

bool ChunkDecoder::readPositions(const Chunk &newChunk, const Group &group) {
  int64_t first = geometry.getKeptColumn(newChunk.begin.back());
  int64_t count = geometry.getKeptColumn(newChunk.end.back()) - first;
  positions.resize(geometry.getKeptLines() * count);
  positionLines.clear();
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    uint8_t *line = &positions[k * count];
    readRow(geometry, group.rows[k], first, count, geometry.indexBits,
            shared.indices, reinterpret_cast<char *>(line));
    positionLines.push_back(line);
  }
  return selector.isValid(positionLines,
                          newChunk.end.back() - newChunk.begin.back());
}

int64_t ChunkDecoder::findBadGroup(const Chunk &chunk,
                                   const Group &group) const {
  // Position k of N:M group i; along a line, groups lie one after the other.
  auto getPosition = [&](int64_t i, int64_t k) {
    return geometry.hasOuterAxis() ? positionLines[k][i]
                                   : positionLines[0][i * geometry.n + k];
  };
  for (int64_t i = 0;; ++i) {
    bool valid = getPosition(i, geometry.n - 1) < geometry.m;
    for (int64_t k = 1; k < geometry.n; ++k)
      valid &= getPosition(i, k - 1) < getPosition(i, k);
    if (!valid)
      return group.dense + (geometry.hasOuterAxis() ? i : i * geometry.m);
  }
}

void ChunkDecoder::decodeLine(const Group &group, int64_t line, float *result) {
  readRow(geometry, group.rows[line], firstKept, keptColumns,
          geometry.valueBits, shared.bytes.values, codes.data());
  if (!blocks)
    return loadFloats(std::get<FloatStorage>(shared.format.storage).type,
                      codes.data(), keptColumns, result);
  uint8_t *unsignedCodes = reinterpret_cast<uint8_t *>(codes.data());
  if (shared.quantizer->hasSignedCodes())
    getKernels().signExtend(geometry.valueBits, keptColumns, unsignedCodes);
  blocks->decode(group, geometry.sparse ? positionLines[line] : nullptr,
                 unsignedCodes, result);
}

void ChunkDecoder::decode(const Group &group) {
  if (geometry.sparse && !readPositions(chunk, group)) {
    shared.failed = true;
    return;
  }
  SmallVector<const float *, 8> lines;
  for (int64_t k = 0; k < geometry.getKeptLines(); ++k) {
    decodeLine(group, k, &keptLines[k * keptColumns]);
    lines.push_back(&keptLines[k * keptColumns]);
  }
  if (geometry.sparse) {
    SmallVector<float *, 8> expanded;
    for (int64_t j = 0; j < geometry.getDenseLines(); ++j)
      expanded.push_back(&denseLines[j * columns]);
    selector.expand(lines, positionLines, columns, expanded);
    lines.assign(expanded.begin(), expanded.end());
  }
  unsigned bytes = getByteWidth(shared.format.expressed);
  for (int64_t j = 0; j < geometry.getDenseLines(); ++j) {
    int64_t offset = group.dense + j * geometry.strides[geometry.axis];
    storeFloats(shared.format.expressed, lines[j], columns,
                shared.dense.data() + offset * bytes);
  }
}

void ChunkDecoder::decode(const Chunk &newChunk) {
  chunk = newChunk;
  columns = chunk.end.back() - chunk.begin.back();
  firstKept = geometry.getKeptColumn(chunk.begin.back());
  keptColumns = geometry.getKeptColumn(chunk.end.back()) - firstKept;
  codes.resize(keptColumns * sizeof(float));
  keptLines.resize(geometry.getKeptLines() * keptColumns);
  if (geometry.sparse)
    denseLines.resize(geometry.getDenseLines() * columns);
  if (blocks) {
    blocks->begin(chunk);
    blocks->load(shared.parameters);
  }
  geometry.forEachGroup(chunk, [&](const Group &group) { decode(group); });
}

/// The error at the first group, in the order of the chunks, with positions
/// that are not valid.
static Error findBadPositions(Decoding &shared, ArrayRef<Chunk> chunks) {
  ChunkDecoder decoder(shared);
  for (const Chunk &chunk : chunks) {
    int64_t bad = -1;
    shared.geometry.forEachGroup(chunk, [&](const Group &group) {
      if (bad >= 0 || decoder.readPositions(chunk, group))
        return;
      bad = decoder.findBadGroup(chunk, group);
    });
    if (bad < 0)
      continue;
    const auto &nm = std::get<NMSparsity>(shared.format.sparsity);
    return llvm::make_error<ElementError>(
        getIndex(shared.format.shape, bad),
        llvm::formatv("expected the {0} indices of the group that begins here "
                      "to ascend and to be less than {1}; the component "
                      "'indices' is corrupt",
                      nm.n, nm.m)
            .str());
  }
  return Error::success();
}

/// Decodes a tensor whose buffers were checked.
static Error decodeChunks(const Format &format, ArrayRef<ConstBytes> components,
                          MutableBytes dense,
                          llvm::ThreadPoolInterface *threads) {
  constexpr int64_t chunkElements = int64_t(1) << 16;
  Decoding shared(format, components, dense);
  auto chunks = shared.geometry.getChunks(chunkElements, /*wholeBlocks=*/false);
  parallelFor(threads, chunks.size(), [&](NextIndex next) {
    ChunkDecoder decoder(shared);
    for (size_t i; !shared.failed && next(i);)
      decoder.decode(chunks[i]);
  });
  return shared.failed ? findBadPositions(shared, chunks) : Error::success();
}

Error mlir::compress::codec::decode(const Format &format,
                                    ArrayRef<ConstBytes> components,
                                    MutableBytes dense,
                                    llvm::ThreadPoolInterface *threads) {
  if (Error error = verify(format))
    return error;
  SmallVector<size_t, 4> sizes;
  for (ConstBytes component : components)
    sizes.push_back(component.size());
  if (Error error = checkSizes(format, dense.size(), sizes))
    return error;
  if (dense.empty())
    return Error::success();
  if (isPermuted(format.layout)) {
    Format plain = format;
    plain.layout = RowMajorLayout();
    std::vector<std::vector<char>> moved;
    for (const Component &component : getComponents(plain))
      moved.emplace_back(component.getNumBytes());
    relayout(format, plain, components,
             SmallVector<MutableBytes, 4>(moved.begin(), moved.end()));
    return decode(plain, SmallVector<ConstBytes, 4>(moved.begin(), moved.end()),
                  dense, threads);
  }
  if (isCounted(format.sparsity))
    return decodeCounted(format, components, dense, threads);
  if (getVectorSize(format.storage) == 1)
    return decodeChunks(format, components, dense, threads);
  KeptArray kept(format);
  StorageBytes<ConstBytes> bytes(format.storage, components);
  kept.loadSparsity(components.drop_front(bytes.count));
  decodeVectors(format, bytes, kept.getValues(), threads);
  return decodeChunks(kept.format, kept.getConstViews(), dense, threads);
}
