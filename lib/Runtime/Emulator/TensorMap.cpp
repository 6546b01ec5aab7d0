//===- TensorMap.cpp - Tensors in global memory, by boxes -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The rules are those of the CUDA driver API's reference, section "Tensor Map
// Object Management", function cuTensorMapEncodeTiled.
//
//===----------------------------------------------------------------------===//

#include "TensorMap.h"
#include <algorithm>

namespace mlir::compress::runtime::emulated {

static constexpr uint32_t chunkBytes = 16;

/// 0 for no type.
static unsigned getBytes(EmulatedTensorType type) {
  switch (type) {
  case EmulatedTensorType::UInt8:
    return 1;
  case EmulatedTensorType::UInt16:
  case EmulatedTensorType::Float16:
  case EmulatedTensorType::BFloat16:
    return 2;
  case EmulatedTensorType::UInt32:
  case EmulatedTensorType::Int32:
  case EmulatedTensorType::Float32:
  case EmulatedTensorType::Float32Ftz:
  case EmulatedTensorType::TFloat32:
  case EmulatedTensorType::TFloat32Ftz:
    return 4;
  case EmulatedTensorType::UInt64:
  case EmulatedTensorType::Int64:
  case EmulatedTensorType::Float64:
    return 8;
  }
  return 0;
}

TensorMapError encode(const EmulatedTensorMap &parameters, TensorMap &map) {
  map = TensorMap();
  map.elementBytes = getBytes(parameters.type);
  if (!map.elementBytes)
    return {"an unknown element type", "one of EmulatedTensorType"};
  if (parameters.rank < 1 || parameters.rank > int32_t(TensorMap::mostRank))
    return {"a rank out of range", "1 to 5"};
  map.rank = parameters.rank;
  map.address = reinterpret_cast<uintptr_t>(parameters.address);
  if (map.address % 16)
    return {"a misaligned tensor", "a multiple of 16"};
  for (unsigned i = 0; i < map.rank; ++i) {
    int64_t extent = parameters.extents[i];
    if (extent < 1 || extent > int64_t(1) << 32)
      return {"an extent out of range", "1 to 2^32"};
    map.last[i] = extent - 1;
    if (parameters.box[i] < 1 || parameters.box[i] > 256)
      return {"a box's extent out of range", "1 to 256"};
    map.box[i] = parameters.box[i];
    if (parameters.elementStrides[i] != 1)
      return {"an element stride that is not emulated", "1"};
  }
  // A row, then rows of rows, and so on, without an overlap.
  uint64_t previous = map.elementBytes;
  for (unsigned i = 0; i + 1 < map.rank; ++i) {
    int64_t stride = parameters.strides[i];
    if (stride < 1 || stride % 16 || stride >= int64_t(1) << 40)
      return {"a stride that is out of range or misaligned",
              "a multiple of 16 below 2^40"};
    if (uint64_t(stride) / previous < uint64_t(parameters.extents[i]))
      return {"a stride that is less than the dimension before it takes",
              "at least its extent times its stride"};
    if (i && stride % previous)
      return {"a stride that the one before does not divide", "a multiple"};
    map.strides[i] = previous = stride;
  }
  uint32_t rowBytes = map.getRowBytes();
  if (rowBytes % chunkBytes)
    return {"a box whose rows have a part of 16 bytes",
            "rows of a multiple of 16 bytes"};
  int32_t swizzle = static_cast<int32_t>(parameters.swizzle);
  if (swizzle < 0 || swizzle > 3)
    return {"an unknown swizzle", "one of EmulatedSwizzle"};
  map.swizzle = swizzle;
  uint32_t width = chunkBytes << swizzle;
  if (swizzle && rowBytes > width)
    return {"a box whose rows are wider than the swizzle",
            "rows of as many bytes as the swizzle"};
  if (swizzle && rowBytes < width)
    return {"a box whose rows are narrower than the swizzle, which is not "
            "emulated",
            "rows of as many bytes as the swizzle"};
  map.fillsWithNaN = parameters.fillsWithNaN != 0;
  if (map.fillsWithNaN && parameters.type < EmulatedTensorType::Float16)
    return {"integers that are NaN outside of the tensor", "a float type"};
  return {};
}

void BulkCopy::forEachChunk(
    llvm::function_ref<void(const BoxChunk &)> fn) const {
  if (!isTensor) {
    for (uint32_t i = 0; i < bytes; i += chunkBytes)
      fn({shared + i, global + i, 0, chunkBytes});
    return;
  }
  auto isInside = [&](int64_t index, unsigned dim) {
    return index >= 0 && index <= int64_t(map.last[dim]);
  };
  uint32_t rowBytes = map.getRowBytes();
  // The bytes of each row that are in the tensor.
  int64_t element = map.elementBytes;
  int64_t begin = std::max<int64_t>(-int64_t(coordinates[0]), 0) * element;
  int64_t end = std::min<int64_t>(
      (int64_t(map.last[0]) + 1 - coordinates[0]) * element, rowBytes);
  auto to = reinterpret_cast<uint64_t>(shared);
  std::array<uint32_t, TensorMap::mostRank> index = {};
  for (uint32_t row = 0, e = map.getBoxBytes() / rowBytes; row < e; ++row) {
    uint64_t from = map.address + int64_t(coordinates[0]) * element;
    bool hasRow = true;
    for (unsigned i = 1; i < map.rank; ++i) {
      int64_t at = int64_t(coordinates[i]) + index[i];
      hasRow &= isInside(at, i);
      from += at * map.strides[i - 1];
    }
    for (uint32_t i = 0; i < rowBytes; i += chunkBytes) {
      auto clip = [&](int64_t byte) {
        return uint32_t(std::clamp<int64_t>(byte - i, 0, chunkBytes));
      };
      BoxChunk chunk;
      chunk.shared = reinterpret_cast<char *>(swizzle(to + i, map.swizzle));
      chunk.global = reinterpret_cast<char *>(from + i);
      chunk.first = hasRow ? clip(begin) : 0;
      chunk.last = hasRow ? std::max(clip(end), chunk.first) : 0;
      fn(chunk);
    }
    to += rowBytes;
    for (unsigned i = 1; i < map.rank && ++index[i] == map.box[i]; ++i)
      index[i] = 0;
  }
}

} // namespace mlir::compress::runtime::emulated
