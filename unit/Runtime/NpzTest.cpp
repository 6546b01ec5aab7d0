//===- NpzTest.cpp - Tests of .npz files ----------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TestArrays.h"
#include "compress/Runtime/Npy.h"
#include "compress/Runtime/OutputFile.h"
#include <unistd.h>
#include <zip.h>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {

class NpzFiles : public FileTest {
protected:
  struct Entry {
    std::string name, bytes;
  };

  /// An archive as other programs write it.
  std::string makeArchive(ArrayRef<Entry> entries, int method,
                          bool encrypt = false) {
    std::string path = getPath("archive");
    int code = 0;
    zip_t *archive = zip_open(path.c_str(), ZIP_CREATE | ZIP_TRUNCATE, &code);
    EXPECT_NE(archive, nullptr);
    for (const Entry &entry : entries) {
      zip_source_t *source =
          zip_source_buffer(archive, entry.bytes.data(), entry.bytes.size(), 0);
      zip_int64_t index = zip_file_add(archive, entry.name.c_str(), source, 0);
      EXPECT_EQ(zip_set_file_compression(archive, index, method, 0), 0);
      if (encrypt) {
        EXPECT_EQ(zip_file_set_encryption(archive, index, ZIP_EM_TRAD_PKWARE,
                                          "secret"),
                  0);
      }
    }
    EXPECT_EQ(zip_close(archive), 0);
    return readFile(path);
  }

  std::string write(const NdArrayMap &arrays) {
    std::string path = getPath("a.npz");
    auto file = get(OutputFile::create(path));
    EXPECT_EQ(getMessage(writeNpz(*file, arrays)), "<no error>");
    EXPECT_EQ(getMessage(file->commit()), "<no error>");
    return readFile(path);
  }

  static Expected<NdArrayMap> parse(StringRef bytes) {
    return parseNpz(MemoryBufferRef(bytes, "a.npz"));
  }
};

/// Where field `offset` of the directory's record of entry `index` lies.
size_t findRecord(StringRef bytes, unsigned index, size_t offset) {
  size_t position = 0;
  for (unsigned i = 0; i <= index; ++i)
    position = bytes.find("PK\1\2", position + 1);
  return position + offset;
}

/// Offsets of fields from the signature, from the ZIP specification (APPNOTE
/// 4.3.7 and 4.3.12).
enum LocalField { LocalCompressedSize = 18, LocalSize = 22 };
enum DirectoryField {
  DirectoryCompressedSize = 20,
  DirectorySize = 24,
  DirectoryOffset = 42
};

void patch(std::string &bytes, size_t position, uint32_t value) {
  support::endian::write32le(bytes.data() + position, value);
}

const char *const byteHeader =
    "{'descr': '|u1', 'fortran_order': False, 'shape': (4,)}";

} // namespace

TEST_F(NpzFiles, RoundTripKeepsOrder) {
  std::mt19937 random(5);
  for (unsigned round = 0; round < 10; ++round) {
    NdArrayMap arrays;
    for (DType dtype : getAllDTypes())
      if (isNumPyType(dtype))
        arrays.insert({"out" + std::to_string(10 - arrays.size()),
                       makeArray(random, dtype, getRandomShape(random))});
    std::string bytes = write(arrays);
    EXPECT_EQ(write(arrays), bytes);
    NdArrayMap actual = get(readNpz(getPath("a.npz")));
    ASSERT_EQ(actual.size(), arrays.size());
    for (auto [expected, found] : zip_equal(arrays, actual)) {
      EXPECT_EQ(found.first, expected.first);
      expectEqual(found.second, expected.second);
    }
  }
}

TEST_F(NpzFiles, NoArrays) {
  // A zip file with nothing in it is the 22 bytes of its end record.
  EXPECT_EQ(write({}).size(), 22u);
  EXPECT_TRUE(get(readNpz(getPath("a.npz"))).empty());
}

TEST_F(NpzFiles, StoredAndDeflated) {
  // Longer than any header, so that the elements are read in two steps.
  std::string data(300'000, 'x');
  std::string bytes = makeNpy(
      "{'descr': '|u1', 'fortran_order': False, 'shape': (3, 100000)}", data);
  for (int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    NdArrayMap arrays = get(parse(makeArchive({{"a.npy", bytes}}, method)));
    ASSERT_EQ(arrays.count("a"), 1u);
    const NdArray &array = arrays.find("a")->second;
    EXPECT_EQ(array.getShape(), ArrayRef<int64_t>({3, 100000}));
    EXPECT_EQ(array.getData(), ArrayRef<char>(data.data(), data.size()));
  }
}

//===----------------------------------------------------------------------===//
// Damaged files
//===----------------------------------------------------------------------===//

TEST_F(NpzFiles, NoArchive) {
  EXPECT_EQ(getMessage(parse("")),
            "'a.npz': cannot read as a .npz file: it is empty");
  for (StringRef bytes : {"x", "\x93NUMPY\1"})
    EXPECT_EQ(getMessage(parse(bytes)),
              "'a.npz': cannot read as a .npz file: Not a zip archive");
}

TEST_F(NpzFiles, ForeignEntries) {
  EXPECT_EQ(getMessage(parse(makeArchive({{"readme", "x"}}, ZIP_CM_STORE))),
            "'a.npz:readme': expected a name that ends with .npy, as "
            "numpy.savez writes it");
  EXPECT_EQ(getMessage(parse(makeArchive({{"a.npy", "x"}}, ZIP_CM_STORE))),
            "'a.npz:a.npy': expected the file to begin with \\x93NUMPY; this "
            "is no .npy file");
  std::string bytes = makeNpy(byteHeader, "0123");
  EXPECT_EQ(
      getMessage(parse(makeArchive({{"a.npy", bytes}}, ZIP_CM_DEFLATE, true))),
      "'a.npz:a.npy': is encrypted; expected a plain archive as "
      "numpy.savez writes it");
  EXPECT_EQ(getMessage(parse(makeArchive({{"a.npy", bytes}}, ZIP_CM_BZIP2))),
            "'a.npz:a.npy': expected a stored or deflated entry, found method "
            "12");
}

TEST_F(NpzFiles, SameNameTwice) {
  std::string npy = makeNpy(byteHeader, "0123");
  std::string bytes =
      makeArchive({{"a.npy", npy}, {"b.npy", npy}}, ZIP_CM_STORE);
  EXPECT_EQ(get(parse(bytes)).size(), 2u);
  for (size_t at = 0; (at = bytes.find("b.npy", at)) != std::string::npos;)
    bytes[at] = 'a';
  EXPECT_EQ(getMessage(parse(bytes)),
            "'a.npz': cannot read as a .npz file: two entries have the same "
            "name");
}

TEST_F(NpzFiles, DeclaredSizes) {
  std::string npy = makeNpy(byteHeader, "0123");
  std::string bytes = makeArchive({{"a.npy", npy}}, ZIP_CM_STORE);
  std::string patched = bytes;
  patch(patched, LocalSize, 1'000'000'000);
  patch(patched, findRecord(patched, 0, DirectorySize), 1'000'000'000);
  EXPECT_EQ(getMessage(parse(patched)),
            "'a.npz:a.npy': declares 1000000000 bytes, which its " +
                std::to_string(npy.size()) + " stored bytes cannot hold");

  // A header that agrees with the lie does not make it allocate.
  npy = makeNpy("{'descr': '|u1', 'fortran_order': False, 'shape': "
                "(1000000000,)}",
                "");
  bytes =
      makeArchive({{"a.npy", npy + std::string(5000, 'x')}}, ZIP_CM_DEFLATE);
  uint32_t size = 1'000'000'000 + npy.size();
  patch(bytes, LocalSize, size);
  patch(bytes, findRecord(bytes, 0, DirectorySize), size);
  EXPECT_TRUE(StringRef(getMessage(parse(bytes)))
                  .starts_with("'a.npz:a.npy': declares 10000000"));

  // Larger than the real entry, but plausible.
  npy = makeNpy(byteHeader, "0123");
  bytes = makeArchive({{"a.npy", npy}}, ZIP_CM_DEFLATE);
  patched = bytes;
  patch(patched, LocalSize, npy.size() + 4);
  patch(patched, findRecord(patched, 0, DirectorySize), npy.size() + 4);
  EXPECT_NE(getMessage(parse(patched)), "<no error>");
  // And smaller.
  patched = bytes;
  patch(patched, LocalSize, npy.size() - 1);
  patch(patched, findRecord(patched, 0, DirectorySize), npy.size() - 1);
  EXPECT_NE(getMessage(parse(patched)), "<no error>");
}

TEST_F(NpzFiles, OverlappingEntries) {
  std::string npy =
      makeNpy("{'descr': '|u1', 'fortran_order': False, 'shape': (4096,)}",
              std::string(4096, 'x'));
  std::string bytes =
      makeArchive({{"a.npy", npy}, {"a.npy.npy", npy}}, ZIP_CM_STORE);
  EXPECT_EQ(get(parse(bytes)).size(), 2u);
  // Both records now lead to the first entry's bytes; the names differ, which
  // libzip notices, or the sum does.
  patch(bytes, findRecord(bytes, 1, DirectoryOffset), 0);
  EXPECT_NE(getMessage(parse(bytes)), "<no error>");
}

TEST_F(NpzFiles, ElementsAreProtectedByTheirCheckSum) {
  std::string npy = makeNpy(byteHeader, "0123");
  std::string bytes = makeArchive({{"a.npy", npy}}, ZIP_CM_STORE);
  bytes[bytes.find("0123") + 1] = 'x';
  EXPECT_EQ(getMessage(parse(bytes)),
            "'a.npz:a.npy': cannot read the entry: CRC error");
}

TEST_F(NpzFiles, EveryTruncationIsAnError) {
  std::string npy = makeNpy(byteHeader, "0123");
  for (int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    std::string bytes = makeArchive({{"a.npy", npy}, {"b.npy", npy}}, method);
    EXPECT_EQ(getMessage(parse(bytes)), "<no error>");
    for (size_t size = 0; size < bytes.size(); ++size)
      EXPECT_NE(getMessage(parse(StringRef(bytes).take_front(size))),
                "<no error>")
          << size;
  }
}

TEST_F(NpzFiles, RandomDamageNeverChangesElements) {
  std::mt19937 random(6);
  std::string npy = makeNpy(byteHeader, "0123");
  size_t rejected = 0;
  for (int method : {ZIP_CM_STORE, ZIP_CM_DEFLATE}) {
    const std::string valid =
        makeArchive({{"a.npy", npy}, {"b.npy", npy}}, method);
    for (unsigned round = 0; round < 4000; ++round) {
      std::string bytes = valid;
      // A check sum of 32 bits finds every error of up to 3 bits in so few
      // bytes (its Hamming distance is 4 or more), and damage to the sum itself
      // makes the data wrong.
      for (unsigned flips = 1 + random() % 3; flips > 0; --flips)
        bytes[random() % bytes.size()] ^= 1 << random() % 8;
      Expected<NdArrayMap> arrays = parse(bytes);
      if (!arrays) {
        consumeError(arrays.takeError());
        ++rejected;
        continue;
      }
      for (const auto &[name, array] : *arrays)
        EXPECT_EQ(array.getData(), ArrayRef<char>({'0', '1', '2', '3'}));
    }
  }
  EXPECT_GT(rejected, 0u);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

TEST_F(NpzFiles, CannotBeWritten) {
  std::mt19937 random(7);
  NdArrayMap arrays;
  arrays.insert({"a", makeArray(random, DType::F32, {4})});
  auto message = [&](std::string path) {
    auto file = get(OutputFile::create(path));
    return getMessage(writeNpz(*file, arrays));
  };
  EXPECT_EQ(message("/dev/full"),
            "'/dev/full': cannot write: No space left on device");

  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  std::string path = "/dev/fd/" + std::to_string(ends[1]);
  EXPECT_EQ(message(path),
            "'" + path +
                "': cannot write: expected a file, found a pipe or a "
                "terminal, in which there are no positions");
  close(ends[0]);
  close(ends[1]);

  path = getPath("a.npz");
  writeFile(path, "old");
  {
    FileSizeLimit limit(64);
    EXPECT_EQ(message(path), "'" + path + "': cannot write: File too large");
  }

  arrays.insert({"b", makeArray(random, DType::F8_E4M3, {4})});
  EXPECT_EQ(message(path), "'" + path +
                               ":b.npy': NumPy has no type F8_E4M3; "
                               "convert the array to F32 first");
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(listFiles().size(), 1u);
}
