//===- OutputFile.cpp - Outputs written aside and renamed -----------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Runtime/OutputFile.h"
#include "FileError.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/Support/Errno.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include <unistd.h>

using namespace llvm;
namespace fs = llvm::sys::fs;

namespace mlir::compress::runtime {

//===----------------------------------------------------------------------===//
// OutputFile
//===----------------------------------------------------------------------===//

Expected<std::unique_ptr<OutputFile>> OutputFile::create(StringRef path) {
  if (path.empty())
    return createStringError(
        std::make_error_code(std::errc::invalid_argument),
        "expected the path of an output, found an empty string");
  std::unique_ptr<OutputFile> file(new OutputFile(path));
  if (path == "-") {
    file->fd = STDOUT_FILENO;
    file->target = "-";
    file->stream = std::make_unique<raw_fd_ostream>(STDOUT_FILENO,
                                                    /*shouldClose=*/false);
    return file;
  }

  fs::file_status status;
  std::error_code ec = fs::status(path, status);
  if (ec && status.type() != fs::file_type::file_not_found)
    return makeFileError(path, "cannot write", ec);
  bool exists = !ec;

  if (exists && status.type() == fs::file_type::directory_file)
    return makeFileError(
        path, "cannot write: this is a directory; name a file in it");

  if (exists && status.type() != fs::file_type::regular_file) {
    if ((ec = fs::openFileForWrite(path, file->fd, fs::CD_OpenExisting)))
      return makeFileError(path, "cannot write", ec);
    file->target = path.str();
    file->stream =
        std::make_unique<raw_fd_ostream>(file->fd, /*shouldClose=*/true);
    return file;
  }

  SmallString<128> target(path);
  if (exists) {
    // Renaming needs no right to write the old file, but who protected it
    // meant it.
    if ((ec = fs::access(path, fs::AccessMode::Write)))
      return makeFileError(path, "cannot replace the file", ec);
    if ((ec = fs::real_path(path, target)))
      return makeFileError(path, "cannot write", ec);
  } else if (fs::is_symlink_file(path)) {
    return makeFileError(path, "cannot write: this symbolic link leads to no "
                               "file; remove it or create its target");
  }
  file->target = target.str().str();

  SmallString<128> temporary;
  if ((ec = fs::createUniqueFile(file->target + ".tmp-%%%%%%%%", file->fd,
                                 temporary))) {
    StringRef directory = sys::path::parent_path(file->target);
    return makeFileError(path,
                         "cannot create a file in the directory '" +
                             (directory.empty() ? "." : directory) + "'",
                         ec);
  }
  file->temporary = temporary.str().str();
  sys::RemoveFileOnSignal(file->temporary);
  file->stream =
      std::make_unique<raw_fd_ostream>(file->fd, /*shouldClose=*/true);
  if (exists && (ec = fs::setPermissions(file->fd, status.permissions())))
    return makeFileError(path, "cannot keep the permissions of the old file",
                         ec);
  return file;
}

OutputFile::~OutputFile() {
  consumeError(close());
  discard();
}

void OutputFile::discard() {
  if (temporary.empty())
    return;
  fs::remove(temporary);
  sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
}

Error OutputFile::writeAt(uint64_t offset, ArrayRef<char> bytes) {
  // Linux writes at most 2 GiB in one call.
  constexpr size_t maxChunk = size_t(1) << 30;
  while (!bytes.empty()) {
    ssize_t written =
        sys::RetryAfterSignal(-1, ::pwrite, fd, bytes.data(),
                              std::min(bytes.size(), maxChunk), offset);
    if (written <= 0) {
      failed = true;
      if (written < 0 && errno == ESPIPE)
        return makeFileError(path, "cannot write: expected a file, found a "
                                   "pipe or a terminal, in which there are no "
                                   "positions");
      return makeFileError(path, "cannot write",
                           written < 0
                               ? errnoAsErrorCode()
                               : std::make_error_code(std::errc::io_error));
    }
    offset += written;
    bytes = bytes.drop_front(written);
  }
  return Error::success();
}

Error OutputFile::close() {
  if (stream) {
    if (target == "-")
      stream->flush();
    else
      stream->close();
    std::error_code ec = stream->error();
    // An error that stays set would end the process in the destructor.
    stream->clear_error();
    stream.reset();
    fd = -1;
    if (ec) {
      failed = true;
      return makeFileError(path, "cannot write", ec);
    }
  }
  if (failed)
    return makeFileError(path, "cannot finish the file: writing it failed");
  return Error::success();
}

Error OutputFile::commit() {
  if (Error error = close())
    return error;
  if (temporary.empty())
    return Error::success();
  if (std::error_code ec = fs::rename(temporary, target)) {
    discard();
    return makeFileError(path, "cannot rename the finished file to this name",
                         ec);
  }
  sys::DontRemoveFileOnSignal(temporary);
  temporary.clear();
  return Error::success();
}

//===----------------------------------------------------------------------===//
// OutputTransaction
//===----------------------------------------------------------------------===//

OutputTransaction::~OutputTransaction() {
  files.clear();
  // Fails where something else has been put in, which then stays.
  for (const std::string &directory : reverse(created))
    fs::remove(directory);
}

void OutputTransaction::protect(StringRef input) {
  inputs.push_back(input.str());
}

Error OutputTransaction::addDirectory(StringRef path) {
  std::vector<std::string> missing;
  for (StringRef directory = path; !directory.empty() && !fs::exists(directory);
       directory = sys::path::parent_path(directory))
    missing.push_back(directory.str());
  created.insert(created.end(), missing.rbegin(), missing.rend());
  if (std::error_code ec = fs::create_directories(path))
    return makeFileError(path, "cannot create the directory", ec);
  return Error::success();
}

Expected<OutputFile *> OutputTransaction::add(StringRef path) {
  for (const std::string &input : inputs)
    if (Error error = checkNotSameFile(input, path))
      return error;
  Expected<std::unique_ptr<OutputFile>> file = OutputFile::create(path);
  if (!file)
    return file.takeError();
  for (const std::unique_ptr<OutputFile> &other : files)
    // A device, on the other hand, may take several.
    if (other->target == (*file)->target &&
        (path == "-" || !(*file)->temporary.empty()))
      return makeFileError(path, "is named by two outputs ('" +
                                     other->getPath() + "' is the other); " +
                                     "give each its own path");
  files.push_back(std::move(*file));
  return files.back().get();
}

/// Keeps the old file under another name, if there is one.
static std::error_code keepOld(const std::string &target, std::string &kept) {
  if (!fs::exists(target))
    return {};
  SmallString<128> name;
  if (std::error_code ec =
          fs::getPotentiallyUniqueFileName(target + ".old-%%%%%%%%", name))
    return ec;
  // A link leaves no moment without a file; not every file system has links.
  if (fs::create_hard_link(target, name))
    if (std::error_code ec = fs::rename(target, name))
      return ec;
  kept = name.str().str();
  return {};
}

Error OutputTransaction::commit() {
  std::vector<std::unique_ptr<OutputFile>> outputs = std::move(files);
  files.clear();
  // A full disk shows here, before the first rename.
  for (const std::unique_ptr<OutputFile> &file : outputs)
    if (Error error = file->close())
      return error;

  struct Replaced {
    std::string target, kept;
  };
  std::vector<Replaced> done;
  auto replace = [&](OutputFile &file, bool isLast) -> Error {
    Replaced &replaced = done.emplace_back();
    // The last rename needs no way back.
    if (std::error_code ec =
            isLast ? std::error_code() : keepOld(file.target, replaced.kept)) {
      done.pop_back();
      return makeFileError(file.path, "cannot set the old file aside", ec);
    }
    if (Error error = file.commit()) {
      if (!replaced.kept.empty())
        fs::rename(replaced.kept, file.target);
      done.pop_back();
      return error;
    }
    replaced.target = file.target;
    return Error::success();
  };

  for (const std::unique_ptr<OutputFile> &file : outputs) {
    if (file->temporary.empty())
      continue;
    if (Error error = replace(*file, file == outputs.back())) {
      for (const Replaced &replaced : reverse(done)) {
        if (replaced.kept.empty())
          fs::remove(replaced.target);
        else
          fs::rename(replaced.kept, replaced.target);
      }
      return error;
    }
  }
  for (const Replaced &replaced : done)
    if (!replaced.kept.empty())
      fs::remove(replaced.kept);
  created.clear();
  return Error::success();
}

//===----------------------------------------------------------------------===//
// checkNotSameFile
//===----------------------------------------------------------------------===//

Error checkNotSameFile(StringRef input, StringRef output) {
  if (input == "-" || output == "-")
    return Error::success();
  bool same = false;
  // Fails only when one of them cannot be found; opening it reports that.
  if (fs::equivalent(input, output, same) || !same)
    return Error::success();
  return makeFileError(output,
                       "is the same file as the input '" + input +
                           "', which stays mapped into memory while the "
                           "output is written; write to another file");
}

} // namespace mlir::compress::runtime
