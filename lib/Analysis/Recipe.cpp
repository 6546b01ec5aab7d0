//===- Recipe.cpp - What a user asks for
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Recipe.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/YAMLTraits.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::compress;
using namespace llvm;

namespace {
/// A pattern, of a type of its own so that lists of it print on one line.
struct PatternText {
  std::string text;
};

/// A number that prints with all its digits.
struct Number {
  double value;
  bool operator==(const Number &other) const { return value == other.value; }
};

/// One element of the list `stages`.
struct StageText {
  std::optional<PruneRule> prune;
  std::optional<QuantizeRule> quantize;
};

/// What a preset stands for.
std::optional<QuantizeRule> getPreset(StringRef name) {
  QuantizeRule rule;
  rule.preset = name.str();
  if (name == "w8a16")
    return rule;
  if (name == "w8a8") {
    rule.activations = QuantizeRule::Activations::Int8;
    return rule;
  }
  if (name == "w4a16") {
    rule.numBits = 4;
    rule.strategy = QuantizeRule::Strategy::Group;
    rule.scaleType = QuantizeRule::Scale::F16;
    return rule;
  }
  return std::nullopt;
}

std::string unknownPreset(StringRef name) {
  return ("unknown preset '" + name + "'; known are w8a16, w8a8 and w4a16")
      .str();
}

/// Reads "n:m".
std::string parsePattern(StringRef text, PruneRule &rule) {
  auto [n, m] = text.split(':');
  if (n.getAsInteger(10, rule.n) || m.getAsInteger(10, rule.m))
    return ("pattern must be n:m, such as 2:4, found '" + text + "'").str();
  if (rule.n < 1 || rule.m < rule.n || rule.m > 256)
    return ("pattern n:m must have 0 < n <= m <= 256, found '" + text + "'")
        .str();
  return {};
}
} // namespace

LLVM_YAML_IS_SEQUENCE_VECTOR(StageText)
LLVM_YAML_IS_FLOW_SEQUENCE_VECTOR(PatternText)

namespace llvm::yaml {
template <>
struct ScalarEnumerationTraits<QuantizeRule::Type> {
  static void enumeration(IO &io, QuantizeRule::Type &value) {
    io.enumCase(value, "int", QuantizeRule::Type::Int);
    io.enumCase(value, "float", QuantizeRule::Type::Float);
    io.enumCase(value, "bfloat", QuantizeRule::Type::BFloat);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Strategy> {
  static void enumeration(IO &io, QuantizeRule::Strategy &value) {
    io.enumCase(value, "tensor", QuantizeRule::Strategy::Tensor);
    io.enumCase(value, "channel", QuantizeRule::Strategy::Channel);
    io.enumCase(value, "group", QuantizeRule::Strategy::Group);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Scale> {
  static void enumeration(IO &io, QuantizeRule::Scale &value) {
    io.enumCase(value, "f32", QuantizeRule::Scale::F32);
    io.enumCase(value, "f16", QuantizeRule::Scale::F16);
    io.enumCase(value, "bf16", QuantizeRule::Scale::BF16);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Observer> {
  static void enumeration(IO &io, QuantizeRule::Observer &value) {
    io.enumCase(value, "minmax", QuantizeRule::Observer::MinMax);
    io.enumCase(value, "mse", QuantizeRule::Observer::MSE);
    io.enumCase(value, "percentile", QuantizeRule::Observer::Percentile);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Activations> {
  static void enumeration(IO &io, QuantizeRule::Activations &value) {
    io.enumCase(value, "none", QuantizeRule::Activations::None);
    io.enumCase(value, "int8", QuantizeRule::Activations::Int8);
  }
};

template <>
struct ScalarTraits<PatternText> {
  static void output(const PatternText &value, void *, raw_ostream &os) {
    os << value.text;
  }
  static StringRef input(StringRef scalar, void *, PatternText &value) {
    value.text = scalar.str();
    return {};
  }
  /// Single quotes would fold a line break into a space.
  static QuotingType mustQuote(StringRef text) {
    return llvm::any_of(text,
                        [](unsigned char c) { return c < 0x20 || c == 0x7f; })
               ? QuotingType::Double
               : QuotingType::Single;
  }
};

template <>
struct ScalarTraits<Number> {
  static void output(const Number &number, void *, raw_ostream &os) {
    os << format("%.17g", number.value);
  }
  static StringRef input(StringRef scalar, void *context, Number &number) {
    return ScalarTraits<double>::input(scalar, context, number.value);
  }
  static QuotingType mustQuote(StringRef) { return QuotingType::None; }
};

/// Maps a list of patterns.
static void mapPatterns(IO &io, const char *key,
                        std::vector<std::string> &patterns) {
  std::vector<PatternText> texts;
  for (const std::string &pattern : patterns)
    texts.push_back({pattern});
  io.mapOptional(key, texts);
  if (io.outputting())
    return;
  patterns.clear();
  for (PatternText &pattern : texts)
    patterns.push_back(std::move(pattern.text));
}

template <>
struct MappingTraits<PruneRule> {
  static void mapping(IO &io, PruneRule &rule) {
    std::string pattern = formatv("{0}:{1}", rule.n, rule.m);
    io.mapOptional("pattern", pattern, std::string("2:4"));
    if (!io.outputting()) {
      std::string error = parsePattern(pattern, rule);
      if (!error.empty())
        io.setError(error);
    }
    mapPatterns(io, "targets", rule.filter.targets);
    mapPatterns(io, "ignore", rule.filter.ignore);
  }
  static const bool flow = true;
};

template <>
struct MappingTraits<QuantizeRule> {
  static void mapping(IO &io, QuantizeRule &rule) {
    // The preset gives the defaults of the other keys.
    io.mapOptional("preset", rule.preset, std::string("w8a16"));
    std::optional<QuantizeRule> preset = getPreset(rule.preset);
    if (!preset) {
      io.setError(unknownPreset(rule.preset));
      return;
    }
    QuantizeRule defaults = *preset;
    if (!io.outputting())
      rule = defaults;
    io.mapOptional("num_bits", rule.numBits, defaults.numBits);
    io.mapOptional("type", rule.type, defaults.type);
    io.mapOptional("symmetric", rule.symmetric, defaults.symmetric);
    io.mapOptional("strategy", rule.strategy, defaults.strategy);
    io.mapOptional("group_size", rule.groupSize, defaults.groupSize);
    io.mapOptional("scale_type", rule.scaleType, defaults.scaleType);
    io.mapOptional("observer", rule.observer, defaults.observer);
    Number percentile{rule.percentile};
    io.mapOptional("percentile", percentile, Number{defaults.percentile});
    rule.percentile = percentile.value;
    io.mapOptional("activations", rule.activations, defaults.activations);
    mapPatterns(io, "targets", rule.filter.targets);
    mapPatterns(io, "ignore", rule.filter.ignore);
  }
  static std::string validate(IO &io, QuantizeRule &rule) {
    using Type = QuantizeRule::Type;
    if (rule.type == Type::Int && (rule.numBits < 2 || rule.numBits > 8))
      return formatv("num_bits of type int must be 2 to 8, found {0}",
                     rule.numBits);
    if (rule.type == Type::Float && rule.numBits != 16 && rule.numBits != 32)
      return formatv("num_bits of type float must be 16 or 32, found {0}",
                     rule.numBits);
    if (rule.type == Type::BFloat && rule.numBits != 16)
      return formatv("num_bits of type bfloat must be 16, found {0}",
                     rule.numBits);
    if (rule.groupSize < 1)
      return formatv("group_size must be positive, found {0}", rule.groupSize);
    if (!(rule.percentile >= 50 && rule.percentile <= 100))
      return formatv("percentile must be 50 to 100, found {0}",
                     rule.percentile);
    return {};
  }
  static const bool flow = true;
};

template <>
struct MappingTraits<StageText> {
  static void mapping(IO &io, StageText &stage) {
    io.mapOptional("prune", stage.prune);
    io.mapOptional("quantize", stage.quantize);
  }
  static std::string validate(IO &io, StageText &stage) {
    if (stage.prune.has_value() == stage.quantize.has_value())
      return "a stage must have one key, 'prune' or 'quantize'";
    return {};
  }
};

struct RecipeText {
  std::vector<StageText> stages;
};

template <>
struct MappingTraits<RecipeText> {
  static void mapping(IO &io, RecipeText &recipe) {
    io.mapRequired("stages", recipe.stages);
  }
};
} // namespace llvm::yaml

namespace {
/// Collects the keys of a map instead of writing it.
class KeyCollector : public yaml::Output {
public:
  KeyCollector() : Output(nulls()) {}
  bool preflightKey(StringRef key, bool, bool, bool &useDefault,
                    void *&) override {
    useDefault = false;
    keys.push_back(key);
    return false;
  }
  bool canElideEmptySequence() override { return false; }
  SmallVector<StringRef> keys;
};
} // namespace

/// The keys of a stage, or of all, for messages.
template <typename Rule>
static std::string listKeys(const Rule &) {
  KeyCollector collector;
  Rule rule;
  collector << rule;
  return llvm::join(collector.keys, ", ");
}

static std::string listKeys(const yaml::RecipeText &) {
  return "stages, in it prune and quantize; of prune " + listKeys(PruneRule()) +
         "; of quantize " + listKeys(QuantizeRule());
}

/// Parses YAML; the first message, with its line and column, is the error.
template <typename T>
static Error parseYAML(StringRef text, StringRef name, T &value) {
  std::string message;
  auto handler = [](const SMDiagnostic &diag, void *context) {
    auto &message = *static_cast<std::string *>(context);
    if (message.empty())
      message =
          formatv("{0}:{1}:{2}: {3}", diag.getFilename(), diag.getLineNo(),
                  diag.getColumnNo() + 1, diag.getMessage());
  };
  yaml::Input input(MemoryBufferRef(text, name), nullptr, handler, &message);
  input >> value;
  if (!input.error())
    return Error::success();
  if (message.empty())
    message = formatv("{0}: {1}", name, input.error().message());
  if (StringRef(message).contains("unknown key"))
    message += "; the keys are " + listKeys(value);
  return createStringError(message);
}

/// Pass options lose their outer braces on the way; a stage is a map either
/// way.
static std::string getFlowMap(StringRef text) {
  text = text.trim();
  if (text.starts_with("{"))
    return text.str();
  return ("{" + text + "}").str();
}

Expected<PruneRule> mlir::compress::parsePruneRule(StringRef text) {
  PruneRule rule;
  text = text.trim();
  if (text.empty())
    return rule;
  if (text.find_first_of("{ ") == StringRef::npos) {
    std::string error = parsePattern(text, rule);
    if (!error.empty())
      return createStringError(error);
    return rule;
  }
  if (Error error = parseYAML(getFlowMap(text), "prune", rule))
    return error;
  return rule;
}

Expected<QuantizeRule> mlir::compress::parseQuantizeRule(StringRef text) {
  text = text.trim();
  if (text.empty())
    return QuantizeRule();
  if (text.find_first_of("{: ") == StringRef::npos) {
    std::optional<QuantizeRule> preset = getPreset(text);
    if (!preset)
      return createStringError(unknownPreset(text));
    return *preset;
  }
  QuantizeRule rule;
  if (Error error = parseYAML(getFlowMap(text), "quantize", rule))
    return error;
  return rule;
}

Expected<Recipe> mlir::compress::parseRecipe(StringRef text, StringRef name) {
  yaml::RecipeText parsed;
  if (text.trim().empty())
    return createStringError(name + ": a recipe must have the key 'stages'");
  if (Error error = parseYAML(text, name, parsed))
    return error;
  Recipe recipe;
  for (StageText &stage : parsed.stages) {
    if (stage.prune)
      recipe.stages.push_back(std::move(*stage.prune));
    else
      recipe.stages.push_back(std::move(*stage.quantize));
  }
  return recipe;
}

/// Prints a stage on one line.
template <typename Rule>
static std::string printFlowMap(const Rule &rule) {
  std::string text;
  raw_string_ostream os(text);
  // A column so far away that nothing wraps.
  yaml::Output output(os, nullptr, /*WrapColumn=*/1 << 30);
  Rule copy = rule;
  output << copy;
  StringRef line = StringRef(text).trim();
  line.consume_front("---");
  line.consume_back("...");
  return line.trim().str();
}

std::string mlir::compress::toString(const PruneRule &rule) {
  return printFlowMap(rule);
}

std::string mlir::compress::toString(const QuantizeRule &rule) {
  return printFlowMap(rule);
}

//===----------------------------------------------------------------------===//
// NameMatcher
//===----------------------------------------------------------------------===//

struct NameMatcher::Pattern {
  std::string text;
  /// Set for a regular expression.
  std::optional<Regex> regex;
  bool matched = false;

  bool matches(ArrayRef<StringRef> names) {
    bool any = llvm::any_of(names, [&](StringRef name) {
      return regex ? regex->match(name) : name == text;
    });
    matched |= any;
    return any;
  }
};

NameMatcher::NameMatcher() = default;
NameMatcher::NameMatcher(NameMatcher &&) = default;
NameMatcher::~NameMatcher() = default;

Expected<NameMatcher> NameMatcher::create(const NameFilter &filter) {
  NameMatcher matcher;
  auto prepare = [](ArrayRef<std::string> texts,
                    std::vector<Pattern> &patterns) -> Error {
    for (const std::string &text : texts) {
      Pattern pattern;
      pattern.text = text;
      StringRef expression = text;
      if (expression.consume_front("re:")) {
        pattern.regex.emplace(("^(" + expression + ")").str());
        std::string error;
        if (!pattern.regex->isValid(error))
          return createStringError("pattern '" + text +
                                   "' is no regular expression: " + error);
      }
      patterns.push_back(std::move(pattern));
    }
    return Error::success();
  };
  if (Error error = prepare(filter.targets, matcher.targets))
    return error;
  if (Error error = prepare(filter.ignore, matcher.ignore))
    return error;
  return matcher;
}

NameMatcher::Match NameMatcher::match(ArrayRef<StringRef> names) {
  // Every pattern is tried, so that each learns whether it matches anything.
  auto anyMatches = [&](std::vector<Pattern> &patterns) {
    bool any = false;
    for (Pattern &pattern : patterns)
      any |= pattern.matches(names);
    return any;
  };
  bool targeted = anyMatches(targets);
  if (anyMatches(ignore))
    return Match::Ignored;
  if (targets.empty())
    return Match::All;
  return targeted ? Match::Targeted : Match::NotTargeted;
}

std::vector<std::string> NameMatcher::getUnmatched() const {
  std::vector<std::string> unmatched;
  for (const auto *patterns : {&targets, &ignore})
    for (const Pattern &pattern : *patterns)
      if (!pattern.matched)
        unmatched.push_back(pattern.text);
  return unmatched;
}
