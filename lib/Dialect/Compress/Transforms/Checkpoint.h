//===- Checkpoint.h - An open checkpoint of compressed-tensors -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef LIB_DIALECT_COMPRESS_TRANSFORMS_CHECKPOINT_H
#define LIB_DIALECT_COMPRESS_TRANSFORMS_CHECKPOINT_H

#include "compress/Dialect/Compress/IR/Compress.h"
#include "compress/Runtime/CompressedTensors.h"
#include "compress/Runtime/Safetensors.h"
#include "llvm/ADT/StringMap.h"

namespace mlir::compress {

/// The suffix of a weight's key that is no part of its module's name.
inline constexpr StringLiteral kWeightSuffix = ".weight";

/// The name of the module that a weight's key belongs to.
inline StringRef getModuleName(StringRef key) {
  key.consume_back(kWeightSuffix);
  return key;
}

/// A component as the checkpoint holds it.
struct CheckpointComponent {
  const runtime::SafetensorsTensor *entry;
  /// The file of the entry.
  StringRef path;
  /// How integers are packed into words; none where the bytes are ours.
  std::optional<runtime::WordPacking> packing;
  /// Integers to be packed to this width, 8 where they stay bytes.
  unsigned width = 8;
  /// Words lie along the outputs, not the inputs.
  bool alongOutputs = false;
};

/// A compressed weight of a checkpoint.
struct CheckpointWeight {
  CompressedTensorType type;
  /// In the order of the type's components.
  SmallVector<CheckpointComponent, 3> components;
  bool hasActivations;
};

/// The files of a checkpoint: config.json and one or more safetensors files.
class Checkpoint {
public:
  static llvm::Expected<Checkpoint> open(StringRef directory);

  StringRef getConfigPath() const { return configPath; }

  /// The compressed form of the weight with this key, [outputs, inputs]; none
  /// when the checkpoint does not hold it compressed. Fails when it cannot be
  /// represented or contradicts itself or `dense`.
  llvm::Expected<std::optional<CheckpointWeight>>
  find(StringRef key, RankedTensorType dense) const;

  /// Up to three names of compressed modules, for messages.
  std::string listModules() const;

private:
  struct Entry {
    const runtime::SafetensorsTensor *tensor;
    StringRef path;
  };
  const Entry *get(const Twine &name) const;

  std::string configPath;
  runtime::QuantizationConfig config;
  std::vector<std::shared_ptr<runtime::SafetensorsFile>> files;
  llvm::StringMap<Entry> entries;
};

/// The bytes of a component, as our storage has them.
std::vector<char> readComponent(const CheckpointComponent &component,
                                RankedTensorType type, ArrayRef<int64_t> dense);

} // namespace mlir::compress

#endif // LIB_DIALECT_COMPRESS_TRANSFORMS_CHECKPOINT_H
