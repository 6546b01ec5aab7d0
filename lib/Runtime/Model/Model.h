//===- Model.h - What the runtimes of models share --------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_LIB_RUNTIME_MODEL_MODEL_H
#define COMPRESS_LIB_RUNTIME_MODEL_MODEL_H

#include "compress/Runtime/ModelABI.h"
#include <cstddef>

namespace mlir::compress::runtime {

/// Writes the thread's error text.
const char *fail(const char *format, ...) __attribute__((format(printf, 1, 2)));

/// Zeroed memory, of at least one element. Returns null or an error's text.
template <typename T>
const char *allocate(T *&array, int64_t count) {
  array = static_cast<T *>(__builtin_calloc(count > 0 ? count : 1, sizeof(T)));
  return array ? nullptr : fail("out of host memory");
}

/// The words of a call in order: what a tensor has there, and what follows.
struct Words {
  int64_t pointer;
  const int64_t *extents;
};

/// Reads the words of a tensor, and goes on to the next.
Words read(const int64_t *&words, const ModelTensor &tensor);

/// The bytes of a tensor, negative when there are too many to count.
int64_t countBytes(const ModelTensor &tensor, const int64_t *extents);

/// Checks the extents of a call's inputs. Returns null or an error's text.
const char *checkInputs(const ModelFunction &function, const int64_t *words);

/// Checks the extents of an output against those that it has.
const char *checkOutput(const ModelFunction &function,
                        const ModelTensor &output, const Words &given,
                        const int64_t *extents);

/// Words of the descriptor of a memref.
constexpr int64_t getDescriptorWords(int64_t rank) { return 3 + 2 * rank; }

/// Writes the descriptor of a row-major memref, and returns where the next one
/// begins.
int64_t *writeDescriptor(int64_t *words, uint64_t data, int64_t rank,
                         const int64_t *extents);

/// The folder of the shared object that holds some data, empty if there is
/// none.
void findOwnDirectory(const void *data, char *directory, size_t size);

/// Maps the file of a weight, which must be the one that the model was compiled
/// with; `model` is its name, for messages. `directory` is for relative names.
const char *mapWeightsFile(const char *model, const ModelConstant &constant,
                           const char *directory, const unsigned char *&bytes);

} // namespace mlir::compress::runtime

#endif // COMPRESS_LIB_RUNTIME_MODEL_MODEL_H
