//===- Slabs.cpp - Contiguous parts of a dense tensor ---------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Slabs.h"
#include "Storage.h"
#include "llvm/ADT/STLExtras.h"

using namespace mlir::compress::codec;
using llvm::ArrayRef;

Slabs::Slabs(const Format &format, int64_t elements) : format(format) {
  for (int64_t extent : format.shape)
    inner *= extent;
  // The outermost dimension of which some indices are few enough elements.
  unsigned rank = format.shape.size();
  while (true) {
    inner /= format.shape[dimension];
    if (inner <= elements || dimension + 1 == rank)
      break;
    outer *= format.shape[dimension++];
  }
  int64_t extent = format.shape[dimension];
  int64_t step = std::clamp<int64_t>(elements / inner, 1, extent);
  // Ranges shorter than a block must not reach into the next one.
  int64_t window = extent;
  auto align = [&](ArrayRef<int64_t> block) {
    int64_t size = block.empty() || block[dimension] == 0
                       ? extent
                       : std::min(block[dimension], extent);
    if (step >= size)
      step -= step % size;
    else
      window = std::min(window, size);
  };
  if (const Scaling *scaling = getBlocking(format.storage)) {
    if (scaling->superScaleType)
      align(scaling->superBlock);
    align(scaling->block);
  }
  for (int64_t first = 0; first < extent; first += window)
    for (int64_t at = first, end = std::min(first + window, extent); at < end;
         at += step)
      ranges.push_back({at, std::min(at + step, end)});
}

Slab Slabs::get(size_t index) const {
  auto [begin, end] = ranges[index % ranges.size()];
  Extents first(format.shape.size(), 0);
  Slab slab;
  slab.format = format;
  slab.format.shape[dimension] = end - begin;
  int64_t rest = index / ranges.size();
  slab.begin = (rest * format.shape[dimension] + begin) * inner;
  slab.end = slab.begin + (end - begin) * inner;
  first[dimension] = begin;
  for (int i = int(dimension) - 1; i >= 0; --i) {
    first[i] = rest % format.shape[i];
    rest /= format.shape[i];
    slab.format.shape[i] = 1;
  }

  const Scaling *scaling = getBlocking(format.storage);
  auto components = getComponents(format);
  auto parts = getComponents(slab.format);
  for (auto [whole, part] :
       llvm::zip_equal(llvm::drop_begin(components), llvm::drop_begin(parts))) {
    ArrayRef<int64_t> block =
        whole.name == "super_scales" ? scaling->superBlock : scaling->block;
    // Codebooks have further dimensions.
    int64_t offset = 0, bytes = getByteWidth(whole.type);
    for (auto [i, extent] : llvm::enumerate(whole.shape)) {
      int64_t size = i < block.size() ? block[i] : 0;
      offset = offset * extent + (size == 0 ? 0 : first[i] / size);
    }
    slab.parameters.push_back(
        {size_t(offset * bytes), size_t(part.getNumBytes())});
  }
  return slab;
}
