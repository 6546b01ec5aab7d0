//===- Dispatch.cpp - The kernels of this machine -------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/TargetParser/Host.h"
#include <atomic>

using namespace mlir::compress::codec;

namespace mlir::compress::codec {
extern const Kernels genericKernels;
#ifdef COMPRESS_CODEC_X86
extern const Kernels avx2Kernels;
extern const Kernels avx512Kernels;
#endif
} // namespace mlir::compress::codec

static Level detectLevel() {
#ifdef COMPRESS_CODEC_X86
  llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  auto hasAll = [&](std::initializer_list<llvm::StringRef> names) {
    return llvm::all_of(names,
                        [&](llvm::StringRef name) { return features[name]; });
  };
  if (!hasAll({"avx2", "f16c"}))
    return Level::Generic;
  return hasAll({"avx512f", "avx512bw", "avx512dq", "avx512vl"}) ? Level::AVX512
                                                                 : Level::AVX2;
#else
  return Level::Generic;
#endif
}

static const Kernels &getTable(Level level) {
#ifdef COMPRESS_CODEC_X86
  if (level == Level::AVX512)
    return avx512Kernels;
  if (level == Level::AVX2)
    return avx2Kernels;
#endif
  return genericKernels;
}

static std::atomic<const Kernels *> &getCurrent() {
  static std::atomic<const Kernels *> current{&getTable(getMachineLevel())};
  return current;
}

Level mlir::compress::codec::getMachineLevel() {
  static const Level level = detectLevel();
  return level;
}

const Kernels &mlir::compress::codec::getKernels() {
  return *getCurrent().load(std::memory_order_relaxed);
}

void mlir::compress::codec::setLevel(Level level) {
  getCurrent() = &getTable(std::min(level, getMachineLevel()));
}
