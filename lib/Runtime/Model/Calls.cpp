//===- Calls.cpp - The tensors of a call ----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Model.h"

using namespace mlir::compress;
using namespace mlir::compress::runtime;

Words runtime::read(const int64_t *&words, const ModelTensor &tensor) {
  Words result{words[0], words + 1};
  words += 1 + tensor.rank;
  return result;
}

int64_t runtime::countBytes(const ModelTensor &tensor, const int64_t *extents) {
  int64_t bytes = tensor.elementBytes;
  for (int64_t i = 0; i < tensor.rank; ++i)
    if (__builtin_mul_overflow(bytes, extents[i], &bytes))
      return -1;
  return bytes;
}

const char *runtime::checkInputs(const ModelFunction &function,
                                 const int64_t *words) {
  const int64_t *start = words;
  for (int64_t i = 0; i < function.numInputs; ++i) {
    const ModelTensor &input = function.inputs[i];
    Words found = read(words, input);
    for (int64_t d = 0; d < input.rank; ++d) {
      long long extent = found.extents[d], expected = input.shape[d];
      if (expected >= 0 && extent != expected)
        return fail("%s: input '%s': expected dimension %lld to be %lld, "
                    "found %lld",
                    function.name, input.name, static_cast<long long>(d),
                    expected, extent);
      if (extent < 0)
        return fail("%s: input '%s': expected dimension %lld not to be "
                    "negative, found %lld",
                    function.name, input.name, static_cast<long long>(d),
                    extent);
    }
    if (countBytes(input, found.extents) < 0)
      return fail("%s: input '%s' has more bytes than can be counted; expected "
                  "smaller extents",
                  function.name, input.name);
  }
  auto getExtent = [&](const int64_t *dimension) {
    const int64_t *at = start;
    for (int64_t i = 0; i < dimension[0]; ++i)
      at += 1 + function.inputs[i].rank;
    return static_cast<long long>(at[1 + dimension[1]]);
  };
  for (int64_t i = 0; i < function.numEqualExtents; ++i) {
    const ModelExtents &equal = function.equalExtents[i];
    long long expected =
        equal.value >= 0 ? equal.value : getExtent(equal.dimensions);
    for (int64_t k = 0; k < equal.count; ++k) {
      const int64_t *dimension = equal.dimensions + 2 * k;
      long long found = getExtent(dimension);
      if (found == expected)
        continue;
      const char *input = function.inputs[dimension[0]].name;
      long long number = dimension[1];
      if (equal.value >= 0)
        return fail("%s: input '%s': expected dimension %lld to be %lld, as "
                    "the function needs, found %lld",
                    function.name, input, number, expected, found);
      return fail("%s: input '%s': expected dimension %lld to be %lld, as "
                  "dimension %lld of input '%s', found %lld",
                  function.name, input, number, expected,
                  static_cast<long long>(equal.dimensions[1]),
                  function.inputs[equal.dimensions[0]].name, found);
    }
  }
  return nullptr;
}

const char *runtime::checkOutput(const ModelFunction &function,
                                 const ModelTensor &output, const Words &given,
                                 const int64_t *extents) {
  for (int64_t d = 0; d < output.rank; ++d)
    if (given.extents[d] != extents[d])
      return fail("%s: output '%s': expected dimension %lld to be %lld, found "
                  "%lld; the sizes function sets it",
                  function.name, output.name, static_cast<long long>(d),
                  static_cast<long long>(extents[d]),
                  static_cast<long long>(given.extents[d]));
  return nullptr;
}

int64_t *runtime::writeDescriptor(int64_t *words, uint64_t data, int64_t rank,
                                  const int64_t *extents) {
  words[0] = words[1] = static_cast<int64_t>(data);
  words[2] = 0;
  int64_t stride = 1;
  for (int64_t i = rank; i-- > 0;) {
    words[3 + i] = extents[i];
    words[3 + rank + i] = stride;
    stride *= extents[i];
  }
  return words + getDescriptorWords(rank);
}
