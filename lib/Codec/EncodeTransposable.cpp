//===- EncodeTransposable.cpp - Encode N:M along two axes -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Masks.h"
#include "Stats.h"
#include "Transposable.h"

using namespace mlir::compress::codec;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;

bool mlir::compress::codec::isTransposable(const Sparsity &sparsity) {
  auto *nm = std::get_if<NMSparsity>(&sparsity);
  return nm && nm->transposedAxis >= 0;
}

Error mlir::compress::codec::encodeTransposable(
    const Format &format, ConstBytes dense, ArrayRef<MutableBytes> components,
    const EncodeOptions &options, bool parametersGiven, ErrorStats *stats) {
  Format plain = format;
  std::get<NMSparsity>(plain.sparsity).transposedAxis = -1;
  auto encodePlain = parametersGiven ? encodeWithParameters : encode;
  if (!options.select) {
    if (Error error = encodePlain(plain, dense, components, options, stats))
      return error;
    return checkNonzeros(format.shape, format.expressed, format.sparsity, dense,
                         options.nonFinite, options.threads);
  }

  std::vector<char> pruned(dense.begin(), dense.end());
  PruneOptions pruning;
  pruning.nonFinite = options.nonFinite;
  pruning.threads = options.threads;
  llvm::Expected<int64_t> removed =
      prune(format.shape, format.expressed, format.sparsity, pruned, pruning);
  if (!removed)
    return removed.takeError();
  if (Error error = encodePlain(plain, pruned, components, options, stats))
    return error;
  if (!stats)
    return Error::success();
  // Against what there was before pruning.
  SmallVector<ConstBytes, 4> encoded(components.begin(), components.end());
  if (Error error = decode(plain, encoded, pruned, options.threads))
    return error;
  int64_t saturated = stats->saturated;
  *stats = compare(format.expressed, dense, pruned, options.nonFinite);
  stats->saturated = saturated;
  return Error::success();
}
