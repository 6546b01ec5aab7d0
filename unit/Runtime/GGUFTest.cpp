//===- GGUFTest.cpp - Tests of GGUF files ---------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/GGUF.h"
#include "TestFiles.h"
#include "compress/Runtime/Safetensors.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

/// The numbers of types.
enum : uint32_t { F32 = 0, F16 = 1, Q4_1 = 3, Q8_1 = 9, Q6_K = 14, BF16 = 30 };

/// Bytes of a file, little-endian.
class Bytes {
public:
  template <typename T>
  Bytes &add(T value) {
    char bytes[sizeof(T)];
    support::endian::write<T, endianness::little>(bytes, value);
    text.append(bytes, sizeof(T));
    return *this;
  }
  Bytes &add(StringRef string) {
    add<uint64_t>(string.size());
    text += string;
    return *this;
  }
  /// The head of a file.
  Bytes &begin(uint64_t numTensors, uint64_t numValues, uint32_t version = 3) {
    text += "GGUF";
    return add(version).add(numTensors).add(numValues);
  }
  Bytes &tensor(StringRef name, ArrayRef<uint64_t> innermostFirst,
                uint32_t type, uint64_t offset) {
    add(name).add<uint32_t>(innermostFirst.size());
    for (uint64_t extent : innermostFirst)
      add(extent);
    return add(type).add(offset);
  }
  Bytes &data(StringRef bytes, size_t alignment = 32) {
    text.resize((text.size() + alignment - 1) / alignment * alignment);
    text += bytes;
    return *this;
  }

  std::string text;
};

Expected<std::shared_ptr<GGUFFile>> parse(StringRef bytes) {
  return GGUFFile::parse(MemoryBuffer::getMemBufferCopy(bytes, "w.gguf"));
}

std::string getMessage(const Bytes &bytes) {
  return mlir::compress::runtime::getMessage(parse(bytes.text));
}

/// A file of one tensor without data.
std::string getTensorMessage(ArrayRef<uint64_t> innermostFirst, uint32_t type,
                             uint64_t offset = 0, size_t numBytes = 0) {
  return getMessage(Bytes()
                        .begin(1, 0)
                        .tensor("w", innermostFirst, type, offset)
                        .data(std::string(numBytes, '\0')));
}

std::string toText(ArrayRef<float> values) {
  return std::string(reinterpret_cast<const char *>(values.data()),
                     values.size() * sizeof(float));
}

/// Metadata of every kind, a plain and a quantized tensor.
std::string makeSmallFile() {
  Bytes bytes;
  bytes.begin(2, 4);
  bytes.add(StringRef("a.number")).add<uint32_t>(10).add<uint64_t>(7);
  bytes.add(StringRef("a.text")).add<uint32_t>(8).add(StringRef("text"));
  bytes.add(StringRef("words")).add<uint32_t>(9).add<uint32_t>(8);
  bytes.add<uint64_t>(2).add(StringRef("x")).add(StringRef(""));
  bytes.add(StringRef("nested")).add<uint32_t>(9).add<uint32_t>(9);
  bytes.add<uint64_t>(1).add<uint32_t>(0).add<uint64_t>(3);
  bytes.text += "abc";
  bytes.tensor("plain", {2, 3}, F32, 0).tensor("packed", {32}, Q4_1, 32);
  bytes.data(toText({0, 1, 2, 3, 4, 5}));
  // d = 2, m = 1; codes 0 to 15 in the low halves, 15 to 0 in the high ones.
  std::string block = {0x00, 0x40, 0x00, 0x3c};
  for (int i = 0; i < 16; ++i)
    block.push_back(static_cast<char>(i | (15 - i) << 4));
  bytes.data(block);
  return bytes.text;
}

std::vector<float> readFloats(const GGUFFile &file, StringRef name) {
  std::vector<char> storage;
  ArrayRef<char> data = file.read(get(file.find(name)), DType::F32, storage);
  std::vector<float> values(data.size() / sizeof(float));
  std::memcpy(values.data(), data.data(), data.size());
  return values;
}

} // namespace

//===----------------------------------------------------------------------===//
// Valid files
//===----------------------------------------------------------------------===//

TEST(GGUF, ReadsTensors) {
  auto file = get(parse(makeSmallFile()));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->getNames(), (std::vector<StringRef>{"plain", "packed"}));
  WeightsFile::Entry plain = get(file->find("plain"));
  EXPECT_EQ(plain.shape, ArrayRef<int64_t>({3, 2}));
  EXPECT_EQ(plain.type, "F32");
  EXPECT_EQ(readFloats(*file, "plain"), (std::vector<float>{0, 1, 2, 3, 4, 5}));
  std::vector<float> expected(32);
  for (int i = 0; i < 16; ++i) {
    expected[i] = 2 * i + 1;
    expected[i + 16] = 2 * (15 - i) + 1;
  }
  EXPECT_EQ(readFloats(*file, "packed"), expected);
}

TEST(GGUF, PlainElementsAreNotCopied) {
  auto file = get(parse(makeSmallFile()));
  ASSERT_TRUE(file);
  std::vector<char> storage;
  EXPECT_EQ(file->read(get(file->find("plain")), DType::F32, storage).data(),
            file->getTensors().front().data.data());
  EXPECT_TRUE(storage.empty());
}

TEST(GGUF, TypesThatCanBeRead) {
  auto file = get(parse(Bytes()
                            .begin(4, 0)
                            .tensor("f32", {0}, F32, 0)
                            .tensor("f16", {0}, F16, 0)
                            .tensor("bf16", {0}, BF16, 0)
                            .tensor("q", {0}, Q6_K, 0)
                            .text));
  ASSERT_TRUE(file);
  auto readable = [&](StringRef name) {
    std::vector<StringRef> names;
    for (DType dtype : getAllDTypes())
      if (file->canRead(get(file->find(name)), dtype))
        names.push_back(getName(dtype));
    return names;
  };
  EXPECT_EQ(readable("f32"), (std::vector<StringRef>{"F32"}));
  EXPECT_EQ(readable("f16"), (std::vector<StringRef>{"F32", "F16"}));
  EXPECT_EQ(readable("bf16"), (std::vector<StringRef>{"F32", "BF16"}));
  EXPECT_EQ(readable("q"), (std::vector<StringRef>{"F32", "F16", "BF16"}));
}

TEST(GGUF, LookupNamesTheNearest) {
  auto file = get(parse(makeSmallFile()));
  ASSERT_TRUE(file);
  EXPECT_EQ(mlir::compress::runtime::getMessage(file->find("plan")),
            "'w.gguf': has no tensor 'plan'; the nearest names are 'plain', "
            "'packed'");
}

TEST(GGUF, AlignmentOfTheFile) {
  Bytes bytes;
  bytes.begin(1, 1);
  bytes.add(StringRef("general.alignment")).add<uint32_t>(4).add<uint32_t>(128);
  bytes.tensor("w", {2}, F32, 128).data(std::string(128, 'x'), 128);
  bytes.text += toText({1, 2});
  auto file = get(parse(bytes.text));
  ASSERT_TRUE(file);
  EXPECT_EQ(readFloats(*file, "w"), (std::vector<float>{1, 2}));
}

//===----------------------------------------------------------------------===//
// Damaged files
//===----------------------------------------------------------------------===//

TEST(GGUF, Head) {
  Bytes bytes;
  bytes.text = "GGUG";
  EXPECT_EQ(getMessage(bytes),
            "'w.gguf': byte 0: expected the word GGUF; this is no GGUF file");
  EXPECT_EQ(getMessage(Bytes().begin(0, 0, 1)),
            "'w.gguf': byte 4: expected version 2 or 3 in little-endian order, "
            "found 1; convert the file with its own tools");
  EXPECT_EQ(getMessage(Bytes().begin(0, 0)), "<no error>");
  EXPECT_EQ(getMessage(Bytes().begin(~uint64_t(0), 0)),
            "'w.gguf': byte 8: expected at most 0 tensors, for which there are "
            "bytes, found 18446744073709551615; the file is truncated or "
            "damaged");
  EXPECT_EQ(getMessage(Bytes().begin(0, ~uint64_t(0))),
            "'w.gguf': byte 24: expected the length of key 0 of "
            "18446744073709551615 of the metadata of 8 bytes, found only 0 "
            "bytes to the end; the file is truncated or damaged");
}

TEST(GGUF, Metadata) {
  auto value = [](StringRef key, uint32_t type) {
    return Bytes().begin(0, 1).add(key).add(type);
  };
  EXPECT_EQ(getMessage(value("k", 13)),
            "'w.gguf': byte 33: expected a type of values from 0 to 12 for "
            "'k', found 13");
  EXPECT_EQ(getMessage(value("k", 8).add(~uint64_t(0))),
            "'w.gguf': byte 45: expected the value of 'k' of "
            "18446744073709551615 bytes, found only 0 bytes to the end; the "
            "file is truncated or damaged");
  EXPECT_EQ(getMessage(value("k", 9).add<uint32_t>(4).add(~uint64_t(0))),
            "'w.gguf': byte 41: expected at most 0 elements of 'k' before the "
            "end, found 18446744073709551615; the file is truncated or "
            "damaged");
  EXPECT_EQ(getMessage(value("general.alignment", 4).add<uint32_t>(24)),
            "'w.gguf': byte 53: expected 'general.alignment' to be a power of "
            "two, found 24");
  EXPECT_EQ(getMessage(value("general.alignment", 10).add<uint64_t>(32)),
            "'w.gguf': byte 49: expected 'general.alignment' of type 4 (32 "
            "bits, unsigned), found 10");
  // Deep enough to overflow the stack of a recursive reader.
  Bytes nested = value("k", 9);
  for (int i = 0; i < 1'000'000; ++i)
    nested.add<uint32_t>(9).add<uint64_t>(1);
  EXPECT_EQ(
      getMessage(nested),
      "'w.gguf': byte 133: expected at most 8 nested arrays in 'k', found "
      "more");
}

TEST(GGUF, Tensors) {
  EXPECT_EQ(getTensorMessage({1, 1, 1, 1, 1}, F32),
            "'w.gguf': byte 33: tensor 'w': expected at most 4 dimensions, "
            "found 5");
  EXPECT_EQ(getTensorMessage({~uint64_t(0)}, F32),
            "'w.gguf': byte 37: tensor 'w': expected extents from 0 to 2^63 - "
            "1, found 18446744073709551615");
  EXPECT_EQ(getTensorMessage({0, uint64_t(1) << 62, 2}, F32),
            "'w.gguf': byte 53: tensor 'w': expected fewer than 2^63 elements");
  EXPECT_EQ(getTensorMessage({uint64_t(1) << 62}, F32),
            "'w.gguf': byte 45: tensor 'w': expected fewer than 2^63 bytes");
  EXPECT_TRUE(
      StringRef(getTensorMessage({32}, Q8_1))
          .ends_with("Q6_K (14), I8 (24), I16 (25), I32 (26), I64 (27), F64 "
                     "(28), BF16 (30), found 9; convert the file to one of "
                     "them with its own tools"));
  EXPECT_EQ(getTensorMessage({48}, Q4_1),
            "'w.gguf': byte 45: tensor 'w': expected an innermost extent that "
            "divides by 32, the block of Q4_1, found 48");
  EXPECT_EQ(getTensorMessage({}, Q4_1),
            "'w.gguf': byte 37: tensor 'w': expected an innermost extent that "
            "divides by 32, the block of Q4_1, found 1");
  EXPECT_EQ(getTensorMessage({1}, F32, 4),
            "'w.gguf': byte 49: tensor 'w': expected an offset that divides by "
            "32, found 4");
  EXPECT_EQ(getTensorMessage({32, 2}, Q4_1, 32, 71),
            "'w.gguf': byte 57: tensor 'w': expected 40 bytes for shape [2, "
            "32] of Q4_1 within the 71 bytes of data, found them from byte 32; "
            "the file is truncated or damaged");
  EXPECT_EQ(getTensorMessage({32, 2}, Q4_1, 32, 72), "<no error>");
  EXPECT_EQ(getTensorMessage({32}, Q4_1, ~uint64_t(31), 64),
            "'w.gguf': byte 49: tensor 'w': expected 20 bytes for shape [32] "
            "of Q4_1 within the 64 bytes of data, found them from byte "
            "18446744073709551584; the file is truncated or damaged");
  EXPECT_EQ(getMessage(Bytes()
                           .begin(2, 0)
                           .tensor("w", {0}, F32, 0)
                           .tensor("w", {0}, F32, 0)),
            "'w.gguf': byte 57: tensor 'w': expected each name once, found it "
            "again");
  EXPECT_EQ(getMessage(Bytes().begin(1, 0).tensor("\xff", {0}, F32, 0)),
            "'w.gguf': byte 33: tensor '\xef\xbf\xbd': expected a name in "
            "UTF-8");
}

TEST(GGUF, EveryTruncationIsAnError) {
  std::string bytes = makeSmallFile();
  EXPECT_TRUE(get(parse(bytes)));
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(mlir::compress::runtime::getMessage(
                  parse(StringRef(bytes).take_front(size))),
              "<no error>")
        << size;
}

TEST(GGUF, RandomDamageNeverCrashes) {
  std::mt19937 random(1);
  const std::string valid = makeSmallFile();
  size_t rejected = 0;
  for (unsigned round = 0; round < 5000; ++round) {
    std::string bytes = valid;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
      bytes[random() % bytes.size()] ^= 1 << random() % 8;
    Expected<std::shared_ptr<GGUFFile>> file = parse(bytes);
    if (!file) {
      consumeError(file.takeError());
      ++rejected;
      continue;
    }
    // What was accepted can be decoded to its last byte.
    for (StringRef name : (*file)->getNames()) {
      WeightsFile::Entry entry = get((*file)->find(name));
      for (DType dtype : getAllDTypes())
        if (std::vector<char> storage; (*file)->canRead(entry, dtype)) {
          EXPECT_EQ((*file)->read(entry, dtype, storage).size(),
                    getNumBytes(dtype, entry.shape));
        }
    }
  }
  EXPECT_GT(rejected, 0u);
}

//===----------------------------------------------------------------------===//
// Files of any format
//===----------------------------------------------------------------------===//

namespace {
using WeightsFiles = FileTest;
} // namespace

TEST_F(WeightsFiles, FirstBytesTellTheFormat) {
  writeFile(getPath("a"), makeSmallFile());
  auto file = get(openWeightsFile(getPath("a")));
  ASSERT_TRUE(file);
  EXPECT_EQ(get(file->find("packed")).type, "Q4_1");
  writeFile(getPath("b"), StringRef("\2\0\0\0\0\0\0\0{}", 10));
  EXPECT_TRUE(get(openWeightsFile(getPath("b")))->getNames().empty());
  writeFile(getPath("c"), "GGUF");
  EXPECT_EQ(mlir::compress::runtime::getMessage(openWeightsFile(getPath("c"))),
            "'" + getPath("c") +
                "': byte 4: expected the version of 4 bytes, found only 0 "
                "bytes to the end; the file is truncated or damaged; download "
                "or write the file again");
  EXPECT_EQ(mlir::compress::runtime::getMessage(openWeightsFile(getPath("d"))),
            "'" + getPath("d") + "': cannot read: No such file or directory");
}
