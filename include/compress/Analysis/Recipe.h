//===- Recipe.h - What a user asks for -*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_ANALYSIS_RECIPE_H
#define COMPRESS_ANALYSIS_RECIPE_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

namespace mlir::compress {

/// Which sites a stage concerns. A pattern is a name, or, after "re:", a
/// regular expression (POSIX extended) that matches at the beginning of a name.
struct NameFilter {
  std::vector<std::string> targets;
  std::vector<std::string> ignore;
};

/// Stage `prune`; the keys are documented with compress-prune.
struct PruneRule {
  /// What the pattern chooses between: n of each m elements (along two axes
  /// when transposable), single elements, or blocks.
  enum class Kind { NM, TransposableNM, Elements, Blocks };
  enum class Format { Auto, Bitmap, CSR };
  enum class Budget { Layer, Row, Global };

  NameFilter filter;
  /// The text of the pattern, and what it says.
  std::string pattern = "2:4";
  Kind kind = Kind::NM;
  int64_t n = 2;
  int64_t m = 4;
  /// The share of elements or blocks that is removed.
  double fraction = 0;
  std::vector<int64_t> block;
  Format format = Format::Auto;
  Budget budget = Budget::Layer;
  /// Safetensors files with a tensor for each weight; empty for none.
  std::string scores, mask;

  /// How many of `total` elements or blocks stay.
  int64_t getNumKept(int64_t total) const;
};

/// How the operand that is no weight is quantized.
struct ActivationRule {
  /// One scale for the tensor, or for each position that is not reduced.
  enum class Strategy { Tensor, Token };

  unsigned numBits = 8;
  bool symmetric = true;
  Strategy strategy = Strategy::Token;
  /// Whether parameters are computed at run time, rather than from ranges.
  bool dynamic = true;

  bool operator==(const ActivationRule &other) const {
    return numBits == other.numBits && symmetric == other.symmetric &&
           strategy == other.strategy && dynamic == other.dynamic;
  }
};

/// Stage `quantize`; the keys are documented with compress-quantize.
struct QuantizeRule {
  enum class Type {
    Int,
    Float,
    FloatE5M2,
    BFloat,
    NormalFloat,
    Ternary,
    KMeans,
    Quantile
  };
  enum class Strategy { Tensor, Channel, Group, Block, TensorGroup };
  enum class Scale { F32, F16, BF16, F8E4M3FN, F8E5M2, F8E8M0FNU };
  enum class Observer { MinMax, MSE, Percentile };
  enum class Activations { None, Int8 };

  NameFilter filter;
  std::string preset = "w8a16";
  unsigned numBits = 8;
  Type type = Type::Int;
  bool symmetric = true;
  Strategy strategy = Strategy::Channel;
  int64_t groupSize = 128;
  /// Extents along the channels and along the reduced dimension.
  std::vector<int64_t> blockStructure = {128, 128};
  Scale scaleType = Scale::F32;
  /// Of the scale over all scales that strategy TensorGroup has.
  Scale globalScaleType = Scale::F32;
  /// Values that share a code of a learned codebook.
  int64_t vectorSize = 1;
  Observer observer = Observer::MinMax;
  double percentile = 99.9;
  Activations activations = Activations::None;
  /// Of activations, where they are quantized.
  ActivationRule inputActivations;
  /// File of the ranges that static activations have; empty for none.
  std::string ranges;

  /// Whether values are codes of a table that is learned from the weight.
  bool isLearned() const {
    return type == Type::KMeans || type == Type::Quantile;
  }
};

using Stage = std::variant<PruneRule, QuantizeRule>;

/// Stages in their order.
struct Recipe {
  std::vector<Stage> stages;
};

/// Parses a stage: a YAML map, in flow or block form and with or without its
/// outer braces, or a preset's name alone (a pattern's, for pruning). Messages
/// name the key, what was expected and what was found.
llvm::Expected<PruneRule> parsePruneRule(llvm::StringRef text);
llvm::Expected<QuantizeRule> parseQuantizeRule(llvm::StringRef text);

/// Reads a pattern for pruning into `rule`: n:m, n:mt, a fraction, or
/// block:AxB@fraction. Returns what is wrong, empty when nothing is.
std::string parsePrunePattern(llvm::StringRef text, PruneRule &rule);

/// Parses a recipe: `stages`, a list of maps with the one key `prune` or
/// `quantize`. `name` goes into messages.
llvm::Expected<Recipe> parseRecipe(llvm::StringRef text, llvm::StringRef name);

/// The text form of a stage, a YAML flow map that parses back to it.
std::string toString(const PruneRule &rule);
std::string toString(const QuantizeRule &rule);

/// A filter prepared for matching; it remembers which patterns have matched.
class NameMatcher {
public:
  static llvm::Expected<NameMatcher> create(const NameFilter &filter);
  NameMatcher(NameMatcher &&);
  ~NameMatcher();

  enum class Match { Targeted, All, NotTargeted, Ignored };
  /// Matches a site by any of its names. All: there are no targets.
  Match match(llvm::ArrayRef<llvm::StringRef> names);

  /// The patterns that have matched nothing so far.
  std::vector<std::string> getUnmatched() const;

private:
  struct Pattern;
  NameMatcher();
  std::vector<Pattern> targets, ignore;
};

} // namespace mlir::compress

#endif // COMPRESS_ANALYSIS_RECIPE_H
