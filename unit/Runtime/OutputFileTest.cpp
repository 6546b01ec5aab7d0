//===- OutputFileTest.cpp - Tests of outputs written aside ----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/OutputFile.h"
#include "TestFiles.h"
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace mlir::compress::runtime;

namespace {
using OutputFiles = FileTest;
using Names = std::vector<std::string>;

/// Ends the process with the message of creating an output. As the superuser,
/// to whom permissions do not apply, it becomes nobody first.
[[noreturn]] void createAsUser(const std::string &path) {
  constexpr uid_t nobody = 65534;
  if (geteuid() == 0 && setuid(nobody) != 0)
    _exit(1);
  errs() << getMessage(OutputFile::create(path));
  _exit(0);
}

unsigned getMode(const std::string &path) {
  struct stat status;
  return stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : 0;
}
} // namespace

TEST_F(OutputFiles, AppearsOnCommit) {
  std::string path = getPath("out");
  auto file = get(OutputFile::create(path));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->getPath(), path);
  file->os() << "new";
  EXPECT_FALSE(sys::fs::exists(path));
  ASSERT_EQ(getMessage(file->commit()), "<no error>");
  EXPECT_EQ(readFile(path), "new");
  EXPECT_EQ(listFiles(), Names{"out"});
  mode_t mask = umask(0);
  umask(mask);
  EXPECT_EQ(getMode(path), 0666 & ~mask);
}

TEST_F(OutputFiles, ReplacesAndKeepsPermissions) {
  std::string path = getPath("out");
  writeFile(path, "old");
  ASSERT_EQ(chmod(path.c_str(), 0750), 0);
  auto file = get(OutputFile::create(path));
  ASSERT_TRUE(file);
  file->os() << "new";
  EXPECT_EQ(readFile(path), "old");
  ASSERT_EQ(getMessage(file->commit()), "<no error>");
  EXPECT_EQ(readFile(path), "new");
  EXPECT_EQ(getMode(path), 0750u);
}

TEST_F(OutputFiles, DiscardedWithoutCommit) {
  std::string path = getPath("out");
  writeFile(path, "old");
  {
    auto file = get(OutputFile::create(path));
    ASSERT_TRUE(file);
    file->os() << "new";
    EXPECT_EQ(listFiles().size(), 2u);
  }
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(listFiles(), Names{"out"});
}

TEST_F(OutputFiles, WriteAt) {
  std::string path = getPath("out");
  auto file = get(OutputFile::create(path));
  ASSERT_TRUE(file);
  EXPECT_EQ(getMessage(file->writeAt(3, ArrayRef<char>({'d', 'e'}))),
            "<no error>");
  EXPECT_EQ(getMessage(file->writeAt(0, ArrayRef<char>({'a', 'b', 'c'}))),
            "<no error>");
  ASSERT_EQ(getMessage(file->commit()), "<no error>");
  EXPECT_EQ(readFile(path), "abcde");
}

TEST_F(OutputFiles, FollowsSymbolicLinks) {
  writeFile(getPath("real"), "old");
  ASSERT_EQ(symlink("real", getPath("link").c_str()), 0);
  auto file = get(OutputFile::create(getPath("link")));
  ASSERT_TRUE(file);
  file->os() << "new";
  ASSERT_EQ(getMessage(file->commit()), "<no error>");
  EXPECT_EQ(readFile(getPath("real")), "new");
  EXPECT_TRUE(sys::fs::is_symlink_file(getPath("link")));

  ASSERT_EQ(symlink("nowhere", getPath("dangling").c_str()), 0);
  EXPECT_EQ(getMessage(OutputFile::create(getPath("dangling"))),
            "'" + getPath("dangling") +
                "': cannot write: this symbolic link leads to no file; remove "
                "it or create its target");
}

TEST_F(OutputFiles, CannotBeCreated) {
  EXPECT_EQ(getMessage(OutputFile::create("")),
            "expected the path of an output, found an empty string");
  EXPECT_EQ(getMessage(OutputFile::create(directory)),
            "'" + directory.str().str() +
                "': cannot write: this is a directory; name a file in it");
  EXPECT_EQ(getMessage(OutputFile::create(getPath("no/out"))),
            "'" + getPath("no/out") +
                "': cannot create a file in the directory '" + getPath("no") +
                "': No such file or directory");
  writeFile(getPath("file"), "");
  EXPECT_EQ(getMessage(OutputFile::create(getPath("file/out"))),
            "'" + getPath("file/out") + "': cannot write: Not a directory");
}

TEST_F(OutputFiles, Protected) {
  ASSERT_EQ(chmod(directory.c_str(), 0777), 0);
  writeFile(getPath("out"), "old");
  ASSERT_EQ(chmod(getPath("out").c_str(), 0444), 0);
  EXPECT_EXIT(createAsUser(getPath("out")), testing::ExitedWithCode(0),
              "'" + getPath("out") +
                  "': cannot replace the file: Permission denied");
  ASSERT_EQ(chmod(directory.c_str(), 0555), 0);
  EXPECT_EXIT(createAsUser(getPath("new")), testing::ExitedWithCode(0),
              "'" + getPath("new") +
                  "': cannot create a file in the directory '" +
                  directory.str().str() + "': Permission denied");
  ASSERT_EQ(chmod(directory.c_str(), 0755), 0);
  EXPECT_EQ(readFile(getPath("out")), "old");
  EXPECT_EQ(listFiles(), Names{"out"});
}

TEST_F(OutputFiles, FullDisk) {
  auto file = get(OutputFile::create("/dev/full"));
  ASSERT_TRUE(file);
  file->os() << "new";
  EXPECT_EQ(getMessage(file->commit()),
            "'/dev/full': cannot write: No space left on device");
  EXPECT_EQ(getMessage(file->commit()),
            "'/dev/full': cannot finish the file: writing it failed");

  file = get(OutputFile::create("/dev/full"));
  ASSERT_TRUE(file);
  EXPECT_EQ(getMessage(file->writeAt(0, ArrayRef<char>({'x'}))),
            "'/dev/full': cannot write: No space left on device");
  EXPECT_EQ(getMessage(file->commit()),
            "'/dev/full': cannot finish the file: writing it failed");
}

TEST_F(OutputFiles, FullDiskKeepsTheOldFile) {
  std::string path = getPath("out");
  writeFile(path, "old");
  {
    FileSizeLimit limit(4096);
    auto file = get(OutputFile::create(path));
    ASSERT_TRUE(file);
    // More than the stream's buffer, so that one write succeeds in part.
    file->os() << std::string(100'000, 'x');
    EXPECT_EQ(getMessage(file->commit()),
              "'" + path + "': cannot write: File too large");
    file = get(OutputFile::create(path));
    ASSERT_TRUE(file);
    std::string bytes(5000, 'x');
    EXPECT_EQ(getMessage(file->writeAt(0, ArrayRef(bytes.data(), 5000))),
              "'" + path + "': cannot write: File too large");
  }
  EXPECT_EQ(readFile(path), "old");
  EXPECT_EQ(listFiles(), Names{"out"});
}

TEST_F(OutputFiles, DevicesAreWrittenDirectly) {
  auto file = get(OutputFile::create("/dev/null"));
  ASSERT_TRUE(file);
  file->os() << "new";
  EXPECT_EQ(getMessage(file->commit()), "<no error>");
  struct stat status;
  ASSERT_EQ(stat("/dev/null", &status), 0);
  EXPECT_TRUE(S_ISCHR(status.st_mode));
}

TEST_F(OutputFiles, StandardOutput) {
  testing::internal::CaptureStdout();
  auto file = get(OutputFile::create("-"));
  ASSERT_TRUE(file);
  file->os() << "text";
  EXPECT_EQ(getMessage(file->commit()), "<no error>");
  EXPECT_EQ(testing::internal::GetCapturedStdout(), "text");
  EXPECT_FALSE(sys::fs::exists("-"));
}

TEST_F(OutputFiles, TargetBecameADirectory) {
  std::string path = getPath("out");
  auto file = get(OutputFile::create(path));
  ASSERT_TRUE(file);
  ASSERT_FALSE(sys::fs::create_directory(path));
  EXPECT_EQ(getMessage(file->commit()),
            "'" + path +
                "': cannot rename the finished file to this name: Is a "
                "directory");
  EXPECT_EQ(listFiles(), Names{"out"});
}

//===----------------------------------------------------------------------===//
// Transactions
//===----------------------------------------------------------------------===//

TEST_F(OutputFiles, TransactionCommitsAll) {
  writeFile(getPath("a"), "old");
  OutputTransaction outputs;
  for (const char *name : {"a", "b", "c"}) {
    OutputFile *file = get(outputs.add(getPath(name)));
    ASSERT_TRUE(file);
    file->os() << "new " << name;
  }
  EXPECT_EQ(readFile(getPath("a")), "old");
  ASSERT_EQ(getMessage(outputs.commit()), "<no error>");
  EXPECT_EQ(listFiles(), (Names{"a", "b", "c"}));
  for (std::string name : {"a", "b", "c"})
    EXPECT_EQ(readFile(getPath(name)), "new " + name);
}

TEST_F(OutputFiles, TransactionDiscardsAll) {
  writeFile(getPath("a"), "old");
  {
    OutputTransaction outputs;
    ASSERT_TRUE(get(outputs.add(getPath("a"))));
    ASSERT_TRUE(get(outputs.add(getPath("b"))));
  }
  EXPECT_EQ(listFiles(), Names{"a"});
  EXPECT_EQ(readFile(getPath("a")), "old");
}

TEST_F(OutputFiles, TransactionWithAFullDisk) {
  writeFile(getPath("a"), "old");
  OutputTransaction outputs;
  ASSERT_TRUE(get(outputs.add(getPath("a"))));
  OutputFile *full = get(outputs.add("/dev/full"));
  ASSERT_TRUE(full);
  full->os() << "new";
  EXPECT_EQ(getMessage(outputs.commit()),
            "'/dev/full': cannot write: No space left on device");
  EXPECT_EQ(listFiles(), Names{"a"});
  EXPECT_EQ(readFile(getPath("a")), "old");
}

TEST_F(OutputFiles, TransactionUndoesRenames) {
  writeFile(getPath("a"), "old");
  OutputTransaction outputs;
  for (const char *name : {"a", "b", "c"})
    ASSERT_TRUE(get(outputs.add(getPath(name))));
  ASSERT_FALSE(sys::fs::create_directory(getPath("c")));
  EXPECT_EQ(getMessage(outputs.commit()),
            "'" + getPath("c") +
                "': cannot rename the finished file to this name: Is a "
                "directory");
  EXPECT_EQ(listFiles(), (Names{"a", "c"}));
  EXPECT_EQ(readFile(getPath("a")), "old");
}

TEST_F(OutputFiles, TransactionRejectsOneTargetTwice) {
  writeFile(getPath("a"), "old");
  ASSERT_EQ(symlink("a", getPath("link").c_str()), 0);
  OutputTransaction outputs;
  ASSERT_TRUE(get(outputs.add(getPath("a"))));
  EXPECT_EQ(getMessage(outputs.add(getPath("link"))),
            "'" + getPath("link") + "': is named by two outputs ('" +
                getPath("a") + "' is the other); give each its own path");
  ASSERT_TRUE(get(outputs.add("-")));
  EXPECT_EQ(getMessage(outputs.add("-")),
            "'-': is named by two outputs ('-' is the other); give each its "
            "own path");
}

TEST_F(OutputFiles, TransactionProtectsInputs) {
  writeFile(getPath("in"), "old");
  ASSERT_EQ(symlink("in", getPath("link").c_str()), 0);
  OutputTransaction outputs;
  outputs.protect("-");
  outputs.protect(getPath("in"));
  for (const char *name : {"in", "link"})
    EXPECT_EQ(getMessage(outputs.add(getPath(name))),
              "'" + getPath(name) + "': is the same file as the input '" +
                  getPath("in") +
                  "', which stays mapped into memory while the output is "
                  "written; write to another file");
  EXPECT_TRUE(get(outputs.add(getPath("out"))));
}

TEST_F(OutputFiles, TransactionRemovesItsDirectoriesUnlessCommitted) {
  ASSERT_EQ(mkdir(getPath("old").c_str(), 0777), 0);
  for (bool commit : {false, true}) {
    {
      OutputTransaction outputs;
      for (const char *name : {"old", "old/new/inner", "new"})
        ASSERT_EQ(getMessage(outputs.addDirectory(getPath(name))),
                  "<no error>");
      ASSERT_TRUE(get(outputs.add(getPath("new/file"))));
      if (commit)
        ASSERT_EQ(getMessage(outputs.commit()), "<no error>");
    }
    EXPECT_EQ(listFiles(), commit ? (Names{"new", "old"}) : (Names{"old"}));
    EXPECT_EQ(access(getPath("old/new/inner").c_str(), F_OK), commit ? 0 : -1);
    EXPECT_EQ(access(getPath("new/file").c_str(), F_OK), commit ? 0 : -1);
  }
}

TEST_F(OutputFiles, NotSameFile) {
  writeFile(getPath("in"), "old");
  writeFile(getPath("other"), "old");
  ASSERT_EQ(symlink("in", getPath("symbolic").c_str()), 0);
  ASSERT_EQ(link(getPath("in").c_str(), getPath("hard").c_str()), 0);
  auto message = [&](std::string output) {
    return getMessage(checkNotSameFile(getPath("in"), output));
  };
  EXPECT_EQ(message("-"), "<no error>");
  EXPECT_EQ(message(getPath("missing")), "<no error>");
  EXPECT_EQ(message(getPath("other")), "<no error>");
  for (const char *name : {"in", "symbolic", "hard"})
    EXPECT_EQ(message(getPath(name)),
              "'" + getPath(name) + "': is the same file as the input '" +
                  getPath("in") +
                  "', which stays mapped into memory while the output is "
                  "written; write to another file");
}
