//===- Convolution.h - The index maps of a convolution -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_DIALECT_COMPRESS_IR_CONVOLUTION_H
#define COMPRESS_DIALECT_COMPRESS_IR_CONVOLUTION_H

#include "mlir/IR/AffineMap.h"
#include <string>

namespace mlir::compress {

/// A term of an image's index: a dimension times a stride or dilation.
struct WindowTerm {
  unsigned dim;
  int64_t factor;
};

/// The terms whose sum the expression is; empty when it is no sum of dimensions
/// with positive constant factors.
SmallVector<WindowTerm, 2> getWindowTerms(AffineExpr expr);

/// Checks maps of image, filter and result: constraints C2 to C5 of
/// `compress.conv`. Returns what is wrong, empty when nothing is.
std::string checkConvolutionMaps(ArrayRef<AffineMap> maps);

} // namespace mlir::compress

#endif // COMPRESS_DIALECT_COMPRESS_IR_CONVOLUTION_H
