//===- TestTensorMap.h - Tensor maps for the emulator -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_RUNTIME_TESTTENSORMAP_H
#define COMPRESS_UNIT_RUNTIME_TESTTENSORMAP_H

#include "TestEmulator.h"

namespace mlir::compress::runtime {

struct alignas(64) EncodedMap {
  char bytes[128];
};

/// The parameters for a dense tensor whose first dimension is the innermost.
inline EmulatedTensorMap describe(EmulatedTensorType type, int64_t elementBytes,
                                  void *data, std::vector<int64_t> extents,
                                  std::vector<int32_t> box,
                                  EmulatedSwizzle swizzle) {
  EmulatedTensorMap map = {};
  map.type = type;
  map.rank = extents.size();
  map.address = data;
  map.swizzle = swizzle;
  int64_t stride = elementBytes;
  for (size_t i = 0; i < extents.size(); ++i) {
    map.extents[i] = extents[i];
    map.box[i] = box[i];
    map.elementStrides[i] = 1;
    stride *= extents[i];
    if (i + 1 < extents.size())
      map.strides[i] = stride;
  }
  return map;
}

inline EncodedMap encode(const EmulatedTensorMap &parameters) {
  EncodedMap map = {};
  compress_emulated_encode_tensor_map(&map, &parameters, "encode");
  return map;
}

inline int64_t *getMBarrier(int64_t byte) {
  return reinterpret_cast<int64_t *>(getShared<char>(byte));
}

} // namespace mlir::compress::runtime

#endif // COMPRESS_UNIT_RUNTIME_TESTTENSORMAP_H
