//===- Check.h - The codec against the reference ----------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_CODEC_CHECK_H
#define COMPRESS_UNIT_CODEC_CHECK_H

#include "Kernels.h"
#include "Reference.h"

namespace mlir::compress::codec::test {

/// Restores the machine's level.
struct LevelScope {
  explicit LevelScope(Level level) { setLevel(level); }
  ~LevelScope() { setLevel(getMachineLevel()); }
};

/// Every level that this machine can tell apart.
std::vector<Level> getLevels();

/// Expects the same values.
void expectSame(const std::vector<float> &expected,
                const std::vector<float> &found, const Format &format);

/// Expects of the codec what the reference gives, on every level: the bytes,
/// what they decode to and the statistics, with and without given parameters.
/// Failures are fatal.
void check(const Format &format, const std::vector<float> &dense);

} // namespace mlir::compress::codec::test

#endif // COMPRESS_UNIT_CODEC_CHECK_H
