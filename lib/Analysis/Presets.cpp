//===- Presets.cpp - Rules that have a name -------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Presets.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir::compress;
using namespace llvm;

namespace {
/// What a preset stands for.
struct Preset {
  const char *name;
  unsigned numBits;
  QuantizeRule::Type type;
  QuantizeRule::Strategy strategy;
  int64_t groupSize;
  QuantizeRule::Scale scaleType;
  QuantizeRule::Activations activations = QuantizeRule::Activations::None;
  bool dynamicActivations = true;
};

} // namespace

static constexpr int64_t kGroupSize = 128;

static ArrayRef<Preset> getPresets() {
  using Rule = QuantizeRule;
  using Type = Rule::Type;
  using Strategy = Rule::Strategy;
  using Scale = Rule::Scale;
  static const Preset presets[] = {
      {"w8a16", 8, Type::Int, Strategy::Channel, kGroupSize, Scale::F32},
      {"w8a8", 8, Type::Int, Strategy::Channel, kGroupSize, Scale::F32,
       Rule::Activations::Int8},
      {"w8a8-static", 8, Type::Int, Strategy::Channel, kGroupSize, Scale::F32,
       Rule::Activations::Int8, /*dynamicActivations=*/false},
      {"w4a16", 4, Type::Int, Strategy::Group, kGroupSize, Scale::F16},
      {"w3a16", 3, Type::Int, Strategy::Group, kGroupSize, Scale::F16},
      {"w2a16", 2, Type::Int, Strategy::Group, kGroupSize, Scale::F16},
      {"fp8", 8, Type::Float, Strategy::Channel, kGroupSize, Scale::F32},
      {"mxfp8", 8, Type::Float, Strategy::Group, 32, Scale::F8E8M0FNU},
      {"mxfp4", 4, Type::Float, Strategy::Group, 32, Scale::F8E8M0FNU},
      {"nvfp4", 4, Type::Float, Strategy::TensorGroup, 16, Scale::F8E4M3FN},
      {"nf4", 4, Type::NormalFloat, Strategy::Group, 64, Scale::F32},
      {"ternary", 2, Type::Ternary, Strategy::Channel, kGroupSize, Scale::F32},
      {"kmeans4", 4, Type::KMeans, Strategy::Channel, kGroupSize, Scale::F16},
  };
  return presets;
}

std::optional<QuantizeRule> mlir::compress::getPreset(StringRef name) {
  for (const Preset &preset : getPresets()) {
    if (name != preset.name)
      continue;
    QuantizeRule rule;
    rule.preset = preset.name;
    rule.numBits = preset.numBits;
    rule.type = preset.type;
    rule.strategy = preset.strategy;
    rule.groupSize = preset.groupSize;
    rule.scaleType = preset.scaleType;
    rule.activations = preset.activations;
    rule.inputActivations.dynamic = preset.dynamicActivations;
    if (!preset.dynamicActivations)
      rule.inputActivations.strategy = ActivationRule::Strategy::Tensor;
    return rule;
  }
  return std::nullopt;
}

std::string mlir::compress::unknownPreset(StringRef name) {
  std::string known =
      llvm::join(llvm::map_range(getPresets(),
                                 [](const Preset &preset) {
                                   return StringRef(preset.name);
                                 }),
                 ", ");
  return ("unknown preset '" + name + "'; known are " + known).str();
}
