//===- WeightViews.h - Ops between a weight and its use -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_ANALYSIS_WEIGHTVIEWS_H
#define LIB_ANALYSIS_WEIGHTVIEWS_H

#include "compress/Analysis/Weights.h"

namespace mlir::compress {

/// The value that a view op shows, null for another op.
Value getViewSource(Operation *op);

/// Turns the bytes of a view's source into those of its result.
void applyView(Operation *view, WeightBytes &bytes,
               llvm::ThreadPoolInterface *threads);

} // namespace mlir::compress

#endif // LIB_ANALYSIS_WEIGHTVIEWS_H
