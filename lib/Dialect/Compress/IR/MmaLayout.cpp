//===- MmaLayout.cpp - Weights as matrix instructions take them -----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Dialect/Compress/IR/MmaLayout.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace mlir::compress;

TiledLayoutAttr compress::getMmaLayout(MLIRContext *context, unsigned width,
                                       unsigned reduced) {
  if (width != 4 && width != 8)
    return {};
  int64_t depth = getMmaTileDepth(width);
  SmallVector<int64_t> tile = {depth, kMmaTileChannels};
  // The innermost dimension has the low bits of a position.
  int64_t k = llvm::Log2_64(kMmaTileChannels), n = 0;
  if (reduced == 1) {
    std::swap(tile[0], tile[1]);
    n = llvm::Log2_64(depth);
    k = 0;
  }
  SmallVector<int64_t> bits;
  if (width == 4)
    bits = {n + 3, k + 3, k, k + 4, k + 5};
  else
    bits = {k, n + 3, k + 3, k + 4};
  bits.append({k + 1, k + 2, n, n + 1, n + 2});
  return TiledLayoutAttr::get(context, tile, bits);
}
