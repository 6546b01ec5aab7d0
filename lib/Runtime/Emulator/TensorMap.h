//===- TensorMap.h - Tensors in global memory, by boxes ---------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_EMULATOR_TENSORMAP_H
#define COMPRESS_LIB_RUNTIME_EMULATOR_TENSORMAP_H

#include "compress/Runtime/EmulatedABI.h"
#include "llvm/ADT/STLFunctionalExtras.h"
#include <array>
#include <cstdint>

namespace mlir::compress::runtime::emulated {

/// The 128 bytes that stand for a CUtensorMap: its meaning is the emulator's
/// own.
struct TensorMap {
  static constexpr unsigned mostRank = 5, alignment = 64;
  static constexpr uint64_t known = 0x70616d726f736e65;

  uint64_t magic = known;
  uint64_t address = 0;
  std::array<uint64_t, mostRank - 1> strides = {};
  /// The last index of each dimension: 2^32 elements are legal.
  std::array<uint32_t, mostRank> last = {};
  /// Extents of the box, up to 256.
  std::array<uint16_t, mostRank> box = {};
  uint8_t rank = 0, elementBytes = 0, swizzle = 0, fillsWithNaN = 0;
  std::array<uint8_t, 46> unused = {};

  uint32_t getRowBytes() const { return uint32_t(box[0]) * elementBytes; }
  uint32_t getBoxBytes() const {
    uint32_t bytes = elementBytes;
    for (unsigned i = 0; i < rank; ++i)
      bytes *= box[i];
    return bytes;
  }
};
static_assert(sizeof(TensorMap) == 128);

/// What is wrong with a tensor map's parameters, and what would be right; both
/// are null for nothing.
struct TensorMapError {
  const char *found = nullptr, *expected = nullptr;
};

/// By the rules that the CUDA driver's reference gives for
/// cuTensorMapEncodeTiled, without interleaving; element strides are 1, and a
/// swizzled box has rows as wide as the swizzle.
TensorMapError encode(const EmulatedTensorMap &parameters, TensorMap &map);

/// Exclusive-ors the bits of an address that choose its 16-byte chunk, `bits`
/// of them, with those that count units of 128 bytes.
inline uint64_t swizzle(uint64_t address, unsigned bits) {
  return address ^ ((address >> 7 & ((1u << bits) - 1)) << 4);
}

/// 16 bytes of shared memory and of a box: of the bytes at `global`, those from
/// `first` up to `last` are in the tensor.
struct BoxChunk {
  char *shared;
  char *global;
  uint32_t first, last;
};

/// A copy between shared and global memory: `bytes` in a row, or a box.
struct BulkCopy {
  char *shared = nullptr;
  char *global = nullptr;
  uint32_t bytes = 0;
  bool isTensor = false;
  TensorMap map;
  std::array<int32_t, TensorMap::mostRank> coordinates = {};

  void forEachChunk(llvm::function_ref<void(const BoxChunk &)> fn) const;
};

} // namespace mlir::compress::runtime::emulated

#endif // COMPRESS_LIB_RUNTIME_EMULATOR_TENSORMAP_H
