//===- RowProduct.cpp - Products of rows with a matrix --------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "RowProduct.h"

using namespace mlir;
using namespace mlir::compress;

std::optional<unsigned> mlir::compress::getReducedOfRowProduct(ContractOp op) {
  auto maps =
      llvm::to_vector(op.getIndexingMaps().getAsValueRange<AffineMapAttr>());
  unsigned rank = maps[0].getNumResults();
  if (rank == 0 || maps[1].getNumResults() != 2 ||
      maps[2].getNumResults() != rank || maps[0].getNumDims() != rank + 1 ||
      maps[0].getResults().drop_back() != maps[2].getResults().drop_back())
    return std::nullopt;
  AffineExpr k = maps[0].getResults().back(), n = maps[2].getResults().back();
  for (unsigned reduced : {0u, 1u})
    if (maps[1].getResult(reduced) == k && maps[1].getResult(1 - reduced) == n)
      return reduced;
  return std::nullopt;
}
