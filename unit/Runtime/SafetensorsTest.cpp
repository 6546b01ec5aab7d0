//===- SafetensorsTest.cpp - Tests of safetensors files -------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Safetensors.h"
#include "TestFiles.h"
#include "compress/Runtime/OutputFile.h"
#include "llvm/Support/Endian.h"
#include "llvm/Support/ThreadPool.h"

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

ArrayRef<char> toBytes(StringRef text) { return {text.data(), text.size()}; }

std::string makeFile(StringRef header, StringRef data) {
  std::string bytes(8, '\0');
  support::endian::write64le(bytes.data(), header.size());
  return bytes + header.str() + data.str();
}

Expected<std::shared_ptr<SafetensorsFile>> parse(StringRef bytes) {
  return SafetensorsFile::parse(MemoryBuffer::getMemBufferCopy(bytes, "w.st"));
}

std::string parseMessage(StringRef header, StringRef data = "") {
  return getMessage(parse(makeFile(header, data)));
}

/// Two tensors and metadata, 12 bytes of data.
std::string makeSmallFile() {
  return makeFile(
      R"({"__metadata__":{"format":"pt"},)"
      R"("a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]},)"
      R"("b":{"dtype":"BF16","shape":[1,2],"data_offsets":[8,12]}})",
      "01234567abcd");
}

class SafetensorsFiles : public FileTest {
protected:
  std::string path = "";
  void SetUp() override {
    FileTest::SetUp();
    path = getPath("w.safetensors");
  }
};

} // namespace

//===----------------------------------------------------------------------===//
// Valid files
//===----------------------------------------------------------------------===//

TEST(Safetensors, ReadsTensorsAndMetadata) {
  auto file = get(parse(makeSmallFile()));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->getPath(), "w.st");
  EXPECT_EQ(file->getMetadata(),
            (std::map<std::string, std::string>{{"format", "pt"}}));
  ASSERT_EQ(file->getTensors().size(), 2u);
  const SafetensorsTensor *b = get(file->lookup("b"));
  ASSERT_TRUE(b);
  EXPECT_EQ(b->dtype, DType::BF16);
  EXPECT_EQ(ArrayRef<int64_t>(b->shape), ArrayRef<int64_t>({1, 2}));
  EXPECT_EQ(b->data, toBytes("abcd"));
}

TEST(Safetensors, TensorsComeInTheOrderOfTheirBytes) {
  auto file = get(
      parse(makeFile(R"({"a":{"dtype":"U8","shape":[1],"data_offsets":[1,2]},)"
                     R"("z":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},)"
                     R"("e":{"dtype":"U8","shape":[0],"data_offsets":[1,1]}})",
                     "za")));
  ASSERT_TRUE(file);
  std::vector<std::string> names;
  for (const SafetensorsTensor &tensor : file->getTensors())
    names.push_back(tensor.name);
  EXPECT_EQ(names, (std::vector<std::string>{"z", "e", "a"}));
}

TEST(Safetensors, FileWithoutTensors) {
  auto file = get(parse(makeFile("{}   ", "")));
  ASSERT_TRUE(file);
  EXPECT_TRUE(file->getTensors().empty());
  EXPECT_EQ(getMessage(file->lookup("x")),
            "'w.st': has no tensor 'x'; the file has no tensors");
}

TEST(Safetensors, LookupNamesTheNearest) {
  std::string header = "{";
  const char *names[] = {"layer.0.weight", "layer.1.weight", "layer.0.bias",
                         "embedding"};
  for (const char *name : names)
    header += std::string(header.size() > 1 ? "," : "") + "\"" + name +
              R"(":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  auto file = get(parse(makeFile(header + "}", "")));
  ASSERT_TRUE(file);
  EXPECT_EQ(getMessage(file->lookup("layer.0.weigth")),
            "'w.st': has no tensor 'layer.0.weigth'; the nearest names are "
            "'layer.0.weight', 'layer.1.weight', 'layer.0.bias'");
}

TEST(Safetensors, EscapedNames) {
  auto file = get(parse(makeFile(
      R"({"\u0061\"b":{"dtype":"U8","shape":[],"data_offsets":[0,1]}})", "x")));
  ASSERT_TRUE(file);
  EXPECT_EQ(get(file->lookup("a\"b"))->data, toBytes("x"));
}

TEST(Safetensors, ChecksumDependsOnEveryByte) {
  std::string data = "0123456789abcdef";
  uint64_t checksum = getChecksum(toBytes(data));
  EXPECT_EQ(checksum, getChecksum(toBytes("0123456789abcdef")));
  for (char &byte : data) {
    byte ^= 1;
    EXPECT_NE(getChecksum(toBytes(data)), checksum);
    byte ^= 1;
  }
  // XXH3's published value for no input with seed 0.
  EXPECT_EQ(getChecksum({}), 0x2D06800538D394C2u);
}

//===----------------------------------------------------------------------===//
// Damaged files
//===----------------------------------------------------------------------===//

TEST(Safetensors, ShorterThanTheLength) {
  EXPECT_EQ(getMessage(parse("1234567")),
            "'w.st': expected at least 8 bytes for the length of the header, "
            "found a file of 7 bytes");
}

TEST(Safetensors, HeaderLength) {
  std::string bytes = makeFile("{}", "");
  support::endian::write64le(bytes.data(), 3);
  EXPECT_EQ(getMessage(parse(bytes)),
            "'w.st': expected a header of 3 bytes, found only 2 bytes after "
            "its length; the file is truncated or damaged");
  for (uint64_t length : {uint64_t(100'000'001), ~uint64_t(0)}) {
    support::endian::write64le(bytes.data(), length);
    EXPECT_EQ(getMessage(parse(bytes)),
              "'w.st': expected a header of at most 100000000 bytes, found " +
                  std::to_string(length) + "; this is no safetensors file");
  }
}

TEST(Safetensors, HeaderIsNoObject) {
  for (const char *header : {"", "[]", "1", " {}"})
    EXPECT_EQ(parseMessage(header),
              "'w.st': expected the header to begin with '{'; this is no "
              "safetensors file");
}

TEST(Safetensors, HeaderIsNoJSON) {
  for (const char *header :
       {"{", "{\"", "{\"a\\", "{\"a\":", "{}x", "{]", "{}}", "{\"\xff\":1}"}) {
    std::string message = parseMessage(header);
    EXPECT_TRUE(
        StringRef(message).starts_with("'w.st': expected a header in JSON: ["))
        << header << ": " << message;
  }
}

TEST(Safetensors, NestingIsLimited) {
  // Deep enough to overflow the stack of a recursive parser.
  std::string header = "{\"a\":" + std::string(10'000'000, '[');
  EXPECT_EQ(parseMessage(header), "'w.st': header, byte 7: expected at most 3 "
                                  "nested brackets, found more");
}

TEST(Safetensors, DuplicateKeys) {
  std::string entry = R"({"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  EXPECT_EQ(parseMessage("{\"a\":" + entry + ",\"a\":" + entry + "}"),
            "'w.st': header, byte 53: duplicate key 'a'; expected each key "
            "once");
  EXPECT_EQ(parseMessage("{\"a\":" + entry + ",\"\\u0061\" :" + entry + "}"),
            "'w.st': header, byte 53: duplicate key 'a'; expected each key "
            "once");
  EXPECT_EQ(parseMessage(R"({"a":{"dtype":"U8","shape":[0],"dtype":"I8"}})"),
            "'w.st': header, byte 31: duplicate key 'dtype'; expected each key "
            "once");
}

TEST(Safetensors, Metadata) {
  EXPECT_EQ(parseMessage(R"({"__metadata__":[]})"),
            "'w.st': __metadata__: expected an object of strings, found an "
            "array");
  EXPECT_EQ(parseMessage(R"({"__metadata__":{"a":1}})"),
            "'w.st': __metadata__: 'a': expected a string, found a number");
}

TEST(Safetensors, Fields) {
  struct Case {
    const char *entry;
    const char *message;
  };
  const Case cases[] = {
      {"[]", "expected an object with dtype, shape and data_offsets, found an "
             "array"},
      {R"({"shape":[],"data_offsets":[0,4]})",
       "dtype: expected a string, found nothing"},
      {R"({"dtype":null,"shape":[],"data_offsets":[0,4]})",
       "dtype: expected a string, found null"},
      {R"({"dtype":"F31","shape":[],"data_offsets":[0,4]})",
       "dtype: expected one of F64, I64, U64, F32, I32, U32, F16, BF16, I16, "
       "U16, F8_E4M3, F8_E5M2, I8, U8, BOOL, found 'F31'"},
      {R"({"dtype":"F32","data_offsets":[0,4]})",
       "shape: expected an array of integers, found nothing"},
      {R"({"dtype":"F32","shape":{},"data_offsets":[0,4]})",
       "shape: expected an array of integers, found an object"},
      {R"({"dtype":"F32","shape":[-1],"data_offsets":[0,4]})",
       "shape: expected integers from 0 to 2^63 - 1, found -1"},
      {R"({"dtype":"F32","shape":[1.5],"data_offsets":[0,4]})",
       "shape: expected integers from 0 to 2^63 - 1, found 1.5"},
      {R"({"dtype":"F32","shape":["1"],"data_offsets":[0,4]})",
       "shape: expected integers from 0 to 2^63 - 1, found \"1\""},
      {R"({"dtype":"F32","shape":[9223372036854775808],"data_offsets":[0,4]})",
       "shape: expected integers from 0 to 2^63 - 1, found "
       "9223372036854775808"},
      {R"({"dtype":"F32","shape":[4294967296,4294967296],)"
       R"("data_offsets":[0,4]})",
       "shape: expected fewer than 2^63 bytes, found [4294967296, 4294967296] "
       "of F32"},
      {R"({"dtype":"F32","shape":[]})",
       "data_offsets: expected an array [begin, end], found nothing"},
      {R"({"dtype":"F32","shape":[],"data_offsets":[0]})",
       "data_offsets: expected an array [begin, end], found an array of 1 "
       "elements"},
      {R"({"dtype":"F32","shape":[],"data_offsets":[0,4,8]})",
       "data_offsets: expected an array [begin, end], found an array of 3 "
       "elements"},
      {R"({"dtype":"F32","shape":[],"data_offsets":[-4,0]})",
       "data_offsets: expected integers from 0 to 2^64 - 1, found -4"},
      {R"({"dtype":"F32","shape":[],"data_offsets":[4,0]})",
       "data_offsets: expected begin <= end, found [4, 0]"},
      {R"({"dtype":"F32","shape":[],"data_offsets":[4,8]})",
       "data_offsets: expected offsets within the 4 bytes of data, found "
       "[4, 8]; the file is truncated or damaged"},
      {R"({"dtype":"F32","shape":[],)"
       R"("data_offsets":[18446744073709551612,18446744073709551615]})",
       "data_offsets: expected offsets within the 4 bytes of data, found "
       "[18446744073709551612, 18446744073709551615]; the file is truncated or "
       "damaged"},
      {R"({"dtype":"F32","shape":[2],"data_offsets":[0,4]})",
       "expected 8 bytes for shape [2] of F32, found 4 bytes in data_offsets "
       "[0, 4]"},
      {R"({"dtype":"F32","shape":[0],"data_offsets":[0,4]})",
       "expected 0 bytes for shape [0] of F32, found 4 bytes in data_offsets "
       "[0, 4]"},
  };
  for (const Case &c : cases)
    EXPECT_EQ(parseMessage(std::string("{\"w\":") + c.entry + "}", "0123"),
              std::string("'w.st': tensor 'w': ") + c.message);
}

TEST(Safetensors, HolesAndOverlaps) {
  auto message = [](int begin, int end) {
    return parseMessage(
        R"({"a":{"dtype":"U8","shape":[4],"data_offsets":[0,4]},)"
        R"("b":{"dtype":"U8","shape":[)" +
            std::to_string(end - begin) + R"(],"data_offsets":[)" +
            std::to_string(begin) + "," + std::to_string(end) + "]}}",
        "01234567");
  };
  EXPECT_EQ(message(4, 8), "<no error>");
  EXPECT_EQ(message(3, 8),
            "'w.st': tensor 'b': expected the data to begin at byte 4, where "
            "the tensor before it ends, found 3: they overlap");
  EXPECT_EQ(message(2, 2),
            "'w.st': tensor 'b': expected the data to begin at byte 4, where "
            "the tensor before it ends, found 2: they overlap");
  EXPECT_EQ(message(5, 8),
            "'w.st': tensor 'b': expected the data to begin at byte 4, where "
            "the tensor before it ends, found 5: there is a hole");
  EXPECT_EQ(message(4, 7),
            "'w.st': expected the tensors to fill the 8 bytes of data, found "
            "that they end at byte 7");
}

TEST(Safetensors, EveryTruncationIsAnError) {
  std::string bytes = makeSmallFile();
  EXPECT_EQ(getMessage(parse(bytes)), "<no error>");
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(getMessage(parse(StringRef(bytes).take_front(size))),
              "<no error>")
        << size;
}

TEST(Safetensors, RandomDamageNeverCrashes) {
  std::mt19937 random(1);
  const std::string valid = makeSmallFile();
  size_t rejected = 0;
  for (unsigned round = 0; round < 5000; ++round) {
    std::string bytes = valid;
    for (unsigned flips = 1 + random() % 4; flips > 0; --flips)
      bytes[random() % bytes.size()] ^= 1 << random() % 8;
    Expected<std::shared_ptr<SafetensorsFile>> file = parse(bytes);
    if (!file) {
      consumeError(file.takeError());
      ++rejected;
      continue;
    }
    // What was accepted can be read to its last byte.
    for (const SafetensorsTensor &tensor : (*file)->getTensors()) {
      EXPECT_EQ(getNumBytes(tensor.dtype, tensor.shape), tensor.data.size());
      getChecksum(tensor.data);
    }
  }
  EXPECT_GT(rejected, 0u);
}

//===----------------------------------------------------------------------===//
// Files on disk
//===----------------------------------------------------------------------===//

TEST_F(SafetensorsFiles, CannotBeOpened) {
  EXPECT_EQ(getMessage(SafetensorsFile::open(path)),
            "'" + path + "': cannot read: No such file or directory");
  EXPECT_EQ(getMessage(SafetensorsFile::open(directory)),
            "'" + directory.str().str() + "': cannot read: Is a directory");
}

TEST_F(SafetensorsFiles, RoundTrip) {
  std::mt19937 random(2);
  for (unsigned round = 0; round < 20; ++round) {
    std::vector<SafetensorsEntry> entries;
    std::vector<std::string> bytes;
    for (DType dtype : getAllDTypes())
      for (unsigned i = 0; i < 2; ++i) {
        entries.push_back({"t\"" + std::to_string(entries.size()), dtype,
                           getRandomShape(random)});
        bytes.push_back(
            getRandomBytes(random, *getNumBytes(dtype, entries.back().shape)));
      }
    std::map<std::string, std::string> metadata = {{"a", "1"}, {"b", "\n"}};
    auto output = get(OutputFile::create(path));
    ASSERT_TRUE(output);
    auto writer = get(SafetensorsWriter::create(*output, entries, metadata));
    ASSERT_TRUE(writer);
    DefaultThreadPool threads(hardware_concurrency(4));
    for (size_t i = entries.size(); i-- > 0;)
      threads.async([&, i] {
        EXPECT_EQ(getMessage(writer->write(entries[i].name, toBytes(bytes[i]))),
                  "<no error>");
      });
    threads.wait();
    ASSERT_EQ(getMessage(writer->finish()), "<no error>");
    ASSERT_EQ(getMessage(output->commit()), "<no error>");

    auto file = get(SafetensorsFile::open(path));
    ASSERT_TRUE(file);
    EXPECT_EQ(file->getMetadata(), metadata);
    ASSERT_EQ(file->getTensors().size(), entries.size());
    std::string contents = readFile(path);
    for (size_t i = 0; i < entries.size(); ++i) {
      const SafetensorsTensor *tensor = get(file->lookup(entries[i].name));
      ASSERT_TRUE(tensor);
      EXPECT_EQ(tensor->dtype, entries[i].dtype);
      EXPECT_EQ(tensor->shape, entries[i].shape);
      EXPECT_EQ(tensor->data, toBytes(bytes[i]));
      size_t position = tensor->data.data() - file->getTensors()[0].data.data();
      EXPECT_EQ(position % getByteWidth(tensor->dtype), 0u);
    }
    uint64_t header = support::endian::read64le(contents.data());
    EXPECT_EQ((8 + header) % 64, 0u);
  }
}

TEST_F(SafetensorsFiles, TensorsKeepTheFileMapped) {
  // Large enough to be mapped rather than read.
  std::string bytes(1 << 20, 'x');
  writeFile(path, makeFile(R"({"a":{"dtype":"U8","shape":[1048576],)"
                           R"("data_offsets":[0,1048576]}})",
                           bytes));
  std::shared_ptr<SafetensorsFile> owner = get(SafetensorsFile::open(path));
  ASSERT_TRUE(owner);
  const SafetensorsTensor *tensor = get(owner->lookup("a"));
  ASSERT_FALSE(sys::fs::remove(path));
  EXPECT_EQ(tensor->data, toBytes(bytes));
}

TEST_F(SafetensorsFiles, WriterChecksItsCaller) {
  auto output = get(OutputFile::create(path));
  ASSERT_TRUE(output);
  std::string prefix = "'" + path + "': ";
  auto declare = [&](std::vector<SafetensorsEntry> entries) {
    return getMessage(SafetensorsWriter::create(*output, entries));
  };
  EXPECT_EQ(declare({{"a", DType::F32, {}}, {"a", DType::F16, {}}}),
            prefix + "tensor 'a': is declared twice");
  EXPECT_EQ(declare({{"__metadata__", DType::F32, {}}}),
            prefix + "tensor '__metadata__': expected a name in UTF-8 other "
                     "than __metadata__");
  EXPECT_NE(declare({{"\xff", DType::F32, {}}}), "<no error>");
  EXPECT_EQ(declare({{"a", DType::F32, {-1}}}),
            prefix + "tensor 'a': expected extents from 0 and a file of fewer "
                     "than 2^63 bytes, found shape [-1] of F32");
  int64_t large = int64_t(1) << 62;
  EXPECT_EQ(declare({{"a", DType::I8, {large}}, {"b", DType::I8, {large}}}),
            prefix + "tensor 'b': expected extents from 0 and a file of fewer "
                     "than 2^63 bytes, found shape [4611686018427387904] of "
                     "I8");
  EXPECT_EQ(getMessage(SafetensorsWriter::create(*output, {},
                                                 {{"k", std::string("\xff")}})),
            prefix + "metadata 'k': expected a key and a text in UTF-8");

  std::vector<SafetensorsEntry> entries = {{"a", DType::F32, {1}},
                                           {"b", DType::F32, {0}}};
  auto writer = get(SafetensorsWriter::create(*output, entries));
  ASSERT_TRUE(writer);
  EXPECT_EQ(getMessage(writer->write("c", toBytes("1234"))),
            prefix + "tensor 'c': is written but has not been declared");
  EXPECT_EQ(getMessage(writer->write("a", toBytes("123"))),
            prefix + "tensor 'a': expected 4 bytes as declared, found 3");
  EXPECT_EQ(getMessage(writer->finish()),
            prefix + "2 of 2 declared tensors have not been written, among "
                     "them 'a'");
  EXPECT_EQ(getMessage(writer->write("a", toBytes("1234"))), "<no error>");
  EXPECT_EQ(getMessage(writer->write("a", toBytes("1234"))),
            prefix + "tensor 'a': is written twice");
  EXPECT_EQ(getMessage(writer->finish()),
            prefix + "1 of 2 declared tensors have not been written, among "
                     "them 'b'");
  EXPECT_EQ(getMessage(writer->write("b", {})), "<no error>");
  EXPECT_EQ(getMessage(writer->finish()), "<no error>");
}

TEST_F(SafetensorsFiles, FullDisk) {
  auto output = get(OutputFile::create("/dev/full"));
  ASSERT_TRUE(output);
  EXPECT_EQ(getMessage(SafetensorsWriter::create(*output, {})),
            "'/dev/full': cannot write: No space left on device");

  writeFile(path, "old");
  {
    FileSizeLimit limit(4096);
    output = get(OutputFile::create(path));
    ASSERT_TRUE(output);
    auto writer =
        get(SafetensorsWriter::create(*output, {{"a", DType::I8, {5000}}}));
    ASSERT_TRUE(writer);
    std::string reason = "'" + path + "': cannot write: File too large";
    EXPECT_EQ(getMessage(writer->write("a", toBytes(std::string(5000, 'x')))),
              reason);
    EXPECT_EQ(getMessage(writer->finish()),
              "'" + path +
                  "': 1 of 1 declared tensors have not been written, among "
                  "them 'a'");
    EXPECT_EQ(getMessage(output->commit()),
              "'" + path + "': cannot finish the file: writing it failed");
    output.reset();
  }
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(listFiles().size(), 1u);
}
