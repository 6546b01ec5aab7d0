//===- LinkSharedObject.cpp - Object files to shared objects -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scratch.h"
#include "compress/Target/HostCode.h"
#include "llvm/Support/Program.h"

using namespace mlir;
using llvm::StringRef;

llvm::Expected<std::string> compress::linkSharedObject(StringRef object,
                                                       StringRef archive,
                                                       StringRef name) {
  llvm::ErrorOr<std::string> linker = std::errc::no_such_file_or_directory;
  for (const char *program : {"ld.lld", "ld.lld-22"})
    if (!linker)
      linker = llvm::sys::findProgramByName(program);
  if (!linker)
    return llvm::createStringError(
        "no ld.lld, which links shared objects: install lld, or put the folder "
        "of ld.lld on PATH");
  auto scratch = Scratch::create();
  if (!scratch)
    return scratch.takeError();
  if (llvm::Error error = scratch->write("model.o", object))
    return std::move(error);
  std::string input = scratch->getPath("model.o"),
              output = scratch->getPath("model.so"), log;
  std::string soname = ("-soname=" + name).str();
  auto status =
      scratch->run(*linker,
                   {"-shared", "--gc-sections", "--exclude-libs=ALL", "-s",
                    "-z", "noexecstack", soname, input, archive, "-o", output},
                   log);
  if (!status)
    return status.takeError();
  if (*status)
    return llvm::createStringError("ld.lld cannot link the model:\n" + log);
  return scratch->read("model.so");
}
