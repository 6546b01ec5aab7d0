//===- EncodeCounted.cpp - Encode blocks, bitmaps and CSR -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ChoosePositions.h"
#include "Counted.h"
#include "Masked.h"
#include "Parallel.h"
#include "Quantizer.h"
#include "Slabs.h"
#include "Stats.h"
#include "llvm/ADT/STLExtras.h"
#include <mutex>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::SmallVector;

namespace {

/// Elements that a thread takes at a time.
constexpr int64_t slabElements = int64_t(1) << 18;

/// What all threads share.
struct Encoding {
  const Format &format;
  ConstBytes dense;
  ArrayRef<MutableBytes> components;
  EncodeOptions options;
  const Positions &positions;
  unsigned bytes;
};

/// Encodes one slab after the other, with its own scratch memory.
class SlabEncoder {
public:
  SlabEncoder(const Encoding &shared, char *keptCodes)
      : shared(shared), keptCodes(keptCodes) {}

  Error encode(const Slab &slab, ErrorStats *stats);

private:
  const Encoding &shared;
  char *keptCodes;
  std::vector<char> masked, decoded, values, codes;
};

} // namespace

/// Copies the kept ones of the elements [begin, end) from an array that begins
/// with them into one where the others are zero.
static void copyKept(const Encoding &shared, int64_t begin, int64_t end,
                     const char *source, std::vector<char> &result) {
  unsigned bytes = shared.bytes;
  result.assign((end - begin) * bytes, 0);
  shared.positions.forEachRun(
      begin, end, [&](int64_t from, int64_t, int64_t count) {
        copyElements(source + (from - begin) * bytes,
                     result.data() + (from - begin) * bytes, count, bytes);
      });
}

Error SlabEncoder::encode(const Slab &slab, ErrorStats *stats) {
  Codes layout(slab.format);
  unsigned bytes = shared.bytes, codeBytes = layout.getCodeBytes();
  ConstBytes dense =
      shared.dense.slice(slab.begin * bytes, slab.getNumElements() * bytes);
  ConstBytes source = dense;
  if (stats) {
    // What is left out does not saturate.
    copyKept(shared, slab.begin, slab.end, dense.data(), masked);
    source = masked;
  }
  values.resize(getComponents(slab.format).front().getNumBytes());
  SmallVector<MutableBytes, 4> components = {values};
  for (auto [i, range] : llvm::enumerate(slab.parameters))
    components.push_back(
        shared.components[i + 1].slice(range.begin, range.size));
  if (Error error = encodeWithParameters(slab.format, source, components,
                                         shared.options, stats))
    return error;

  const char *slabCodes = values.data();
  if (!layout.areStored()) {
    codes.resize(slab.getNumElements() * codeBytes);
    layout.unpack(values, codes, nullptr);
    slabCodes = codes.data();
  }
  shared.positions.forEachRun(
      slab.begin, slab.end, [&](int64_t from, int64_t to, int64_t count) {
        copyElements(slabCodes + (from - slab.begin) * codeBytes,
                     keptCodes + to * codeBytes, count, codeBytes);
      });
  if (!stats)
    return Error::success();

  int64_t saturated = stats->saturated;
  decoded.resize(dense.size());
  SmallVector<ConstBytes, 4> views(components.begin(), components.end());
  if (Error error = decode(slab.format, views, decoded))
    return error;
  copyKept(shared, slab.begin, slab.end, decoded.data(), masked);
  *stats =
      compare(slab.format.expressed, dense, masked, shared.options.nonFinite);
  stats->saturated = saturated;
  return Error::success();
}

static Error encodeSlabs(const Encoding &shared, ErrorStats *stats) {
  Codes layout(getKeptFormat(shared.format));
  MutableBytes values = shared.components.front();
  std::vector<char> codes;
  char *keptCodes = values.data();
  if (!layout.areStored()) {
    int64_t kept = 1;
    for (int64_t extent : getKeptShape(shared.format))
      kept *= extent;
    codes.assign(kept * layout.getCodeBytes(), 0);
    keptCodes = codes.data();
  } else if (std::holds_alternative<BlockSparsity>(shared.format.sparsity)) {
    // Ragged blocks are padded.
    llvm::fill(values, 0);
  }

  Slabs slabs(getDenseFormat(shared.format), slabElements);
  std::vector<ErrorStats> parts(stats ? slabs.size() : 0);
  std::mutex lock;
  Error failure = Error::success();
  parallelFor(shared.options.threads, slabs.size(), [&](NextIndex next) {
    SlabEncoder encoder(shared, keptCodes);
    for (size_t i; next(i);) {
      Error error = encoder.encode(slabs.get(i), stats ? &parts[i] : nullptr);
      std::lock_guard<std::mutex> guard(lock);
      failure = llvm::joinErrors(std::move(failure), std::move(error));
    }
  });
  if (failure)
    return failure;
  for (const ErrorStats &part : parts)
    stats->merge(part);
  if (!layout.areStored())
    layout.pack(codes, values, shared.options.threads);
  return Error::success();
}

/// Encodes the kept values as a dense array of their own.
static Error encodeKeptArray(const Encoding &shared, bool parametersGiven,
                             ErrorStats *stats) {
  unsigned bytes = shared.bytes;
  Format format = getKeptFormat(shared.format);
  int64_t kept = bytes;
  for (int64_t extent : format.shape)
    kept *= extent;
  std::vector<char> array(kept, 0);
  Slabs slabs(getDenseFormat(shared.format), slabElements);
  auto forEachSlab = [&](auto work) {
    parallelFor(shared.options.threads, slabs.size(), [&](NextIndex next) {
      for (size_t i; next(i);)
        work(i, slabs.get(i));
    });
  };
  forEachSlab([&](size_t, const Slab &slab) {
    shared.positions.forEachRun(
        slab.begin, slab.end, [&](int64_t from, int64_t to, int64_t count) {
          copyElements(shared.dense.data() + from * bytes,
                       array.data() + to * bytes, count, bytes);
        });
  });
  ArrayRef<MutableBytes> components =
      shared.components.take_front(getComponents(format).size());
  SmallVector<ConstBytes, 4> views(components.begin(), components.end());
  if (array.empty()) {
    // An empty array has no blocks, but the tensor has a table all the same.
    if (!parametersGiven)
      for (MutableBytes table : components.drop_front())
        llvm::fill(table, 0);
  } else {
    auto encodeArray = parametersGiven ? encodeWithParameters : encode;
    if (Error error =
            encodeArray(format, array, components, shared.options, stats))
      return error;
  }
  if (!stats)
    return Error::success();

  int64_t saturated = stats->saturated;
  *stats = {};
  if (!array.empty())
    if (Error error = decode(format, views, array, shared.options.threads))
      return error;
  std::vector<ErrorStats> parts(slabs.size());
  forEachSlab([&](size_t i, const Slab &slab) {
    std::vector<char> decoded(slab.getNumElements() * bytes, 0);
    shared.positions.forEachRun(
        slab.begin, slab.end, [&](int64_t from, int64_t to, int64_t count) {
          copyElements(array.data() + to * bytes,
                       decoded.data() + (from - slab.begin) * bytes, count,
                       bytes);
        });
    parts[i] = compare(format.expressed,
                       shared.dense.slice(slab.begin * bytes, decoded.size()),
                       decoded, shared.options.nonFinite);
  });
  for (const ErrorStats &part : parts)
    stats->merge(part);
  stats->saturated = saturated;
  return Error::success();
}

/// Whether parameters of the kept values differ from those of the tensor with
/// zeros elsewhere.
static bool dependsOnZeros(const Format &format, const Observer &observer) {
  return observer.kind != Observer::Kind::MinMax ||
         !Quantizer(format.storage).followsExtremes();
}

/// Finds the parameters of the kept values.
static Error findParameters(const Encoding &shared) {
  Format format = getDenseFormat(shared.format);
  auto described = getComponents(format);
  if (described.size() == 1)
    return Error::success();
  // Large arrays, whose pages the threads touch first.
  SmallVector<char, 0> values, kept;
  SmallVector<uint8_t, 0> mask;
  values.resize_for_overwrite(described.front().getNumBytes());
  SmallVector<MutableBytes, 4> components(
      shared.components.take_front(described.size()));
  components.front() = values;

  unsigned bytes = shared.bytes;
  bool wantMask = dependsOnZeros(format, shared.options.observer);
  if (shared.options.select)
    kept.resize_for_overwrite(shared.dense.size());
  if (wantMask)
    mask.resize_for_overwrite(shared.dense.size() / bytes);
  Slabs slabs(format, slabElements);
  parallelFor(shared.options.threads, slabs.size(), [&](NextIndex next) {
    for (size_t i; next(i);) {
      Slab slab = slabs.get(i);
      if (!kept.empty())
        std::memset(&kept[slab.begin * bytes], 0,
                    slab.getNumElements() * bytes);
      if (wantMask)
        std::memset(&mask[slab.begin], 0, slab.getNumElements());
      if (kept.empty() && !wantMask)
        continue;
      shared.positions.forEachRun(
          slab.begin, slab.end, [&](int64_t at, int64_t, int64_t count) {
            if (!kept.empty())
              copyElements(shared.dense.data() + at * bytes, &kept[at * bytes],
                           count, bytes);
            if (wantMask)
              std::fill_n(&mask[at], count, 1);
          });
    }
  });
  // Without selection, what is not kept is zero already.
  ConstBytes dense = kept.empty() ? shared.dense : ConstBytes(kept);
  return wantMask
             ? encodeMasked(format, dense, mask, components, shared.options)
             : encode(format, dense, components, shared.options);
}

Error mlir::compress::codec::encodeCounted(
    const Format &format, ConstBytes dense, ArrayRef<MutableBytes> components,
    const EncodeOptions &options, bool parametersGiven, ErrorStats *stats) {
  ArrayRef<MutableBytes> sparsity = getSparsityComponents(format, components);
  if (Error error = choosePositions(format, dense, options, sparsity))
    return error;
  SmallVector<ConstBytes, 2> chosen(sparsity.begin(), sparsity.end());
  Expected<Positions> positions =
      Positions::get(format, chosen, options.threads);
  if (!positions)
    return positions.takeError();
  Encoding shared{format,  dense,      components,
                  options, *positions, getByteWidth(format.expressed)};
  if (getVectorSize(format.storage) > 1)
    return encodeKeptArray(shared, parametersGiven, stats);
  if (!parametersGiven)
    if (Error error = findParameters(shared))
      return error;
  return encodeSlabs(shared, stats);
}
