//===- CompressedTensors.h - Checkpoints of compressed-tensors --*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a checkpoint in the format compressed-tensors
// (https://github.com/vllm-project/compressed-tensors) says of its quantized
// weights: a description in config.json, and integers packed into words of 32
// bits in safetensors files. No MLIR in here.
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_RUNTIME_COMPRESSEDTENSORS_H
#define COMPRESS_RUNTIME_COMPRESSEDTENSORS_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/JSON.h"
#include <string>
#include <vector>

namespace mlir::compress::runtime {

/// How the weights of some modules are quantized, an entry of `config_groups`.
struct QuantizationGroup {
  enum class Strategy { Tensor, Channel, Group, Block };

  std::string name;
  /// Names of modules, regular expressions after `re:`, or names of classes.
  std::vector<std::string> targets;
  /// pack-quantized, int-quantized, float-quantized or naive-quantized.
  std::string format;
  unsigned numBits = 8;
  bool isFloat = false;
  bool symmetric = true;
  Strategy strategy = Strategy::Tensor;
  int64_t groupSize = 0;
  /// Extents of a block along the outputs and the inputs.
  llvm::SmallVector<int64_t, 2> block;
  /// Activations are quantized as well.
  bool hasActivations = false;
};

/// The entry `quantization_config` of config.json.
struct QuantizationConfig {
  std::vector<QuantizationGroup> groups;

  /// Reads config.json; `path` goes into messages. Fails for a format that is
  /// not one of those of QuantizationGroup, and names what makes it another.
  static llvm::Expected<QuantizationConfig> parse(llvm::StringRef path,
                                                  llvm::StringRef text);

  llvm::json::Value toJSON() const;

  /// The group of a module: one that names it, otherwise the only one that
  /// names a class, which the checkpoint does not tell of its modules. Fails
  /// when there is none, or several.
  llvm::Expected<const QuantizationGroup *>
  findGroup(llvm::StringRef path, llvm::StringRef module) const;
};

/// Parses a JSON object of limited nesting; `path` goes into messages.
llvm::Expected<llvm::json::Object> parseJSONObject(llvm::StringRef path,
                                                   llvm::StringRef text);

//===----------------------------------------------------------------------===//
// Integers in words
//===----------------------------------------------------------------------===//

/// How integers of `width` bits lie in words of 32, each as value +
/// 2^(width-1), low bits first.
enum class WordPacking {
  /// Without gaps: an integer may begin in one word and end in the next. It is
  /// what is written, and what release 0.20 of the format writes.
  Dense,
  /// floor(32 / width) integers a word, as older releases write. The same when
  /// the width divides 32.
  WholeInWord
};

/// Words that `count` integers take.
int64_t getNumWords(WordPacking packing, unsigned width, int64_t count);

/// Packs signed integers densely; `words` are little-endian.
void packWords(unsigned width, llvm::ArrayRef<int8_t> values,
               llvm::MutableArrayRef<char> words);

void unpackWords(WordPacking packing, unsigned width,
                 llvm::ArrayRef<char> words,
                 llvm::MutableArrayRef<int8_t> values);

} // namespace mlir::compress::runtime

#endif // COMPRESS_RUNTIME_COMPRESSEDTENSORS_H
