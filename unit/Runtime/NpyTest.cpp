//===- NpyTest.cpp - Tests of .npy files ----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/Npy.h"
#include "TestArrays.h"
#include "compress/Runtime/OutputFile.h"
#include "llvm/Support/Endian.h"

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

using NpyFiles = FileTest;

Expected<NdArray> parseNpyBytes(StringRef bytes) {
  return parseNpy(MemoryBufferRef(bytes, "a.npy"));
}

std::string npyMessage(StringRef header, StringRef data = "") {
  return getMessage(parseNpyBytes(makeNpy(header, data)));
}

} // namespace

TEST(NdArray, Create) {
  NdArray array = get(NdArray::create(DType::F32, {3, 5}));
  EXPECT_EQ(array.getNumElements(), 15);
  EXPECT_EQ(array.getData().size(), 60u);
  EXPECT_EQ(reinterpret_cast<uintptr_t>(array.getData().data()) % 64, 0u);
  EXPECT_EQ(getMessage(NdArray::create(DType::F32, {-1})),
            "an array of shape [-1] and type F32 has a negative extent or more "
            "bytes than 64 bits can count");
  NdArray none;
  EXPECT_EQ(none.getNumElements(), 0);
  EXPECT_TRUE(none.getData().empty());
}

TEST_F(NpyFiles, NpyRoundTrip) {
  std::mt19937 random(3);
  std::string path = getPath("a.npy");
  for (unsigned round = 0; round < 20; ++round)
    for (DType dtype : getAllDTypes()) {
      if (!isNumPyType(dtype))
        continue;
      NdArray array = makeArray(random, dtype, getRandomShape(random));
      auto file = get(OutputFile::create(path));
      ASSERT_TRUE(file);
      ASSERT_EQ(getMessage(writeNpy(*file, array)), "<no error>");
      ASSERT_EQ(getMessage(file->commit()), "<no error>");
      expectEqual(get(readNpy(path)), array);
    }
}

TEST_F(NpyFiles, NpyBytes) {
  // The layout that numpy.lib.format describes: magic, version, length, a
  // dictionary padded to a multiple of 64.
  NdArray array = get(NdArray::create(DType::I16, {2, 1}));
  llvm::copy(StringRef("abcd"), array.getData().begin());
  auto file = get(OutputFile::create(getPath("a.npy")));
  ASSERT_TRUE(file);
  ASSERT_EQ(getMessage(writeNpy(*file, array)), "<no error>");
  ASSERT_EQ(getMessage(file->commit()), "<no error>");
  std::string dictionary =
      "{'descr': '<i2', 'fortran_order': False, 'shape': (2, 1,), }";
  dictionary.resize(128 - 10 - 1, ' ');
  EXPECT_EQ(readFile(getPath("a.npy")), makeNpy(dictionary + "\n", "abcd"));
}

TEST(Npy, Versions) {
  std::string header = "{'descr':'|u1','fortran_order':False,'shape':(2,)}";
  for (char version : {1, 2, 3}) {
    NdArray array = get(parseNpyBytes(makeNpy(header, "xy", version)));
    EXPECT_EQ(array.getNumElements(), 2);
  }
  EXPECT_EQ(getMessage(parseNpyBytes(makeNpy(header, "xy", 4))),
            "'a.npy': expected version 1.0, 2.0 or 3.0, found 4.0");
}

TEST(Npy, HeaderSyntaxThatPythonAccepts) {
  for (const char *header :
       {"{'descr': '|u1', 'fortran_order': False, 'shape': (2, 1), }     \n",
        "{\"shape\":(2,1,),\"fortran_order\":False,\"descr\":\"<u1\"}",
        " {'shape' : ( 2 , 1 ) , 'descr':'|u1' ,\n'fortran_order':False}"}) {
    NdArray array = get(parseNpyBytes(makeNpy(header, "xy")));
    EXPECT_EQ(array.getShape(), ArrayRef<int64_t>({2, 1})) << header;
  }
}

TEST(Npy, FortranOrder) {
  // Element (i, j, k) has the value 100 i + 10 j + k.
  std::string data;
  for (int k = 0; k < 4; ++k)
    for (int j = 0; j < 3; ++j)
      for (int i = 0; i < 2; ++i) {
        char bytes[2];
        support::endian::write16le(bytes, 100 * i + 10 * j + k);
        data.append(bytes, 2);
      }
  NdArray array = get(parseNpyBytes(makeNpy(
      "{'descr': '<i2', 'fortran_order': True, 'shape': (2, 3, 4)}", data)));
  ASSERT_EQ(array.getShape(), ArrayRef<int64_t>({2, 3, 4}));
  const char *bytes = array.getData().data();
  for (int i = 0; i < 2; ++i)
    for (int j = 0; j < 3; ++j)
      for (int k = 0; k < 4; ++k, bytes += 2)
        EXPECT_EQ(support::endian::read16le(bytes), 100 * i + 10 * j + k);

  for (const char *shape : {"()", "(1,)", "(1, 1)"})
    EXPECT_EQ(get(parseNpyBytes(makeNpy(
                      std::string("{'descr': '|u1', 'fortran_order': True, "
                                  "'shape': ") +
                          shape + "}",
                      "x")))
                  .getData()[0],
              'x');
  EXPECT_EQ(
      npyMessage("{'descr': '|u1', 'fortran_order': True, 'shape': (2, 0)}"),
      "<no error>");
}

TEST(Npy, BadHeaders) {
  struct Case {
    const char *header;
    const char *message;
  };
  const Case cases[] = {
      {"", "header, character 0: expected '{'"},
      {"{", "header, character 1: expected a key in quotes"},
      {"{'descr", "header, character 1: expected a closing quote"},
      {"{'x': 1}", "header, character 5: expected the keys descr, "
                   "fortran_order and shape, found 'x'"},
      {"{'shape' (1,)}",
       "header, character 9: expected ':' after the key 'shape'"},
      {"{'shape': (1,) 'descr': '|u1'}",
       "header, character 15: expected ',' or '}'"},
      {"{'shape': (1,), 'shape': (1,)}",
       "header, character 23: expected each key once, found 'shape' again"},
      {"{'descr': '|u1', 'shape': (1,)}",
       "header, character 31: expected the key 'fortran_order', found a header "
       "without it"},
      {"{'fortran_order': 0}", "header, character 18: expected True or False"},
      {"{'shape': 1}", "header, character 10: expected '(' of the shape"},
      {"{'shape': (1)}",
       "header, character 12: expected ',' after the first extent"},
      {"{'shape': (1, 2 3)}",
       "header, character 16: expected ',' or ')' in the shape"},
      {"{'shape': (-1,)}",
       "header, character 11: expected an extent from 0 to 2^63 - 1"},
      {"{'shape': (9223372036854775808,)}",
       "header, character 11: expected an extent from 0 to 2^63 - 1"},
      {"{'shape': (,)}",
       "header, character 11: expected an extent from 0 to 2^63 - 1"},
      {"{'descr': '|u1', 'fortran_order': False, 'shape': (1,)} x",
       "header, character 56: expected nothing but spaces after '}'"},
      {"{'descr': [('a', '<f4')]}",
       "header, character 10: expected a type as a string such as '<f4' "
       "(structured types are not read)"},
      {"{'descr': '>f4'}",
       "descr: expected little-endian elements, found '>f4'; convert with "
       "a.astype('<f4')"},
      {"{'descr': '|V2'}",
       "descr: expected f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1 in "
       "little-endian order, found '|V2'; convert with a.astype('float32')"},
      {"{'descr': ''}",
       "descr: expected f2, f4, f8, i1, i2, i4, i8, u1, u2, u4, u8 or b1 in "
       "little-endian order, found ''; convert with a.astype('float32')"},
      {"{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}",
       "expected 8 bytes for shape [2] of F32, found 4 bytes after the "
       "header"},
      {"{'descr': '|i1', 'fortran_order': False, 'shape': (2,)}",
       "expected 2 bytes for shape [2] of I8, found 4 bytes after the header"},
      {"{'descr': '<f8', 'fortran_order': False, 'shape': "
       "(4611686018427387904, 0)}",
       "shape: expected fewer than 2^63 bytes, found [4611686018427387904, 0] "
       "of F64"},
      {"{'descr': '|b1', 'fortran_order': False, 'shape': (4,)}",
       "element 1: expected a boolean of 0 or 1, found the byte 2"},
  };
  for (const Case &c : cases)
    EXPECT_EQ(npyMessage(c.header, StringRef("\1\2\0\1", 4)),
              std::string("'a.npy': ") + c.message)
        << c.header;
}

TEST(Npy, BadPreamble) {
  EXPECT_EQ(getMessage(parseNpyBytes("PK\3\4")),
            "'a.npy': expected the file to begin with \\x93NUMPY; this is no "
            ".npy file");
  EXPECT_EQ(getMessage(parseNpyBytes(StringRef("\x93NUMPY\1\0\5\0{}", 12))),
            "'a.npy': is truncated: expected a header of 5 bytes, found 2");
  EXPECT_EQ(
      getMessage(parseNpyBytes(StringRef("\x93NUMPY\2\0\xff\xff\xff\xff", 12))),
      "'a.npy': expected a header of at most 65535 bytes, found "
      "4294967295");
}

TEST(Npy, EveryTruncationIsAnError) {
  std::string bytes = makeNpy(
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)}", "01234567");
  EXPECT_EQ(getMessage(parseNpyBytes(bytes)), "<no error>");
  for (size_t size = 0; size < bytes.size(); ++size)
    EXPECT_NE(getMessage(parseNpyBytes(StringRef(bytes).take_front(size))),
              "<no error>")
        << size;
}

TEST(Npy, RandomDamageNeverCrashes) {
  std::mt19937 random(4);
  const std::string valid = makeNpy(
      "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 1)}", "01234567");
  size_t rejected = 0;
  for (unsigned round = 0; round < 5000; ++round) {
    std::string bytes = valid;
    for (unsigned flips = 1 + random() % 3; flips > 0; --flips)
      bytes[random() % bytes.size()] ^= 1 << random() % 8;
    Expected<NdArray> array = parseNpyBytes(bytes);
    if (array) {
      EXPECT_EQ(array->getData().size(), 8u);
      continue;
    }
    consumeError(array.takeError());
    ++rejected;
  }
  EXPECT_GT(rejected, 0u);
}

TEST_F(NpyFiles, CannotBeReadOrWritten) {
  std::string path = getPath("a.npy");
  std::string reason = "'" + path + "': cannot read: No such file or directory";
  EXPECT_EQ(getMessage(readNpy(path)), reason);
  EXPECT_EQ(getMessage(readNpz(path)), reason);

  NdArray array = get(NdArray::create(DType::BF16, {2}));
  auto file = get(OutputFile::create(path));
  ASSERT_TRUE(file);
  EXPECT_EQ(getMessage(writeNpy(*file, array)),
            "'" + path +
                "': NumPy has no type BF16; convert the array to F32 first");

  file = get(OutputFile::create("/dev/full"));
  ASSERT_TRUE(file);
  EXPECT_EQ(getMessage(writeNpy(*file, get(NdArray::create(DType::I8, {1})))),
            "<no error>");
  EXPECT_EQ(getMessage(file->commit()),
            "'/dev/full': cannot write: No space left on device");
}
