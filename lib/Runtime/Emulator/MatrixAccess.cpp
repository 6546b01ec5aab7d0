//===- MatrixAccess.cpp - ldmatrix and stmatrix ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Device.h"
#include <cstring>

using namespace llvm;

namespace mlir::compress::runtime::emulated {

void Device::accessMatrices(Wait kind, const Collective::Lane &lane,
                            int32_t count, bool transpose, const char *site) {
  if (count != 1 && count != 2 && count != 4)
    return fault(running, site,
                 kind == Wait::LoadMatrix ? "ldmatrix" : "stmatrix",
                 Twine(count) + " matrices", "1, 2 or 4");
  collect(kind, uint64_t(transpose) << 8 | count, ~0u, site, lane);
}

/// Matrix i has its rows, of 8 elements of 16 bits, where lanes 8i to 8i+7 say.
/// Lane l holds elements (l / 4, l % 4 * 2 + {0, 1}) of each, or with a
/// transposition (l % 4 * 2 + {0, 1}, l / 4).
void Device::performMatrixAccess(Warp &warp, Collective &collective) {
  constexpr unsigned numRows = 8, rowBytes = 16;
  bool isLoad = collective.kind == Wait::LoadMatrix;
  unsigned count = collective.mode & 0xff;
  bool transpose = collective.mode >> 8;
  if (collective.arrived != ~0u)
    return fault(running, collective.site, isLoad ? "ldmatrix" : "stmatrix",
                 "lanes 0x" + Twine::utohexstr(collective.arrived),
                 "all lanes of the warp");
  if (options.counters) {
    std::array<uintptr_t, warpSize> addresses;
    for (unsigned lane = 0; lane < warpSize; ++lane)
      addresses[lane] = reinterpret_cast<uintptr_t>(collective.lanes[lane].a);
    // A matrix takes one turn, as eight accesses of 16 bytes do.
    counters.countShared(
        addresses, uint32_t((uint64_t(1) << count * numRows) - 1), rowBytes);
  }
  uint16_t elements[numRows][rowBytes / 2];
  for (unsigned matrix = 0; matrix < count; ++matrix) {
    auto forEachElement = [&](auto fn) {
      for (unsigned lane = 0; lane < warpSize; ++lane) {
        unsigned i = lane / 4, j = lane % 4 * 2;
        char *fragment =
            static_cast<char *>(
                isLoad ? collective.lanes[lane].result
                       : const_cast<void *>(collective.lanes[lane].b)) +
            matrix * 4;
        fn(fragment, transpose ? elements[j][i] : elements[i][j]);
        fn(fragment + 2, transpose ? elements[j + 1][i] : elements[i][j + 1]);
      }
    };
    if (!isLoad)
      forEachElement([](const char *from, uint16_t &to) {
        std::memcpy(&to, from, sizeof(to));
      });
    for (unsigned row = 0; row < numRows; ++row) {
      unsigned lane = matrix * numRows + row;
      const void *address = collective.lanes[lane].a;
      if (options.checks)
        checkAccess(warp.threads[lane], address, rowBytes, rowBytes,
                    isLoad ? EmulatedAccess::Load : EmulatedAccess::Store,
                    collective.site);
      if (isLoad)
        std::memcpy(elements[row], address, rowBytes);
      else
        std::memcpy(const_cast<void *>(address), elements[row], rowBytes);
    }
    if (isLoad)
      forEachElement([](char *to, uint16_t from) {
        std::memcpy(to, &from, sizeof(from));
      });
  }
}

} // namespace mlir::compress::runtime::emulated
