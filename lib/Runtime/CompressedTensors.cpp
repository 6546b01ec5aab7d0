//===- CompressedTensors.cpp - Checkpoints of compressed-tensors ----------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/CompressedTensors.h"
#include "FileError.h"
#include "compress/Codec/Convert.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MathExtras.h"
#include "llvm/Support/Regex.h"

using namespace llvm;

namespace mlir::compress::runtime {

using Strategy = QuantizationGroup::Strategy;

//===----------------------------------------------------------------------===//
// JSON
//===----------------------------------------------------------------------===//

/// The JSON parser recurses, so a hostile file could exhaust the stack.
static constexpr unsigned maxNesting = 64;

Expected<json::Object> parseJSONObject(StringRef path, StringRef text) {
  unsigned nesting = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"')
      for (++i; i < text.size() && text[i] != '"'; ++i)
        i += text[i] == '\\';
    else if (c == '{' || c == '[')
      ++nesting;
    else if ((c == '}' || c == ']') && nesting)
      --nesting;
    if (nesting > maxNesting)
      return makeFileError(path, "byte " + Twine(i) + ": expected at most " +
                                     Twine(maxNesting) +
                                     " nested brackets, found more");
  }
  Expected<json::Value> value = json::parse(text);
  if (!value)
    return makeFileError(path, "expected JSON: " + toString(value.takeError()));
  json::Object *object = value->getAsObject();
  if (!object)
    return makeFileError(path, "expected an object");
  return std::move(*object);
}

static std::string print(const json::Value *value) {
  return value ? formatv("{0}", *value).str() : "nothing";
}

/// Whether an entry says something: present, not null, not empty.
static bool isGiven(const json::Value *value) {
  if (!value || value->getAsNull())
    return false;
  if (const json::Object *object = value->getAsObject())
    return !object->empty();
  if (const json::Array *array = value->getAsArray())
    return !array->empty();
  return true;
}

//===----------------------------------------------------------------------===//
// Configuration
//===----------------------------------------------------------------------===//

static constexpr StringLiteral strategyNames[] = {"tensor", "channel", "group",
                                                  "block"};
static constexpr StringLiteral formatNames[] = {
    "pack-quantized", "int-quantized", "float-quantized", "naive-quantized"};

/// A name or a list of names.
static std::vector<std::string> readStrings(const json::Value *value) {
  std::vector<std::string> strings;
  if (const json::Array *array = value ? value->getAsArray() : nullptr)
    for (const json::Value &element : *array)
      if (std::optional<StringRef> text = element.getAsString())
        strings.push_back(text->str());
  return strings;
}

/// Reads a group; what cannot be represented is an error.
static Expected<QuantizationGroup> parseGroup(StringRef path, StringRef name,
                                              const json::Object &object,
                                              StringRef format) {
  auto fail = [&](const Twine &message) {
    return makeFileError(path, "quantization_config.config_groups." + name +
                                   ": " + message);
  };
  QuantizationGroup group;
  group.name = name.str();
  group.targets = readStrings(object.get("targets"));
  group.hasActivations = isGiven(object.get("input_activations")) ||
                         isGiven(object.get("output_activations"));
  // Each group may have a format of its own.
  group.format = object.getString("format").value_or(format).str();
  if (!is_contained(formatNames, group.format))
    return fail("format: expected pack-quantized, int-quantized, "
                "float-quantized or naive-quantized, found '" +
                group.format + "'");
  const json::Object *weights = object.getObject("weights");
  if (!weights)
    return fail("weights: expected an object, found " +
                print(object.get("weights")));

  int64_t numBits = weights->getInteger("num_bits").value_or(8);
  StringRef type = weights->getString("type").value_or("int");
  if (type != "int" && type != "float")
    return fail("weights.type: expected int or float, found " +
                print(weights->get("type")));
  group.isFloat = type == "float";
  if (group.isFloat ? numBits != 8 : numBits < 2 || numBits > 8)
    return fail("weights.num_bits: expected " +
                Twine(group.isFloat ? "8 for floats" : "2 to 8 for integers") +
                ", found " + Twine(numBits));
  group.numBits = numBits;
  group.symmetric = weights->getBoolean("symmetric").value_or(true);
  // What the format's own package assumes when the strategy is left out.
  std::optional<int64_t> groupSize = weights->getInteger("group_size");
  if (groupSize && *groupSize <= 0)
    groupSize.reset();
  StringRef strategy =
      weights->getString("strategy").value_or(groupSize ? "group" : "tensor");
  const auto *found = llvm::find(strategyNames, strategy);
  if (found == std::end(strategyNames))
    return fail("weights.strategy: expected tensor, channel, group or block, "
                "found '" +
                strategy + "'");
  group.strategy = static_cast<Strategy>(found - std::begin(strategyNames));
  if (group.strategy == Strategy::Group) {
    if (!groupSize)
      return fail("weights.group_size: expected a positive integer, found " +
                  print(weights->get("group_size")));
    group.groupSize = *groupSize;
  }
  if (group.strategy == Strategy::Block) {
    if (const json::Array *extents = weights->getArray("block_structure"))
      for (const json::Value &extent : *extents)
        group.block.push_back(extent.getAsInteger().value_or(0));
    if (group.block.size() != 2 || group.block[0] <= 0 || group.block[1] <= 0)
      return fail("weights.block_structure: expected two positive integers, "
                  "found " +
                  print(weights->get("block_structure")));
  }
  return group;
}

Expected<QuantizationConfig> QuantizationConfig::parse(StringRef path,
                                                       StringRef text) {
  Expected<json::Object> root = parseJSONObject(path, text);
  if (!root)
    return root.takeError();
  const json::Object *object = root->getObject("quantization_config");
  if (!object)
    object = root->getObject("compression_config");
  if (!object)
    return makeFileError(path, "expected an object 'quantization_config', "
                               "found none; the checkpoint is not compressed");
  auto fail = [&](const Twine &message) {
    return makeFileError(path, "quantization_config." + message);
  };
  StringRef method =
      object->getString("quant_method").value_or("compressed-tensors");
  if (method != "compressed-tensors")
    return fail("quant_method: expected compressed-tensors, found '" + method +
                "'");
  if (const json::Object *sparsity = object->getObject("sparsity_config")) {
    StringRef format = sparsity->getString("format").value_or("dense");
    if (format != "dense")
      return fail("sparsity_config.format: expected dense, found '" + format +
                  "'; write the checkpoint again without it");
  }
  if (isGiven(object->get("transform_config")))
    return fail("transform_config: expected nothing, since the model would "
                "have to transform its activations, found " +
                print(object->get("transform_config")));
  const json::Object *groups = object->getObject("config_groups");
  if (!groups)
    return fail("config_groups: expected an object, found " +
                print(object->get("config_groups")));

  StringRef format = object->getString("format").value_or("");
  QuantizationConfig config;
  for (const auto &entry : *groups) {
    const json::Object *value = entry.second.getAsObject();
    if (!value)
      return fail("config_groups." + entry.first.str() +
                  ": expected an object, found " + print(&entry.second));
    Expected<QuantizationGroup> group =
        parseGroup(path, entry.first, *value, format);
    if (!group)
      return group.takeError();
    config.groups.push_back(std::move(*group));
  }
  // Objects have no order.
  llvm::sort(config.groups,
             [](const auto &a, const auto &b) { return a.name < b.name; });
  return config;
}

json::Value QuantizationConfig::toJSON() const {
  json::Object list;
  StringRef format = "dense";
  if (!groups.empty())
    format = groups.front().format;
  for (const QuantizationGroup &group : groups) {
    if (group.format != format)
      format = "mixed-precision";
    json::Object weights{
        {"num_bits", group.numBits},
        {"type", group.isFloat ? "float" : "int"},
        {"symmetric", group.symmetric},
        {"strategy", strategyNames[static_cast<unsigned>(group.strategy)]},
        {"group_size", nullptr},
        {"dynamic", false}};
    if (group.strategy == Strategy::Group)
      weights["group_size"] = group.groupSize;
    if (group.strategy == Strategy::Block)
      weights["block_structure"] = json::Array(group.block);
    list[group.name] = json::Object{{"targets", json::Array(group.targets)},
                                    {"weights", std::move(weights)},
                                    {"input_activations", nullptr},
                                    {"output_activations", nullptr},
                                    {"format", group.format}};
  }
  return json::Object{{"quant_method", "compressed-tensors"},
                      {"format", format},
                      {"quantization_status", "compressed"},
                      {"config_groups", std::move(list)},
                      {"ignore", json::Array()},
                      {"kv_cache_scheme", nullptr},
                      {"global_compression_ratio", nullptr}};
}

Expected<const QuantizationGroup *>
QuantizationConfig::findGroup(StringRef path, StringRef module) const {
  const QuantizationGroup *byClass = nullptr;
  for (const QuantizationGroup &group : groups) {
    for (StringRef target : group.targets) {
      if (target == module)
        return &group;
      if (target.consume_front("re:")) {
        std::string message;
        // Expressions of the format match from the beginning.
        Regex regex(("^(" + target + ")").str());
        if (!regex.isValid(message))
          return makeFileError(
              path, "target 're:" + target +
                        "': expected a regular expression: " + message);
        if (regex.match(module))
          return &group;
      } else if (!target.contains('.')) {
        if (byClass && byClass != &group)
          return makeFileError(
              path, "config_groups." + byClass->name + " and " + group.name +
                        " both name a class of modules, and nothing tells "
                        "which is that of '" +
                        module + "'; name the modules");
        byClass = &group;
      }
    }
  }
  if (!byClass)
    return makeFileError(path,
                         "expected a group of config_groups that names '" +
                             module + "', found none");
  return byClass;
}

//===----------------------------------------------------------------------===//
// Integers in words
//===----------------------------------------------------------------------===//

int64_t getNumWords(WordPacking packing, unsigned width, int64_t count) {
  if (packing == WordPacking::WholeInWord)
    return divideCeil(count, 32 / width);
  return divideCeil(count * width, 32);
}

void packWords(unsigned width, ArrayRef<int8_t> values,
               MutableArrayRef<char> words) {
  // Adding 2^(width-1) flips the sign bit of the two's complement.
  std::vector<uint8_t> codes(values.begin(), values.end());
  for (uint8_t &code : codes)
    code ^= 1u << (width - 1);
  size_t numBytes = divideCeil(values.size() * width, 8);
  codec::packBits(width, codes, words.take_front(numBytes));
  llvm::fill(words.drop_front(numBytes), 0);
}

void unpackWords(WordPacking packing, unsigned width, ArrayRef<char> words,
                 MutableArrayRef<int8_t> values) {
  MutableArrayRef<uint8_t> codes(reinterpret_cast<uint8_t *>(values.data()),
                                 values.size());
  if (packing == WordPacking::Dense) {
    codec::unpackBits(
        width, words.take_front(divideCeil(values.size() * width, 8)), codes);
  } else {
    size_t perWord = 32 / width;
    for (size_t i = 0; i < codes.size(); ++i) {
      uint32_t word = support::endian::read32le(words.data() + i / perWord * 4);
      codes[i] = (word >> (i % perWord * width)) & ((1u << width) - 1);
    }
  }
  for (int8_t &value : values)
    value = SignExtend32(uint8_t(value) ^ (1u << (width - 1)), width);
}

} // namespace mlir::compress::runtime
