//===- Ptxas.cpp - PTX to machine code ------------------------------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "compress/Target/PTX.h"
#include "llvm/ADT/ScopeExit.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/Program.h"
#include "llvm/Support/Regex.h"
#include "llvm/Support/raw_ostream.h"

using namespace mlir;
using llvm::StringRef;

std::optional<std::string> compress::findPtxas() {
  if (llvm::ErrorOr<std::string> path = llvm::sys::findProgramByName("ptxas"))
    return *path;
  if (std::optional<std::string> home =
          llvm::sys::Process::GetEnv("CUDA_HOME")) {
    llvm::SmallString<128> bin(*home);
    llvm::sys::path::append(bin, "bin");
    if (llvm::ErrorOr<std::string> path =
            llvm::sys::findProgramByName("ptxas", StringRef(bin)))
      return *path;
  }
  return std::nullopt;
}

static llvm::Expected<std::string> readFile(StringRef path) {
  auto buffer = llvm::MemoryBuffer::getFile(path, /*IsText=*/false,
                                            /*RequiresNullTerminator=*/false);
  if (!buffer)
    return llvm::createFileError(path, buffer.getError());
  return (*buffer)->getBuffer().str();
}

llvm::Expected<compress::Cubin>
compress::assemblePTX(StringRef ptx, const Chip &chip, StringRef ptxas) {
  llvm::SmallString<128> directory;
  if (std::error_code error =
          llvm::sys::fs::createUniqueDirectory("compress-ptxas", directory))
    return llvm::createStringError(
        error, "cannot make a temporary directory: " + error.message());
  auto removeDirectory = llvm::scope_exit(
      [&] { (void)llvm::sys::fs::remove_directories(directory); });
  auto inDirectory = [&](StringRef name) {
    llvm::SmallString<128> path(directory);
    llvm::sys::path::append(path, name);
    return path.str().str();
  };
  std::string source = inDirectory("kernels.ptx"),
              output = inDirectory("kernels.cubin"),
              log = inDirectory("ptxas.log");

  std::error_code error;
  llvm::raw_fd_ostream stream(source, error);
  if (error)
    return llvm::createFileError(source, error);
  stream << ptx;
  stream.close();
  if (stream.has_error()) {
    error = stream.error();
    stream.clear_error();
    return llvm::createFileError(source, error);
  }

  std::string chipOption = ("--gpu-name=" + chip.name).str();
  std::string message;
  int status = llvm::sys::ExecuteAndWait(
      ptxas,
      {ptxas, "--verbose", "--warn-on-spills", chipOption, source, "-o",
       output},
      /*Env=*/std::nullopt,
      /*Redirects=*/{StringRef(""), StringRef(log), StringRef(log)},
      /*SecondsToWait=*/0, /*MemoryLimit=*/0, &message);
  if (status < 0)
    return llvm::createStringError("cannot run '" + ptxas + "': " + message);
  llvm::Expected<std::string> text = readFile(log);
  if (!text)
    return text.takeError();
  if (status > 0)
    return llvm::createStringError("ptxas rejects the kernels:\n" + *text);
  if (llvm::Regex("C75[0-9][0-9]").match(*text))
    return llvm::createStringError(
        "ptxas gave up asynchronous instructions of the kernels:\n" + *text);

  Cubin cubin;
  llvm::Expected<std::string> bytes = readFile(output);
  if (!bytes)
    return bytes.takeError();
  cubin.bytes = std::move(*bytes);
  cubin.resourceUsage = std::move(*text);
  cubin.spills =
      llvm::Regex("[1-9][0-9]* bytes spill").match(cubin.resourceUsage);
  return cubin;
}
