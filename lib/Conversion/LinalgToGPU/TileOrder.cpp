//===- TileOrder.cpp - Which tile comes when ------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TileOrder.h"
#include "KernelArithmetic.h"
#include "mlir/Dialect/Utils/StaticValueUtils.h"

using namespace mlir;
using namespace mlir::compress;

TilePosition compress::findTile(OpBuilder &builder, Location loc, Value number,
                                Value tilesM, Value tilesN) {
  constexpr int64_t bandTiles = 16;
  Number all{&builder, loc, number};
  std::optional<int64_t> staticTiles = getConstantIntValue(tilesM);
  if (staticTiles && *staticTiles <= bandTiles)
    return {all % tilesM, all / tilesM};
  Value band = all.with(tilesN) * bandTiles;
  Number firstM = all / band * bandTiles;
  // The last band may be lower.
  Number height = all.with(arith::MinUIOp::create(
      builder, loc, all.with(tilesM) - firstM, all.get(bandTiles)));
  Number inBand = all % band;
  return {firstM + Value(inBand % height), inBand / height};
}
