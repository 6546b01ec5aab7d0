//===- SparseMetadata.cpp - Where the elements of sparse rows stand -------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A nibble for every chunk of a row, as the section "Sparse matrix storage" of
// the PTX ISA has it. A chunk is four elements, of which two are kept, and the
// nibble has their places, two bits each, the lower place first. Of tf32 a
// chunk is two elements, of which one is kept: 0b0100 for the first, 0b1110 for
// the second, as if each were two elements of 16 bits.
//
// A lane's 32 bits are of group g = lane / 4, in which it is number t. With
// elements of 16 and 32 bits the lanes t = 2s and 2s + 1, where s is the
// selector, have eight chunks in all, four each: their low halves are those of
// row g, their high halves those of row g + 8. With 8 bits all four lanes have
// eight chunks each: t = 0 and 2 of row g, 1 and 3 of row g + 8; 2 and 3 are
// the second halves of the rows.
//
// That is what the figures of the section "Matrix fragments for sparse mma"
// show, and, since the figures are no text, it was compared with the layouts of
// metadata that NVIDIA's CUTLASS has for these instructions: ELayout of
// SM120_SPARSE_16x8x64_TN for 8 bits; ELayout_64x64, ELayout_64x32 and
// ELayout_64x16 of wgmma.sp for 8, 16 and 32 bits, in which warp w has rows 16w
// to 16w + 15 in the order of mma.sp; and reorder_meta for mma.sp on sm_80. It
// has not been compared with what a GPU computes.
//
//===----------------------------------------------------------------------===//

#include "SparseMetadata.h"
#include "Elements.h"

using namespace llvm;

namespace mlir::compress::runtime::emulated {

static constexpr unsigned numRows = 16;

int32_t getMostSelector(EmulatedType type) { return getBits(type) > 8; }

int readSparseMetadata(EmulatedType type, unsigned kept, unsigned selector,
                       function_ref<uint32_t(unsigned)> getLane,
                       MutableArrayRef<uint8_t> places) {
  unsigned bits = getBits(type);
  unsigned numKept = bits == 32 ? 1 : 2, chunks = kept / numKept;
  for (unsigned row = 0; row < numRows; ++row) {
    unsigned group = row % 8, half = row / 8;
    for (unsigned chunk = 0; chunk < chunks; ++chunk) {
      unsigned lane = 4 * group, shift;
      if (bits == 8) {
        lane += half + 2 * (chunk / 8);
        shift = 4 * (chunk % 8);
      } else {
        lane += 2 * selector + chunk / 4;
        shift = 16 * half + 4 * (chunk % 4);
      }
      uint32_t nibble = getLane(lane) >> shift & 0xf;
      uint32_t first = nibble & 3, second = nibble >> 2;
      uint8_t *to = &places[row * kept + chunk * numKept];
      if (bits == 32) {
        if (first % 2 || second != first + 1)
          return lane;
        *to = 2 * chunk + first / 2;
        continue;
      }
      if (first >= second)
        return lane;
      to[0] = 4 * chunk + first;
      to[1] = 4 * chunk + second;
    }
  }
  return -1;
}

} // namespace mlir::compress::runtime::emulated
