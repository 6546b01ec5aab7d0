//===- Scratch.cpp - Programs that read and write files ------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scratch.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir::compress;
using llvm::StringRef;

llvm::Expected<Scratch> Scratch::create() {
  Scratch scratch;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("compress", scratch.directory))
    return llvm::createStringError(
        error, "cannot make a temporary directory: " + error.message());
  return scratch;
}

Scratch::~Scratch() {
  if (!directory.empty())
    (void)llvm::sys::fs::remove_directories(directory);
}

std::string Scratch::getPath(StringRef name) const {
  llvm::SmallString<128> path(directory);
  llvm::sys::path::append(path, name);
  return path.str().str();
}

llvm::Error Scratch::write(StringRef name, StringRef bytes) const {
  std::string path = getPath(name);
  std::error_code error;
  llvm::raw_fd_ostream stream(path, error);
  if (error)
    return llvm::createFileError(path, error);
  stream << bytes;
  stream.close();
  if (stream.has_error()) {
    error = stream.error();
    stream.clear_error();
    return llvm::createFileError(path, error);
  }
  return llvm::Error::success();
}

llvm::Expected<std::string> Scratch::read(StringRef name) const {
  std::string path = getPath(name);
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createFileError(path, buffer.getError());
  return (*buffer)->getBuffer().str();
}

llvm::Expected<int> Scratch::run(StringRef program,
                                 llvm::ArrayRef<StringRef> arguments,
                                 std::string &log) const {
  std::string logPath = getPath("log"), message;
  llvm::SmallVector<StringRef> command{program};
  command.append(arguments.begin(), arguments.end());
  int status = llvm::sys::ExecuteAndWait(
      program, command, /*Env=*/std::nullopt,
      /*Redirects=*/{StringRef(""), StringRef(logPath), StringRef(logPath)},
      /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  if (status < 0)
    return llvm::createStringError("cannot run '" + program + "': " + message);
  llvm::Expected<std::string> text = read("log");
  if (!text)
    return text.takeError();
  log = std::move(*text);
  return status;
}
