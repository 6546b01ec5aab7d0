//===- Stats.h - Error statistics -------------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_STATS_H
#define COMPRESS_LIB_CODEC_STATS_H

#include "Kernels.h"
#include "compress/Codec/Codec.h"

namespace mlir::compress::codec {

/// The statistics of lines that were compared with Kernels::compare.
ErrorStats getStats(const ErrorSums &sums, int64_t elements, int64_t saturated);

/// Compares as the public function does, with a reference that may have to be
/// clamped.
ErrorStats compare(ElementType type, ConstBytes reference, ConstBytes actual,
                   NonFinite nonFinite);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_STATS_H
