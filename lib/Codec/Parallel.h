//===- Parallel.h - Work shared among threads -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_CODEC_PARALLEL_H
#define COMPRESS_LIB_CODEC_PARALLEL_H

#include "llvm/ADT/STLFunctionalExtras.h"
#include <cstddef>

namespace llvm {
class ThreadPoolInterface;
}

namespace mlir::compress::codec {

/// Hands out the indices 0..count-1, each once. Returns false at the end.
using NextIndex = llvm::function_ref<bool(size_t &index)>;

/// Runs `worker` on every thread of the pool, or on the caller's own without
/// one, until all indices are taken. A worker keeps its scratch memory while it
/// takes one index after the other; what it does for an index must not depend
/// on the worker.
void parallelFor(llvm::ThreadPoolInterface *threads, size_t count,
                 llvm::function_ref<void(NextIndex next)> worker);

} // namespace mlir::compress::codec

#endif // COMPRESS_LIB_CODEC_PARALLEL_H
