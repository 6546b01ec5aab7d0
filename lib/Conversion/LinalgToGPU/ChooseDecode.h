//===- ChooseDecode.h - Where a weight is decoded ---------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEDECODE_H
#define COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEDECODE_H

#include "ChooseSchedule.h"

namespace mlir::compress {

/// A product one of whose operands is a decoded weight.
struct DecodedProduct {
  MatmulExtents extents;
  /// Whether the weight is A, and whether tensor cores multiply.
  bool isA, onTensorCores;
  /// Instructions that decode an element.
  double instructions;
};

/// Clocks that the product is predicted to take where its kernel decodes the
/// weight, which each tile along the other operand does again, and where a
/// kernel before it decodes all of it once, into a buffer.
struct DecodeTimes {
  double inKernel, before;
};
DecodeTimes predictDecode(MLIRContext *context, const DecodedProduct &product,
                          const Chip &chip);

/// Clocks for decoding all of a weight into a buffer, by a kernel of its own.
double predictDecodeBefore(double elements, double elementBytes,
                           double instructions, const Chip &chip);

} // namespace mlir::compress

#endif // COMPRESS_LIB_CONVERSION_LINALGTOGPU_CHOOSEDECODE_H
