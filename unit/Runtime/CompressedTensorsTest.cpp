//===- CompressedTensorsTest.cpp - Tests of compressed-tensors ------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/CompressedTensors.h"
#include "TestFiles.h"
#include "llvm/Support/FormatVariadic.h"

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

std::string makeConfig(StringRef group,
                       StringRef more = "\"format\":\"pack-quantized\"") {
  return ("{\"quantization_config\":{" + more +
          ",\"config_groups\":{\"group_0\":" + group + "}}}")
      .str();
}

/// A group with these arguments of weights.
std::string makeGroup(StringRef weights, StringRef targets = "[\"Linear\"]") {
  return ("{\"targets\":" + targets + ",\"weights\":" + weights + "}").str();
}

std::string parseMessage(StringRef text) {
  return getMessage(QuantizationConfig::parse("config.json", text));
}

std::string groupMessage(StringRef weights) {
  return parseMessage(makeConfig(makeGroup(weights)));
}

QuantizationConfig parseGroups(StringRef groups) {
  return get(QuantizationConfig::parse(
      "config.json", ("{\"quantization_config\":{\"format\":\"int-quantized\","
                      "\"config_groups\":" +
                      groups + "}}")
                         .str()));
}

} // namespace

TEST(CompressedTensors, ReadsAGroup) {
  QuantizationConfig config = get(QuantizationConfig::parse(
      "config.json",
      makeConfig(makeGroup(
          R"({"num_bits":4,"type":"int","symmetric":false,"strategy":"group",)"
          R"("group_size":128,"dynamic":false,"observer":"minmax"})"))));
  ASSERT_EQ(config.groups.size(), 1u);
  const QuantizationGroup &group = config.groups.front();
  EXPECT_EQ(group.name, "group_0");
  EXPECT_EQ(group.targets, std::vector<std::string>{"Linear"});
  EXPECT_EQ(group.format, "pack-quantized");
  EXPECT_EQ(group.numBits, 4u);
  EXPECT_FALSE(group.isFloat);
  EXPECT_FALSE(group.symmetric);
  EXPECT_EQ(group.strategy, QuantizationGroup::Strategy::Group);
  EXPECT_EQ(group.groupSize, 128);
  EXPECT_FALSE(group.hasActivations);
}

TEST(CompressedTensors, WritesWhatItReads) {
  QuantizationConfig config = parseGroups(
      R"({"a":{"targets":["x.y"],"weights":{"num_bits":8,"strategy":"channel"}},)"
      R"("b":{"targets":["re:z.*"],"format":"float-quantized",)"
      R"("weights":{"num_bits":8,"type":"float","strategy":"block",)"
      R"("block_structure":[128,64]}}})");
  std::string text =
      formatv("{{\"quantization_config\":{0}}", config.toJSON()).str();
  EXPECT_NE(text.find("mixed-precision"), std::string::npos);
  QuantizationConfig again =
      get(QuantizationConfig::parse("config.json", text));
  ASSERT_EQ(again.groups.size(), 2u);
  EXPECT_EQ(again.groups[0].targets, std::vector<std::string>{"x.y"});
  EXPECT_EQ(again.groups[0].format, "int-quantized");
  EXPECT_EQ(again.groups[1].format, "float-quantized");
  EXPECT_TRUE(again.groups[1].isFloat);
  EXPECT_EQ(ArrayRef<int64_t>(again.groups[1].block),
            ArrayRef<int64_t>({128, 64}));
}

TEST(CompressedTensors, FindsGroups) {
  QuantizationConfig config =
      parseGroups(R"({"a":{"targets":["Linear"],"weights":{}},)"
                  R"("b":{"targets":["re:.*attn"],"weights":{}},)"
                  R"("c":{"targets":["layer.1.up"],"weights":{}}})");
  auto find = [&](StringRef module) {
    return get(config.findGroup("config.json", module))->name;
  };
  EXPECT_EQ(find("layer.0.up"), "a");
  EXPECT_EQ(find("layer.0.attn.q"), "b");
  EXPECT_EQ(find("layer.1.up"), "c");
  config.groups.erase(config.groups.begin());
  EXPECT_EQ(getMessage(config.findGroup("config.json", "layer.0.up")),
            "'config.json': expected a group of config_groups that names "
            "'layer.0.up', found none");
  config = parseGroups(R"({"a":{"targets":["Linear"],"weights":{}},)"
                       R"("b":{"targets":["Embedding"],"weights":{}}})");
  EXPECT_EQ(getMessage(config.findGroup("config.json", "up")),
            "'config.json': config_groups.a and b both name a class of "
            "modules, and nothing tells which is that of 'up'; name the "
            "modules");
  config = parseGroups(R"({"a":{"targets":["re:("],"weights":{}}})");
  EXPECT_TRUE(StringRef(getMessage(config.findGroup("config.json", "up")))
                  .starts_with("'config.json': target 're:(': expected a "
                               "regular expression: "));
}

TEST(CompressedTensors, Errors) {
  EXPECT_EQ(parseMessage("{}"),
            "'config.json': expected an object 'quantization_config', found "
            "none; the checkpoint is not compressed");
  EXPECT_EQ(parseMessage("[]"), "'config.json': expected an object");
  EXPECT_TRUE(StringRef(parseMessage("{"))
                  .starts_with("'config.json': expected JSON: "));
  // Deep enough to overflow the stack of a recursive parser.
  EXPECT_EQ(parseMessage(std::string(1'000'000, '[')),
            "'config.json': byte 64: expected at most 64 nested brackets, "
            "found more");
  EXPECT_EQ(parseMessage(makeConfig(makeGroup("{}"), "\"format\":\"dense\"")),
            "'config.json': quantization_config.config_groups.group_0: format: "
            "expected pack-quantized, int-quantized, float-quantized or "
            "naive-quantized, found 'dense'");
  EXPECT_EQ(
      parseMessage(makeConfig(makeGroup("{}"), "\"quant_method\":\"gptq\"")),
      "'config.json': quantization_config.quant_method: expected "
      "compressed-tensors, found 'gptq'");
  EXPECT_EQ(parseMessage(makeConfig(
                makeGroup("{}"),
                "\"sparsity_config\":{\"format\":\"sparse-24-bitmask\"}")),
            "'config.json': quantization_config.sparsity_config.format: "
            "expected dense, found 'sparse-24-bitmask'; write the checkpoint "
            "again without it");
  EXPECT_EQ(parseMessage(
                makeConfig(makeGroup("{}"), "\"transform_config\":{\"a\":1}")),
            "'config.json': quantization_config.transform_config: expected "
            "nothing, since the model would have to transform its activations, "
            "found {\"a\":1}");
  EXPECT_EQ(parseMessage(makeConfig("[]")),
            "'config.json': quantization_config.config_groups.group_0: "
            "expected an object, found []");
  EXPECT_EQ(parseMessage(R"({"quantization_config":{}})"),
            "'config.json': quantization_config.config_groups: expected an "
            "object, found nothing");

  StringRef prefix = "'config.json': "
                     "quantization_config.config_groups.group_0: weights";
  EXPECT_EQ(groupMessage("null"),
            (prefix + ": expected an object, found null").str());
  EXPECT_EQ(
      groupMessage(R"({"num_bits":1})"),
      (prefix + ".num_bits: expected 2 to 8 for integers, found 1").str());
  EXPECT_EQ(groupMessage(R"({"num_bits":4,"type":"float"})"),
            (prefix + ".num_bits: expected 8 for floats, found 4").str());
  EXPECT_EQ(groupMessage(R"({"type":"complex"})"),
            (prefix + ".type: expected int or float, found \"complex\"").str());
  EXPECT_EQ(groupMessage(R"({"strategy":"tensor_group"})"),
            (prefix + ".strategy: expected tensor, channel, group or block, "
                      "found 'tensor_group'")
                .str());
  EXPECT_EQ(
      groupMessage(R"({"strategy":"group","group_size":-1})"),
      (prefix + ".group_size: expected a positive integer, found -1").str());
  EXPECT_EQ(groupMessage(R"({"strategy":"block","block_structure":[128]})"),
            (prefix + ".block_structure: expected two positive integers, found "
                      "[128]")
                .str());
}

TEST(CompressedTensors, WordsHoldBitsInOrder) {
  // -4, 3 and 0 are 0, 7 and 4: 0b100'111'000.
  SmallVector<char> words(4);
  packWords(3, {-4, 3, 0}, words);
  EXPECT_EQ(words, SmallVector<char>({0x38, 0x01, 0, 0}));
}

TEST(CompressedTensors, WordsRoundTrip) {
  std::mt19937 random(1);
  for (unsigned width = 2; width <= 8; ++width)
    for (int count : {0, 1, 7, 31, 32, 33, 100}) {
      std::vector<int8_t> values(count), result(count);
      for (int8_t &value : values)
        value = static_cast<int>(random() % (1u << width)) - (1 << (width - 1));
      std::vector<char> words(4 * getNumWords(WordPacking::Dense, width, count),
                              '\xff');
      packWords(width, values, words);
      unpackWords(WordPacking::Dense, width, words, result);
      EXPECT_EQ(result, values) << width << ' ' << count;
    }
}

TEST(CompressedTensors, WholeIntegersInWords) {
  // Ten of three bits in a word: the eleventh begins the next.
  EXPECT_EQ(getNumWords(WordPacking::WholeInWord, 3, 11), 2);
  EXPECT_EQ(getNumWords(WordPacking::Dense, 3, 10), 1);
  std::string words(8, '\0');
  words[0] = 7;
  words[4] = 2;
  std::vector<int8_t> values(11);
  unpackWords(WordPacking::WholeInWord, 3, ArrayRef(words.data(), 8), values);
  EXPECT_EQ(values[0], 3);
  EXPECT_EQ(values[1], -4);
  EXPECT_EQ(values[10], -2);
}
