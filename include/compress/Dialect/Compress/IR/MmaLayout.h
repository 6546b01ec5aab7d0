//===- MmaLayout.h - Weights as matrix instructions take them ---*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A weight is operand A of `mma.m16n8k16`: the rows of the instruction are the
// output channels, since there are many of them even where there are few rows
// of activations. A tile has 16 channels and as many positions of the reduced
// dimension as 32 lanes hold in 16 bytes each: what a lane loads at once.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_MMALAYOUT_H
#define COMPRESS_DIALECT_COMPRESS_IR_MMALAYOUT_H

#include "compress/Dialect/Compress/IR/Compress.h"

namespace mlir::compress {

/// Channels of a tile, lanes that share it, and bytes of a lane.
constexpr int64_t kMmaTileChannels = 16, kMmaLanes = 32, kMmaLaneBytes = 16;
constexpr int64_t kMmaTileBytes = kMmaLanes * kMmaLaneBytes;

/// Positions of the reduced dimension in a tile of codes of `width` bits.
constexpr int64_t getMmaTileDepth(unsigned width) {
  return kMmaTileBytes * 8 / width / kMmaTileChannels;
}

/// The layout of a matrix of codes of 4 or 8 bits whose dimension `reduced` a
/// contraction reduces; null for another width.
///
/// With n for the channel and k for the reduced position in the tile, the bits
/// of the place where a code is stored are, from the lowest:
///
/// - of 4 bits: n3 k3 k0 | k4 k5 | k1 k2 n0 n1 n2. A word has the four
///   registers of one fragment, neighbours along k 16 bits apart, where one
///   mask takes both; a lane has the fragments of 64 positions.
/// - of 8 bits: k0 n3 | k3 k4 | k1 k2 n0 n1 n2. A word has two registers, with
///   neighbours along k beside each other; a lane has two fragments.
///
/// The bits of the lane are those of a fragment (PTX ISA, matrix fragments for
/// mma.m16n8k16).
TiledLayoutAttr getMmaLayout(MLIRContext *context, unsigned width,
                             unsigned reduced);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_MMALAYOUT_H
