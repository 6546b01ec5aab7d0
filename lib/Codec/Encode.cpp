//===- Encode.cpp - From dense tensors to components ----------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A chunk of whole blocks that fits into the cache is encoded in one visit:
// read and select, find the ranges, quantize what is still in the cache. Where
// a block is too large for that, ranges are found in one walk over the tensor
// and values quantized in a second one. The chunks, and with them every byte
// and every sum, do not depend on the number of threads.
//
//===----------------------------------------------------------------------===//

#include "ChunkEncoder.h"
#include "Counted.h"
#include "Masked.h"
#include "Masks.h"
#include "Observers.h"
#include "Parallel.h"
#include "Relayout.h"
#include "Transposable.h"
#include "Vectors.h"
#include "llvm/ADT/STLExtras.h"
#include <cstring>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

/// Elements of a chunk that is encoded in one visit; the most that a chunk of
/// whole blocks may have to stay in the second level of the cache; and elements
/// of a chunk where a tensor is walked over twice.
constexpr int64_t chunkElements = int64_t(1) << 16;
constexpr int64_t residentElements = int64_t(1) << 17;
constexpr int64_t streamedElements = int64_t(1) << 18;

/// Runs `work` on every chunk and adds up the statistics in their order.
template <typename Work>
static void forEachChunk(Encoding &shared, ArrayRef<Chunk> chunks,
                         ErrorStats *stats, Work work) {
  std::vector<ErrorStats> parts(stats ? chunks.size() : 0);
  parallelFor(shared.options.threads, chunks.size(), [&](NextIndex next) {
    ChunkEncoder encoder(shared, stats);
    for (size_t i; !shared.failed && next(i);) {
      work(encoder, chunks[i]);
      if (stats)
        parts[i] = encoder.getStats();
    }
  });
  for (const ErrorStats &part : parts)
    stats->merge(part);
}

/// Walks over the tensor to find the parameters.
static void findParameters(Encoding &shared, ArrayRef<Chunk> chunks) {
  const Geometry &geometry = shared.geometry;
  Chunk all{Extents(geometry.getRank(), 0), geometry.grid};
  std::vector<Range> grid(all.getNumElements());
  std::mutex lock;
  forEachChunk(shared, chunks, nullptr,
               [&](ChunkEncoder &encoder, const Chunk &chunk) {
                 encoder.observe(chunk, grid, lock);
               });
  if (!shared.failed && !shared.quantizer->isLearned())
    storeParameters(shared.format, *shared.quantizer, grid, shared.bytes);
}

static void run(Encoding &shared, bool parametersGiven, ErrorStats *stats) {
  const Geometry &geometry = shared.geometry;
  if (geometry.padded) {
    std::memset(shared.bytes.values.data(), 0, shared.bytes.values.size());
    if (geometry.sparse)
      std::memset(shared.indices.data(), 0, shared.indices.size());
  }
  auto streamed = geometry.getChunks(streamedElements, /*wholeBlocks=*/false);
  if (shared.quantizer && !parametersGiven) {
    const Quantizer &quantizer = *shared.quantizer;
    auto whole = geometry.getChunks(chunkElements, /*wholeBlocks=*/true);
    // Scales below super scales depend on other blocks.
    if (!quantizer.getScaling().superScaleType &&
        whole.front().getNumElements() <= residentElements)
      return forEachChunk(shared, whole, stats,
                          [](ChunkEncoder &encoder, const Chunk &chunk) {
                            encoder.encodeWholeBlocks(chunk);
                          });
    // Means and what needs all values of a block at once see it in one chunk.
    bool divisible =
        shared.options.observer.kind == Observer::Kind::MinMax &&
        (quantizer.getStatistic() == Quantizer::Statistic::Magnitude ||
         quantizer.getStatistic() == Quantizer::Statistic::Range);
    findParameters(shared, divisible ? streamed : whole);
    if (shared.failed)
      return;
    shared.checked = true;
  }
  StorageBytes<ConstBytes> bytes(shared.bytes);
  ParameterSource source(shared.format, bytes);
  forEachChunk(shared, streamed, stats,
               [&](ChunkEncoder &encoder, const Chunk &chunk) {
                 encoder.encodeWithParameters(chunk, source);
               });
}

/// Encodes a tensor whose buffers were checked.
static Error encodeChunks(Encoding &shared, ConstBytes dense,
                          bool parametersGiven, ErrorStats *stats) {
  run(shared, parametersGiven, stats);
  if (!shared.failed)
    return Error::success();
  if (stats)
    *stats = {};
  const Format &format = shared.format;
  NonFinite nonFinite = shared.options.nonFinite;
  if (nonFinite == NonFinite::Error)
    if (Error error = findNonFinite(format.shape, format.expressed, dense))
      return error;
  return checkNonzeros(format.shape, format.expressed, format.sparsity, dense,
                       nonFinite, shared.options.threads);
}

/// Encodes codes of several values each: first brings the kept values
/// together.
static Error encodeVectorFormat(const Format &format, ConstBytes dense,
                                ArrayRef<MutableBytes> components,
                                const EncodeOptions &options,
                                bool parametersGiven, ErrorStats *stats) {
  KeptArray kept(format);
  Encoding shared(kept.format, dense, kept.getViews(), options);
  if (Error error = encodeChunks(shared, dense, /*parametersGiven=*/false,
                                 /*stats=*/nullptr))
    return error;
  StorageBytes<MutableBytes> bytes(format.storage, components);
  kept.storeSparsity(components.drop_front(bytes.count));
  encodeVectors(format, kept.getValues(), parametersGiven, bytes,
                options.threads);
  if (!stats)
    return Error::success();
  std::vector<char> decoded(dense.size());
  if (Error error = decode(
          format,
          SmallVector<ConstBytes, 4>(components.begin(), components.end()),
          decoded, options.threads))
    return error;
  *stats = compare(format.expressed, dense, decoded, options.nonFinite);
  return Error::success();
}

static Error encodeImpl(const Format &format, ConstBytes dense,
                        ArrayRef<MutableBytes> components,
                        const EncodeOptions &options, bool parametersGiven,
                        ErrorStats *stats, const uint8_t *mask = nullptr) {
  if (Error error = verify(format))
    return error;
  if (Error error = verify(options.observer, format.storage))
    return error;
  SmallVector<size_t, 4> sizes;
  for (MutableBytes component : components)
    sizes.push_back(component.size());
  if (Error error = checkSizes(format, dense.size(), sizes))
    return error;
  if (parametersGiven)
    if (Error error = checkParameters(
            format, StorageBytes<MutableBytes>(format.storage, components)))
      return error;
  if (stats)
    *stats = {};
  // All components are empty, too, but for offsets.
  if (dense.empty()) {
    for (MutableBytes component : components)
      llvm::fill(component, 0);
    return Error::success();
  }
  if (isPermuted(format.layout)) {
    PlainArray plain(format, components);
    if (Error error = encodeImpl(plain.getFormat(), dense, plain.getViews(),
                                 options, parametersGiven, stats, mask))
      return error;
    plain.store(components);
    return Error::success();
  }
  if (isTransposable(format.sparsity))
    return encodeTransposable(format, dense, components, options,
                              parametersGiven, stats);
  if (isCounted(format.sparsity))
    return encodeCounted(format, dense, components, options, parametersGiven,
                         stats);
  if (getVectorSize(format.storage) > 1)
    return encodeVectorFormat(format, dense, components, options,
                              parametersGiven, stats);
  Encoding shared(format, dense, components, options);
  shared.mask = mask;
  return encodeChunks(shared, dense, parametersGiven, stats);
}

Error mlir::compress::codec::encode(const Format &format, ConstBytes dense,
                                    ArrayRef<MutableBytes> components,
                                    const EncodeOptions &options,
                                    ErrorStats *stats) {
  return encodeImpl(format, dense, components, options,
                    /*parametersGiven=*/false, stats);
}

Error mlir::compress::codec::encodeWithParameters(
    const Format &format, ConstBytes dense, ArrayRef<MutableBytes> components,
    const EncodeOptions &options, ErrorStats *stats) {
  return encodeImpl(format, dense, components, options,
                    /*parametersGiven=*/true, stats);
}

Error mlir::compress::codec::encodeMasked(const Format &format,
                                          ConstBytes dense,
                                          ArrayRef<uint8_t> mask,
                                          ArrayRef<MutableBytes> components,
                                          const EncodeOptions &options) {
  assert(mask.size() * getByteWidth(format.expressed) == dense.size() &&
         "expected one byte per element");
  return encodeImpl(format, dense, components, options,
                    /*parametersGiven=*/false, nullptr, mask.data());
}
