//===- RecipeTest.cpp - Stages, recipes and name patterns -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Analysis/Recipe.h"
#include "gtest/gtest.h"

using namespace mlir::compress;
using llvm::StringRef;

namespace {

using Strings = std::vector<std::string>;
using Match = NameMatcher::Match;

/// The value, or a failed test and a default value.
template <typename T>
T take(llvm::Expected<T> value) {
  if (value)
    return std::move(*value);
  ADD_FAILURE() << llvm::toString(value.takeError());
  return T();
}

/// The message, or a failed test.
template <typename T>
std::string getMessage(llvm::Expected<T> value) {
  if (!value)
    return llvm::toString(value.takeError());
  ADD_FAILURE() << "expected an error";
  return {};
}

void expectContains(StringRef text, StringRef part) {
  EXPECT_TRUE(text.contains(part))
      << "'" << text.str() << "' lacks '" << part.str() << "'";
}

void expectEqual(const QuantizeRule &a, const QuantizeRule &b) {
  EXPECT_EQ(a.preset, b.preset);
  EXPECT_EQ(a.numBits, b.numBits);
  EXPECT_EQ(a.type, b.type);
  EXPECT_EQ(a.symmetric, b.symmetric);
  EXPECT_EQ(a.strategy, b.strategy);
  EXPECT_EQ(a.groupSize, b.groupSize);
  EXPECT_EQ(a.blockStructure, b.blockStructure);
  EXPECT_EQ(a.scaleType, b.scaleType);
  EXPECT_EQ(a.globalScaleType, b.globalScaleType);
  EXPECT_EQ(a.vectorSize, b.vectorSize);
  EXPECT_EQ(a.observer, b.observer);
  EXPECT_EQ(a.percentile, b.percentile);
  EXPECT_EQ(a.activations, b.activations);
  EXPECT_EQ(a.inputActivations, b.inputActivations);
  EXPECT_EQ(a.ranges, b.ranges);
  EXPECT_EQ(a.filter.targets, b.filter.targets);
  EXPECT_EQ(a.filter.ignore, b.filter.ignore);
}

TEST(QuantizeRuleTest, NothingIsTheDefault) {
  expectEqual(take(parseQuantizeRule("")), QuantizeRule());
  expectEqual(take(parseQuantizeRule("  ")), QuantizeRule());
  expectEqual(take(parseQuantizeRule("{}")), QuantizeRule());
  expectEqual(take(parseQuantizeRule("w8a16")), QuantizeRule());
}

TEST(QuantizeRuleTest, PresetsSetTheOtherKeys) {
  QuantizeRule w8a8;
  w8a8.preset = "w8a8";
  w8a8.activations = QuantizeRule::Activations::Int8;
  expectEqual(take(parseQuantizeRule("w8a8")), w8a8);
  expectEqual(take(parseQuantizeRule("{preset: w8a8}")), w8a8);
  expectEqual(take(parseQuantizeRule("preset: w8a8")), w8a8);

  QuantizeRule w4a16;
  w4a16.preset = "w4a16";
  w4a16.numBits = 4;
  w4a16.strategy = QuantizeRule::Strategy::Group;
  w4a16.groupSize = 128;
  w4a16.scaleType = QuantizeRule::Scale::F16;
  expectEqual(take(parseQuantizeRule(" w4a16 ")), w4a16);
  expectEqual(take(parseQuantizeRule("{preset: w4a16}")), w4a16);
}

TEST(QuantizeRuleTest, KeysOverrideThePresetInAnyOrder) {
  for (StringRef text : {"{preset: w4a16, num_bits: 3, group_size: 64}",
                         "{group_size: 64, num_bits: 3, preset: w4a16}"}) {
    QuantizeRule rule = take(parseQuantizeRule(text));
    EXPECT_EQ(rule.numBits, 3u);
    EXPECT_EQ(rule.groupSize, 64);
    EXPECT_EQ(rule.strategy, QuantizeRule::Strategy::Group);
    EXPECT_EQ(rule.scaleType, QuantizeRule::Scale::F16);
  }
}

TEST(QuantizeRuleTest, EveryKeyIsRead) {
  QuantizeRule expected;
  expected.preset = "w8a8";
  expected.numBits = 5;
  expected.symmetric = false;
  expected.strategy = QuantizeRule::Strategy::Tensor;
  expected.groupSize = 32;
  expected.blockStructure = {64, 32};
  expected.scaleType = QuantizeRule::Scale::BF16;
  expected.globalScaleType = QuantizeRule::Scale::F16;
  expected.observer = QuantizeRule::Observer::Percentile;
  expected.percentile = 99.5;
  expected.activations = QuantizeRule::Activations::None;
  expected.filter.targets = {"re:layer[.][0-9]+", "head"};
  expected.filter.ignore = {"layer.3"};
  const std::string text =
      "preset: w8a8, num_bits: 5, type: int, symmetric: false, strategy: "
      "tensor, group_size: 32, block_structure: [64, 32], scale_dtype: bf16, "
      "global_scale_dtype: f16, vector_size: 1, observer: percentile, "
      "percentile: 99.5, activations: none, targets: ['re:layer[.][0-9]+', "
      "head], ignore: [layer.3]";
  expectEqual(take(parseQuantizeRule(text)), expected);
  expectEqual(take(parseQuantizeRule("{" + text + "}")), expected);
}

TEST(QuantizeRuleTest, FloatTypes) {
  EXPECT_EQ(take(parseQuantizeRule("{type: float, num_bits: 16}")).type,
            QuantizeRule::Type::Float);
  EXPECT_EQ(take(parseQuantizeRule("{type: float, num_bits: 32}")).numBits,
            32u);
  EXPECT_EQ(take(parseQuantizeRule("{type: bfloat, num_bits: 16}")).type,
            QuantizeRule::Type::BFloat);
}

TEST(QuantizeRuleTest, MessagesNameWhatWasExpectedAndFound) {
  const std::string unknown = "unknown preset 'w9'; known are w8a16, w8a8, "
                              "w8a8-static, w4a16, w3a16, w2a16, fp8, "
                              "mxfp8, mxfp4, nvfp4, nf4, ternary, kmeans4";
  EXPECT_EQ(getMessage(parseQuantizeRule("w9")), unknown);
  expectContains(getMessage(parseQuantizeRule("{preset: w9}")), unknown);
  const std::pair<StringRef, StringRef> cases[] = {
      {"{num_bits: 1}", "num_bits of type int must be 2 to 8, found 1"},
      {"{num_bits: 9}", "num_bits of type int must be 2 to 8, found 9"},
      {"{type: float, num_bits: 12}",
       "num_bits of type float must be 4, 8, 16 or 32, found 12"},
      {"{preset: nf4, num_bits: 3}",
       "num_bits of type normal_float must be 4, found 3"},
      {"{preset: ternary, num_bits: 1}",
       "num_bits of type ternary must be 2, found 1"},
      {"{type: float_e5m2, num_bits: 4}",
       "num_bits of type float_e5m2 must be 8, found 4"},
      {"{type: kmeans, num_bits: 9}",
       "num_bits of type kmeans must be 1 to 8, found 9"},
      {"{type: quantile, num_bits: 0}",
       "num_bits of type quantile must be 1 to 8, found 0"},
      {"{block_structure: [1, 2, 3]}",
       "block_structure must be two positive extents"},
      {"{block_structure: [0, 2]}",
       "block_structure must be two positive extents"},
      {"{type: bfloat, num_bits: 32}",
       "num_bits of type bfloat must be 16, found 32"},
      {"{group_size: 0}", "group_size must be positive, found 0"},
      {"{percentile: 49}", "percentile must be 50 to 100, found 49"},
      {"{percentile: 100.5}", "percentile must be 50 to 100, found 100.5"},
      {"{percentile: nan}", "percentile must be 50 to 100, found"},
      {"{strategy: row}", "unknown enumerated scalar"},
      {"{bits: 4}",
       "unknown key 'bits'; the keys are preset, num_bits, type, symmetric, "
       "strategy, group_size, block_structure, scale_dtype, "
       "global_scale_dtype, vector_size, observer, percentile, activations, "
       "input_activations, ranges, targets, ignore; of input_activations "
       "num_bits, type, symmetric, dynamic, strategy"},
  };
  for (auto [text, message] : cases) {
    SCOPED_TRACE(text.str());
    std::string found = getMessage(parseQuantizeRule(text));
    expectContains(found, message);
    // The place in the text comes first.
    EXPECT_TRUE(StringRef(found).starts_with("quantize:1:")) << found;
  }
}

TEST(QuantizeRuleTest, MalformedTextIsAnError) {
  for (StringRef text : {"{preset: w8a8", "{targets: [a}", "{preset w8a8}",
                         "[preset, w8a8]", "{targets: {a: b}}", "{:}"})
    EXPECT_NE(getMessage(parseQuantizeRule(text)), "") << text.str();
}

TEST(QuantizeRuleTest, TextFormParsesBack) {
  for (StringRef text :
       {"",
        "w8a8",
        "w4a16",
        "w3a16",
        "w2a16",
        "fp8",
        "mxfp8",
        "mxfp4",
        "nvfp4",
        "nf4",
        "ternary",
        "kmeans4",
        "{type: float_e5m2, strategy: block}",
        "{type: quantile, strategy: tensor, vector_size: 4}",
        "{strategy: block, block_structure: [1, 64]}",
        "{preset: nvfp4, scale_dtype: f8E5M2, global_scale_dtype: bf16}",
        "{num_bits: 2, symmetric: false}",
        "{type: bfloat, num_bits: 16}",
        "{type: float, num_bits: 32}",
        "{preset: w4a16, strategy: channel, scale_dtype: f32}",
        "{observer: percentile, percentile: 99.25}",
        "{observer: mse}",
        "{preset: w8a8, activations: none}",
        "{preset: w8a8-static, ranges: 'a file: {1}'}",
        "{preset: w8a8-static, input_activations: {}}",
        "{input_activations: {dynamic: false, num_bits: 4}, ranges: r.npz}",
        "{input_activations: {symmetric: false, strategy: tensor}}",
        "{targets: [a, 're:b.*'], ignore: ['it''s', 'a, b', '{c}', "
        "'re:d\\.e']}"}) {
    SCOPED_TRACE(text.str());
    QuantizeRule rule = take(parseQuantizeRule(text));
    std::string printed = toString(rule);
    SCOPED_TRACE(printed);
    EXPECT_EQ(StringRef(printed).count('\n'), 0u);
    EXPECT_EQ(StringRef(printed).take_front(1), "{");
    expectEqual(take(parseQuantizeRule(printed)), rule);
  }
}

TEST(QuantizeRuleTest, LongTextFormsStayOnOneLine) {
  QuantizeRule rule;
  for (int i = 0; i < 200; ++i)
    rule.filter.targets.push_back("layer." + std::to_string(i));
  std::string printed = toString(rule);
  EXPECT_EQ(StringRef(printed).count('\n'), 0u);
  expectEqual(take(parseQuantizeRule(printed)), rule);
}

void expectEqual(const PruneRule &a, const PruneRule &b) {
  EXPECT_EQ(a.pattern, b.pattern);
  EXPECT_EQ(a.kind, b.kind);
  EXPECT_EQ(a.n, b.n);
  EXPECT_EQ(a.m, b.m);
  EXPECT_EQ(a.fraction, b.fraction);
  EXPECT_EQ(a.block, b.block);
  EXPECT_EQ(a.format, b.format);
  EXPECT_EQ(a.budget, b.budget);
  EXPECT_EQ(a.scores, b.scores);
  EXPECT_EQ(a.mask, b.mask);
  EXPECT_EQ(a.filter.targets, b.filter.targets);
  EXPECT_EQ(a.filter.ignore, b.filter.ignore);
}

TEST(PruneRuleTest, APatternAloneOrInAMap) {
  expectEqual(take(parsePruneRule("")), PruneRule());
  expectEqual(take(parsePruneRule("{}")), PruneRule());
  PruneRule rule;
  rule.pattern = "4:8";
  rule.n = 4;
  rule.m = 8;
  expectEqual(take(parsePruneRule("4:8")), rule);
  expectEqual(take(parsePruneRule("{pattern: 4:8}")), rule);
  expectEqual(take(parsePruneRule("pattern: '4:8'")), rule);
  rule.filter.targets = {"a", "re:b"};
  rule.filter.ignore = {"c"};
  expectEqual(
      take(parsePruneRule("pattern: 4:8, targets: [a, 're:b'], ignore: [c]")),
      rule);
}

TEST(PruneRuleTest, Bounds) {
  EXPECT_EQ(take(parsePruneRule("1:1")).m, 1);
  EXPECT_EQ(take(parsePruneRule("256:256")).n, 256);
  for (StringRef text : {"0:4", "5:4", "1:257", "-1:4"})
    EXPECT_EQ(getMessage(parsePruneRule(text)),
              "pattern n:m must have 0 < n <= m <= 256, found '" + text.str() +
                  "'");
  for (StringRef text : {"2", "2:", ":4", "2:4:8", "half"})
    EXPECT_EQ(getMessage(parsePruneRule(text)),
              "pattern must be n:m, such as 2:4, n:mt for transposable, a "
              "fraction such as 0.7, or block:32x32@0.8, found '" +
                  text.str() + "'");
}

TEST(PruneRuleTest, Patterns) {
  PruneRule rule = take(parsePruneRule("2:4t"));
  EXPECT_EQ(rule.kind, PruneRule::Kind::TransposableNM);
  EXPECT_EQ(rule.n, 2);
  EXPECT_EQ(rule.m, 4);
  rule = take(parsePruneRule("0.7"));
  EXPECT_EQ(rule.kind, PruneRule::Kind::Elements);
  EXPECT_EQ(rule.fraction, 0.7);
  rule = take(parsePruneRule("{pattern: block:32x1x8@.25}"));
  EXPECT_EQ(rule.kind, PruneRule::Kind::Blocks);
  EXPECT_EQ(rule.block, (std::vector<int64_t>{32, 1, 8}));
  EXPECT_EQ(rule.fraction, 0.25);
  EXPECT_EQ(getMessage(parsePruneRule("5:5t")),
            "a transposable pattern n:mt must have m <= 4, found '5:5t'");
  for (StringRef text : {"0.0", "1.0", "-0.5", "0.5.5", "block:4x4",
                         "block:4x4@", "block:4x4@1", "block:4x4@nan"})
    EXPECT_EQ(getMessage(parsePruneRule(text)),
              "the fraction that a pattern removes must lie between 0 and 1, "
              "found '" +
                  text.str() + "'");
  for (StringRef text : {"block:", "block:@0.5", "block:4x@0.5",
                         "block:0x4@0.5", "block:-1@0.5"})
    EXPECT_EQ(getMessage(parsePruneRule(text)),
              "a pattern of blocks must be block:AxB@fraction, such as "
              "block:32x32@0.8, found '" +
                  text.str() + "'");
}

TEST(PruneRuleTest, FractionsRoundToWholeItems) {
  PruneRule rule = take(parsePruneRule("0.7"));
  EXPECT_EQ(rule.getNumKept(10), 3);
  EXPECT_EQ(rule.getNumKept(1), 0);
  EXPECT_EQ(rule.getNumKept(0), 0);
  // 9.8 of 14 are removed, which is 10.
  EXPECT_EQ(rule.getNumKept(14), 4);
  EXPECT_EQ(take(parsePruneRule("0.5")).getNumKept(3), 1);
}

TEST(PruneRuleTest, KeysAgainstEachOther) {
  EXPECT_EQ(take(parsePruneRule("{pattern: 0.5, budget: row}")).budget,
            PruneRule::Budget::Row);
  EXPECT_EQ(take(parsePruneRule("{pattern: 0.5, format: csr}")).format,
            PruneRule::Format::CSR);
  for (auto [text, message] : {
           std::pair("{format: csr}",
                     "format needs a fraction as the pattern, found '2:4'"),
           std::pair("{pattern: block:4x4@0.5, budget: global}",
                     "budget row or global needs a fraction as the pattern, "
                     "found 'block:4x4@0.5'"),
           std::pair("{scores: a, mask: b}",
                     "a stage takes scores or a mask, found both"),
           std::pair("{pattern: 0.5, mask: b, budget: row}",
                     "a mask leaves nothing to choose, found budget row or "
                     "global"),
       })
    expectContains(getMessage(parsePruneRule(text)), message);
}

TEST(PruneRuleTest, MessagesOfAMapNameThePlace) {
  std::string message = getMessage(parsePruneRule("{sparsity: 0.5}"));
  EXPECT_TRUE(StringRef(message).starts_with("prune:1:")) << message;
  expectContains(message, "unknown key 'sparsity'; the keys are pattern, "
                          "format, budget, scores, mask, targets, ignore");
  expectContains(getMessage(parsePruneRule("{pattern: '5:4'}")),
                 "pattern n:m must have 0 < n <= m <= 256, found '5:4'");
}

TEST(QuantizeRuleTest, TextFormKeepsEveryDigit) {
  QuantizeRule rule =
      take(parseQuantizeRule("{observer: percentile, percentile: 99.99999}"));
  EXPECT_EQ(rule.percentile, 99.99999);
  EXPECT_EQ(take(parseQuantizeRule(toString(rule))).percentile, 99.99999);
}

TEST(PruneRuleTest, TextFormParsesBack) {
  for (StringRef text : {"", "1:4", "{pattern: 4:8, targets: [a, 're:b{2}']}",
                         "{ignore: ['c: d']}", "3:4t", "0.1",
                         "{pattern: 0.30000000000000004, budget: global}",
                         "{pattern: block:8x8@0.5, scores: 'a b.safetensors'}",
                         "{pattern: 0.9, format: csr, mask: ../m}"}) {
    SCOPED_TRACE(text.str());
    PruneRule rule = take(parsePruneRule(text));
    std::string printed = toString(rule);
    SCOPED_TRACE(printed);
    expectEqual(take(parsePruneRule(printed)), rule);
  }
}

TEST(RecipeTest, StagesKeepTheirOrder) {
  Recipe recipe = take(parseRecipe("stages:\n"
                                   "  - prune: {pattern: 1:4}\n"
                                   "  - quantize:\n"
                                   "      preset: w4a16\n"
                                   "      targets:\n"
                                   "        - head\n"
                                   "  - quantize: {preset: w8a8}\n",
                                   "recipe.yaml"));
  ASSERT_EQ(recipe.stages.size(), 3u);
  ASSERT_TRUE(std::holds_alternative<PruneRule>(recipe.stages[0]));
  EXPECT_EQ(std::get<PruneRule>(recipe.stages[0]).n, 1);
  ASSERT_TRUE(std::holds_alternative<QuantizeRule>(recipe.stages[1]));
  EXPECT_EQ(std::get<QuantizeRule>(recipe.stages[1]).numBits, 4u);
  EXPECT_EQ(std::get<QuantizeRule>(recipe.stages[1]).filter.targets,
            Strings{"head"});
  ASSERT_TRUE(std::holds_alternative<QuantizeRule>(recipe.stages[2]));
  EXPECT_EQ(std::get<QuantizeRule>(recipe.stages[2]).preset, "w8a8");
}

TEST(RecipeTest, MessagesNameTheFileAndTheLine) {
  EXPECT_EQ(getMessage(parseRecipe("\n", "r.yaml")),
            "r.yaml: a recipe must have the key 'stages'");
  std::string message = getMessage(
      parseRecipe("stages:\n  - prune: {}\n    shrink: {}\n", "r.yaml"));
  EXPECT_TRUE(StringRef(message).starts_with("r.yaml:3:")) << message;
  expectContains(message,
                 "unknown key 'shrink'; the keys are stages, in it prune and "
                 "quantize; of prune pattern, format, budget, scores, "
                 "mask, targets, ignore; of quantize "
                 "preset, num_bits");
  message = getMessage(parseRecipe("stages:\n  - shrink: {}\n", "r.yaml"));
  EXPECT_TRUE(StringRef(message).starts_with("r.yaml:2:")) << message;
  expectContains(message, "a stage must have one key, 'prune' or 'quantize'");
  message = getMessage(
      parseRecipe("stages:\n  - prune: {}\n    quantize: {}\n", "r.yaml"));
  expectContains(message, "a stage must have one key, 'prune' or 'quantize'");
  message = getMessage(
      parseRecipe("stages:\n  - quantize: {num_bits: 9}\n", "r.yaml"));
  EXPECT_TRUE(StringRef(message).starts_with("r.yaml:2:")) << message;
  expectContains(message, "num_bits of type int must be 2 to 8, found 9");
  expectContains(getMessage(parseRecipe("other: 1\n", "r.yaml")), "stages");
}

class NameMatcherTest : public ::testing::Test {
protected:
  static NameMatcher create(Strings targets, Strings ignore = {}) {
    auto matcher = NameMatcher::create({targets, ignore});
    EXPECT_TRUE(static_cast<bool>(matcher));
    return std::move(*matcher);
  }

  static Match match(StringRef pattern, StringRef name) {
    return create({pattern.str()}).match({name});
  }
};

TEST_F(NameMatcherTest, WithoutTargetsAllAreMeant) {
  EXPECT_EQ(create({}).match({"a"}), Match::All);
  EXPECT_EQ(create({}, {"b"}).match({"a"}), Match::All);
  EXPECT_EQ(create({}, {"a"}).match({"a"}), Match::Ignored);
}

TEST_F(NameMatcherTest, IgnoredBeatsTargeted) {
  NameMatcher matcher = create({"re:."}, {"a"});
  EXPECT_EQ(matcher.match({"a"}), Match::Ignored);
  EXPECT_EQ(matcher.match({"b"}), Match::Targeted);
}

TEST_F(NameMatcherTest, ANameMatchesAsAWhole) {
  EXPECT_EQ(match("fc", "fc"), Match::Targeted);
  EXPECT_EQ(match("fc", "fc1"), Match::NotTargeted);
  EXPECT_EQ(match("f.", "fc"), Match::NotTargeted);
}

TEST_F(NameMatcherTest, AnExpressionMatchesAtTheBeginning) {
  EXPECT_EQ(match("re:fc", "fc1"), Match::Targeted);
  EXPECT_EQ(match("re:fc", "a.fc"), Match::NotTargeted);
  EXPECT_EQ(match("re:fc$", "fc1"), Match::NotTargeted);
  EXPECT_EQ(match("re:.*fc", "a.fc"), Match::Targeted);
  // The beginning holds for each alternative.
  EXPECT_EQ(match("re:a|b", "xb"), Match::NotTargeted);
  EXPECT_EQ(match("re:a|b", "bx"), Match::Targeted);
}

TEST_F(NameMatcherTest, ExpressionsAreExtended) {
  EXPECT_EQ(match("re:layer[.][0-9]+[.]fc$", "layer.12.fc"), Match::Targeted);
  EXPECT_EQ(match("re:layer[.][0-9]+[.]fc$", "layer..fc"), Match::NotTargeted);
  EXPECT_EQ(match("re:(ab){2}$", "abab"), Match::Targeted);
  EXPECT_EQ(match("re:(ab){2}$", "ab"), Match::NotTargeted);
}

TEST_F(NameMatcherTest, AnyOfASitesNamesMatches) {
  NameMatcher matcher = create({"linalg.matmul"}, {"fc.weight"});
  EXPECT_EQ(matcher.match({"site", "w", "linalg.matmul"}), Match::Targeted);
  EXPECT_EQ(matcher.match({"site", "fc.weight", "linalg.matmul"}),
            Match::Ignored);
  EXPECT_EQ(matcher.match({"site", "w", "linalg.matvec"}), Match::NotTargeted);
}

TEST_F(NameMatcherTest, PatternsThatMatchNothingAreRemembered) {
  NameMatcher matcher = create({"a", "re:b", "a2"}, {"c", "re:a"});
  EXPECT_EQ(matcher.getUnmatched(), (Strings{"a", "re:b", "a2", "c", "re:a"}));
  // Both lists learn of a match, though the site is ignored.
  EXPECT_EQ(matcher.match({"a"}), Match::Ignored);
  EXPECT_EQ(matcher.getUnmatched(), (Strings{"re:b", "a2", "c"}));
  EXPECT_EQ(matcher.match({"bb"}), Match::Targeted);
  EXPECT_EQ(matcher.getUnmatched(), (Strings{"a2", "c"}));
}

TEST_F(NameMatcherTest, AnInvalidExpressionIsAnError) {
  for (std::string pattern : {"re:(", "re:[", "re:a{2"})
    for (const NameFilter &filter :
         {NameFilter{{pattern}, {}}, NameFilter{{}, {pattern}}})
      EXPECT_EQ(getMessage(NameMatcher::create(filter))
                    .find("pattern '" + pattern +
                          "' is no regular "
                          "expression: "),
                0u);
}

} // namespace

TEST(RecipeTest, PatternsKeepTheirControlCharacters) {
  PruneRule rule;
  rule.filter.targets = {"a\nb", "tab\there", "it's", "caf\xc3\xa9"};
  EXPECT_EQ(take(parsePruneRule(toString(rule))).filter.targets,
            rule.filter.targets);
}

TEST(RecipeTest, NamesAreUTF8) {
  for (StringRef text :
       {"pattern: 1:4, ignore: [\"p\xa1\x8b\"]", "targets: [\"\\uD800\"]",
        "scores: \"\xc3\"", "mask: \"\x80\""})
    expectContains(getMessage(parsePruneRule(text)), "must be UTF-8");
  for (StringRef text :
       {"{ignore: [\"\xc0\x80\"]}", "{preset: w8a8-static, ranges: \"\xf8\"}"})
    expectContains(getMessage(parseQuantizeRule(text)), "must be UTF-8");
}

TEST(RecipeTest, TextThatIsNoYAMLIsAnError) {
  for (StringRef text :
       {"{preset: w8a16, num_bits: 40, strategy:2:4o{preset", "{num_bits: 99",
        "{input_activations: {num_bits: 99", "{pattern: [", "stages: ["}) {
    EXPECT_NE(getMessage(parseQuantizeRule(text)), "") << text.str();
    EXPECT_NE(getMessage(parsePruneRule(text)), "") << text.str();
    EXPECT_NE(getMessage(parseRecipe(text, "r.yaml")), "") << text.str();
  }
}
