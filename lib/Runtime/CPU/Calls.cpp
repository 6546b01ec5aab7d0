//===- Calls.cpp - Calls of a model's functions ---------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Model/Model.h"
#include "Model.h"
#include "compress/Runtime/Buffers.h"
#include <cstdlib>
#include <cstring>

using namespace mlir::compress::runtime;

namespace {
/// The descriptors of a call and the pointers to them. Each call has its own,
/// so that threads can call at the same time.
class Arguments {
public:
  ~Arguments() { free(words); }

  /// Enters the descriptors of the arguments, after room for others of
  /// `firstWords` words.
  const char *build(const CPUModel &model, const CPUFunction &function,
                    const int64_t *call, int64_t firstWords);

  /// Appends the descriptor of an array.
  void append(int64_t *array, int64_t count) {
    pointers[numPointers++] = next;
    next = writeDescriptor(next, reinterpret_cast<uintptr_t>(array), /*rank=*/1,
                           &count);
  }

  int64_t *getFirst() { return words; }
  void **getPointers() { return pointers; }

private:
  int64_t *words = nullptr, *next = nullptr;
  void **pointers = nullptr;
  int64_t numPointers = 0;
};
} // namespace

const char *Arguments::build(const CPUModel &model, const CPUFunction &function,
                             const int64_t *call, int64_t firstWords) {
  // Beside the arguments' descriptors one more, and a pointer for each.
  int64_t needed = firstWords + getDescriptorWords(1);
  for (int64_t i = 0; i < function.numArguments; ++i) {
    int64_t number = function.arguments[i];
    needed += getDescriptorWords(
        number >= 0 ? function.inputs[number].rank
                    : model.module->constants[-1 - number].rank);
  }
  if (const char *error = allocate(words, needed + function.numArguments + 2))
    return error;
  pointers = reinterpret_cast<void **>(words + needed);
  next = words + firstWords;
  if (firstWords)
    pointers[numPointers++] = words;
  for (int64_t i = 0; i < function.numArguments; ++i) {
    int64_t number = function.arguments[i];
    pointers[numPointers++] = next;
    if (number < 0) {
      const ModelConstant &constant = model.module->constants[-1 - number];
      next = writeDescriptor(
          next, reinterpret_cast<uintptr_t>(model.constants[-1 - number]),
          constant.rank, constant.shape);
      continue;
    }
    const int64_t *at = call;
    for (int64_t k = 0; k < number; ++k)
      read(at, function.inputs[k]);
    Words given = read(at, function.inputs[number]);
    next = writeDescriptor(next, given.pointer, function.inputs[number].rank,
                           given.extents);
  }
  return nullptr;
}

/// A tensor of a call must be there, and lie as its elements do.
static const char *checkPointer(const CPUFunction &function,
                                const ModelTensor &tensor, const Words &given,
                                const char *kind) {
  int64_t bytes = countBytes(tensor, given.extents);
  if (!given.pointer && bytes)
    return fail("%s: %s '%s' is a null pointer; expected memory of %lld bytes",
                function.name, kind, tensor.name,
                static_cast<long long>(bytes));
  if (given.pointer % tensor.elementBytes)
    return fail("%s: %s '%s': expected memory aligned to %lld bytes, found "
                "%#llx",
                function.name, kind, tensor.name,
                static_cast<long long>(tensor.elementBytes),
                static_cast<unsigned long long>(given.pointer));
  return nullptr;
}

/// Checks the inputs, and goes on to the words of the outputs. `all` are those
/// that are read, or what `measure` reads.
static const char *checkCall(const CPUFunction &function, const int64_t *&words,
                             bool all) {
  if (const char *error = checkInputs(function, words))
    return error;
  for (int64_t i = 0; i < function.numInputs; ++i) {
    const ModelTensor &input = function.inputs[i];
    Words given = read(words, input);
    if (all || input.forHost)
      if (const char *error = checkPointer(function, input, given, "input"))
        return error;
  }
  return nullptr;
}

static int64_t countOutputExtents(const CPUFunction &function) {
  int64_t count = 0;
  for (int64_t i = 0; i < function.numOutputs; ++i)
    count += function.outputs[i].rank;
  return count;
}

const char *compress_cpu_sizes(CPUModel *model, int64_t number,
                               int64_t *words) {
  const CPUFunction &function = model->module->functions[number];
  const int64_t *outputs = words;
  if (const char *error = checkCall(function, outputs, /*all=*/false))
    return error;
  int64_t *at = words + (outputs - words);
  if (!function.measure) {
    for (int64_t i = 0; i < function.numOutputs; ++i) {
      const ModelTensor &output = function.outputs[i];
      memcpy(at + 1, output.shape, output.rank * sizeof(int64_t));
      at += 1 + output.rank;
    }
    return nullptr;
  }
  // The extents follow the descriptors.
  int64_t count = countOutputExtents(function);
  int64_t *extents;
  if (const char *error = allocate(extents, count))
    return error;
  Arguments arguments;
  const char *error =
      arguments.build(*model, function, words, /*firstWords=*/0);
  if (!error) {
    arguments.append(extents, count);
    function.measure(arguments.getPointers());
    const int64_t *next = extents;
    for (int64_t i = 0; i < function.numOutputs && !error; ++i) {
      const ModelTensor &output = function.outputs[i];
      for (int64_t d = 0; d < output.rank; ++d)
        if (next[d] < 0)
          error = fail("%s: output '%s': dimension %lld would be %lld; "
                       "expected other inputs",
                       function.name, output.name, static_cast<long long>(d),
                       static_cast<long long>(next[d]));
      memcpy(at + 1, next, output.rank * sizeof(int64_t));
      next += output.rank;
      at += 1 + output.rank;
    }
  }
  free(extents);
  return error;
}

/// Checks that the outputs are as the call says, by the descriptors that the
/// function has written.
static const char *checkOutputs(const CPUFunction &function,
                                const int64_t *words,
                                const int64_t *descriptor) {
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    const ModelTensor &output = function.outputs[i];
    Words given = read(words, output);
    if (const char *error =
            checkOutput(function, output, given, descriptor + 3))
      return error;
    descriptor += getDescriptorWords(output.rank);
  }
  return nullptr;
}

static void copyOutputs(const CPUFunction &function, const int64_t *words,
                        const int64_t *descriptor) {
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    const ModelTensor &output = function.outputs[i];
    Words given = read(words, output);
    if (int64_t bytes = countBytes(output, given.extents))
      memcpy(reinterpret_cast<void *>(given.pointer),
             reinterpret_cast<const char *>(descriptor[1]) +
                 descriptor[2] * output.elementBytes,
             bytes);
    descriptor += getDescriptorWords(output.rank);
  }
}

/// Frees what the descriptors own. Outputs that are the same value share it.
static void freeOutputs(const CPUFunction &function, int64_t *descriptor) {
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    int64_t buffer = descriptor[0];
    descriptor += getDescriptorWords(function.outputs[i].rank);
    int64_t *later = descriptor;
    for (int64_t k = i + 1; k < function.numOutputs; ++k) {
      if (later[0] == buffer)
        later[0] = 0;
      later += getDescriptorWords(function.outputs[k].rank);
    }
    compress_free_buffer(reinterpret_cast<void *>(buffer));
  }
}

const char *compress_cpu_run(CPUModel *model, int64_t number,
                             const int64_t *words) {
  const CPUFunction &function = model->module->functions[number];
  const int64_t *outputs = words;
  if (const char *error = checkCall(function, outputs, /*all=*/true))
    return error;
  // What is known of the outputs before is checked before.
  const int64_t *at = outputs;
  int64_t outputWords = 0;
  for (int64_t i = 0; i < function.numOutputs; ++i) {
    const ModelTensor &output = function.outputs[i];
    Words given = read(at, output);
    outputWords += getDescriptorWords(output.rank);
    if (!function.measure)
      if (const char *error =
              checkOutput(function, output, given, output.shape))
        return error;
    if (countBytes(output, given.extents) < 0)
      return fail(
          "%s: output '%s' has more bytes than can be counted; expected "
          "what the sizes function sets",
          function.name, output.name);
    if (const char *error = checkPointer(function, output, given, "output"))
      return error;
  }

  Arguments arguments;
  if (const char *error = arguments.build(*model, function, words, outputWords))
    return error;
  function.run(arguments.getPointers());

  const char *error = checkOutputs(function, outputs, arguments.getFirst());
  if (!error)
    copyOutputs(function, outputs, arguments.getFirst());
  freeOutputs(function, arguments.getFirst());
  return error;
}
