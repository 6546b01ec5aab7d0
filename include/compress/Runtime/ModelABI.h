//===- ModelABI.h - Compiled models -----------------------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What compiled code and its runtime know of each other, whatever it was
// compiled for. A compiled model is constant data that names its weights and
// functions: a `CPUModule` or a `CudaModule`.
//
// Plain C types only: the runtime is linked into every shared object, where
// there is no LLVM and no C++ library. All fields have 8 bytes.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_MODELABI_H
#define COMPRESS_RUNTIME_MODELABI_H

#include <cstdint>

namespace mlir::compress::runtime {

/// An input or an output; -1 is an extent that is known at run time. What is
/// `forHost` is read when a call is planned: on a GPU by the host alone.
struct ModelTensor {
  const char *name;
  int64_t elementBytes;
  int64_t rank;
  const int64_t *shape;
  int64_t forHost;
};

/// A weight. Its bytes are in the module, or, without `data`, at `offset` of a
/// file that is known by its size and a hash of its beginning.
struct ModelConstant {
  const void *data;
  int64_t bytes;
  int64_t rank;
  const int64_t *shape;
  const char *file;
  const char *key;
  int64_t offset;
  int64_t fileBytes;
  int64_t fileHash;
};

/// Extents of inputs that must be equal: pairs of an input and a dimension, and
/// the value, or -1.
struct ModelExtents {
  int64_t value;
  int64_t count;
  const int64_t *dimensions;
};

/// What a weight file is known by besides its size: a hash (FNV-1a, 64 bits) of
/// its first 64 KiB.
inline int64_t hashFileBeginning(const unsigned char *data, int64_t bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (int64_t i = 0; i < bytes && i < 65536; ++i)
    hash = (hash ^ data[i]) * 0x100000001b3;
  return static_cast<int64_t>(hash);
}

/// A function, with two pieces of code: `measure` computes what follows from
/// extents, and `run` the rest. Both take an array of pointers to descriptors
/// (a memref's: pointer, pointer, offset, sizes, strides) of the arguments, and
/// what CPUFunction and CudaFunction say.
struct ModelFunction {
  const char *name;
  int64_t numInputs;
  const ModelTensor *inputs;
  int64_t numOutputs;
  const ModelTensor *outputs;
  /// What the arguments are: the number of an input, or -1 - that of a
  /// constant.
  int64_t numArguments;
  const int64_t *arguments;
  int64_t numEqualExtents;
  const ModelExtents *equalExtents;
  void (*measure)(void **);
  void (*run)(void **);
};

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_MODELABI_H
