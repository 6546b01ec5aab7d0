//===- LinkSharedObject.cpp - Object files to shared objects -------------===//
//
// Part of the Compress project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scratch.h"
#include "compress/Target/HostCode.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Program.h"
#include <dlfcn.h>

using namespace mlir;
using llvm::StringRef;

/// The archive of the runtime, which lies beside the library of this code.
static llvm::Expected<std::string> findRuntime() {
  Dl_info info;
  static const char here = 0;
  llvm::SmallString<128> path;
  if (dladdr(&here, &info) && info.dli_fname)
    path = info.dli_fname;
  llvm::sys::path::remove_filename(path);
  llvm::sys::path::append(path, "libCompressModelRuntime.a");
  if (!llvm::sys::fs::exists(path))
    return llvm::createStringError(
        "no " + path.str() +
        ", which is a part of every shared object: install it beside "
        "libCompress");
  return path.str().str();
}

/// The C library, that of mathematics and the loader, as the files that this
/// process has loaded: a machine that compiles models need have no others.
static std::vector<std::string> findSystemLibraries() {
  std::vector<std::string> libraries;
  for (const char *function :
       {"cos", "snprintf", "pthread_create", "dladdr", "__tls_get_addr"}) {
    Dl_info info;
    void *address = dlsym(RTLD_DEFAULT, function);
    if (address && dladdr(address, &info) && info.dli_fname &&
        !llvm::is_contained(libraries, info.dli_fname))
      libraries.push_back(info.dli_fname);
  }
  return libraries;
}

llvm::Expected<std::string>
compress::linkSharedObject(StringRef object, StringRef name, bool callsSystem) {
  llvm::Expected<std::string> archive = findRuntime();
  if (!archive)
    return archive.takeError();
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
    return error;
  std::string input = scratch->getPath("model.o"),
              output = scratch->getPath("model.so"), log;
  std::string soname = ("-soname=" + name).str();
  std::vector<StringRef> arguments = {"-shared",
                                      "--gc-sections",
                                      "--exclude-libs=ALL",
                                      "-s",
                                      "-z",
                                      "noexecstack",
                                      soname,
                                      input,
                                      *archive,
                                      "-o",
                                      output};
  std::vector<std::string> libraries;
  if (callsSystem) {
    libraries = findSystemLibraries();
    // What nothing defines is an error here, not where the model is loaded.
    arguments.insert(arguments.end(), {"-z", "defs", "--as-needed"});
    arguments.insert(arguments.end(), libraries.begin(), libraries.end());
  }
  auto status = scratch->run(*linker, arguments, log);
  if (!status)
    return status.takeError();
  if (*status)
    return llvm::createStringError("ld.lld cannot link the model:\n" + log);
  return scratch->read("model.so");
}
