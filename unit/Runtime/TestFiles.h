//===- TestFiles.h - Scratch files and damaged bytes ------------*- C++ -*-===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef COMPRESS_UNIT_RUNTIME_TESTFILES_H
#define COMPRESS_UNIT_RUNTIME_TESTFILES_H

#include "compress/Runtime/DType.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/raw_ostream.h"
#include "gtest/gtest.h"
#include <csignal>
#include <random>
#include <string>
#include <sys/resource.h>
#include <vector>

namespace mlir::compress::runtime {

/// A directory of its own for each test.
class FileTest : public ::testing::Test {
protected:
  void SetUp() override {
    ASSERT_FALSE(llvm::sys::fs::createUniqueDirectory("runtime", directory));
  }
  void TearDown() override {
    llvm::sys::fs::remove_directories(directory, /*IgnoreErrors=*/false);
  }

  std::string getPath(llvm::StringRef name) const {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    return path.str().str();
  }

  static void writeFile(const std::string &path, llvm::StringRef bytes) {
    std::error_code ec;
    llvm::raw_fd_ostream os(path, ec);
    ASSERT_FALSE(ec) << ec.message();
    os << bytes;
  }

  static std::string readFile(const std::string &path) {
    auto buffer = llvm::MemoryBuffer::getFile(path);
    return buffer ? (*buffer)->getBuffer().str() : "<cannot be read>";
  }

  /// Names in the directory, to see that nothing is left behind.
  std::vector<std::string> listFiles() const {
    std::vector<std::string> names;
    std::error_code ec;
    for (llvm::sys::fs::directory_iterator it(directory, ec), end;
         it != end && !ec; it.increment(ec))
      names.push_back(llvm::sys::path::filename(it->path()).str());
    std::sort(names.begin(), names.end());
    return names;
  }

  llvm::SmallString<128> directory;
};

/// While it lives, files cannot grow beyond a size, as if the disk were full;
/// the error is "File too large".
class FileSizeLimit {
public:
  explicit FileSizeLimit(rlim_t bytes)
      : oldHandler(std::signal(SIGXFSZ, SIG_IGN)) {
    getrlimit(RLIMIT_FSIZE, &old);
    rlimit limit = old;
    limit.rlim_cur = bytes;
    EXPECT_EQ(setrlimit(RLIMIT_FSIZE, &limit), 0);
  }
  ~FileSizeLimit() {
    setrlimit(RLIMIT_FSIZE, &old);
    std::signal(SIGXFSZ, oldHandler);
  }

private:
  void (*oldHandler)(int);
  rlimit old;
};

inline std::string getMessage(llvm::Error error) {
  return error ? llvm::toString(std::move(error)) : "<no error>";
}

template <typename T>
std::string getMessage(llvm::Expected<T> result) {
  return getMessage(result.takeError());
}

/// The value of a result that must not be an error.
template <typename T>
T get(llvm::Expected<T> result) {
  if (result)
    return std::move(*result);
  ADD_FAILURE() << llvm::toString(result.takeError());
  return T();
}

inline std::string getRandomBytes(std::mt19937 &random, size_t count) {
  std::string bytes(count, '\0');
  for (char &byte : bytes)
    byte = static_cast<char>(random());
  return bytes;
}

/// A shape of rank 0 to 4 with extents 0 to 5.
inline llvm::SmallVector<int64_t, 4> getRandomShape(std::mt19937 &random) {
  llvm::SmallVector<int64_t, 4> shape(random() % 5);
  for (int64_t &extent : shape)
    extent = random() % 6;
  return shape;
}

inline std::vector<DType> getAllDTypes() {
  std::vector<DType> dtypes;
  for (unsigned i = 0; i < kNumDTypes; ++i)
    dtypes.push_back(static_cast<DType>(i));
  return dtypes;
}

} // namespace mlir::compress::runtime

#endif // COMPRESS_UNIT_RUNTIME_TESTFILES_H
