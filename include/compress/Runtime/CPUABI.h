//===- CPUABI.h - Compiled models for the CPU -------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a model that was compiled for the CPU and its runtime (lib/Runtime/CPU)
// know of each other; see ModelABI.h.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_CPUABI_H
#define COMPRESS_RUNTIME_CPUABI_H

#include "compress/Runtime/ModelABI.h"

namespace mlir::compress::runtime {

/// A function. `run` takes a pointer to the descriptors of all outputs, one
/// after another, if there are any, and then those of the arguments; the
/// outputs are buffers of compress_allocate_buffer, whose owner the caller
/// becomes. `measure`
/// takes the arguments and the descriptor of an array that it writes the
/// extents of all outputs to; it is null where these are static.
struct CPUFunction : ModelFunction {};

struct CPUModule {
  const char *name;
  /// LLVM's name of the processor, for messages.
  const char *cpu;
  /// What code may use: bits by the order of COMPRESS_CPU_FEATURES.
  int64_t features;
  int64_t numConstants;
  const ModelConstant *constants;
  int64_t numFunctions;
  const CPUFunction *functions;
  /// The signatures of the functions as JSON.
  const char *signature;
};

/// A module that is ready to be called.
struct CPUModel;

} // namespace mlir::compress::runtime

/// Features of x86-64 that compilers generate code for, by LLVM's names: how
/// CPUID tells of them, which is leaf, subleaf, register (0 to 3: eax, ebx,
/// ecx, edx) and bit, and the registers that the system must save (bits of
/// XCR0) (Intel 64 and IA-32 Architectures Software Developer's Manual, volume
/// 2A, CPUID, and volume 1, chapter 13).
#define COMPRESS_CPU_FEATURES(X)                                               \
  X("sse3", 0x1, 0, 2, 0, 0x0)                                                 \
  X("ssse3", 0x1, 0, 2, 9, 0x0)                                                \
  X("sse4.1", 0x1, 0, 2, 19, 0x0)                                              \
  X("sse4.2", 0x1, 0, 2, 20, 0x0)                                              \
  X("popcnt", 0x1, 0, 2, 23, 0x0)                                              \
  X("cx16", 0x1, 0, 2, 13, 0x0)                                                \
  X("movbe", 0x1, 0, 2, 22, 0x0)                                               \
  X("avx", 0x1, 0, 2, 28, 0x6)                                                 \
  X("fma", 0x1, 0, 2, 12, 0x6)                                                 \
  X("f16c", 0x1, 0, 2, 29, 0x6)                                                \
  X("bmi", 0x7, 0, 1, 3, 0x0)                                                  \
  X("bmi2", 0x7, 0, 1, 8, 0x0)                                                 \
  X("lzcnt", 0x80000001, 0, 2, 5, 0x0)                                         \
  X("avx2", 0x7, 0, 1, 5, 0x6)                                                 \
  X("avxvnni", 0x7, 1, 0, 4, 0x6)                                              \
  X("avxvnniint8", 0x7, 1, 3, 4, 0x6)                                          \
  X("avxneconvert", 0x7, 1, 3, 5, 0x6)                                         \
  X("gfni", 0x7, 0, 2, 8, 0x0)                                                 \
  X("avx512f", 0x7, 0, 1, 16, 0xe6)                                            \
  X("avx512dq", 0x7, 0, 1, 17, 0xe6)                                           \
  X("avx512ifma", 0x7, 0, 1, 21, 0xe6)                                         \
  X("avx512cd", 0x7, 0, 1, 28, 0xe6)                                           \
  X("avx512bw", 0x7, 0, 1, 30, 0xe6)                                           \
  X("avx512vl", 0x7, 0, 1, 31, 0xe6)                                           \
  X("avx512vbmi", 0x7, 0, 2, 1, 0xe6)                                          \
  X("avx512vbmi2", 0x7, 0, 2, 6, 0xe6)                                         \
  X("avx512vnni", 0x7, 0, 2, 11, 0xe6)                                         \
  X("avx512bitalg", 0x7, 0, 2, 12, 0xe6)                                       \
  X("avx512vpopcntdq", 0x7, 0, 2, 14, 0xe6)                                    \
  X("avx512fp16", 0x7, 0, 3, 23, 0xe6)                                         \
  X("avx512bf16", 0x7, 1, 0, 5, 0xe6)

extern "C" {

/// Makes a module ready: checks the processor, finds the weights' files, which
/// relative names are looked up for in `directory`, or, where it is null,
/// beside the shared object that holds the module, and starts `threads`
/// threads, the calling ones among them, or as many as there are processors.
/// Models of one shared object share their threads, whose number is the first
/// one's. Returns null, or the text of an error, which is valid until the
/// thread's next call.
const char *compress_cpu_init(const mlir::compress::runtime::CPUModule *module,
                              int32_t threads, const char *directory,
                              mlir::compress::runtime::CPUModel **model);
void compress_cpu_destroy(mlir::compress::runtime::CPUModel *model);
const char *
compress_cpu_signature(const mlir::compress::runtime::CPUModule *module);

/// Computes the extents of the outputs. `words` are those of a call: for each
/// input and output a pointer and its extents.
const char *compress_cpu_sizes(mlir::compress::runtime::CPUModel *model,
                               int64_t function, int64_t *words);

/// Calls a function. Threads may call one model at the same time.
const char *compress_cpu_run(mlir::compress::runtime::CPUModel *model,
                             int64_t function, const int64_t *words);

} // extern "C"

#endif // COMPRESS_RUNTIME_CPUABI_H
