//===- DecodeCounted.cpp - Decode blocks, bitmaps and CSR -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Counted.h"
#include "Parallel.h"
#include "Slabs.h"
#include "llvm/ADT/STLExtras.h"
#include <mutex>

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::Expected;
using llvm::SmallVector;

namespace {

/// Elements that a thread takes at a time.
constexpr int64_t slabElements = int64_t(1) << 16;

/// What all threads share.
struct Decoding {
  const Format &format;
  ArrayRef<ConstBytes> components;
  MutableBytes dense;
  const Positions &positions;
  unsigned bytes;
};

/// Decodes one slab after the other, with its own scratch memory.
class SlabDecoder {
public:
  SlabDecoder(const Decoding &shared, const char *keptCodes)
      : shared(shared), keptCodes(keptCodes) {}

  Error decode(const Slab &slab);

private:
  const Decoding &shared;
  const char *keptCodes;
  std::vector<char> values, codes;
};

} // namespace

Error SlabDecoder::decode(const Slab &slab) {
  Codes layout(slab.format);
  unsigned bytes = shared.bytes, codeBytes = layout.getCodeBytes();
  codes.assign(slab.getNumElements() * codeBytes, 0);
  shared.positions.forEachRun(
      slab.begin, slab.end, [&](int64_t to, int64_t from, int64_t count) {
        copyElements(keptCodes + from * codeBytes,
                     codes.data() + (to - slab.begin) * codeBytes, count,
                     codeBytes);
      });
  SmallVector<ConstBytes, 4> components = {codes};
  if (!layout.areStored()) {
    values.resize(getComponents(slab.format).front().getNumBytes());
    layout.pack(codes, values, nullptr);
    components.front() = values;
  }
  for (auto [i, range] : llvm::enumerate(slab.parameters))
    components.push_back(
        shared.components[i + 1].slice(range.begin, range.size));
  MutableBytes dense =
      shared.dense.slice(slab.begin * bytes, slab.getNumElements() * bytes);
  if (Error error =
          mlir::compress::codec::decode(slab.format, components, dense))
    return error;

  // What is left out is zero, whatever a code of 0 stands for.
  int64_t done = slab.begin;
  auto clearUpTo = [&](int64_t end) {
    if (done < end)
      std::memset(shared.dense.data() + done * bytes, 0, (end - done) * bytes);
  };
  shared.positions.forEachRun(slab.begin, slab.end,
                              [&](int64_t to, int64_t, int64_t count) {
                                clearUpTo(to);
                                done = to + count;
                              });
  clearUpTo(slab.end);
  return Error::success();
}

static Error decodeSlabs(const Decoding &shared,
                         llvm::ThreadPoolInterface *threads) {
  Format format = getKeptFormat(shared.format);
  Codes layout(format);
  ConstBytes values = shared.components.front();
  std::vector<char> codes;
  const char *keptCodes = values.data();
  if (!layout.areStored()) {
    int64_t kept = layout.getCodeBytes();
    for (int64_t extent : format.shape)
      kept *= extent;
    codes.resize(kept);
    layout.unpack(values, codes, threads);
    keptCodes = codes.data();
  }
  Slabs slabs(getDenseFormat(shared.format), slabElements);
  std::mutex lock;
  Error failure = Error::success();
  parallelFor(threads, slabs.size(), [&](NextIndex next) {
    SlabDecoder decoder(shared, keptCodes);
    for (size_t i; next(i);) {
      Error error = decoder.decode(slabs.get(i));
      std::lock_guard<std::mutex> guard(lock);
      failure = llvm::joinErrors(std::move(failure), std::move(error));
    }
  });
  return failure;
}

/// Decodes an array of kept values that share codes.
static Error decodeKeptArray(const Decoding &shared,
                             llvm::ThreadPoolInterface *threads) {
  Format format = getKeptFormat(shared.format);
  int64_t kept = shared.bytes;
  for (int64_t extent : format.shape)
    kept *= extent;
  std::vector<char> array(kept);
  ArrayRef<ConstBytes> components =
      shared.components.take_front(getComponents(format).size());
  // An empty array has no blocks, but the tensor has a table all the same.
  if (!array.empty())
    if (Error error = decode(format, components, array, threads))
      return error;
  Slabs slabs(getDenseFormat(shared.format), slabElements);
  parallelFor(threads, slabs.size(), [&](NextIndex next) {
    for (size_t i; next(i);) {
      Slab slab = slabs.get(i);
      std::memset(shared.dense.data() + slab.begin * shared.bytes, 0,
                  slab.getNumElements() * shared.bytes);
      shared.positions.forEachRun(
          slab.begin, slab.end, [&](int64_t to, int64_t from, int64_t count) {
            copyElements(array.data() + from * shared.bytes,
                         shared.dense.data() + to * shared.bytes, count,
                         shared.bytes);
          });
    }
  });
  return Error::success();
}

Error mlir::compress::codec::decodeCounted(const Format &format,
                                           ArrayRef<ConstBytes> components,
                                           MutableBytes dense,
                                           llvm::ThreadPoolInterface *threads) {
  Expected<Positions> positions = Positions::get(
      format, getSparsityComponents(format, components), threads);
  if (!positions)
    return positions.takeError();
  Decoding shared{format, components, dense, *positions,
                  getByteWidth(format.expressed)};
  return getVectorSize(format.storage) > 1 ? decodeKeptArray(shared, threads)
                                           : decodeSlabs(shared, threads);
}
