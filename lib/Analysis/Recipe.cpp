//===- Recipe.cpp - What a user asks for
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Recipe.h"
#include "Presets.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/ConvertUTF.h"
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

/// Static activations come with ranges, and ranges with nothing else.
std::string validateRanges(const QuantizeRule &rule) {
  bool isStatic = rule.activations != QuantizeRule::Activations::None &&
                  !rule.inputActivations.dynamic;
  if (isStatic && rule.ranges.empty())
    return "static activations need the key 'ranges', a file with the least "
           "and "
           "greatest value of each site";
  if (!isStatic && !rule.ranges.empty())
    return "'ranges' needs static activations: preset w8a8-static, or "
           "input_activations with 'dynamic: false'";
  return {};
}

} // namespace

LLVM_YAML_IS_SEQUENCE_VECTOR(StageText)
LLVM_YAML_IS_FLOW_SEQUENCE_VECTOR(PatternText)

namespace llvm::yaml {
template <>
struct ScalarEnumerationTraits<PruneRule::Format> {
  static void enumeration(IO &io, PruneRule::Format &value) {
    io.enumCase(value, "auto", PruneRule::Format::Auto);
    io.enumCase(value, "bitmap", PruneRule::Format::Bitmap);
    io.enumCase(value, "csr", PruneRule::Format::CSR);
  }
};
template <>
struct ScalarEnumerationTraits<PruneRule::Budget> {
  static void enumeration(IO &io, PruneRule::Budget &value) {
    io.enumCase(value, "layer", PruneRule::Budget::Layer);
    io.enumCase(value, "row", PruneRule::Budget::Row);
    io.enumCase(value, "global", PruneRule::Budget::Global);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Type> {
  static void enumeration(IO &io, QuantizeRule::Type &value) {
    io.enumCase(value, "int", QuantizeRule::Type::Int);
    io.enumCase(value, "float", QuantizeRule::Type::Float);
    io.enumCase(value, "float_e5m2", QuantizeRule::Type::FloatE5M2);
    io.enumCase(value, "bfloat", QuantizeRule::Type::BFloat);
    io.enumCase(value, "normal_float", QuantizeRule::Type::NormalFloat);
    io.enumCase(value, "ternary", QuantizeRule::Type::Ternary);
    io.enumCase(value, "kmeans", QuantizeRule::Type::KMeans);
    io.enumCase(value, "quantile", QuantizeRule::Type::Quantile);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Strategy> {
  static void enumeration(IO &io, QuantizeRule::Strategy &value) {
    io.enumCase(value, "tensor", QuantizeRule::Strategy::Tensor);
    io.enumCase(value, "channel", QuantizeRule::Strategy::Channel);
    io.enumCase(value, "group", QuantizeRule::Strategy::Group);
    io.enumCase(value, "block", QuantizeRule::Strategy::Block);
    io.enumCase(value, "tensor_group", QuantizeRule::Strategy::TensorGroup);
  }
};
template <>
struct ScalarEnumerationTraits<QuantizeRule::Scale> {
  static void enumeration(IO &io, QuantizeRule::Scale &value) {
    io.enumCase(value, "f32", QuantizeRule::Scale::F32);
    io.enumCase(value, "f16", QuantizeRule::Scale::F16);
    io.enumCase(value, "bf16", QuantizeRule::Scale::BF16);
    io.enumCase(value, "f8E4M3FN", QuantizeRule::Scale::F8E4M3FN);
    io.enumCase(value, "f8E5M2", QuantizeRule::Scale::F8E5M2);
    io.enumCase(value, "f8E8M0FNU", QuantizeRule::Scale::F8E8M0FNU);
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
struct ScalarEnumerationTraits<ActivationRule::Strategy> {
  static void enumeration(IO &io, ActivationRule::Strategy &value) {
    io.enumCase(value, "tensor", ActivationRule::Strategy::Tensor);
    io.enumCase(value, "token", ActivationRule::Strategy::Token);
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

/// Bytes that are no UTF-8, as "\\uD800" is none either, would be printed as
/// something else.
static std::string validateText(IO &io, const NameFilter &filter,
                                ArrayRef<std::string> files) {
  auto isLegal = [](const std::string &text) {
    const auto *begin = reinterpret_cast<const UTF8 *>(text.data());
    return isLegalUTF8String(&begin, begin + text.size());
  };
  if (io.outputting() ||
      (llvm::all_of(filter.targets, isLegal) &&
       llvm::all_of(filter.ignore, isLegal) && llvm::all_of(files, isLegal)))
    return {};
  return "the names of weights and files must be UTF-8, found other bytes";
}

template <>
struct MappingTraits<PruneRule> {
  static void mapping(IO &io, PruneRule &rule) {
    PruneRule defaults;
    io.mapOptional("pattern", rule.pattern, defaults.pattern);
    if (!io.outputting()) {
      std::string error = parsePrunePattern(std::string(rule.pattern), rule);
      if (!error.empty())
        io.setError(error);
    }
    io.mapOptional("format", rule.format, defaults.format);
    io.mapOptional("budget", rule.budget, defaults.budget);
    io.mapOptional("scores", rule.scores, defaults.scores);
    io.mapOptional("mask", rule.mask, defaults.mask);
    mapPatterns(io, "targets", rule.filter.targets);
    mapPatterns(io, "ignore", rule.filter.ignore);
  }
  static std::string validate(IO &io, PruneRule &rule) {
    // Where the text is no YAML there is no node to report at.
    if (io.error())
      return {};
    if (std::string error =
            validateText(io, rule.filter, {rule.scores, rule.mask});
        !error.empty())
      return error;
    bool elements = rule.kind == PruneRule::Kind::Elements;
    if (!elements && rule.format != PruneRule::Format::Auto)
      return "format needs a fraction as the pattern, found '" + rule.pattern +
             "'";
    if (!elements && rule.budget != PruneRule::Budget::Layer)
      return "budget row or global needs a fraction as the pattern, found '" +
             rule.pattern + "'";
    if (!rule.scores.empty() && !rule.mask.empty())
      return "a stage takes scores or a mask, found both";
    if (!rule.mask.empty() && rule.budget != PruneRule::Budget::Layer)
      return "a mask leaves nothing to choose, found budget row or global";
    return {};
  }
  static const bool flow = true;
};

template <>
struct MappingTraits<ActivationRule> {
  static void mapping(IO &io, ActivationRule &rule) {
    QuantizeRule::Type type = QuantizeRule::Type::Int;
    io.mapOptional("num_bits", rule.numBits, 8u);
    io.mapOptional("type", type, QuantizeRule::Type::Int);
    io.mapOptional("symmetric", rule.symmetric, true);
    io.mapOptional("dynamic", rule.dynamic, true);
    io.mapOptional("strategy", rule.strategy,
                   rule.dynamic ? ActivationRule::Strategy::Token
                                : ActivationRule::Strategy::Tensor);
    if (type != QuantizeRule::Type::Int)
      io.setError("type of input_activations must be int");
  }
  static std::string validate(IO &io, ActivationRule &rule) {
    // Where the text is no YAML there is no node to report at.
    if (io.error())
      return {};
    if (rule.numBits < 2 || rule.numBits > 8)
      return formatv("num_bits of input_activations must be 2 to 8, found {0}",
                     rule.numBits);
    if (!rule.dynamic && rule.strategy != ActivationRule::Strategy::Tensor)
      return "strategy of input_activations with 'dynamic: false' must be "
             "tensor, found token";
    return {};
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
    // What is read goes over the elements that a vector has.
    std::vector<int64_t> block;
    if (io.outputting())
      block = rule.blockStructure;
    io.mapOptional("block_structure", block, defaults.blockStructure);
    rule.blockStructure = block;
    io.mapOptional("scale_dtype", rule.scaleType, defaults.scaleType);
    io.mapOptional("global_scale_dtype", rule.globalScaleType,
                   defaults.globalScaleType);
    io.mapOptional("vector_size", rule.vectorSize, defaults.vectorSize);
    io.mapOptional("observer", rule.observer, defaults.observer);
    Number percentile{rule.percentile};
    io.mapOptional("percentile", percentile, Number{defaults.percentile});
    rule.percentile = percentile.value;
    io.mapOptional("activations", rule.activations, defaults.activations);
    std::optional<ActivationRule> inputs;
    if (!(rule.inputActivations == defaults.inputActivations))
      inputs = rule.inputActivations;
    io.mapOptional("input_activations", inputs);
    if (!io.outputting() && inputs) {
      rule.inputActivations = *inputs;
      rule.activations = QuantizeRule::Activations::Int8;
    }
    io.mapOptional("ranges", rule.ranges, std::string());
    mapPatterns(io, "targets", rule.filter.targets);
    mapPatterns(io, "ignore", rule.filter.ignore);
  }
  static std::string validate(IO &io, QuantizeRule &rule) {
    // Where the text is no YAML there is no node to report at.
    if (io.error())
      return {};
    for (const std::string &error :
         {validateWidth(rule), validateBlocks(rule), validateScales(rule),
          validateText(io, rule.filter, rule.ranges)})
      if (!error.empty())
        return error;
    if (!(rule.percentile >= 50 && rule.percentile <= 100))
      return formatv("percentile must be 50 to 100, found {0}",
                     rule.percentile);
    return validateRanges(rule);
  }
  static std::string validateWidth(const QuantizeRule &rule) {
    using Type = QuantizeRule::Type;
    auto check = [&](const char *type, const char *expected,
                     ArrayRef<unsigned> allowed) -> std::string {
      if (llvm::is_contained(allowed, rule.numBits))
        return {};
      return formatv("num_bits of type {0} must be {1}, found {2}", type,
                     expected, rule.numBits);
    };
    switch (rule.type) {
    case Type::Int:
      return check("int", "2 to 8", {2, 3, 4, 5, 6, 7, 8});
    case Type::Float:
      return check("float", "4, 8, 16 or 32", {4, 8, 16, 32});
    case Type::FloatE5M2:
      return check("float_e5m2", "8", {8});
    case Type::BFloat:
      return check("bfloat", "16", {16});
    case Type::NormalFloat:
      return check("normal_float", "4", {4});
    case Type::Ternary:
      return check("ternary", "2", {2});
    case Type::KMeans:
      return check("kmeans", "1 to 8", {1, 2, 3, 4, 5, 6, 7, 8});
    case Type::Quantile:
      return check("quantile", "1 to 8", {1, 2, 3, 4, 5, 6, 7, 8});
    }
    llvm_unreachable("all types are handled");
  }
  static std::string validateBlocks(const QuantizeRule &rule) {
    if (rule.groupSize < 1)
      return formatv("group_size must be positive, found {0}", rule.groupSize);
    if (rule.blockStructure.size() != 2 || rule.blockStructure[0] < 1 ||
        rule.blockStructure[1] < 1)
      return "block_structure must be two positive extents, along the channels "
             "and along the reduced dimension";
    if (!llvm::is_contained({1, 2, 4, 8}, rule.vectorSize))
      return formatv("vector_size must be 1, 2, 4 or 8, found {0}",
                     rule.vectorSize);
    if (rule.vectorSize != 1 &&
        (!rule.isLearned() || rule.strategy != QuantizeRule::Strategy::Tensor))
      return "vector_size needs type kmeans or quantile and strategy tensor";
    return {};
  }
  static std::string validateScales(const QuantizeRule &rule) {
    using Scale = QuantizeRule::Scale;
    auto isWide = [](Scale scale) {
      return scale == Scale::F32 || scale == Scale::F16 || scale == Scale::BF16;
    };
    if (!rule.symmetric && rule.type != QuantizeRule::Type::Int)
      return "symmetric must be true for types other than int, found false";
    if (!isWide(rule.globalScaleType))
      return "global_scale_dtype must be f32, f16 or bf16";
    if (rule.isLearned() && !isWide(rule.scaleType))
      return "scale_dtype of a learned codebook, the type of its entries, must "
             "be f32, f16 or bf16";
    if (rule.strategy != QuantizeRule::Strategy::TensorGroup)
      return {};
    if (rule.isLearned())
      return "strategy tensor_group needs scales, which kmeans and quantile "
             "lack";
    if (rule.scaleType != Scale::F16 && rule.scaleType != Scale::F8E4M3FN &&
        rule.scaleType != Scale::F8E5M2)
      return "scale_dtype of strategy tensor_group must be f16, f8E4M3FN or "
             "f8E5M2";
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
    // Where the text is no YAML there is no node to report at.
    if (io.error())
      return {};
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

template <typename Rule>
static std::string collectKeys(Rule rule = Rule()) {
  KeyCollector collector;
  collector << rule;
  return llvm::join(collector.keys, ", ");
}

/// The keys of a stage, or of all, for messages.
static std::string listKeys(const PruneRule &) {
  return collectKeys<PruneRule>();
}

static std::string listKeys(const QuantizeRule &) {
  // A map that has its default's value would be left out.
  QuantizeRule rule;
  rule.inputActivations.numBits = 2;
  return collectKeys(rule) + "; of input_activations " +
         collectKeys<ActivationRule>();
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
    std::string error = parsePrunePattern(text, rule);
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
    if (std::string error = validateRanges(*preset); !error.empty())
      return createStringError(error);
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
