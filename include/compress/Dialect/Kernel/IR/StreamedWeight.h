//===- StreamedWeight.h - Weights that kernels stream -----------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_KERNEL_IR_STREAMEDWEIGHT_H
#define COMPRESS_DIALECT_KERNEL_IR_STREAMEDWEIGHT_H

#include "compress/Dialect/Compress/IR/MmaLayout.h"

namespace mlir::compress::kernel {

/// A matrix that `compress_kernel.contract` can read: what its type says, as a
/// kernel needs it.
struct StreamedWeight {
  /// Extents of the reduced dimension and of the output channels, and which
  /// dimension of the matrix is reduced.
  int64_t k, n;
  unsigned reduced;
  /// Bits of a code.
  unsigned width;
  /// What a decoded value is rounded to, and what scales are stored as.
  FloatType element, scale;
  /// What scales of scales are stored as, null without them.
  FloatType superScale;
  /// Positions along both that share their parameters, and channels that share
  /// a scale of scales.
  int64_t blockK, blockN, superN = 1;
  bool hasZeroPoints;
  /// What codes are: floats of this type, places in this table of 16 values, or
  /// in one whose entries of this type are a component, or else integers.
  FloatType code;
  SmallVector<float, 16> table;
  FloatType entry;

  /// What a type says, whatever its layout; fails with the reason where there
  /// is no kernel for it.
  static FailureOr<StreamedWeight> match(CompressedTensorType type,
                                         unsigned reduced, std::string &reason);

  /// The layout that the kernel reads.
  TiledLayoutAttr getLayout() const;
  /// Number of tiles of the layout along both.
  int64_t getNumTilesK() const;
  int64_t getNumTilesN() const;
  /// Whether all of a channel shares its parameters.
  bool isScaledByChannel() const { return blockK >= k; }
};

} // namespace mlir::compress::kernel

#endif // COMPRESS_DIALECT_KERNEL_IR_STREAMEDWEIGHT_H
